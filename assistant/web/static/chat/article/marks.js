// The article beside the conversation: marks cited sentences, lights quote and sentence together, scrolls its own panel.
import { documentAt, part, scrollBehavior } from "../parts.js";
import { openSheet, WIDE } from "./sheet.js";

let current = null; // the reply whose quotes are numbered in the article

/** Number the sentences that an answer cites, and show the first of them where there is room for it. */
export function markCitations(reply, isQuiet) {
  unmarkCitations();
  current = reply;
  const quotes = quotesOf(reply);
  quotes.forEach(mark);
  if (!isQuiet && WIDE.matches && quotes.length) bringIntoView(quotes[0]);
}

export function unmarkCitations() {
  current = null;
  for (const sentence of document.querySelectorAll(".sheet .is-lit")) {
    sentence.classList.remove("is-lit", "is-on", "is-read");
    delete sentence.dataset.n;
  }
}

/** Show a citation in the panel; on a phone the panel comes up as a sheet. */
export async function showSentence(pressed) {
  if (part("panel").dataset.article !== pressed.dataset.article) await loadArticle(pressed.dataset.article);
  const reply = pressed.closest(".reply");
  if (reply !== current || !sentences(pressed.dataset).some((sentence) => sentence.classList.contains("is-lit"))) {
    unmarkCitations();
    current = reply;
    quotesOf(reply).forEach(mark);
  }
  if (pressed.dataset.url) part("source").href = pressed.dataset.url;
  openSheet(pressed);
  light(pressed, true);
  bringIntoView(pressed);
}

/** Light a quote and its sentence, wherever the pointer or the focus is. */
export function lightTogether(target, isOn) {
  const link = target.closest(".quote blockquote a");
  if (link) return light(link, isOn);
  const sentence = target.closest(".sheet .is-lit");
  const quote = sentence && current && quotesOf(current).find((one) => sentences(one.dataset).includes(sentence));
  if (quote) light(quote, isOn);
}

/** From a sentence back to the quote that it is. */
export function showQuote(sentence) {
  const quote = current && quotesOf(current).find((one) => sentences(one.dataset).includes(sentence));
  quote?.scrollIntoView({ block: "center", behavior: scrollBehavior() });
  quote?.focus({ preventScroll: true });
}

/** Show the article as the server now has it: another version may be served. */
export const renewArticle = () => loadArticle(part("panel").dataset.article);

/** The panel's sentences within a citation. */
export function sentences({ article, start, end }) {
  if (part("panel").dataset.article !== article) return [];
  return [...document.querySelectorAll(".sheet .sentence")].filter(
    (sentence) => Number(sentence.dataset.start) >= Number(start) && Number(sentence.dataset.end) <= Number(end),
  );
}

const quotesOf = (reply) => [...reply.querySelectorAll(".quote blockquote a[data-start]")];

function light(quote, isOn) {
  document.querySelectorAll(".is-on").forEach((old) => old.classList.remove("is-on"));
  if (!isOn) return;
  const own = quote.closest(".quote").querySelector("blockquote a");
  [own, ...sentences(quote.dataset)].forEach((one) => one.classList.add("is-on"));
}

function mark(quote) {
  const found = sentences(quote.dataset);
  found.forEach((sentence) => sentence.classList.add("is-lit"));
  if (found.length) found[0].dataset.n = quote.dataset.n;
}

/** Scroll the panel, and never the page, until the sentences stand in the middle of what is seen of it. */
export function bringIntoView(quote) {
  const chosen = sentences(quote.dataset);
  if (!chosen.length) return;
  const sheet = part("sheet");
  const bar = part("handle").offsetHeight;
  const [top, bottom] = [chosen[0].getBoundingClientRect().top, chosen.at(-1).getBoundingClientRect().bottom];
  const middle = (top + bottom) / 2 - sheet.getBoundingClientRect().top;
  sheet.scrollTo({ top: sheet.scrollTop + middle - (sheet.clientHeight + bar) / 2, behavior: scrollBehavior() });
}

async function loadArticle(slug) {
  const page = await documentAt(`articles/${encodeURIComponent(slug)}`);
  if (!page) return;
  const panel = part("panel");
  panel.replaceChildren(...[...page.querySelector("main").children].filter((child) => !child.matches(".provenance")));
  panel.dataset.article = slug;
  part("source").href = `articles/${slug}`;
}
