// Says below quotes, to a reader of another language, that they are English and that a browser can translate the article. Every
// reply with quotes says it, and only the first of a conversation shows it (replies.css): that stays so whatever is drawn again.
import { language, words } from "../conversation/words.js";
import { announce, documentAt, piece } from "./parts.js";

const elsewhere = new Map(); // what is said in a language that the page is not in, by its code: promises

/** The line below quotes that are introduced in a language; none in English. No quote waits for the words of another language. */
export function translatable(spoken = language) {
  if (spoken === "en") return null;
  const line = piece("p", { class: "hint quiet", lang: spoken, dir: "auto" }, spoken === language && words.translate);
  if (spoken !== language) saidIn(spoken).then((text) => { line.textContent = text; });
  return line;
}

/** Have a screen reader say the line of a reply that came after its quotes were said, if it is seen. */
export async function announceLate(line) {
  await saidIn(line.lang);
  if (line.checkVisibility()) announce([line]);
}

function saidIn(code) {
  if (!elsewhere.has(code)) elsewhere.set(code, load(code));
  return elsewhere.get(code);
}

async function load(code) {
  const drawn = await documentAt(`page/${code}`);
  if (drawn) return JSON.parse(drawn.querySelector("[data-part=words]").dataset.words).translate;
  elsewhere.delete(code);
  return "";
}
