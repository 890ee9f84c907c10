// Dictation by the browser, where it has it. Off until it is asked for; the first press says where the sound goes.
import { language, words } from "../../conversation/words.js";
import { announce, piece } from "../parts.js";
import { fillBox } from "./box.js";

const Recognition = window.SpeechRecognition ?? window.webkitSpeechRecognition;
let isTold = false; // whether it was said where the sound goes
let running = null;

/** Show the button where the browser can listen. */
export function offerDictation() {
  const button = document.querySelector("[data-control=dictate]");
  if (button) button.hidden = !Recognition;
}

/** The first press tells, the second listens, the third stops. */
export function dictate(button) {
  if (running) return running.stop();
  if (!isTold) return tell(button);
  document.querySelector("#dictation")?.remove();
  const recognition = new Recognition();
  recognition.lang = language.split("-")[0]; // no browser listens for a way of writing
  recognition.interimResults = true;
  const before = document.querySelector("#question").value;
  recognition.onresult = ({ results }) => fillBox([before, ...[...results].map(([best]) => best.transcript)].filter(Boolean).join(" "));
  recognition.onerror = () => {
    const note = say(words.failed);
    announce([note]);
  };
  recognition.onend = () => {
    running = null;
    document.querySelector("[data-control=dictate]").setAttribute("aria-pressed", "false");
    document.querySelector("#question").focus();
  };
  running = recognition;
  button.setAttribute("aria-pressed", "true");
  recognition.start();
}

function tell() {
  isTold = true;
  announce([say(words.dictateNote)]);
}

function say(text) {
  document.querySelector("#dictation")?.remove();
  const note = piece("p", { class: "note", id: "dictation" }, text);
  document.querySelector(".dock").prepend(note);
  return note;
}
