// The questions and answers, and the box to type into. They live here and nowhere else.
import { askServer } from "./asking.js";
import { options } from "./config.js";
import { element } from "./dom.js";
import { notice, questions, reply } from "./reply.js";
import { soundsUrgent, words } from "./words.js";

const SHOW_PENDING_AFTER = 300; // ms
const TURNS_READ = 3;
const LONGEST_QUESTION = 1000;

/**
 * A conversation in a box. `report` is told what happens; `find` says where the host's page shows quotes, `cite` what to do
 * when one is chosen.
 */
export function conversation(box, { report, find, cite }) {
  let answered = []; // questions that got an answer, oldest first: what a follow-up is read with
  let isWaiting = false;

  const text = element("textarea", { rows: 2, dir: "auto", maxLength: LONGEST_QUESTION, ariaLabel: words.label, placeholder: words.label });
  const log = element("div", { className: "log", tabIndex: 0, role: "log", ariaLabel: words.title },
    element("p", {}, words.welcome),
    options.examples && questions(words.starters, options.examples.split("|"), ask),
    element("p", { className: "small" }, `${words.stores} ${words.caution}`));
  const form = element("div", { className: "form" }, text, element("button", { onclick: send }, words.send));
  text.onkeydown = (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) send(event);
  };
  box.append(log, form);

  function send(event) {
    event.preventDefault();
    if (text.value.trim()) ask(text.value);
    else text.focus();
  }

  async function ask(question) {
    if (isWaiting) return;
    isWaiting = true;
    report("question");
    log.querySelectorAll(".questions, .failed").forEach((old) => old.remove());
    const asked = element("p", { className: "asked", dir: "auto", tabIndex: -1 }, question);
    log.append(asked);
    text.value = "";
    if (!text.matches(":focus")) asked.focus({ preventScroll: true }); // its button may be gone
    const pending = element("div", {});
    const timer = setTimeout(() => {
      pending.append(soundsUrgent(question) ? urgent() : notice("pending", words.looking));
      show(pending);
    }, SHOW_PENDING_AFTER);
    const { answer, language, problem } = await askServer([...answered, question].slice(-TURNS_READ));
    clearTimeout(timer);
    pending.remove();
    isWaiting = false;
    if (answer) {
      answered.push(question);
      const quotes = answer.citations.map(({ quote }) => quote);
      show(reply(answer, language, find(quotes), cite, ask));
      report("answer", { kind: answer.kind, citations: answer.citations });
    } else {
      text.value ||= question;
      show(element("div", { className: "failed" },
        soundsUrgent(question) && urgent(),
        notice("problem", problem, "", element("button", { onclick: send }, words.retry))));
      report("error", { message: problem });
    }

    function show(shown) {
      log.ariaLive = shown.matches(".urgent, :has(.urgent)") ? "assertive" : "polite";
      log.append(shown);
      log.scrollTop = asked.offsetTop - log.offsetTop - 8;
    }
  }

  return { ask, focus: () => text.focus(), height: IN_FRAME && (() => log.scrollHeight + form.offsetHeight) };
}

const urgent = () => notice("urgent", words.unsure);
