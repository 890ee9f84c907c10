// Makes the line to paste out of the options, and shows the page that it gives.

const form = document.querySelector("form");
const preview = document.querySelector("iframe");
const part = (name) => document.querySelector(`[data-part=${name}]`);
const server = new URL(".", location.href).href;
const origin = location.origin;
const { script, integrity } = document.body.dataset;
const SETTLED_AFTER = 400; // ms
let timer;

/** The options that differ from what holds without them, by attribute. */
function options() {
  const chosen = new FormData(form);
  const articles = chosen.getAll("article").join(" ");
  const examples = chosen.get("examples").split("\n").map((line) => line.trim()).filter(Boolean).join("|");
  const plain = ["theme", "dark", "accent", "position", "offset", "hide", "lang", "title", "target", "mode"].map((name) => [name, chosen.get(name)?.trim()]);
  const all = [["article", articles], ...plain, ["examples", examples]].filter(([, value]) => value);
  return [...all, ...["keep", "open"].filter((name) => chosen.has(name)).map((name) => [name, ""])];
}

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
const attribute = ([name, value]) => (value === "" ? ` ${name}` : ` ${name}="${escaped(value)}"`);
const line = (attributes) => `<script${attributes.map(attribute).join("")} defer></script>`;
const withoutScripts = `<noscript><a href="${escaped(server)}">${escaped(document.body.dataset.title)}</a></noscript>`;

function update() {
  const chosen = options();
  const data = chosen.map(([name, value]) => [`data-${name}`, value]);
  const checked = [["integrity", integrity], ["crossorigin", "anonymous"]];
  const frame = chosen.some(([name]) => name === "mode") ? ` frame-src ${origin};` : "";
  part("snippet").textContent = `${line([["src", `${server}widget.js`], ...data])}\n${withoutScripts}`;
  part("policy").textContent = `script-src ${origin}; connect-src ${origin};${frame}`;
  part("pinned").textContent = line([["src", server + script], ...checked, ...data]);
  part("hosted").textContent = line([["src", `/${script}`], checked[0], ["data-server", server.replace(/\/$/, "")], ...data]);
  clearTimeout(timer);
  timer = setTimeout(() => preview.contentWindow.location.replace(`embed/preview?${new URLSearchParams(chosen)}`), SETTLED_AFTER);
}

document.addEventListener("click", async ({ target: { dataset } }) => {
  if (!dataset.copies) return;
  const isCopied = await navigator.clipboard?.writeText(part(dataset.copies).textContent).then(() => true, () => false);
  if (!isCopied) getSelection().selectAllChildren(part(dataset.copies));
  part("copied").textContent = isCopied ? "Copied" : "Selected: copy it with your keyboard";
});
form.addEventListener("input", update);
form.addEventListener("submit", (event) => event.preventDefault());
update();
