// Reads an answer aloud with the browser's own voice, quote by quote; what is read is marked in both places.
import { sentences } from "../article/marks.js";
import { words } from "../../conversation/words.js";

let reading = null; // the button whose answer is read

export const canSpeak = () => "speechSynthesis" in window;

/** Read the quotes of the answer that a button belongs to, or be quiet. */
export function readAloud(button) {
  const isSame = reading === button;
  stopReading();
  if (isSame) return;
  const links = [...button.closest(".reply").querySelectorAll(".quote blockquote a")];
  reading = button;
  button.textContent = words.stop;
  button.setAttribute("aria-pressed", "true");
  links.forEach((link, i) => {
    const said = new SpeechSynthesisUtterance(link.textContent);
    said.lang = link.closest("[lang]").lang;
    said.onstart = () => {
      unmark();
      [link, ...sentences(link.dataset)].forEach((one) => one.classList.add("is-read"));
    };
    said.onend = said.onerror = () => { if (i === links.length - 1 && reading === button) stopReading(); };
    speechSynthesis.speak(said);
  });
}

/** Be quiet. */
export function stopReading() {
  if (!reading) return;
  speechSynthesis.cancel();
  reading.textContent = words.aloud;
  reading.removeAttribute("aria-pressed");
  reading = null;
  unmark();
}

const unmark = () => document.querySelectorAll(".is-read").forEach((one) => one.classList.remove("is-read"));
