// Questions that the articles answer, offered while one types. The list is worked as the ARIA guide's combobox is: Down and
// Up move in it, Enter takes, Esc closes, and the focus stays in the box. What is typed is matched here at once, letter by
// letter, and then, in English, by the server's encoder, which knows other words for the same.
import { language, words } from "../../conversation/words.js";
import { kept } from "../keeping.js";
import { part, piece } from "../parts.js";

const MOST = 4;
const FEWEST_LETTERS = 3;
const PAUSE = 120; // ms without a key before the server is asked

let waiting = 0; // the timer
let asked = 0; // a number for each text that was sent to be matched
let ask = () => {};

const wordsOf = (text) => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
const box = () => document.querySelector("#question");
const options = () => [...part("known").children];
const chosen = () => part("known").querySelector("[aria-selected=true]");

/** Whether an option is chosen by the keys. */
export const isChoosing = () => !part("known").hidden && Boolean(chosen());

/** `asking` is called with what was taken. */
export function offerTo(asking) {
  ask = asking;
}

/** Offer questions for what is typed. */
export function offerKnown(typed) {
  clearTimeout(waiting);
  asked += 1;
  const mine = asked;
  if (wordsOf(typed).join("").length < FEWEST_LETTERS) return closeKnown();
  const near = literal(typed);
  show(near);
  if (language !== "en") return;
  waiting = setTimeout(async () => {
    const body = JSON.stringify({ text: typed });
    const found = await fetch("api/suggest", { method: "POST", body }).then((response) => (response.ok ? response.json() : {}), () => ({}));
    if (mine === asked && found.questions && !chosen()) show([...new Set([...near, ...found.questions])]);
  }, PAUSE);
}

/** Known questions that hold every word typed so far, the last one perhaps unfinished, as the reader sees them. */
const literal = (typed) => words.known.filter((question) => wordsOf(typed).every((piece) =>
  wordsOf(words[question] ?? question).some((word) => word.startsWith(piece))));

function show(questions) {
  const before = kept.map(({ turns }) => turns?.at(-1));
  const fresh = questions.filter((question) => !before.includes(question) && !before.includes(words[question])).slice(0, MOST);
  const list = part("known");
  list.replaceChildren(...fresh.map((question, i) => piece("li", {
    id: `known-${i}`, role: "option", "aria-selected": "false", lang: question in words ? language : "en", dir: "auto",
  }, words[question] ?? question)));
  list.hidden = !fresh.length;
  list.scrollLeft = 0;
  box().removeAttribute("aria-activedescendant");
}

export function closeKnown() {
  clearTimeout(waiting);
  asked += 1;
  part("known").hidden = true;
  part("known").replaceChildren();
  box().removeAttribute("aria-activedescendant");
}

/** What a key does in the list. True if it was meant for that. */
export function choose(event) {
  if (part("known").hidden) return false;
  const all = options();
  const at = all.indexOf(chosen());
  if (event.key === "Escape") closeKnown();
  else if (event.key === "Enter" && at >= 0 && !event.shiftKey) take(all[at]);
  else if (event.key === "ArrowDown") mark(all, at + 1 < all.length ? at + 1 : -1);
  else if (event.key === "ArrowUp" && (at >= 0 || box().value)) mark(all, at < 0 ? all.length - 1 : at - 1);
  else return false;
  event.preventDefault();
  event.stopPropagation();
  return true;
}

/** Ask what an option says. */
export function take(option) {
  const question = option.textContent;
  closeKnown();
  ask(question);
}

function mark(all, at) {
  all.forEach((option, i) => option.setAttribute("aria-selected", i === at));
  if (at < 0) return box().removeAttribute("aria-activedescendant");
  box().setAttribute("aria-activedescendant", all[at].id);
  all[at].scrollIntoView({ block: "nearest", inline: "nearest" });
}
