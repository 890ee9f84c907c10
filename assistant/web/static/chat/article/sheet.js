// The article on a phone: a half-height sheet that is dragged, swiped away, and closed by Back, Escape or its button.
import { app, part } from "../parts.js";
import { enter, opened } from "../keeping.js";

const NAME = "article";
const SWIPED = 90; // px down from where it stood: it goes
export const WIDE = matchMedia("(min-width: 60rem)");

let isDragging = false;
let opener = null; // what to go back to

WIDE.addEventListener("change", () => { if (isOpen()) hide(); });

const isOpen = () => app()?.classList.contains("app--open");

/** Bring the article up over the page, where it does not stand beside it; there it only takes the focus. */
export function openSheet(from) {
  opener = from;
  const sheet = part("sheet");
  if (!WIDE.matches && !isOpen()) {
    app().classList.add("app--open");
    sheet.setAttribute("role", "dialog");
    if (opened() !== NAME) enter(NAME);
    (from?.closest(".quote") ?? from)?.scrollIntoView({ block: "start" }); // the sheet covers the lower half
  }
  sheet.focus({ preventScroll: true });
}

/** Back from the article to where one came from. */
export function closeSheet() {
  if (isOpen() && opened() === NAME) return history.back(); // popstate does the rest
  hide();
}

/** The history moved: what it no longer holds is closed, what it holds again is open. */
export function followHistory() {
  const isHeld = opened() === NAME;
  if (isOpen() && !isHeld) hide();
  else if (isHeld && !WIDE.matches) openSheet();
}

function hide() {
  const sheet = part("sheet");
  app().classList.remove("app--open");
  sheet.setAttribute("role", "complementary");
  sheet.style.blockSize = sheet.style.translate = "";
  if (opener?.isConnected) opener.focus({ preventScroll: !opener.closest(".quote") });
  opener = null;
}

/** Drag the sheet by its bar: up to see more of it, down to be rid of it. */
export function draggable() {
  document.addEventListener("dragstart", (event) => { if (event.target.closest?.(".sheet__bar") || isDragging) event.preventDefault(); });
  document.addEventListener("pointerdown", (event) => {
    const handle = event.target.closest("[data-part=handle]");
    if (!handle || WIDE.matches || event.target.closest("a, button")) return;
    const sheet = part("sheet");
    const [from, height] = [event.clientY, sheet.offsetHeight];
    isDragging = true;
    getSelection().removeAllRanges(); // or the browser would drag what is selected
    handle.setPointerCapture(event.pointerId);
    sheet.style.transition = "none";
    const move = ({ clientY }) => {
      const moved = clientY - from;
      sheet.style.translate = moved > 0 ? `0 ${moved}px` : "";
      if (moved < 0) sheet.style.blockSize = `${height - moved}px`;
    };
    const end = ({ clientY, type }) => {
      isDragging = false;
      handle.removeEventListener("pointermove", move);
      sheet.style.transition = sheet.style.translate = "";
      if (type === "pointerup" && clientY - from > SWIPED) closeSheet();
    };
    handle.addEventListener("pointermove", move);
    for (const type of ["pointerup", "pointercancel"]) handle.addEventListener(type, end, { once: true });
  });
}
