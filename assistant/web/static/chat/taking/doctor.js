// For my doctor: what one wants to ask, and what one read in the article, with who wrote it and when. Made here, and printed
// or saved as a file by the browser; nobody is sent it.
import { words } from "../../conversation/words.js";
import { enter, keep, kept, opened } from "../keeping.js";
import { announce, app, control, dayIn, part, piece } from "../parts.js";
import { quotation } from "./share.js";

const NAME = "doctor";

/** How many questions are on the list, on its button. */
export function countPicks() {
  const count = kept.filter(({ isTicked }) => isTicked).length;
  part("count").textContent = count || "";
  part("count").hidden = !count;
}

/** Put a question on the list, or take it off. */
export function tick(box) {
  const turn = box.closest(".turn");
  const entry = entryOf(turn);
  if (!entry) return;
  entry.isTicked = box.checked;
  keep();
  countPicks();
  if (box.checked) announce([piece("span", {}, words.doctorAdded)]);
}

/** The kept entry of a turn: the last turn that failed or is waited for has none. */
function entryOf(turn) {
  const drawn = [...part("log").querySelectorAll(".turn:not(:has([data-kind=pending], [data-kind=problem]))")];
  return kept[drawn.indexOf(turn)];
}

/** Show the page for the doctor; Back leaves it. */
export function openDoctor() {
  draw();
  app().classList.add("app--doctor");
  if (opened() !== NAME) enter(NAME);
  scrollTo(0, 0);
  part("doctor").querySelector("h2").focus();
}

/** The history moved: what it no longer holds is closed, what it holds again is open. */
export function followDoctor() {
  const [isOpen, isHeld] = [app().classList.contains("app--doctor"), opened() === NAME];
  if (isHeld && !isOpen) openDoctor();
  if (isHeld || !isOpen) return;
  app().classList.remove("app--doctor");
  part("doctor").hidden = true;
  [...document.querySelectorAll("[data-control=doctor]")].find((one) => one.checkVisibility())?.focus();
}

export const closeDoctor = () => history.back();

function draw() {
  const asking = kept.filter(({ isTicked }) => isTicked);
  const read = kept.filter(({ answer, local }) => answer?.kind === "answer" || local?.citations);
  const articles = new Map(read.flatMap(({ answer, local }) => (local ?? answer).citations).map((one) => [one.article, one]));
  const number = (article) => (articles.size > 1 ? [...articles.keys()].indexOf(article) + 1 : 0);
  part("doctor").hidden = false;
  part("doctor").replaceChildren(...[
    piece("div", { class: "acts" }, control("leave", words.back), control("print", words.print)),
    piece("h2", { tabindex: "-1" }, words.doctor),
    piece("p", { class: "quiet" }, dayIn(app().lang, {}).format(new Date())),
    !asking.length && !read.length && piece("p", {}, words.doctorEmpty),
    asking.length > 0 && piece("h3", {}, words.doctorAsk),
    asking.length > 0 && piece("ol", { class: "open" }, asking.map(({ turns }) => piece("li", { dir: "auto" }, turns.at(-1)))),
    read.length > 0 && piece("h3", {}, words.doctorRead),
    ...[...articles.values()].map((citation) => source(citation, number(citation.article))),
    ...read.flatMap(({ turns, answer, local }) => [
      piece("p", { class: "asked", dir: "auto" }, local?.topic ?? turns.at(-1)),
      ...(local ?? answer).citations.map((citation) => cited(citation, number(citation.article))),
    ]),
    piece("p", { class: "quiet" }, words.caution),
  ].filter(Boolean));
}

/** An article, said once: its title, from whom and of when it is, and where it stands. */
function source(citation, number) {
  const [, origin, link] = quotation(citation).split("\n");
  const [address] = link.split("#");
  const said = origin.replace(/\d{4}-\d\d-\d\d/, (day) => dayIn("en").format(new Date(day)));
  return piece("p", { class: "quiet source", lang: "en", dir: "ltr" }, number > 0 && `${number}. `,
    piece("cite", {}, `${said}. `, piece("a", { href: address }, address)));
}

/** A quote, with the section in which it stands; of several articles, with the number of its own. */
function cited(citation, number) {
  const { quote, title, section } = citation;
  const href = quotation(citation).split("\n").at(-1);
  const link = section === title ? piece("a", { href, lang: app().lang, dir: "auto" }, words.source) : piece("a", { href }, section);
  return piece("figure", {}, piece("blockquote", { lang: "en", dir: "ltr" }, quote),
    piece("figcaption", { class: "quiet", lang: "en", dir: "ltr" }, number > 0 && `${number}, `, link));
}
