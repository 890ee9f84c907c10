// The box to type into: Enter sends, Shift+Enter breaks the line, Up recalls, and known questions come up as one types.
import { element } from "../conversation/dom.js";
import { language, words } from "../conversation/words.js";
import { part } from "./parts.js";

const MOST_KNOWN = 3;
const FEWEST_LETTERS = 3;
const TALLEST = 200; // px
let sent = []; // oldest first
let recalled = 0; // where in `sent` the next Up looks

const box = () => document.querySelector("#question");
const wordsOf = (text) => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** Ask what stands in the box. */
export function submit(ask) {
  const question = box().value;
  if (!ask(question)) return;
  if (question.trim()) sent.push(question);
  recalled = sent.length;
  box().focus();
}

/** Enter and Up, as people know them: Up goes back through what was sent, until it is changed. */
export function recall(event) {
  if (event.isComposing) return;
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    part("composer").requestSubmit();
  } else if (event.key === "ArrowUp" && recalled > 0 && ["", sent[recalled]].includes(box().value)) {
    event.preventDefault();
    recalled -= 1;
    fillBox(sent[recalled]);
  }
}

/** Forget what was sent. */
export function clearBox() {
  sent = [];
  recalled = 0;
  fillBox("");
  box().focus();
}

function fillBox(text) {
  box().value = text;
  update();
}

/** Fit the box to its text and offer known questions; to be called whenever the text changed. */
export function update() {
  box().style.height = "auto";
  box().style.height = `${Math.min(box().scrollHeight + 4, TALLEST)}px`;
  offerKnown();
}

/** Known questions, not asked yet, that hold every word typed so far, the last one perhaps unfinished. */
function offerKnown() {
  const typed = wordsOf(box().value);
  const isEnough = typed.join("").length >= FEWEST_LETTERS;
  const asked = [...part("log").querySelectorAll(".asked")].map((turn) => turn.textContent);
  const known = words.known.map((question) => [words[question] ?? question, question in words ? language : "en"]);
  const matches = known.filter(([question]) => isEnough && !asked.includes(question)
    && typed.every((piece) => wordsOf(question).some((word) => word.startsWith(piece))));
  const buttons = matches.slice(0, MOST_KNOWN).map(([question, lang]) => {
    // A question mark would stand on the wrong side in a right-to-left page.
    const button = element("button", { type: "button", lang, dir: "auto" }, question);
    button.dataset.ask = question;
    return button;
  });
  part("known").replaceChildren(...buttons);
  part("known").hidden = buttons.length === 0;
}
