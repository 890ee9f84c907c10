// The conversation on the page: what is asked, what is said aloud, what stays in sight, and what a reload brings back.
import { askServer } from "../conversation/asking.js";
import { conversation } from "../conversation/conversation.js";
import { lines } from "../conversation/reply.js";
import { language, speak, words } from "../conversation/words.js";
import { markCitations, unmarkCitations } from "./article/marks.js";
import { update } from "./composer/box.js";
import { enterTurn, forget, keep, kept, travel } from "./keeping.js";
import { localTurn } from "./map.js";
import { announce, app, part } from "./parts.js";
import * as draw from "./replies.js";
import { stopReading } from "./taking/aloud.js";
import { countPicks } from "./taking/doctor.js";
import { announceLate } from "./translating.js";

const SPOKEN = ".care p, .kind, .message, .number, blockquote, .section, .hint"; // of a reply, in the order of the page
const ALARMING = "[data-kind=urgent], [data-kind=problem]";
const PAUSE = 700; // ms between two that are asked again: a visitor's own question comes first

let talk = null; // the conversation, once there is one
let isHelped = false; // whether urgent help was shown
let answering = null; // the turns and the answer that are being drawn
let helpedWaiting = null; // the turn that showed urgent help before its answer came
let linked = null; // what a link names, and which of it is asked next
let redrawing = 0; // a number for each time that everything is asked again

const post = (request) => fetch("api/ask", request);
const away = () => words.away;

/** Ask a question, with the turns before it. False if another is still waited for. */
export function ask(question, before, isLinked) {
  if (!isLinked) linked = null;
  redrawing += 1;
  stopReading();
  talk ??= conversation(face());
  if (!talk.ask(question, before)) return false;
  enterTurn(isLinked);
  return true;
}

/** Ask what a link names, one after the other, each after those before it; `note`, if there is one, stands above the last. */
export function askAll(questions, note) {
  linked = { questions, note, next: 0 };
  askNext();
}

function askNext() {
  const { questions, note, next } = linked;
  linked.next += 1;
  if (next >= questions.length || !ask(questions[next], questions.slice(0, next), true)) linked = null;
  else if (note && next === questions.length - 1) {
    part("log").lastElementChild.prepend(note);
    announce([note]);
  }
}

/** Speak the language in which the page is drawn. */
export function speakAsDrawn() {
  speak(JSON.parse(part("words").dataset.words), app().dataset.language);
  keepHelpInSight();
}

/** Forget everything. */
export function clear() {
  talk?.stop();
  talk = null;
  isHelped = false;
  stopReading();
  forget();
  restore([]);
  scrollTo(0, 0);
}

/** Draw again what stands in the history, or what a page without scripts held. */
export function restore(entries) {
  kept.splice(0, kept.length, ...entries);
  part("log").replaceChildren(...kept.map((entry, i) => turnOf(entry, i === kept.length - 1)));
  app().classList.toggle("app--talking", kept.length > 0);
  isHelped ||= kept.some(({ answer }) => answer?.kind === "urgent");
  talk = conversation({ ...face(), earlier: kept.filter(({ turns }) => turns).map(({ turns }) => turns.at(-1)) });
  unmarkCitations();
  showLast(part("log").lastElementChild);
  countPicks();
}

/** The history moved: show the turns that it holds now. */
export function followTurns() {
  const gone = kept.at(-1);
  travel();
  if (part("log").querySelectorAll(".turn").length === kept.length) return;
  redrawing += 1;
  stopReading();
  talk?.stop();
  restore([...kept]);
  const tile = !kept.length && gone?.local && part("map").querySelector(`[data-spans="${gone.local.spans}"]`);
  (tile || part("log").lastElementChild?.querySelector(".ask") || app()).focus({ preventScroll: true });
  if (kept.some(({ spoken }) => spoken && spoken !== app().dataset.language)) redrawAll(app().dataset.language);
}

/** Draw all that is shown in the language in force, and ask again for what the server words; `old` are the words before. */
export async function redrawAll(language, old = words) {
  const mine = redrawing += 1;
  const log = part("log");
  log.querySelectorAll(".turn:has([data-kind=pending], [data-kind=problem])").forEach((turn) => retell(turn, old));
  const entries = kept.filter((entry) => entry.answer || entry.local);
  const turns = [...log.querySelectorAll(".turn:not(:has([data-kind=pending], [data-kind=problem]))")];
  entries.forEach((entry, i) => { turns[i].replaceWith(turns[i] = turnOf(entry, i === turns.length - 1)); });
  if (turns.length && turns.at(-1) === log.lastElementChild) showLast(turns.at(-1), true);
  for (const [i, entry] of [...entries.entries()].reverse()) {
    if (entry.local || entry.spoken === language) continue;
    const { answer, spoken } = await askServer({ post, away }, entry.turns);
    if (mine !== redrawing) return;
    if (!answer && entry.answer.kind === "urgent") turns[i].querySelector("[data-kind=urgent]").replaceWith(draw.urgent());
    if (answer?.index_version !== entry.answer.index_version) continue;
    Object.assign(entry, { answer, spoken });
    const fresh = turnOf(entry, i === turns.length - 1);
    turns[i].replaceWith(turns[i] = fresh);
    if (fresh === log.lastElementChild) showLast(fresh, true);
    keep();
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
    if (mine !== redrawing) return;
  }
}

/** Say again what is waited for or failed, which no entry keeps; help above all. */
function retell(turn, old) {
  turn.querySelector("[data-kind=urgent]")?.replaceWith(draw.urgent());
  turn.querySelectorAll(".help").forEach((help) => help.replaceChildren(...lines(words.help.replace(/\n+/g, "\n"))));
  const told = Object.entries(old).filter(([, text]) => text && typeof text === "string");
  for (const said of turn.querySelectorAll("[data-kind=pending] .message, [data-kind=problem] .message, button")) {
    const seconds = said.textContent.match(/\d+/)?.[0];
    const [name] = told.find(([, text]) => text.replace("{seconds}", seconds) === said.textContent) ?? [];
    if (!name) continue;
    said.replaceChildren(...lines(words[name].replace("{seconds}", seconds))[0].childNodes);
    if (said.lang) said.lang = language;
  }
}

function turnOf(entry, isLast = true) {
  if (entry.local) return localTurn(entry.local);
  const turn = document.createElement("div");
  turn.className = "turn";
  const isAlone = entry.answer.kind === "urgent";
  if (!isAlone) turn.append(draw.asked(entry.turns.at(-1)));
  turn.append(draw.reply(entry.answer, entry.spoken, {}, ask, entry.turns));
  if (!isLast) turn.querySelector(".suggestions")?.remove();
  const box = turn.querySelector("[data-control=tick]");
  if (box) box.checked = Boolean(entry.isTicked);
  return turn;
}

function showLast(turn, isQuiet) {
  app().classList.toggle("app--alone", Boolean(turn?.querySelector("[data-kind=urgent]")));
  keepHelpInSight();
  if (!turn) return;
  const reply = turn.querySelector(".reply");
  if (reply?.querySelector(".quote")) markCitations(reply, isQuiet);
  if (!isQuiet) turn.scrollIntoView({ block: "start" });
}

/** Whom to call stays in sight from the first urgent help to the end of the conversation. */
function keepHelpInSight() {
  const bar = part("in-sight");
  bar.hidden = !isHelped;
  bar.replaceChildren(...lines(words.help.split("\n\n")[1]));
}

function face() {
  const [log, box] = [part("log"), document.querySelector("#question")]; // they stay when the language changes
  return {
    log, box, post, away, draw: remembering,
    send: () => ask(box.value),
    show(shown, turn, isHelp) {
      const alarm = shown.matches(ALARMING) ? shown : shown.querySelector(ALARMING);
      const isNew = alarm && helpedWaiting !== turn; // whoever waited for the answer has heard whom to call
      if (isNew) alarm.setAttribute("role", "alert"); // it speaks for itself
      if (isHelp) helpedWaiting = turn;
      turn.append(shown);
      const isUrgent = shown.dataset.kind === "urgent";
      if (isUrgent) turn.querySelector(".ask")?.remove(); // it stands folded below the help
      app().classList.toggle("app--alone", isHelp);
      isHelped ||= isHelp;
      keepHelpInSight();
      const spoken = [...shown.querySelectorAll(alarm ? ".message" : SPOKEN)].filter((line) => !isNew || !alarm.contains(line));
      announce(spoken.filter((one) => !one.matches(".hint") || one.checkVisibility()));
      spoken.filter((one) => one.matches(".hint:empty")).forEach(announceLate);
      if (shown.matches(".waiting")) return;
      turn.scrollIntoView({ block: "start" });
      if (isUrgent && !box.matches(":focus")) {
        const heading = alarm.querySelector(".now");
        heading.tabIndex = -1;
        heading.focus({ preventScroll: true });
      }
    },
    report(type, detail) {
      const turn = log.lastElementChild;
      if (type === "question") {
        app().classList.add("app--talking");
        app().classList.remove("app--alone");
        turn.scrollIntoView({ block: "start" });
        if (matchMedia("(pointer: coarse)").matches) box.blur(); // its keyboard would cover the answer
        answering = null;
      } else if (type === "answer" && answering) {
        kept.push(answering);
        keep();
        countPicks();
      }
      if (detail?.kind === "answer") markCitations(turn.querySelector(".reply"));
      else unmarkCitations();
      if (type === "error" && !matchMedia("(pointer: coarse)").matches) box.focus();
      update();
      if (type === "answer" && linked) askNext();
    },
  };
}

/** Notes what is drawn, so that it can be kept. */
const remembering = {
  ...draw,
  reply(answer, spoken, own, asking, turns) {
    answering = { turns, answer, spoken };
    return draw.reply(answer, spoken, own, asking, turns);
  },
};
