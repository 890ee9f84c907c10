// The conversation in the tab's own history: a reload brings it back, Back takes away what was asked or opened last, and
// Forward brings it again. Nothing is stored. An entry holds `{ talk, turns, count, opened, depth, language }`.
import { part } from "./parts.js";

/** What was asked and what came of it, oldest first: `{ turns, answer, spoken, isTicked }`, or `{ local }` for the map. */
export const kept = [];

let undone = []; // what Back took away
let chosen = ""; // the language that was chosen by hand
let talk = ""; // names the conversation: what was cleared is never shown again, wherever in the history it stands
let depth = 0; // entries of this page below the present one
let since = 0; // the depth at which the conversation began

const newName = () => `${Date.now()}-${Math.random()}`;

function write(fields, how = "replaceState") {
  const state = { opened: "", count: 0, ...history.state, turns: kept, language: chosen, talk, depth, ...fields };
  try {
    history[how]({ ...state, count: Math.max(state.count, kept.length) }, "");
  } catch { /* too much for this browser: a reload begins anew, as it says */ }
}

/** Put the conversation into the present entry of the history. */
export function keep(language = chosen) {
  chosen = language;
  write();
}

/** Begin with what the present entry holds: `{ turns, language }`. */
export function found() {
  const state = history.state ?? {};
  ({ talk = newName(), depth = 0 } = state);
  since = depth;
  write({ opened: "", count: 0, turns: state.turns });
  return state;
}

/** Open something that Back closes. */
export function enter(name) {
  depth += 1;
  write({ opened: name }, "pushState");
}

/** A turn comes, and Back will take it away. An entry whose turn never came is used again; a link's has one already. */
export function enterTurn(isLinked) {
  undone = [];
  if (!isLinked && !(history.state?.count > kept.length)) enter("");
  write({ count: kept.length + 1 });
}

/** Whether something that Back closes is open. */
export const opened = () => history.state?.opened ?? "";

/** Forget the conversation. */
export function forget() {
  [undone, talk, since] = [[], newName(), depth];
  kept.length = 0;
  history.replaceState({}, "", location.pathname + location.search);
  write();
}

/** The history moved: the turns that it holds now become those that are kept. */
export function travel() {
  const before = depth;
  const state = history.state;
  if (!state?.talk) { // somebody put a link into the address
    depth += 1;
    return write();
  }
  depth = state.depth;
  const known = [...kept, ...undone];
  const turns = state.talk !== talk ? [] : known.length < state.count ? state.turns : known.slice(0, state.count);
  undone = known.slice(turns.length);
  kept.splice(0, kept.length, ...turns);
  if (state.talk !== talk) history.replaceState({}, "");
  write();
  const end = depth > before ? since : 0;
  if (state.talk !== talk && depth !== end) history.go(end - depth); // past what was cleared
}

/** What a page that was drawn without scripts holds: its one turn, in the same form. */
export function drawnTurn() {
  const turn = part("log").querySelector(".turn[data-answer]");
  if (!turn?.dataset.answer) return null;
  const { question, before, answer, spoken } = turn.dataset;
  return { turns: [...JSON.parse(before), question], answer: JSON.parse(answer), spoken };
}
