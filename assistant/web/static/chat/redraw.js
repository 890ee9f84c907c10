// Another language draws the page again, in place: Gradio patches the document back to what the server sent. What the
// visitor had on it is kept and put back.
import { markCitations } from "./article.js";
import { setBegun } from "./conversation.js";
import { part } from "./parts.js";

let kept = null; // { language, turns }

/** To be called before another language is asked for. */
export function keepForRedrawing() {
  kept = { language: part("chat").dataset.language, turns: [...part("log").children] };
}

/** Put back the conversation and its marks in the article, once the page is drawn. */
export function restoreAfterRedrawing() {
  if (!kept || kept.language === part("chat").dataset.language) return;
  const turns = new Set([...kept.turns, ...part("log").children]);
  kept = null;
  part("log").replaceChildren(...turns);
  setBegun(turns.size > 0);
  const answers = part("log").querySelectorAll(".reply.answer");
  if (answers.length) markCitations(answers[answers.length - 1]);
}
