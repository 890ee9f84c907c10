// The map of what the articles say: its tiles open their sentences, word for word, and their place; greyed, it is what an
// honest "not in the article" shows.
import { markCitations } from "./article/marks.js";
import { enterTurn, keep, kept } from "./keeping.js";
import { app, control, documentAt, part, piece } from "./parts.js";
import { asked, bySection, copyOf, quote } from "./replies.js";
import { translatable } from "./translating.js";
import { words } from "../conversation/words.js";

/** The map without its fragments, to stand below an answer. */
export function greyMap() {
  const lists = part("map").querySelectorAll(".map__list, .map__article");
  const own = [...lists].filter((list) => !list.parentElement.closest(".map__article")).map((list) => list.cloneNode(true));
  return piece("div", { class: "map map--grey" },
    piece("h3", { class: "label" }, words.covers, piece("span", { "aria-hidden": "true" }, words.sentences)), own);
}

/** Show a tile's sentences as a turn. */
export async function openTile(tile) {
  const { article, spans } = tile.dataset;
  const source = await articleOf(article);
  if (!source) return;
  const citations = spans.split(" ").map((span, i) => citationOf(source, article, span, i + 1)).filter(Boolean);
  addLocal({ topic: tile.querySelector(".tile__name").textContent, spans, citations });
}

/** Show the whole map as a turn. */
export const openMap = () => addLocal({ topic: words.covers, isMap: true });

/** Draw what was opened before, after a reload or in another language. */
export function localTurn({ topic, citations, isMap }) {
  const body = isMap ? Object.assign(greyMap(), { className: "map" }) : piece("div", {},
    piece("div", { class: "whole" }, bySection(citations.map((citation) => quote(citation, { named: false })), citations)),
    piece("div", { class: "acts" }, copyOf(citations), control("aloud", words.aloud)), translatable());
  if (isMap) body.querySelector(".label").remove();
  return piece("div", { class: "turn" }, asked(topic), piece("div", { class: "reply", "data-kind": "topic" }, body));
}

function addLocal(entry) {
  part("log").querySelectorAll(".suggestions").forEach((old) => old.remove());
  const turn = localTurn(entry);
  enterTurn();
  kept.push({ local: entry });
  app().classList.add("app--talking");
  app().classList.remove("app--alone");
  part("log").append(turn);
  keep();
  turn.querySelector(".ask").focus({ preventScroll: true });
  turn.scrollIntoView({ block: "start" });
  if (entry.citations) markCitations(turn.querySelector(".reply"));
}

/** The element that holds an article's sentences: the panel, or its own page. */
async function articleOf(slug) {
  if (part("panel").dataset.article === slug) return part("panel");
  return (await documentAt(`articles/${encodeURIComponent(slug)}`))?.querySelector("main");
}

function citationOf(source, article, span, n) {
  const [start, end] = span.split("-").map(Number);
  const sentence = source.querySelector(`#s${start}`);
  if (!sentence) return null;
  const title = source.querySelector(".title").textContent;
  let before = sentence.closest("p");
  while (before && !/^H[23]$/.test(before.tagName)) before = before.previousElementSibling;
  return { n, quote: sentence.textContent, article, title, section: before?.textContent ?? title, start, end, url: `articles/${article}#s${start}` };
}
