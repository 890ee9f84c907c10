// The article beside the conversation: marks cited sentences, scrolls its own panel (never the page), opens as a sheet on phones.
import { part, scrollBehavior } from "./parts.js";

const WIDE = matchMedia("(min-width: 64rem)");
let opener = null; // the button to go back to

WIDE.addEventListener("change", () => { if (part("sheet")?.classList.contains("open")) goBack(); });

/** Number the sentences that an answer cites, and show the first of them where there is room for it. */
export function markCitations(reply) {
  unmarkCitations();
  const buttons = [...reply.querySelectorAll("[data-control=show]")];
  buttons.forEach(mark);
  if (WIDE.matches && buttons.length) bringIntoView(buttons[0]);
}

export function unmarkCitations() {
  for (const sentence of document.querySelectorAll(".panel .cited")) {
    sentence.classList.remove("cited", "chosen");
    delete sentence.dataset.n;
  }
}

/** Show a citation in the panel; on a phone the panel opens over the page. */
export async function showSentence(button) {
  await openArticle(button.dataset.article);
  unmarkCitations();
  button.closest(".reply").querySelectorAll("[data-control=show]").forEach(mark);
  opener = button;
  if (!WIDE.matches) openSheet();
  bringIntoView(button);
  if (WIDE.matches) part("panel").focus({ preventScroll: true });
}

/** Back from the article to where one came from; closes the sheet. */
export function goBack() {
  if (!opener) return;
  const sheet = part("sheet");
  sheet.classList.remove("open");
  sheet.removeAttribute("role");
  sheet.removeAttribute("aria-modal");
  document.querySelector(".conversation").inert = false;
  opener.focus();
  opener = null;
}

function openSheet() {
  const sheet = part("sheet");
  sheet.classList.add("open");
  sheet.setAttribute("role", "dialog");
  sheet.setAttribute("aria-modal", "true");
  document.querySelector(".conversation").inert = true;
  sheet.querySelector(".close").focus();
}

/** The panel's sentences within a citation. */
function sentences({ article, start, end }) {
  if (part("panel").dataset.article !== article) return [];
  return [...document.querySelectorAll(".panel .sentence")].filter(
    (sentence) => Number(sentence.dataset.start) >= Number(start) && Number(sentence.dataset.end) <= Number(end),
  );
}

function mark(button) {
  const found = sentences(button.dataset);
  found.forEach((sentence) => sentence.classList.add("cited"));
  if (found.length) found[0].dataset.n = button.dataset.n;
}

function bringIntoView(button) {
  const chosen = sentences(button.dataset);
  if (!chosen.length) return;
  document.querySelectorAll(".panel .chosen").forEach((sentence) => sentence.classList.remove("chosen"));
  chosen.forEach((sentence) => sentence.classList.add("chosen"));
  const panel = part("panel");
  const offset = chosen[0].getBoundingClientRect().top - panel.getBoundingClientRect().top;
  panel.scrollTo({ top: panel.scrollTop + offset - panel.clientHeight / 3, behavior: scrollBehavior() });
}

/** Show the article as the server now has it: another version may be served. */
export const renewArticle = () => loadArticle(part("panel").dataset.article);

/** Load another article of the corpus into the panel. */
async function openArticle(slug) {
  if (part("panel").dataset.article !== slug) await loadArticle(slug);
}

async function loadArticle(slug) {
  const response = await fetch(`articles/${encodeURIComponent(slug)}`).catch(() => null);
  if (!response?.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const panel = part("panel");
  panel.replaceChildren(...page.querySelector("main").children);
  panel.dataset.article = slug;
  panel.setAttribute("aria-label", page.title);
}
