// Puts the page in another language in the place of the one that is shown, the conversation with it. What the visitor has on
// it stays: the article with its marks, what is half typed, and where one was.
import { renewArticle } from "./article/marks.js";
import { update } from "./composer/box.js";
import { offerDictation } from "./composer/dictation.js";
import { redrawAll, speakAsDrawn } from "./conversation.js";
import { app, documentAt, part } from "./parts.js";
import { words } from "../conversation/words.js";
import { countPicks } from "./taking/doctor.js";

const KEPT = ["[data-part=log]", "[data-part=panel]", "#question"];
const STATES = ["app--talking", "app--alone", "app--open"];

/** Draw the page in a language, unless `isWanted` says by then that it no longer is. False if it cannot be had. */
export async function drawIn(language, isWanted) {
  const fresh = (await documentAt(`page/${language}`))?.querySelector(".app");
  if (!isWanted()) return true;
  if (!fresh) return false;
  const old = app();
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const heights = [scrollY, part("sheet").scrollTop];
  const placeholder = fresh.querySelector("#question").placeholder;
  for (const name of KEPT) fresh.querySelector(name).replaceWith(old.querySelector(name));
  for (const state of STATES) fresh.classList.toggle(state, old.classList.contains(state));
  fresh.dataset.ready = "true";
  old.replaceWith(fresh);
  document.querySelector("#question").placeholder = placeholder;
  scrollTo(0, heights[0]);
  part("sheet").scrollTop = heights[1];
  const before = words;
  speakAsDrawn();
  update();
  offerDictation();
  countPicks();
  redrawAll(language, before);
  const place = focused?.isConnected ? focused : focused && fresh.querySelector(`[data-control=${focused.dataset.control}]`);
  place?.focus({ preventScroll: true });
  if (fresh.dataset.version !== old.dataset.version) await renewArticle();
  return true;
}
