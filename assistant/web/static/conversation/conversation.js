// The course of a conversation: what is sent, what is said while one waits, and what when nothing comes. The page and the
// widget share it; where it is shown, and what else can be done there, is theirs. It lives in its document and nowhere else.
import { askServer } from "./asking.js";
import { element } from "./dom.js";
import { turnsWith, urgentAt } from "./turns.js";
import { words } from "./words.js";

const SHOW_PENDING_AFTER = 300; // ms

/**
 * A conversation on a face. `log` holds the turns, `box` is typed into. `report` hears of each `question`, `answer` and
 * `error`; `show` appends something to a turn, which may be urgent help; `send` asks what stands in the box. `draw` has the
 * functions of `reply.js`, or others of their names; `earlier` are the questions of a conversation that goes on. The rest
 * is for `askServer` and `reply`.
 */
export function conversation({ log, box, report, show, send, draw: { asked, button, notice, problem, reply, urgent }, earlier = [], ...face }) {
  // `earlier`: questions that got an answer, and lost ones that sounded urgent, oldest first
  let lost; // the last of them, if it was lost
  let isGrave; // whether anything that was asked sounded urgent, or was found so
  let stop; // ends the waiting, if there is any; the question goes back into the box

  const sounds = (text) => urgentAt(text) >= 0;

  /** Ask a question, with the turns before it. False if another is still waited for. */
  function ask(question, before) {
    if (stop) return false;
    log.querySelectorAll(".failed, .suggestions").forEach((old) => old.remove());
    const heading = asked(question.trim() || "…");
    const turn = element("div", { className: "turn" }, heading);
    log.append(turn);
    if (!box.matches(":focus")) heading.focus({ preventScroll: true }); // its button may be gone
    if (lost === question) earlier.pop(); // it is asked again
    lost = "";
    before ||= earlier;
    isGrave ||= [...before, question].some(sounds);
    box.value = "";
    report("question");
    wait(question, turnsWith(before, question), turn);
    return true;
  }

  async function wait(question, turns, turn) {
    const isUrgent = sounds(question);
    const here = stop = () => {
      stop = null;
      turn.remove();
      box.value = question;
      box.focus();
    };
    const pending = element("div", { className: "waiting" },
      isUrgent && urgent(), notice("pending", words.looking, [button(words.stop, stop)]));
    setTimeout(() => { if (stop === here) show(pending, turn, isUrgent); }, SHOW_PENDING_AFTER);
    const { answer, spoken, problem: why } = await askServer(face, turns);
    if (stop !== here) return; // it was stopped
    stop = null;
    pending.remove();
    if (answer) {
      earlier.push(question);
      const isHelp = answer.kind === "urgent";
      isGrave ||= isHelp;
      show(reply(answer, spoken, face, ask, turns), turn, isHelp);
      report("answer", { kind: answer.kind, citations: answer.citations });
    } else {
      if (isUrgent) earlier.push(lost = question);
      box.value ||= question;
      turn.classList.add("failed");
      show(element("div", {}, isGrave && urgent(), problem(why, isGrave, send)), turn, isGrave);
      report("error", { message: why });
    }
  }

  return { ask, stop: () => stop?.() };
}
