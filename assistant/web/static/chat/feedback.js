// Says that an answer was wrong: sends which answer and why, never a word of what was asked.
import { part } from "./parts.js";

/** Send the verdict that a button stands for, and thank in its place. */
export async function sendFeedback(button) {
  const { answer, version } = button.closest(".reply").dataset;
  const box = button.closest(".feedback");
  const isSent = await fetch("api/feedback", {
    method: "POST",
    body: JSON.stringify({ answer, version, verdict: button.dataset.verdict }),
  }).then((response) => response.ok, () => false);
  box.querySelector(".outcome")?.remove();
  const note = document.createElement("p");
  note.className = "outcome";
  note.tabIndex = -1; // takes the focus, and is read out by that
  note.textContent = isSent ? part("words").thanks : part("words").failed;
  if (isSent) box.replaceWith(note);
  else box.append(note);
  note.focus();
}
