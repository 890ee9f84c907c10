// Wires the page together. Everything is delegated from the document, since the page is drawn again in another language.
import { clearBox, press, submit, typed, update } from "./composer/box.js";
import { dictate, offerDictation } from "./composer/dictation.js";
import { closeKnown, offerTo, take } from "./composer/known.js";
import { ask, askAll, clear, followTurns, restore, speakAsDrawn } from "./conversation.js";
import { lightTogether, showQuote, showSentence } from "./article/marks.js";
import { closeSheet, draggable, followHistory, openSheet } from "./article/sheet.js";
import { askFromLink, copyQuotation, saveConversation, shareAnswer } from "./taking/share.js";
import { closeDoctor, followDoctor, openDoctor, tick } from "./taking/doctor.js";
import { readAloud } from "./taking/aloud.js";
import { drawnTurn, found, keep } from "./keeping.js";
import { sendFeedback } from "./feedback.js";
import { openMap, openTile } from "./map.js";
import { drawIn } from "./redraw.js";
import { words } from "../conversation/words.js";
import { app, localiseDays, part } from "./parts.js";

const controls = {
  show: showSentence,
  close: closeSheet,
  article: openSheet,
  tile: openTile,
  map: openMap,
  copy: copyQuotation,
  share: shareAnswer,
  aloud: readAloud,
  feedback: sendFeedback,
  doctor: openDoctor,
  leave: closeDoctor,
  dictate,
  save: saveConversation,
  print: () => window.print(),
  clear: () => { clear(); clearBox(); },
  theme: switchTheme,
};

let requested = ""; // the language that the page is being drawn in

document.addEventListener("click", (event) => {
  const pressed = event.target.closest("a[data-control], button[data-control]");
  const option = event.target.closest("[role=option]");
  const sentence = event.target.closest(".sheet .is-lit");
  if (option) take(option);
  else if (sentence) showQuote(sentence);
  if (!pressed || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  controls[pressed.dataset.control]?.(pressed);
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-control=tick]")) tick(event.target);
  if (event.target.matches("[data-control=language]")) speakIn(event.target.value);
});

document.addEventListener("submit", (event) => {
  event.preventDefault();
  if (event.target === part("composer")) submit(ask);
});

document.addEventListener("input", (event) => { if (event.target.id === "question") typed(); });
document.addEventListener("focusin", (event) => { if (event.target.id === "question") update(); });
// What stands in a row that scrolls is shown whole when it gets the focus.
document.addEventListener("focusin", ({ target }) => { if (target.matches(".chip")) target.scrollIntoView({ block: "nearest", inline: "nearest" }); });
document.addEventListener("focusout", ({ target, relatedTarget }) => { // the list scrolls, and so may have the focus itself
  if (target.matches("#question, .known") && !relatedTarget?.matches("#question, .known")) closeKnown();
});
// An option is taken before the box loses the focus to it.
document.addEventListener("pointerdown", (event) => { if (event.target.closest("[role=option]")) event.preventDefault(); });

for (const [type, isOn] of [["pointerover", true], ["pointerout", false], ["focusin", true], ["focusout", false]]) {
  document.addEventListener(type, ({ target }) => { if (target.closest?.(".quote, .sheet")) lightTogether(target, isOn); });
}

document.addEventListener("keydown", (event) => {
  if (event.target.matches("#question, .known")) press(event);
  if (event.key === "Escape" && !event.defaultPrevented) closeSheet();
});

addEventListener("popstate", () => {
  followTurns();
  followHistory();
  followDoctor();
});
addEventListener("hashchange", () => {
  if (!askFromLink(askAll)) keep();
});
addEventListener("beforeprint", () => document.querySelectorAll(".ask--long, .turn details").forEach((one) => { one.open = true; }));

begin();

/** The page is here, drawn by the server: bring back what the tab's history holds, and let the visitor begin. */
async function begin() {
  speakAsDrawn();
  localiseDays(app().dataset.language);
  offerDictation();
  offerTo(ask);
  draggable();
  const { turns, language } = found();
  const entries = turns?.length ? turns : [drawnTurn()].filter(Boolean);
  if (entries.length) restore(entries);
  keep(language);
  app().dataset.ready = "true";
  if (!entries.length) askFromLink(askAll);
  if (language && language !== app().dataset.language) await speakIn(language);
}

async function speakIn(language) {
  if (language === requested) return;
  requested = language;
  const isDrawn = await drawIn(language, () => requested === language);
  if (requested !== language) return; // yet another one was chosen meanwhile
  requested = "";
  const page = app();
  document.documentElement.lang = page.dataset.language;
  document.documentElement.dir = page.dir;
  document.title = page.querySelector("h1").textContent;
  localiseDays(page.dataset.language);
  if (isDrawn) return keep(language);
  page.querySelector("[data-control=language]").value = page.dataset.language; // the page goes on as it is
  part("announcer").textContent = words.failed;
}

function switchTheme() {
  const root = document.documentElement;
  const isDark = root.style.colorScheme
    ? root.style.colorScheme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  root.style.colorScheme = isDark ? "light" : "dark";
}
