// What an owner chose beyond the common options, and what a launcher does that would cover something of the page.
import { attempt, styleSheet } from "./dom.js";
import { framed } from "./frame.js";
import { hint } from "./hint.js";
import { keep } from "./keep.js";
import { warn } from "./warnings.js";

const ROOM = 8; // px between the launcher and what is fixed below it
const TRIES = 4; // one thing may stand above another
const FROM_EDGE = 20; // px
const IS_VALUE = {
  accent: (value) => CSS.supports("color", value),
  mode: (value) => value === "iframe",
  offset: (value) => /\d/.test(value),
  position: (value) => /^(left|right)$/.test(value),
  theme: (value) => /^(auto|light|dark)$/.test(value),
};

/** What is done for one assistant: whenever it `settled`, when its conversation has `begun`, and where it runs in a frame. */
export function extras(self) {
  const { host, root, box, launcher, options, open, signal, offer, server, words } = self;
  const [up = FROM_EDGE, aside = FROM_EDGE] = `${options.offset}`.match(/\d+/g) || [];
  let frame;

  /** A theme that is set by the page's script holds from then on. */
  function fixed(value) {
    Object.defineProperty(options, "theme", { value, writable: true });
  }

  /** The element that an option names by a selector, or is. */
  function found(name) {
    const named = options[name];
    try {
      return named?.nodeType ? named.isConnected && named : named && document.querySelector(named);
    } catch {
      warn("selector", name, named);
      options[name] = "";
    }
  }

  for (const [name, isValue] of Object.entries(IS_VALUE)) {
    const value = options[name] ?? "";
    if (value === "" || attempt(() => isValue(value)) !== false) continue;
    warn("value", name, value);
    options[name] = "";
  }
  attempt(() => {
    if (!options.accent) return;
    root.adoptedStyleSheets.push(styleSheet(ACCENT_CSS));
    box.style.setProperty("--c", options.accent);
  });
  if (options.dark && !/light|dark/.test(options.theme)) {
    Object.defineProperty(options, "theme", { configurable: true, get: () => (found("dark") ? "dark" : "light"), set: fixed });
  }
  document.addEventListener("click", (event) => {
    if (options.launcher && event.composedPath().includes(found("launcher"))) open();
  }, { signal });

  const sayHint = () => hint(root, server, words);
  host.addEventListener("rls:answer", sayHint, { signal });
  sayHint(); // the answer that brought this is there

  return {
    settled() {
      if (found("hide") || found("launcher")) launcher.hidden = true;
      launcher.style.insetInline = "";
      launcher.style[box.matches(".left") ? "left" : "right"] = `${aside}px`;
      if (!launcher.hidden) stepAside(launcher, host, up);
      frame?.paint(box.style.colorScheme);
    },
    /** Move to another place without a break, or stay with a frame, which would begin anew; false if it is simply to be moved. */
    move(home) {
      if (!host.isConnected) return false;
      return attempt(() => !home.moveBefore(host, null)) || (!!frame && !host.closest("dialog:not([open])"));
    },
    begun(conversation) {
      const examples = [options.examples ?? ""].flat().join("|").split("|").filter((text) => text.trim());
      if (examples[0]) conversation.log.firstChild.after(offer(examples, conversation.ask));
      if (options.keep !== undefined) keep(conversation);
    },
    framed: () => frame = framed(self),
  };
}

/** Put the launcher so many pixels above the bottom of the window or, where it would cover something fixed, above that. */
export function stepAside(launcher, host, up) {
  for (let tries = TRIES; tries--; ) {
    launcher.style.bottom = `${up}px`;
    const { left, right, top, bottom } = launcher.getBoundingClientRect();
    const covered = [left, (left + right) / 2, right]
      .flatMap((x) => [top + 1, (top + bottom) / 2, bottom - 1].flatMap((y) => document.elementsFromPoint(x, y)))
      .filter((element) => element !== host && /fixed|sticky/.test(getComputedStyle(element).position))
      .map((element) => element.getBoundingClientRect().top)
      .find((above) => above > innerHeight / 3); // what fills the window, or hangs from its top, cannot be cleared
    if (!covered) return;
    up = innerHeight - covered + ROOM;
  }
}
