// Where the widget's texts come from: English is built in; another language is loaded as soon as the widget is there.
// WORDS, LANGUAGES and WORDS_HASH are put in by the build, out of assistant/languages/.
import { speak } from "../static/conversation/words.js";
import { PRIVATE, server } from "./config.js";

let loading;

speak(WORDS, "en");

/** Speak the language that is wanted, one for all assistants of a page; a promise, or nothing if that is English. */
export function loadWords(lang) {
  const wanted = (lang || document.documentElement.lang || navigator.language).toLowerCase().match(LANGUAGES)?.[0];
  if (wanted) return loading ??= load(wanted);
}

async function load(wanted) {
  try {
    const theirs = await (await fetch(`${server}widget-${wanted}-${WORDS_HASH}.json`, PRIVATE)).json();
    // A replica of an older version may lack some.
    speak({ ...WORDS, ...theirs, phrases: `${WORDS.phrases}|${theirs.phrases}` }, wanted);
  } catch { /* help in English is better than none */ }
}
