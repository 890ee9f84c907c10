// Says that an answer was wrong: sends which answer and why, never a word of what was asked.
import { element } from "../conversation/dom.js";
import { words } from "../conversation/words.js";
import { control } from "./parts.js";

const VERDICTS = ["wrong", "unhelpful", "unsafe"];

/** What one may find wrong with an answer, to choose from. */
export const feedback = (answer) => element("details", { className: "feedback" },
  element("summary", { className: "hit mute" }, words.feedback),
  element("div", {}, VERDICTS.map((verdict) =>
    control("feedback", words[verdict], { verdict, answer: nameOf(answer), version: answer.index_version }))));

/** Which answer it was, never what was asked: its kind, and the spans that it quotes. */
const nameOf = ({ kind, citations }) =>
  [kind, ...citations.map(({ article, start, end }) => `${article}:${start}-${end}`)].join(" ");

/** Send the verdict that a button stands for, and thank in its place. */
export async function sendFeedback(button) {
  const { answer, version, verdict } = button.dataset;
  const box = button.closest(".feedback");
  const body = JSON.stringify({ answer, version, verdict });
  const isSent = await fetch("api/feedback", { method: "POST", body }).then((response) => response.ok, () => false);
  box.querySelector(".outcome")?.remove();
  // It takes the focus, and is read out by that.
  const note = element("p", { className: "outcome", tabIndex: -1 }, isSent ? words.thanks : words.failed);
  if (isSent) box.replaceWith(note);
  else box.append(note);
  note.focus();
}
