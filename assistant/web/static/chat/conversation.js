// The conversation on the page: what can be done with its quotes and answers, what is said aloud, and what stays in sight.
import { conversation } from "../conversation/conversation.js";
import { element } from "../conversation/dom.js";
import { FEW, lines } from "../conversation/reply.js";
import { speak, words } from "../conversation/words.js";
import { markCitations, unmarkCitations } from "./article.js";
import { update } from "./composer.js";
import { announce, control, part } from "./parts.js";
import { permalink, quotation } from "./share.js";
import { feedback } from "./feedback.js";

const SPOKEN = ".care p, .kind, .message, .number, blockquote, .section"; // of a reply, in the order of the page
const ALARMING = ".urgent, .problem";

let talk = null; // the conversation, once there is one
let isHelped = false; // whether urgent help was shown

/** Ask a question, with the turns before it. False if another is still waited for. */
export function ask(question, before) {
  talk ??= conversation(face());
  return talk.ask(question, before);
}

/** Speak the language in which the page is drawn. */
export function speakAsDrawn() {
  const { words: texts, language } = part("chat").dataset;
  speak(JSON.parse(texts), language);
  keepHelpInSight();
}

/** Forget everything. */
export function clear() {
  talk?.stop();
  talk = null;
  isHelped = false;
  keepHelpInSight();
  part("log").replaceChildren();
  unmarkCitations();
  history.replaceState(null, "", location.pathname + location.search);
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
    log,
    box,
    send: () => ask(box.value),
    post: (request) => fetch("api/ask", request),
    away: () => words.away,
    show(shown, turn, isHelp) {
      const alarm = shown.matches(ALARMING) ? shown : shown.querySelector(ALARMING);
      alarm?.setAttribute("role", "alert"); // it speaks for itself
      turn.append(shown);
      isHelped ||= isHelp;
      keepHelpInSight();
      announce(shown.querySelectorAll(alarm ? ".pending .message" : SPOKEN));
      if (shown.matches(".waiting")) return;
      turn.scrollIntoView({ block: "start" });
      if (alarm) turn.querySelector(".reply").scrollIntoView({ block: "nearest" }); // a long question leaves room for it
    },
    report(type, detail) {
      update();
      const turn = log.lastElementChild;
      if (type === "question") turn.scrollIntoView({ block: "start" });
      else if (detail.kind === "answer") markCitations(turn);
      else unmarkCitations();
      if (type === "error") box.focus();
    },
    captions: (citations) => citations.map(({ n, article, start, end, url }, i) => [
      !isList(citations) && sectionOf(citations[i]),
      element("span", { className: "actions" },
        control("show", words.show, { n, article, start, end }),
        element("a", { href: url, target: "_blank" }, words.source),
        !isList(citations) && copyOf([citations[i]])),
    ]),
    arranged: (quotes, citations) => !isList(citations) ? quotes : element("div", { className: "listed" },
      quotes.flatMap((quote, i) => [citations[i].section !== citations[i - 1]?.section && sectionOf(citations[i]), quote])),
    after: (answer, turns) => answer.kind !== "urgent" && element("div", { className: "after" },
      isList(answer.citations) && copyOf(answer.citations),
      element("a", { className: "permalink", href: permalink(turns, answer.index_version) }, words.link),
      answer.kind !== "chat" && feedback(answer)),
  };
}

/** Whether they list a whole topic, each section's under its name. */
const isList = (citations) => citations.length > FEW;

const sectionOf = ({ section, made_of: made }) => element("p", { className: "section" },
  element("span", { lang: "en", dir: "ltr" }, section), made && ` · ${words[made]}`);

const copyOf = (citations) => control("copy", words.copy, { text: citations.map(quotation).join("\n\n") });
