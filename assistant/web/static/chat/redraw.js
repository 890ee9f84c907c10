// Puts the page in another language in the place of the one that is shown. What the visitor has on it stays: the
// conversation in its own words, the article with its marks, and what is half typed.
import { renewArticle } from "./article.js";
import { update } from "./composer.js";
import { speakAsDrawn } from "./conversation.js";
import { part } from "./parts.js";

const KEPT = ["[data-part=log]", "[data-part=panel]", "#question"];
const SCROLLED = [".scroller", ".panel"];

/** Draw the page in a language, unless `isWanted` says by then that it no longer is. False if it cannot be had. */
export async function drawIn(language, isWanted) {
  const response = await fetch(`page/${language}`).catch(() => null);
  const html = response?.ok ? await response.text().catch(() => "") : "";
  const fresh = new DOMParser().parseFromString(html, "text/html").querySelector(".chat");
  if (!isWanted()) return true;
  if (!fresh) return false;
  const old = part("chat");
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  const heights = SCROLLED.map((name) => old.querySelector(name).scrollTop);
  for (const name of KEPT) fresh.querySelector(name).replaceWith(old.querySelector(name));
  old.replaceWith(fresh);
  SCROLLED.forEach((name, i) => { fresh.querySelector(name).scrollTop = heights[i]; });
  speakAsDrawn();
  update();
  const place = focused?.isConnected ? focused : focused && fresh.querySelector(`[data-control=${focused.dataset.control}]`);
  place?.focus({ preventScroll: true });
  if (fresh.dataset.version !== old.dataset.version) await renewArticle();
  return true;
}
