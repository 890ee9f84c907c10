// In our own frame, on our own page: the same conversation, told to the host's page as far as that must know it.
import { element } from "../static/conversation/dom.js";
import { questions } from "../static/conversation/reply.js";
import { language, words } from "../static/conversation/words.js";
import { chosen, server } from "./config.js";
import { conversation } from "./conversation.js";
import { styleSheet } from "./dom.js";
import { hint } from "./hint.js";
import { keep } from "./keep.js";
import { loadWords } from "./words.js";

const tellHost = (type, detail) => parent.postMessage({ type, detail }, chosen.origin);

/** Hear what the host's page wants: a question, nothing for the focus, or its theme. */
function listenToHost({ ask, focus }, paint) {
  addEventListener("message", ({ source, origin, data }) => {
    if (source !== parent || origin !== chosen.origin) return;
    if (typeof data === "object") paint(data?.scheme);
    else if (data) ask(data);
    else focus();
  });
}

async function start() {
  const host = element("rls-assistant");
  const root = host.attachShadow({ mode: "open" });
  const panel = element("div", { className: "panel" });
  const box = element("section", {}, panel);
  const paint = (scheme) => box.className = box.style.colorScheme = scheme;
  document.adoptedStyleSheets.push(styleSheet("html, body { height: 100%; margin: 0; }"));
  root.adoptedStyleSheets.push(styleSheet(WIDGET_CSS));
  root.append(box);
  document.body.append(host);
  if (chosen.accent && CSS.supports("color", chosen.accent)) {
    root.adoptedStyleSheets.push(styleSheet(ACCENT_CSS));
    box.style.setProperty("--c", chosen.accent);
  }
  paint(chosen.theme);
  await loadWords(chosen.lang);
  box.lang = language;
  box.dir = words.direction;
  panel.ariaLabel = chosen.title || words.title;
  const report = (type, detail) => {
    tellHost(type, detail);
    if (type === "answer") hint(root, server, words);
  };
  const held = conversation(panel, chosen, report, (quotes) => quotes, (event, citation) => { // the host's page looks for them
    event.preventDefault();
    tellHost("cite", citation);
  });
  const examples = chosen.examples?.split("|").filter((text) => text.trim()) || [];
  if (examples[0]) held.log.firstChild.after(questions(words.starters, examples, held.ask));
  if (chosen.keep !== undefined) keep(held);
  panel.addEventListener("keydown", ({ key, isComposing }) => {
    if (key === "Escape" && !isComposing) tellHost("close");
  });
  const tellSize = () => tellHost("size", held.log.scrollHeight + panel.offsetHeight - held.log.offsetHeight);
  new MutationObserver(tellSize).observe(panel, { childList: true, subtree: true });
  addEventListener("resize", () => root.activeElement?.scrollIntoView({ block: "nearest" }));
  listenToHost(held, paint);
  tellHost("ready");
  tellSize();
}

start();
