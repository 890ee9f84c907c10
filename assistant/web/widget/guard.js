// Keeps keys, focus and clicks in the widget from the page, and those of the page from it.

const OURS = "keydown keyup keypress focus focusin blur focusout pointerdown mousedown touchstart click";
const MODAL = "[aria-modal], [role*=dialog], dialog";

/**
 * Keep from the page's own listeners what happens in a host element: from traps for the focus, shortcuts, "a click outside
 * closes". It listens at the window, before them; in turn it calls the handlers of the elements that it keeps an event for.
 * `close` is what Esc does.
 */
export function guard(host, panel, isInline, close, heard) {
  const keep = (event) => {
    const { key, target, relatedTarget, type } = event;
    const isKey = /^k/.test(type);
    const isEscape = key === "Escape";
    const isOurs = target === host
      ? (panel.hidden ? /^[^bfk]/.test(type) : !isInline() || (isKey && !isEscape))
      : relatedTarget === host && !panel.hidden && target.closest?.(MODAL); // a trap would fetch the focus back
    if (!isOurs) return;
    event.stopImmediatePropagation();
    if (target === host) event.composedPath().find((at) => at === host || void at[`on${type}`]?.(event));
    if (isEscape && type === "keydown" && !event.isComposing) {
      event.preventDefault();
      close();
    }
  };
  for (const type of OURS.split(" ")) addEventListener(type, keep, heard);
}
