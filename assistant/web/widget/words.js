// The assistant's own words. English is built in; another language is loaded when the panel first opens.
// WORDS, LANGUAGES and WORDS_HASH are put in by the build, out of assistant/wording/ and urgent.toml.
import { options, server } from "./config.js";

const LOADED_WITHIN = 5000; // ms

export let words = WORDS;
export let language = "en";

export const wanted = (options.lang || document.documentElement.lang || navigator.language).slice(0, 2).toLowerCase();

/** Load the language that is wanted; without it, English stays. */
export async function loadWords() {
  if (wanted === language || !LANGUAGES.includes(wanted)) return;
  try {
    const response = await fetch(`${server}widget-${wanted}-${WORDS_HASH}.json`, { credentials: "omit", signal: AbortSignal.timeout(LOADED_WITHIN) });
    words = await response.json();
    language = wanted;
  } catch { /* help in English is better than none */ }
}

/** Whether a question holds one of the plainest urgent phrases. */
export const soundsUrgent = (question) =>
  [WORDS, words].some(({ phrases }) => new RegExp(phrases).test(question.toLowerCase().replace(/['’]/g, "")));
