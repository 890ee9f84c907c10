// Where the widget's texts come from: English is built in; another language is loaded when the panel first opens.
// WORDS, LANGUAGES and WORDS_HASH are put in by the build, out of assistant/languages/.
import { speak } from "../static/conversation/words.js";
import { options, server } from "./config.js";

const ENGLISH = "en";
const LOADED_WITHIN = 5000; // ms

export const wanted = (options.lang || document.documentElement.lang || navigator.language).slice(0, 2).toLowerCase();

speak(WORDS, ENGLISH);

/** Load the language that is wanted; without it, English stays. */
export async function loadWords() {
  if (wanted === ENGLISH || !LANGUAGES.includes(wanted)) return;
  try {
    const response = await fetch(`${server}widget-${wanted}-${WORDS_HASH}.json`, { credentials: "omit", signal: AbortSignal.timeout(LOADED_WITHIN) });
    const theirs = await response.json(); // a replica of an older version may lack some
    speak({ ...WORDS, ...theirs, phrases: `${WORDS.phrases}|${theirs.phrases}` }, wanted);
  } catch { /* help in English is better than none */ }
}
