// The box to type into: Enter sends, Shift+Enter breaks the line, Up recalls what was sent.
import { part } from "../parts.js";
import { stopReading } from "../taking/aloud.js";
import { choose, closeKnown, isChoosing, offerKnown } from "./known.js";

const TALLEST = 200; // px
let sent = []; // oldest first
let recalled = 0; // where in `sent` the next Up looks

const box = () => document.querySelector("#question");

/** Ask what stands in the box. */
export function submit(ask) {
  const question = box().value;
  closeKnown();
  if (!ask(question)) return;
  if (question.trim()) sent.push(question);
  recalled = sent.length;
  if (!matchMedia("(pointer: coarse)").matches) box().focus();
}

/** The keys of the box, as people know them. */
export function press(event) {
  if (event.isComposing || choose(event)) return;
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    part("composer").requestSubmit();
  } else if (event.key === "ArrowUp" && !isChoosing() && recalled > 0 && ["", sent[recalled]].includes(box().value)) {
    event.preventDefault();
    recalled -= 1;
    fillBox(sent[recalled]);
    closeKnown();
  }
}

/** Forget what was sent. */
export function clearBox() {
  sent = [];
  recalled = 0;
  fillBox("");
  closeKnown();
  box().focus();
}

/** Put a text into the box. */
export function fillBox(text) {
  box().value = text;
  update();
}

/** Fit the box to its text; to be called whenever the text changed. */
export function update() {
  box().style.height = "auto";
  if (box().value) box().style.height = `${Math.min(box().scrollHeight, TALLEST)}px`;
  else closeKnown();
}

/** Somebody types: fit the box, offer known questions, and be quiet. */
export function typed() {
  update();
  stopReading();
  offerKnown(box().value);
}
