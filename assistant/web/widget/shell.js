// The outside: a launcher and a panel in a shadow root, above everything on the page, or standing in a place of the page.
import { element } from "../static/conversation/dom.js";
import { language, words } from "../static/conversation/words.js";
import { options } from "./config.js";
import { styleSheet } from "./dom.js";
import { wanted } from "./words.js";

const TAG = "rls-assistant";
const page = document.documentElement;

/** The elements: `host` in the page and its shadow `root`, `launcher`, `panel`, and the `target` it stands in, if any. */
export function shell(actions) {
  class Assistant extends HTMLElement {
    disconnectedCallback() { queueMicrotask(() => { if (home !== page) place(); }); } // its dialog is gone
  }
  customElements.define(TAG, Assistant);
  const host = document.createElement(TAG);
  const root = host.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [styleSheet(WIDGET_CSS)];
  const target = IN_FRAME ? document.body : options.target && document.querySelector(options.target);
  let home; // what the host element stands in

  const title = element("b", {});
  const launcher = element("button", { className: "launcher", onclick: actions.open });
  const closer = element("button", { className: "close", onclick: actions.close }, "✕");
  const panel = element("div", { className: "panel", role: target ? null : "dialog", hidden: !target }, !IN_FRAME && element("header", {}, title, !target && closer));
  const position = options.position || (getComputedStyle(page).direction === "rtl" ? "left" : "right");
  const box = element("section", { className: target ? "" : `floating ${position}` }, !target && launcher, panel);
  box.style.colorScheme = /light|dark/.exec(options.theme) || ""; // any other word would be taken for a scheme, too
  if (CSS.supports("color", options.accent)) box.style.setProperty("--chosen", options.accent);
  root.append(box);
  for (const type of ["keydown", "keyup", "keypress"]) box.addEventListener(type, keepKeys);

  /** Keys pressed here are none of the page's; Esc closes. */
  function keepKeys(event) {
    event.stopPropagation();
    if (event.key !== "Escape" || event.isComposing || event.type !== "keydown") return;
    event.preventDefault();
    actions.close();
  }

  /** Stand where it can be seen and used: in the top layer and, while a modal dialog makes the rest inert, within it. */
  function place() {
    const wanted = target || [...document.querySelectorAll("dialog:modal")].pop() || page;
    if (home === wanted && host.isConnected) return;
    home = wanted;
    home.append(host);
    if (!target && host.showPopover) {
      host.popover = "manual";
      host.showPopover();
    }
  }

  /** Say everything in the language in force. */
  function label() {
    box.lang = language;
    box.dir = words.direction;
    launcher.ariaLabel = options.title || words.open;
    launcher.textContent = options.title || (wanted === language ? words.open : "?"); // its language comes with the opening
    closer.ariaLabel = words.close;
    panel.ariaLabel = box.ariaLabel = title.textContent = options.title || words.title;
  }

  label();
  place();
  if (!target) for (const type of ["toggle", "close"]) document.addEventListener(type, place, true);
  return { host, root, launcher, panel, target, label };
}
