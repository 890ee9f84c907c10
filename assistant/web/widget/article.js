// Finds a quote in the text of the host's own page, marks it and brings it into view. The page's elements stay untouched.
import { styleSheet } from "./dom.js";

const MARK = "rls-cited";
const ASIDE = "nav, header, footer, aside, [role=navigation], [role=complementary], [aria-hidden=true]";
const BODY = "article, main, [role=main], [role=article]";
const CLOSED = "details:not([open])";
let peek, marked; // style sheets, once they are needed: of a panel that makes room, and of the page

/** A letter as it compares: white space and soft hyphens gone, typographic variants made one. */
const folded = (letter) => (letter <= "~" ? letter.trim() : letter.normalize("NFKD")
  .replace(/[\s\p{Cf}]/gu, "").replace(/[‘’]/g, "'").replace(/[“”]/g, '"').replace(/[‐-―]/g, "-"));

/** Whether a browser shows an element, or would once its `<details>` is open. */
function isVisible(element) {
  const { visibility } = getComputedStyle(element);
  return visibility === "visible" && (element.getClientRects().length > 0 || !!element.closest(CLOSED));
}

/** Whether no box hides a range by cutting it off: "read more", or text for screen readers only. */
function isUnclipped(range) {
  let { left, right, top, bottom } = range.getBoundingClientRect();
  for (let box = range.startContainer.parentElement; box && box !== document.body; box = box.parentElement) {
    const { overflowX, overflowY, position, clip, clipPath, opacity } = getComputedStyle(box);
    const edge = box.getBoundingClientRect();
    const cuts = /hidden|clip/;
    if (opacity === "0" || (position === "absolute" && (/inset/.test(clipPath) || /rect/.test(clip)))) return false;
    if (cuts.test(overflowY) && (top < edge.top - 1 || bottom > edge.bottom + 1)) return false;
    if (cuts.test(overflowX) && (right < edge.left || left > edge.right)) return false;
    if (/auto|scroll/.test(overflowY)) ({ left, right, top, bottom } = edge); // it can be scrolled to there
    if (position === "fixed") break;
  }
  return true;
}

/** The range of the page that shows a quote, across elements and line breaks: that in the article's body before any other. */
export function findQuote(quote) {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const places = []; // of each folded letter: [node, offset, offset of its end]
  const visible = new Map(); // by element
  let page = "";
  for (let node; (node = walker.nextNode()); ) {
    const parent = node.parentElement;
    if (!visible.has(parent)) visible.set(parent, isVisible(parent));
    if (!visible.get(parent)) continue;
    let offset = 0;
    for (const letter of node.data) {
      const place = [node, offset, (offset += letter.length)];
      for (const piece of folded(letter).split("")) {
        page += piece;
        places.push(place);
      }
    }
  }
  const sought = [...quote].map(folded).join("");
  let best, most = 0;
  for (let at = page.indexOf(sought); sought && at >= 0; at = page.indexOf(sought, at + 1)) {
    const range = document.createRange();
    const [node, start] = places[at];
    const [last, , end] = places[at + sought.length - 1];
    range.setStart(node, start);
    range.setEnd(last, end);
    const { parentElement } = node;
    const worth = 1 + (parentElement.closest(BODY) ? 1 : 0) + (parentElement.closest(ASIDE) ? 0 : 2)
      + (parentElement.closest(CLOSED) ? 0 : 0.5);
    if (worth > most && (parentElement.closest(CLOSED) || isUnclipped(range))) [best, most] = [range, worth];
  }
  return best;
}

/**
 * Show a quote in the page, beside the panel in a shadow root or above it; the link that was chosen stays in sight. False if
 * the page does not show it.
 */
export function show(quote, root, isInline, link) {
  const panel = root.querySelector(".panel");
  const range = findQuote(quote);
  if (!range) return false;
  for (let closed; (closed = range.startContainer.parentElement.closest(CLOSED)); ) closed.open = true;
  mark(range);
  peek ??= styleSheet(PEEK_CSS);
  if (!root.adoptedStyleSheets.includes(peek)) root.adoptedStyleSheets.push(peek);
  panel.classList.remove("peek", "top");
  scrollTo(range, 0, innerHeight);
  const text = () => range.getBoundingClientRect();
  const covered = () => panel.getBoundingClientRect();
  if (!isInline && text().right > covered().left && text().left < covered().right) {
    panel.classList.add("peek");
    scrollTo(range, 0, covered().top);
    if (text().bottom > covered().top) { // the page ends: no room to scroll
      panel.classList.add("top");
      scrollTo(range, covered().bottom, innerHeight);
    }
  }
  if (!isInline) link?.scrollIntoView({ block: "nearest" }); // the panel may be smaller now
  return true;
}

function mark(range) {
  marked ??= styleSheet(HOST_CSS);
  if (!document.adoptedStyleSheets.includes(marked)) document.adoptedStyleSheets.push(marked);
  CSS.highlights.set(MARK, new Highlight(range));
}

/** Take the mark away, and give the panel its room back. */
export function unmark(root) {
  root.querySelector(".panel").classList.remove("peek", "top");
  CSS.highlights.get(MARK)?.clear();
}

/** Scroll a range to the middle between two heights of the window, within every box of the page that scrolls. */
function scrollTo(range, from, to) {
  const middle = (box) => {
    const { top, height } = box.getBoundingClientRect();
    return top + height / 2;
  };
  const scroll = (box, top) => box.scrollBy({ top, behavior: "instant" });
  for (let box = range.commonAncestorContainer; box; box = box.parentElement) {
    if (box === document.documentElement) scroll(window, middle(range) - (from + to) / 2);
    else if (box.scrollBy && /auto|scroll/.test(getComputedStyle(box).overflowY)) scroll(box, middle(range) - middle(box));
  }
}
