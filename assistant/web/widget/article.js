// Finds a quote in the text of the host's own page, marks it and brings it into view. The page's elements stay untouched.
import { styleSheet } from "./dom.js";

const MARK = "rls-cited";

/** A letter as it compares: white space and soft hyphens gone, typographic variants made one. */
const folded = (letter) => (letter <= "~" ? letter.trim() : letter.normalize("NFKD")
  .replace(/[\s\p{Cf}]/gu, "").replace(/[‘’]/g, "'").replace(/[“”]/g, '"').replace(/[‐-―]/g, "-"));

/**
 * The ranges of the page that show the quotes, across elements and line breaks; undefined for one that it does not show,
 * and for all in a browser that cannot mark them: their source is opened then.
 */
export function findQuotes(quotes) {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const places = []; // of each folded letter: [node, offset, offset of its end]
  let page = "";
  for (let node; (node = walker.nextNode()); ) {
    if (!node.parentElement.checkVisibility()) continue;
    let offset = 0;
    for (const letter of node.data) {
      const place = [node, offset, (offset += letter.length)];
      for (const piece of folded(letter).split("")) {
        page += piece;
        places.push(place);
      }
    }
  }
  return quotes.map((quote) => {
    const sought = [...quote].map(folded).join("");
    const at = page.indexOf(sought);
    if (at < 0 || !CSS.highlights) return;
    const range = document.createRange();
    const [node, start] = places[at];
    const [last, , end] = places[at + sought.length - 1];
    range.setStart(node, start);
    range.setEnd(last, end);
    return range;
  });
}

/** Mark a range. */
export function mark(range) {
  if (!CSS.highlights.has(MARK)) document.adoptedStyleSheets.push(styleSheet(HOST_CSS));
  CSS.highlights.set(MARK, new Highlight(range));
}

/** Take the mark away. */
export const unmark = () => CSS.highlights?.get(MARK)?.clear();

/** Scroll a range to the middle between two heights of the window, within every box of the page that scrolls. */
export function scrollTo(range, from, to) {
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
