// What the owner of the site chose, and where the assistant is asked.

// IN_FRAME is put in by the build, which makes scripts for the host's page and for our own frame out of these sources.

const current = document.currentScript;
/** The address of this very file: a module finds it in a trace of calls or, bundled into a script without one, takes the page's. */
const own = current?.src || /\w+:\/\/.+?(?=:\d+:\d+)/.exec(Error().stack + (IS_WHOLE ? `\n${location}:1:1` : ""))[0];
const script = current || [...document.scripts].find(({ src }) => src === own);

/** What was chosen in the line of HTML, before it in `window.RLSAssistantOptions` or, in our frame, by the host's page. */
export const chosen = IN_FRAME
  ? Object.fromEntries(new URLSearchParams(location.hash.slice(1)))
  : { ...window.RLSAssistantOptions, ...script?.dataset };

/** The address that everything is asked from, with a slash at its end. One for all assistants of a page. */
export let server = new URL(IN_FRAME ? ".." : ".", own).href;

/** Ask at another address from now on: a copy of this file elsewhere names it. Throws if it is none. */
export const askAt = (address) => server = new URL(".", `${address}/.`).href;

/** What every request leaves out: who asks, and from which page. */
export const PRIVATE = { credentials: "omit", referrerPolicy: "no-referrer" };

/** Why there is no connection, if there is none: the name of the words for it. */
export let away = "away";

/** Hear of what the policy of the page forbids; of a frame it names the origin alone. */
export function hear({ blockedURI }) {
  if (blockedURI.startsWith(server.slice(0, -1))) away = "blocked";
}
