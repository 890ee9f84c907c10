// Asks, waits, and shows replies. The conversation lives in this document and nowhere else.
import { announce, part } from "./parts.js";
import { replyTo } from "./asking.js";
import { fillBox, keepInBox } from "./composer.js";
import { markCitations, unmarkCitations } from "./article.js";
import { setPermalink } from "./share.js";

const SHOW_PENDING_AFTER = 300; // ms
const GIVE_UP_AFTER = 15000; // ms
const TURNS_READ = 3;
const SPOKEN = ".kind, .message, .nth, blockquote, .section"; // of a reply, in the order of the page

let answered = []; // questions that got an answer, oldest first: what a follow-up is read with
let waiting = null; // { question, turns, section, timers, aborter }

/** Ask a question, with the turns before it. False if another is still waited for. */
export function ask(question, earlier = answered) {
  if (waiting) return false;
  document.querySelectorAll(".log .turn:has(.problem), .log .suggestions").forEach((old) => old.remove());
  const asked = document.createElement("p");
  asked.className = "asked";
  asked.dir = "auto";
  asked.tabIndex = -1;
  asked.textContent = question.trim().slice(0, 300) || "…";
  const section = document.createElement("section");
  section.className = "turn";
  section.append(asked);
  part("log").append(section);
  setBegun(true);
  section.scrollIntoView({ block: "start" });
  if (document.activeElement?.id !== "question") asked.focus({ preventScroll: true }); // its button may be gone
  fillBox("");
  send({ question, turns: [...earlier, question].slice(-TURNS_READ), section });
  return true;
}

/** Whether there is a conversation: starters make room for it. */
export function setBegun(isBegun) { part("chat").classList.toggle("begun", isBegun); }

async function send(request) {
  const aborter = new AbortController();
  const timers = [setTimeout(showPending, SHOW_PENDING_AFTER), setTimeout(() => aborter.abort(), GIVE_UP_AFTER)];
  waiting = Object.assign(request, { aborter, timers });
  const body = JSON.stringify({ turns: request.turns, language: part("chat").dataset.language });
  const html = await replyTo(body, aborter.signal) ?? part("too-long").innerHTML;
  if (waiting !== request) return; // stopped or cleared
  settle();
  const template = document.createElement("template");
  template.innerHTML = html; // our own server's, which escapes everything
  const reply = template.content.querySelector(".reply"); // not a page of some gateway's
  if (reply) receive(request, reply);
  else fail(request);
}

function showPending() {
  const pending = part("pending").content.cloneNode(true);
  announce([pending.querySelector("p")]);
  waiting.section.append(pending);
}

function receive({ section, question, turns }, reply) {
  section.append(reply);
  if (reply.dataset.kind) {
    answered.push(question);
    setPermalink(reply, turns);
  } else {
    keepInBox(question);
  }
  if (reply.dataset.kind === "answer") markCitations(reply);
  else unmarkCitations();
  if (reply.role !== "alert") announce(reply.querySelectorAll(SPOKEN)); // an alert speaks for itself
  section.scrollIntoView({ block: "start" });
}

function settle() {
  const request = waiting;
  waiting = null;
  request.timers.forEach(clearTimeout);
  request.aborter.abort();
  request.section.querySelector(".pending")?.remove();
  return request;
}

function fail({ section, question }) {
  section.append(part("failed").content.cloneNode(true));
  keepInBox(question);
}

/** Stop waiting; the question goes back into the box. */
export function stop() {
  if (!waiting) return;
  const { section, question } = settle();
  section.remove();
  setBegun(part("log").children.length > 0);
  keepInBox(question);
}

/** Ask once more what failed, as it now stands in the box. */
export function retry() { ask(document.querySelector("#question").value); }

/** Forget everything. */
export function clear() {
  if (waiting) settle();
  answered = [];
  part("log").replaceChildren();
  setBegun(false);
  unmarkCitations();
  history.replaceState(null, "", location.pathname + location.search);
}
