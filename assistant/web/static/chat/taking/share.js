// What a visitor can take along: a quotation, a link to an answer, the whole conversation. All made in the browser.
import { element } from "../../conversation/dom.js";
import { language, words } from "../../conversation/words.js";
import { kept } from "../keeping.js";
import { app, confirm, part } from "../parts.js";

const TURNS_LINKED = 3; // the answer needs the last two

const absolute = (link) => new URL(link, document.baseURI).href;

/** A quote as one would cite it: words, title, author, date, link. */
export function quotation({ quote, title, article, url }) {
  const origin = words.origins[article];
  return `“${quote}”\n${title}${origin ? ` (${origin})` : ""}\n${absolute(url)}`;
}

/** Copy the quotations of a button's citations. */
export async function copyQuotation(button) {
  const text = JSON.parse(button.dataset.citations).map(quotation).join("\n\n");
  confirm(button, await isCopied(text) ? words.copied : words.failed);
}

/** Give the link to an answer away: by the device's own way to share, where there is one for touch, else by copying it. */
export async function shareAnswer(button) {
  const turn = button.closest(".turn");
  const { turns, answer } = kept[[...part("log").querySelectorAll(".turn:not(:has([data-kind=pending], [data-kind=problem]))")].indexOf(turn)];
  const linked = needed(turns, answer);
  const url = linked.then((all) => absolute(permalink(all, answer.index_version)));
  if (navigator.share && matchMedia("(pointer: coarse)").matches) {
    const text = [turns.at(-1), ...answer.citations.map(({ quote }) => `“${quote}”`)].join("\n\n");
    await navigator.share({ title: document.title, text, url: await url }).catch(() => {});
  } else {
    const done = (await linked).length > 1 ? words.linkedWith : words.linked;
    confirm(button, await isCopied(await url) ? done : words.failed);
  }
}

/** The turns that a link has to name for this answer to come again: the question, and no more of those before it than it needs. */
async function needed(turns, answer) {
  const most = turns.slice(-TURNS_LINKED);
  for (let from = most.length - 1; from > 0; from -= 1) {
    const body = JSON.stringify({ turns: most.slice(from), language });
    const alone = await fetch("api/ask", { method: "POST", body }).then((response) => response.json()).catch(() => null);
    if (alone?.citations && namesOf(alone) === namesOf(answer)) return most.slice(from);
  }
  return most;
}

const namesOf = ({ citations }) => citations.map(({ article, start, end }) => `${article}:${start}-${end}`).join(" ");

const isCopied = async (text) => navigator.clipboard?.writeText(text).then(() => true, () => false);

/** The address of an answer: turns and version stand in the fragment, which is never sent to a server. */
export function permalink(turns, version) {
  const fields = new URLSearchParams(turns.map((turn) => ["q", turn]));
  fields.append("v", version);
  return `#${fields}`;
}

/** Ask what the address names, and say so when the article has changed since the link was made. False if it names nothing. */
export function askFromLink(askAll) {
  const fields = new URLSearchParams(location.hash.slice(1));
  const turns = fields.getAll("q").slice(-TURNS_LINKED);
  if (!turns.length) return false;
  askAll(turns, fields.get("v") === app().dataset.version ? null : element("p", { className: "note" }, words.older));
  return true;
}

/** Offer the conversation as a document of its own. */
export function saveConversation() {
  const copy = document.implementation.createHTMLDocument(document.title);
  copy.documentElement.lang = document.documentElement.lang;
  const charset = copy.createElement("meta");
  charset.setAttribute("charset", "utf-8");
  const style = copy.createElement("style");
  style.textContent = "body{font:1.1rem/1.6 system-ui,sans-serif;max-width:42rem;margin:2rem auto;padding:0 1rem}"
    + ".ask,.now{font-weight:bold;margin-top:2rem}.vh{font-weight:bold}"
    + `blockquote{font-family:Georgia,serif;margin:.5rem 0;padding-left:1rem;border-left:4px solid ${token("--accent")}}`;
  copy.head.prepend(charset);
  copy.head.append(style);
  const log = copy.importNode(part("log"), true);
  log.querySelectorAll("button, svg, .suggestions, .map, .tick, .elsewhere, .feedback, .hint").forEach((element) => element.remove());
  log.querySelectorAll(".acts").forEach((element) => element.remove());
  log.querySelectorAll("details").forEach((element) => { element.open = true; });
  log.querySelectorAll("blockquote a").forEach((link) => link.replaceWith(link.textContent));
  log.querySelectorAll("a").forEach((link) => { link.href = absolute(link.getAttribute("href")); });
  const heading = copy.createElement("h1");
  heading.textContent = document.querySelector("h1").textContent;
  const closing = copy.createElement("p");
  closing.textContent = words.caution;
  copy.body.append(heading, log, closing);
  const file = new Blob([`<!doctype html>${copy.documentElement.outerHTML}`], { type: "text/html" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = "conversation.html";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name);
