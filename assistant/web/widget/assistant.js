// One assistant on the host's page: where it stands and how it looks there, whenever the page changes; how it opens and
// closes, asks, shows quotes in the page, and is taken away again.
import { element } from "../static/conversation/dom.js";
import { problem, questions } from "../static/conversation/reply.js";
import { language, words } from "../static/conversation/words.js";
import { away, hear, server } from "./config.js";
import { conversation } from "./conversation.js";
import { attempt, styleSheet } from "./dom.js";
import { guard } from "./guard.js";
import { loadMore, warn } from "./load.js";
import { loadWords } from "./words.js";

const SETTLED_AFTER = 150; // ms
const LOOKS = 12; // for its place, before it floats
const CHANGES = ["resize", "load", "transitionend"]; // besides those of the document
// Options whose sense, or whose mistake, is in more.js.
const EXTRA = /^(accent|dark|examples|hide|keep|launcher|mode|offset|position,[^lr])/;
const LOADED_WITHIN = 3000; // ms: then English, and what is built in, are better than nothing
const page = document.documentElement;
const letters = (text) => text.replace(/[^\p{L}\d]+/gu, "");

/** Put an assistant onto the page; `forget` is called when it is taken away. */
export function assistant(options, forget) {
  const life = new AbortController();
  const { signal } = life;
  const heard = { capture: true, signal };
  const global = window.RLSAssistant;
  const device = matchMedia("(prefers-color-scheme: dark)");
  let target; // the element of the page that it stands in, if it has a place
  let looks = 0; // for a place that does not appear
  let isSpeaking, isOpen, isPlaced;
  let content; // a promise of what fills the panel
  let before; // what had the focus
  let more; // the functions of more.js, once they are here
  let extras; // what they do for this one
  let timer;

  const host = element("rls-assistant");
  const root = host.attachShadow({ mode: "open" });
  const title = element("b");
  const launcher = element("button", { className: "launcher", onclick: open });
  const closer = element("button", { className: "close", onclick: close }, "✕");
  const panel = element("div", { className: "panel", hidden: true }, element("header", {}, title, closer));
  const box = element("section", {}, launcher, panel);
  attempt(() => root.adoptedStyleSheets = [styleSheet(WIDGET_CSS)]);
  root.append(box);

  /** The element that is its place, or that its place's selector names. */
  const look = () => target = attempt(() => (options.target.nodeType ? options.target : document.querySelector(options.target)));

  /** Stand in its place or in the top layer and, while a modal dialog makes the rest of the page inert, in that. */
  function place() {
    if (look()) looks = 0;
    else if (options.target && !isOpen) {
      if (looks++ < LOOKS) return settleSoon();
      warn("target", options.target);
    }
    const home = target || attempt(() => [...document.querySelectorAll("dialog:modal")].pop()) || page;
    if (host.parentNode === home || attempt(() => extras.move(home))) return;
    isPlaced = !home.append(host);
    attempt(() => {
      host.popover = target ? null : "manual";
      host.showPopover();
    });
  }

  /** Whether something that the page has fixed stands in the corner of the launcher. */
  const isCovering = (side) => {
    const corner = launcher.getBoundingClientRect();
    return document.elementsFromPoint(corner[side], corner.bottom - 9)
      .some((other) => other !== host && /fixed|sticky/.test(getComputedStyle(other).position));
  };

  /** Find its place again, and what lies in its way; show what is to be seen now, as light or dark as the page is. */
  function settle() {
    if (!isSpeaking || signal.aborted) return;
    if (isPlaced && !host.isConnected && window.RLSAssistant !== global) return destroy(); // whoever took both wanted it gone
    place();
    const { colorScheme, direction } = getComputedStyle(page);
    const said = options.theme?.replace("auto", "") || colorScheme;
    const scheme = (/dark/.test(said) - /light/.test(said) || device.matches - 0.5) > 0 ? "dark" : "light";
    const side = options.position || (direction === "rtl" ? "left" : "right");
    box.style.colorScheme = scheme;
    box.className = target ? scheme : `floating ${side} ${scheme}`;
    panel.hidden = !target && !isOpen;
    panel.role = target ? null : "dialog";
    closer.hidden = target;
    launcher.hidden = !panel.hidden;
    if (target) content ??= fill();
    if (extras) attempt(extras.settled);
    else if (!launcher.hidden && attempt(() => isCovering(side))) bring();
  }

  function settleSoon() {
    timer ||= setTimeout(() => {
      timer = 0;
      settle();
    }, SETTLED_AFTER);
  }

  /** Say everything in the language in force. */
  function speak() {
    isSpeaking = true;
    box.lang = language;
    box.dir = words.direction;
    launcher.textContent = options.title || words.open;
    closer.ariaLabel = words.close;
    panel.ariaLabel = box.ariaLabel = title.textContent = options.title || words.title;
    settle();
  }

  const unmark = () => attempt(() => more.unmark(root));

  /** Tell the page what happens in the conversation, wherever that runs. */
  function report(type, detail) {
    if (type === "question") unmark();
    host.dispatchEvent(new CustomEvent(`rls:${type}`, { bubbles: true, detail }));
  }

  /** Have what more.js can do for this one. */
  async function bring() {
    more = await loadMore();
    if (extras || !more) return;
    extras = more.extras({ ...self, server, host, root, box, launcher, options, signal, cite, report, cannot, offer, words });
    settle();
  }

  /** Which quotes, introduced in a language, the page holds, if the browser can mark them. */
  function find(quotes, spoken) {
    const text = attempt(() => CSS.highlights && letters(document.body.textContent)) || "";
    const held = quotes.map((quote) => text.includes(letters(quote)));
    if (held.some((isHeld) => isHeld || spoken !== "en")) bring();
    return held;
  }

  /** Show a quote in the page or, if that does not show it after all, its source. */
  async function cite(citation, link) {
    report("cite", citation);
    await bring();
    if (!attempt(() => more.show(citation.quote, root, target, link))) window.open(new URL(citation.url, server), "_blank", "noreferrer");
  }

  const offer = (texts, ask) => questions(words.starters, texts, ask);
  const cannot = (retry) => problem(words[away], false, retry);

  async function fill() {
    await ready;
    if (options.mode) return extras ? extras.framed() : void panel.append(cannot(() => location.reload()));
    const held = conversation(panel, options, report, find, (event, citation, isHeld) => {
      if (!isHeld) return report("cite", citation); // the link opens its source
      event.preventDefault();
      cite(citation, event.composedPath()[0]);
    });
    extras?.begun(held);
    return held;
  }

  async function open(isQuiet) {
    const isNew = panel.hidden;
    if (isNew) for (let at = document; (at = (at.shadowRoot || at).activeElement); ) before = at;
    isOpen = !look();
    settle();
    const held = await (content ??= fill());
    if (isNew) report("open");
    if (isQuiet !== true) held?.focus();
    return held;
  }

  function close() {
    if (!isOpen) return;
    const hadFocus = root.activeElement;
    isOpen = false;
    settle();
    if (hadFocus) (before?.isConnected && before !== document.body ? before : launcher).focus();
    report("close");
  }

  function destroy() {
    forget();
    life.abort();
    observer.disconnect();
    unmark();
    host.remove();
  }

  const observer = new MutationObserver(settleSoon);
  observer.observe(document, { subtree: true, childList: true, attributes: true });
  addEventListener("securitypolicyviolation", hear, heard);
  for (const type of CHANGES) addEventListener(type, settleSoon, heard);
  device.addEventListener("change", settle, heard);
  guard(host, panel, () => target, close, heard);

  const self = {
    open,
    close,
    destroy,
    async ask(text) {
      (await open(true))?.ask(`${text}`);
    },
    setTheme(theme) {
      options.theme = theme;
      settle();
    },
  };
  const wanted = Promise.all([loadWords(options.lang), Object.entries(options).some((option) => EXTRA.test(option)) && bring()]);
  const ready = Promise.race([wanted, new Promise((resolve) => setTimeout(resolve, LOADED_WITHIN))]);
  ready.then(speak).then(() => report("ready"));
  wanted.then(speak); // words that come late
  if ((options.open ?? false) !== false) open(true);
  return self;
}
