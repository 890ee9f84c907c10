// Draws the page's turns: the question as a heading, and a reply of each kind. templates/reply.html draws the same for
// browsers without scripts. The first line of a message leads to the quotes; any other says, after them, how far they hold.
import { FEW, asked as folded, button as plainButton, lines } from "../conversation/reply.js";
import { language, words } from "../conversation/words.js";
import { feedback } from "./feedback.js";
import { greyMap } from "./map.js";
import { control, part, piece } from "./parts.js";
import { canSpeak } from "./taking/aloud.js";
import { translatable } from "./translating.js";
import { urgentScreen } from "./urgent.js";

const SHORT = 110; // letters of a message that is said in large type

/** A question, as the heading of its turn. */
export function asked(question) {
  const heading = folded(question, "h2", "ask");
  if (heading.localName === "details") heading.classList.add("ask--long");
  return heading;
}

export function button(text, onclick) {
  const made = plainButton(text, onclick);
  made.type = "button";
  made.className = "hit chip";
  return made;
}

/** What is said while one waits. */
export const notice = (kind, message, children) => piece("div", { class: "reply", "data-kind": kind },
  piece("p", { class: "quiet message" }, message), piece("div", { "aria-hidden": "true" }, bone(), bone(), bone()), children);

const bone = () => piece("div", { class: "bone" });

/** Why there is no answer and, unless that is said already, whom to call. */
export const problem = (message, isHelped, retry) => piece("div", { class: "reply", "data-kind": "problem" },
  lines(message, "say say--soft message"),
  !isHelped && piece("div", { class: "help" }, lines(words.help.replace(/\n+/g, "\n"))),
  button(words.retry, retry));

/** What may be an emergency, and whom to call: drawn without the server. */
export const urgent = () => urgentScreen([words.unsure, ...words.help.split(/\n+/).slice(2)]); // the region's emergency number comes first by itself

/** An answer; `turns` are those that it was given to, the question last. */
export function reply(answer, spoken, _face, ask, turns) {
  const { kind, message, citations, suggestions } = answer;
  const [said, care] = message.split("\n\n").reverse();
  const [first, ...others] = said.split("\n");
  const made = piece("div", { class: "reply", "data-kind": kind });
  if (care) made.append(caring(care, spoken));
  if (kind === "urgent") made.append(...urgentScreen([first, ...others], spoken, turns.at(-1)).childNodes);
  else if (kind === "answer") made.append(...answered(answer, first, others, spoken, turns));
  else made.append(...declined(kind, [first, ...others], spoken));
  if (suggestions.length) made.append(next(suggestions, ask));
  if (!["chat", "urgent", "answer"].includes(kind)) made.append(piece("div", { class: "acts" }, feedback(answer)));
  return made;
}

/** What cares for the reader: a gentle word or a help line, before anything else. */
const caring = (care, spoken) => {
  const [first, ...rest] = care.split("\n");
  return piece("div", { class: "care" }, lines(first, "say say--soft", spoken),
    piece("div", { class: "offer" }, rest.flatMap((line) => lines(line, "", spoken))));
};

function answered(answer, first, bounds, spoken, turns) {
  const { citations } = answer;
  const isList = citations.length > FEW;
  const isOne = citations.length === 1;
  const ending = [control("share", words.link), canSpeak() && control("aloud", words.aloud), feedback(answer)];
  const quotes = citations.map((citation) => quote(citation, {
    hero: isOne, named: !isList, acts: isList ? [] : [control("show", words.show, where(citation)), copyOf([citation]), ...(isOne ? ending : [])],
  }));
  return [
    ...lines(first, "vh message", spoken),
    ...(isList ? [piece("div", { class: "whole" }, bySection(quotes, citations))] : quotes),
    bounds.length > 0 && piece("div", { class: "boundary" }, bounds.flatMap((line) => lines(line, "message", spoken)), tick()),
    !isOne && piece("div", { class: "acts" }, isList && copyOf(citations), ending),
    translatable(spoken || language),
  ].filter(Boolean);
}

const where = ({ n, article, start, end, url }) => ({ n, article, start, end, url });

/** A quote: its words are the way to the sentence in the article. */
export function quote(citation, { hero = false, named = true, acts = [] } = {}) {
  const { n, quote: text, article, start, section, url, made_of: made } = citation;
  const isHere = part("panel").dataset.article === article;
  const link = piece("a", { href: `${isHere ? "" : `articles/${encodeURIComponent(article)}`}#s${start}`, title: words.showing }, text);
  Object.assign(link.dataset, where(citation), { control: "show" });
  return piece("figure", { class: `quote card${hero ? " quote--hero" : ""}` },
    piece("span", { class: "disc number" }, piece("span", { class: "vh" }, `${words.quote} `), `${n}`),
    piece("blockquote", { lang: "en", dir: "ltr" }, link),
    named && piece("figcaption", { class: "from quiet" },
      piece("a", { href: url, target: "_blank", title: words.source, lang: "en", dir: "ltr", class: "section" }, section),
      made && ` · ${words[made]}`),
    acts.length > 0 && piece("div", { class: "acts actions" }, acts));
}

/** The quotes of a whole topic, each section's under its name. */
export const bySection = (quotes, citations) => {
  const names = [...new Set(citations.map(({ article, section }) => `${article}\n${section}`))];
  return names.map((name) => {
    const own = citations.map((citation, i) => [citation, quotes[i]]).filter(([{ article, section }]) => `${article}\n${section}` === name);
    return piece("section", {}, piece("h3", { class: "label section", lang: "en", dir: "ltr" },
      piece("a", { href: own[0][0].url, target: "_blank", title: words.source, class: "mute" }, own[0][0].section)),
    piece("div", {}, own.map(([, drawn]) => drawn)));
  });
};

function declined(kind, said, spoken) {
  // The map says what the articles cover, once in a row of misses.
  const covers = kind === "unanswered" && (said.length > 1 || !part("log").querySelector(".map--grey")) ? greyMap() : null;
  const shown = covers ? said.slice(0, 1) : said;
  const look = kind === "chat" || shown[0].length > SHORT ? "say say--soft message" : "say message";
  return [
    ...shown.flatMap((line, i) => lines(line, i && kind !== "chat" ? "say say--soft message" : look, spoken)),
    covers,
    kind !== "chat" && piece("div", { class: "boundary" }, tick()),
  ].filter(Boolean);
}

/** Puts the question on the list for a doctor. */
const tick = () => piece("div", { class: "tick" },
  piece("label", {}, piece("input", { type: "checkbox", "data-control": "tick" }), piece("span", {}, words.doctorAdd)),
  Object.assign(control("doctor", words.doctor), { hidden: true }));

const next = (texts, ask) => piece("nav", { class: "next suggestions", "aria-label": words.suggestions },
  piece("p", { class: "quiet" }, words.suggestions),
  piece("ul", {}, texts.map((text) => {
    const said = words[text] || text; // a site's own questions are English
    const chip = button(said, () => ask(said));
    chip.lang = said === text ? "en" : language;
    chip.dir = "auto";
    return piece("li", {}, chip);
  })));

/** Copies quotations, with a word that it did. */
export const copyOf = (citations) => control("copy", words.copy, { citations: JSON.stringify(citations) });
