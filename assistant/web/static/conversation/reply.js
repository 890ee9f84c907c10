// Draws what came back: the kind, the message, numbered quotes with where they stand, and questions to ask next.
// The first line of a message leads to the quotes; any other says, after them, how far they hold.
import { element } from "./dom.js";
import { language, words } from "./words.js";

export const FEW = 3; // quotes: more than these are a whole topic's

// A phone number, an address. A line that ends in a number is called by that one, not by digits in its name.
const CALLABLE = /(?<![\w,])(\d[\d -]*\d)(?!,?\w|.*: \d[\d -]*$)|(https:\/\/\S+)/;

/** Text whose phone numbers and addresses can be called and opened. */
const linked = (text) => text.split(CALLABLE).map((piece, i) => {
  if (!piece || i % 3 === 0) return piece; // what stands between
  const isAddress = i % 3 === 2;
  return element("a", { href: isAddress ? piece : `tel:${piece.replace(/\D/g, "")}`, target: isAddress ? "_blank" : "" }, piece);
});

const SHOWN = 300; // letters of a question that are shown before it is unfolded: what is said to it stands in view

/** A question: the whole of it, of a long one the rest behind its first words. */
export function asked(question, tag = "p", className = "asked") {
  const properties = { className, dir: "auto", tabIndex: -1 };
  if (question.length <= SHOWN) return element(tag, properties, question);
  const at = question.lastIndexOf(" ", SHOWN);
  const end = at > SHOWN / 2 ? at : SHOWN;
  return element("details", properties, element("summary", {}, question.slice(0, end)), question.slice(end));
}

/** Each line as a paragraph. */
export const lines = (text, className = "", spoken = "") =>
  text.split("\n").map((line) => element("p", { className, lang: spoken || language, dir: "auto" }, linked(line)));

/** A message in a frame that says by its look and its first words what kind it is; what cares for the reader stands first. */
export const notice = (kind, message, children, spoken, quotes) => {
  const [said, care] = message.split("\n\n").reverse();
  const [first, ...others] = lines(said, "message", spoken);
  const made = element("div", { className: `reply ${kind}` },
    care && element("div", { className: "care" }, lines(care, "", spoken)),
    words[kind] && element("p", { className: "kind" }, words[kind]),
    first, quotes, others, children);
  made.dataset.kind = kind;
  return made;
};

/** Why there is no answer and, unless that is said already, whom to call. */
export const problem = (message, isHelped, retry) => notice("problem", message, [
  !isHelped && element("div", { className: "help" }, lines(words.help.replace(/\n+/g, "\n"))),
  button(words.retry, retry)]);

/** What may be an emergency, and whom to call. */
export const urgent = () => notice("urgent", [words.unsure, ...words.help.split(/\n+/).slice(1)].join("\n"));

/** An answer. `captions` gives what stands below each quote, `arranged` how they stand. */
export const reply = ({ kind, message, citations, suggestions }, spoken, { captions, arranged }, ask) => {
  const below = captions(citations, spoken);
  const quotes = citations.map(({ n, quote }, i) => element("figure", { className: "card" },
    element("b", { className: "number", role: "img", ariaLabel: `${words.quote} ${n}` }, `${n}`),
    element("blockquote", { lang: "en", dir: "ltr" }, quote),
    element("figcaption", {}, below[i])));
  return notice(kind, message, suggestions.length && questions(words.suggestions, suggestions, ask), spoken, arranged(quotes));
};

/** Questions that can be asked by choosing them. */
export const questions = (label, texts, ask) => element("div", { className: "suggestions", role: "group", ariaLabel: label },
  element("p", {}, label),
  texts.map((text) => {
    const said = words[text] || text; // a site's own questions are English
    return element("button", { lang: said === text ? "en" : language, dir: "auto", onclick: () => ask(said) }, said);
  }));

/** Something to press, in a message. */
export const button = (text, onclick) => element("button", { onclick }, text);
