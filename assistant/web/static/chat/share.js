// What a visitor can take along: a quotation, a link to an answer, the whole conversation. All made in the browser.
import { element } from "../conversation/dom.js";
import { words } from "../conversation/words.js";
import { announce, part } from "./parts.js";

const SAY_SO_FOR = 2000; // ms
const TURNS_LINKED = 3; // the answer needs the last two

const absolute = (link) => new URL(link, document.baseURI).href;

/** A quote as one would cite it: words, title, author, date, link. */
export function quotation({ quote, title, article, url }) {
  const origin = words.origins[article];
  return `“${quote}”\n${title}${origin ? ` (${origin})` : ""}\n${absolute(url)}`;
}

/** Copy the quotations that a button holds. */
export async function copyQuotation(button) {
  button.dataset.label ??= button.textContent;
  const isCopied = await navigator.clipboard?.writeText(button.dataset.text).then(() => true, () => false);
  button.textContent = isCopied ? words.copied : words.failed;
  announce([button]);
  setTimeout(() => { button.textContent = button.dataset.label; }, SAY_SO_FOR);
}

/** The address of an answer: turns and version stand in the fragment, which is never sent to a server. */
export function permalink(turns, version) {
  const fields = new URLSearchParams(turns.slice(-TURNS_LINKED).map((turn) => ["q", turn]));
  fields.append("v", version);
  return `#${fields}`;
}

/** Ask what the address names, and say so when the article has changed since the link was made. */
export function askFromLink(ask) {
  const fields = new URLSearchParams(location.hash.slice(1));
  const turns = fields.getAll("q");
  if (!turns.length || part("log").children.length) return;
  ask(turns[turns.length - 1], turns.slice(0, -1));
  if (fields.get("v") === part("chat").dataset.version) return;
  const note = element("p", { className: "note" }, words.older);
  part("log").lastElementChild.prepend(note);
  announce([note]);
}

/** Offer the conversation as a document of its own. */
export function saveConversation() {
  const copy = document.implementation.createHTMLDocument(document.title);
  copy.documentElement.lang = document.documentElement.lang;
  const charset = copy.createElement("meta");
  charset.setAttribute("charset", "utf-8");
  const accent = getComputedStyle(document.documentElement).getPropertyValue("--accent");
  const style = copy.createElement("style");
  style.textContent = "body{font:1.1rem/1.6 system-ui,sans-serif;max-width:42rem;margin:2rem auto;padding:0 1rem}"
    + ".asked{font-weight:bold;margin-top:2rem}blockquote{margin:.5rem 0;padding-left:1rem;border-left:4px solid " + accent + "}";
  copy.head.prepend(charset);
  copy.head.append(style);
  const log = copy.importNode(part("log"), true);
  log.querySelectorAll("button, .after, .suggestions").forEach((element) => element.remove());
  log.querySelectorAll("a").forEach((link) => { link.href = absolute(link.getAttribute("href")); });
  const heading = copy.createElement("h1");
  heading.textContent = document.querySelector(".masthead h1").textContent;
  const closing = copy.createElement("p");
  closing.textContent = document.querySelector(".colophon").textContent;
  copy.body.append(heading, log, closing);
  const file = new Blob([`<!doctype html>${copy.documentElement.outerHTML}`], { type: "text/html" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = "conversation.html";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
