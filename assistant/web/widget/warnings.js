// What an owner reads in the console of the browser: what is wrong with the options, and how to mend it.

const VALUES = {
  accent: 'a CSS colour such as "teal"',
  mode: '"iframe"',
  offset: 'pixels such as "80" or "80 20"',
  position: '"left" or "right"',
  theme: '"auto", "light" or "dark"',
};
const TEXTS = {
  selector: (name, value) => `${name} "${value}" is no CSS selector, and is left out. Write one such as "#assistant".`,
  value: (name, value) => `${name} "${value}" is not known, and is left out. Write ${VALUES[name]}.`,
  target: (value) => `target "${value}" is not in the page, or no CSS selector; the assistant floats. Write one such as "#assistant", and put `
    + "that element into the page.",
  server: (value) => `server "${value}" is no address, and is left out. Write it with its scheme, such as "https://assistant.example.org".`,
  article: (value) => `article "${value}" names no article of the server; all are quoted. The server's /version lists their names.`,
  frame: (server, origin) => `the frame ${server}embed/frame gave no sign. Add "frame-src ${new URL(server).origin}" to this page's `
    + `Content-Security-Policy, ${origin} to the server's ALLOWED_ORIGINS and, if the page sends Cross-Origin-Embedder-Policy, `
    + "leave that header as the server sends it with the frame.",
};
const told = new Set();

/** Say each once. */
export function warn(name, ...about) {
  const text = `RLS assistant: ${TEXTS[name](...about)}`;
  if (!told.has(text)) console.warn(text);
  told.add(text);
}
