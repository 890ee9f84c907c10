// Another language draws the whole page again: what the visitor had on it is kept and put back.
import { part } from "./parts.js";
import { fillBox } from "./composer.js";
import { setBegun } from "./conversation.js";

let kept = null;

/** To be called just before; what is typed or answered in between is read when the new page is there. */
export function keepForRedrawing() {
  const chat = part("chat");
  kept = { log: part("log"), box: chat.querySelector("#question"), select: chat.querySelector("[data-control=language]"), focused: document.activeElement };
}

/** Put back conversation, words in the box and focus. */
export function restoreAfterRedrawing() {
  if (!kept || kept.log === part("log")) return;
  const { log, box, select, focused } = kept;
  kept = null;
  part("log").replaceChildren(...log.childNodes);
  setBegun(part("log").children.length > 0);
  if (box.value) fillBox(box.value);
  if (focused === select) part("chat").querySelector("[data-control=language]").focus();
  else if (focused === box) part("chat").querySelector("#question").focus();
}
