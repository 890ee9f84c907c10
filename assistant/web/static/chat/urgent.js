// Urgent help as one screen: what to do in a sentence, numbers to press, then words. Needs no server: the numbers of the
// region stand in the page.
import { lines } from "../conversation/reply.js";
import { language, words } from "../conversation/words.js";
import { piece } from "./parts.js";

const SVG = "http://www.w3.org/2000/svg";
const PHONE = "M7 4h5l3 7-4 3a17 17 0 0 0 7 7l3-4 7 3v5a3 3 0 0 1-3 3A22 22 0 0 1 4 7a3 3 0 0 1 3-3z";
const LONG = 8; // letters of a number that needs a smaller size
const SENTENCE = /(?<=[.!?؟।]["”»]?)\s+|(?<=[。！？])/;

/** The screen; `said` is a message's first line, and whom to call. */
export function urgentScreen([first, ...helpers], spoken, question) {
  const [here, ...others] = callsIn(helpers);
  return piece("div", { class: "reply", "data-kind": "urgent" },
    piece("h2", { class: "now kind", lang: language }, words.urgent),
    piece("div", { class: "calls" }, call(here, true), others.map((other) => call(other))),
    elsewhere(),
    piece("div", { class: "steps", lang: spoken || language, dir: "auto" },
      first.split(SENTENCE).flatMap((sentence) => lines(sentence, "message", spoken))),
    question && piece("details", {}, piece("summary", { class: "hit mute" }, words.wrote), piece("p", { dir: "auto" }, question)));
}

/** `[shown, leads to, whose]` of each; the emergency numbers of the region come first, if the lines name none of them. */
export function callsIn(helpers) {
  const named = helpers.map((line) => line.match(/^(.*): (.+)$/)).filter(Boolean).map(([, who, where]) => [where, who]);
  const near = nearest();
  if (!named.some(([where]) => near.some(([number]) => number === where))) named.unshift(...near);
  return named.map(([where, who]) => [where.replace("https://", ""), where.startsWith("https://") ? where : `tel:${where.replace(/[^\d+]/g, "")}`, who]);
}

/** The emergency numbers of the region, or those of the larger regions: `[number, where or what for]`. */
function nearest() {
  const [line] = words.help.split("\n\n")[1].split("\n");
  const [label, rest] = line.split(/\s*[:：]\s*/);
  const found = rest.split(/[,،、，]/).map((piece) => [piece.match(/\d+/)?.[0], piece.replace(/\d+/, " ").replace(/\s+/g, " ").trim()]);
  return found.filter(([number]) => number).map(([number, whose]) => [number, whose || label]);
}

function call([shown, address, who], isHere) {
  const icon = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  for (const [name, value] of Object.entries({ viewBox: "0 0 32 32", fill: "none", stroke: "currentColor", "stroke-width": 2, "stroke-linejoin": "round", "aria-hidden": "true" })) icon.setAttribute(name, value);
  path.setAttribute("d", PHONE);
  icon.append(path);
  const className = `call${isHere ? " call--here" : ""}${shown.length > LONG ? " call--long" : ""}`;
  return piece("a", { class: className, href: address, target: address.startsWith("tel:") ? null : "_blank" },
    piece("b", { dir: "ltr" }, shown), piece("span", { dir: "auto" }, who), isHere && icon);
}

/** A country's name; its code where the browser knows no better: help never fails for want of a name. */
function nameOf(code) {
  try {
    return new Intl.DisplayNames([language], { type: "region" }).of(code);
  } catch {
    return code;
  }
}

/** The emergency number of every country that is known, by its name in the reader's language, and what to do in any other. */
function elsewhere() {
  const countries = Object.entries(words.regions).map(([code, number]) => [nameOf(code), number]);
  countries.sort(([one], [other]) => one.localeCompare(other, language));
  return piece("details", { class: "elsewhere" }, piece("summary", { class: "hit" }, words.elsewhere),
    piece("ul", {}, countries.map(([name, number]) => piece("li", {},
      piece("span", {}, name), piece("a", { class: "hit", href: `tel:${number}`, dir: "ltr" }, number)))),
    piece("p", {}, words.elsewhereHow));
}
