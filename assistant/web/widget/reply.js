// Draws what came back: the kind, the message, numbered quotes with where they stand, and questions to ask next.
import { element } from "./dom.js";
import { server } from "./config.js";
import { language, words } from "./words.js";

const CALLABLE = /(?<!\w)(\d[\d -]*\d)(?!\w)|(https:\/\/\S+)/; // a phone number, an address

/** Text whose phone numbers and addresses can be called and opened. */
const linked = (text) => text.split(CALLABLE).filter(Boolean).map((piece) => {
  const isAddress = piece.startsWith("https:");
  if (!isAddress && !CALLABLE.test(piece)) return piece;
  return element("a", { href: isAddress ? piece : `tel:${piece.replace(/\D/g, "")}`, target: isAddress ? "_blank" : "" }, piece);
});

/** A message in a frame that says by its look and its first words what kind it is. */
export const notice = (kind, message, spoken, ...children) => element("div", { className: `reply ${kind}` },
  words[kind] && element("p", { className: "kind" }, words[kind]),
  message.split("\n").map((line) => element("p", { className: "message", lang: spoken || language, dir: "auto" }, linked(line))),
  ...children);

/** An answer; `ranges` are where the page shows its quotes, `cite` is called with a citation that is chosen. */
export const reply = (answer, spoken, ranges, cite, ask) => notice(answer.kind, answer.message, spoken,
  answer.citations.map((citation, i) => element("figure", { ariaLabel: `${words.quote} ${citation.n}` },
    element("b", { className: "number" }, `${citation.n}`),
    element("blockquote", { lang: "en", dir: "ltr" }, citation.quote),
    element("figcaption", {},
      element("span", { lang: "en", dir: "ltr" }, [...new Set([citation.title, citation.section])].join(" · ")),
      element("a", {
        href: new URL(citation.url, server).href,
        target: "_blank",
        rel: "noopener",
        onclick: (event) => cite(event, citation, ranges[i]),
      }, ranges[i] ? words.show : words.source)))),
  answer.suggestions.length && questions(words.suggestions, answer.suggestions, ask));

/** Questions that can be asked by choosing them. */
export const questions = (label, texts, ask) => element("div", { className: "questions", role: "group", ariaLabel: label },
  element("p", {}, label),
  texts.map((text) => element("button", { lang: "en", dir: "ltr", onclick: () => ask(text) }, text)));
