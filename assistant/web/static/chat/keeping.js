// The conversation in the tab's own history: a reload brings it back, Back closes what was opened. Nothing is stored.
import { part } from "./parts.js";

/** What was asked and what came of it, oldest first: `{ turns, answer, spoken, isTicked }`, or `{ local }` for the map. */
export const kept = [];

let chosen = ""; // the language that was chosen by hand

/** Put the conversation into the present entry of the history. */
export function keep(language = chosen) {
  chosen = language;
  try {
    history.replaceState({ ...history.state, turns: kept, language }, "");
  } catch { /* too much for this browser: a reload begins anew, as it says */ }
}

/** What the present entry holds: `{ turns, language }`. */
export const found = () => history.state ?? {};

/** Open something that Back closes. */
export const enter = (name) => history.pushState({ ...history.state, turns: kept, language: chosen, opened: name }, "");

/** Whether something that Back closes is open. */
export const opened = () => history.state?.opened ?? "";

/** What a page that was drawn without scripts holds: its one turn, in the same form. */
export function drawnTurn() {
  const turn = part("log").querySelector(".turn[data-answer]");
  if (!turn?.dataset.answer) return null;
  const { question, before, answer, spoken } = turn.dataset;
  return { turns: [...JSON.parse(before), question], answer: JSON.parse(answer), spoken };
}
