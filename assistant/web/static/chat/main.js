// Wires the page together. Everything is delegated from the document, since the page is drawn again in another language.
import { clearBox, recall, submit, update } from "./composer.js";
import { ask, clear, speakAsDrawn } from "./conversation.js";
import { goBack, showSentence } from "./article.js";
import { askFromLink, copyQuotation, saveConversation } from "./share.js";
import { sendFeedback } from "./feedback.js";
import { drawIn } from "./redraw.js";
import { words } from "../conversation/words.js";
import { part } from "./parts.js";

const controls = {
  show: showSentence,
  close: goBack,
  copy: copyQuotation,
  feedback: sendFeedback,
  save: saveConversation,
  print: () => window.print(),
  clear: () => { clear(); clearBox(); },
  theme: switchTheme,
};

let wanted = [new URLSearchParams(location.search).get("lang"), ...navigator.languages]; // languages, best first
let requested = ""; // the language that the page is being drawn in

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-ask], button[data-control]");
  if (button?.dataset.ask) ask(button.dataset.ask);
  else if (button) controls[button.dataset.control]?.(button);
});

document.addEventListener("change", (event) => {
  if (!event.target.matches("select[data-control=language]")) return;
  wanted = [event.target.value];
  requested = "";
  begin();
});

document.addEventListener("submit", (event) => {
  event.preventDefault();
  submit(ask);
});

for (const type of ["input", "focusin"]) { // a question that is no longer waited for comes back with the focus
  document.addEventListener(type, (event) => { if (event.target.id === "question") update(); });
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") goBack();
  else if (event.target.id === "question") recall(event);
});

document.addEventListener("rls:drawn", begin);
begin();

/** The page was drawn, for the first time or again in another language; get another language if one is wanted. */
async function begin() {
  const chat = part("chat");
  if (!chat) return;
  document.documentElement.lang = chat.dataset.language;
  document.documentElement.dir = chat.dir;
  document.title = chat.querySelector("h1").textContent;
  speakAsDrawn();
  chat.dataset.ready = "true";
  const select = chat.querySelector("[data-control=language]");
  const offered = [...select.options].map((option) => option.value);
  const language = wanted.map((code) => code?.slice(0, 2).toLowerCase()).find((code) => offered.includes(code));
  if (!language || language === chat.dataset.language) {
    askFromLink(ask);
  } else if (language !== requested) { // else it is on its way
    requested = language;
    const isDrawn = await drawIn(language, () => requested === language);
    if (requested !== language) return; // yet another one was chosen meanwhile
    requested = "";
    if (!isDrawn) { // the page goes on as it is
      wanted = [];
      select.value = chat.dataset.language;
      part("announcer").textContent = words.failed;
    }
    begin();
  }
}

function switchTheme() {
  const root = document.documentElement;
  const isDark = root.style.colorScheme
    ? root.style.colorScheme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  root.style.colorScheme = isDark ? "light" : "dark";
  document.body.classList.toggle("dark", !isDark); // Gradio's own switch
}
