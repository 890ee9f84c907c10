// The texts of the conversation, in the language in force. The page and the widget each say which.

export let words = {};
export let language = "en";

/** Speak a language from now on; `texts.phrases` is an expression that finds the plainest urgent phrases. */
export function speak(texts, code) {
  words = texts;
  language = code;
}
