// Says once in a conversation, below the first answer to a reader of another language, that quotes are English and that a browser
// can translate the article.
import { element } from "../static/conversation/dom.js";

const FOREIGN = ".answer .message:not([lang=en])";

/** Say so in a root if its conversation has come to that. `words` are those in force, `server` has those of other languages. */
export async function hint(root, server, words) {
  const message = root.querySelector(FOREIGN);
  if (!message || root.querySelector(".hint")) return;
  const { lang } = message;
  try {
    const text = (lang === message.closest("section").lang && words.translate) || await saidIn(lang, server);
    if (!text || root.querySelector(".hint")) return;
    const reply = message.closest(".answer");
    const line = element("p", { className: "hint small", lang, dir: "auto" }, text);
    line.style.marginBlock = "16px"; // here, since widget.css comes with every page
    reply.insertBefore(line, reply.querySelector(".suggestions"));
  } catch { /* the quotes stand for themselves */ }
}

/** At an address that names no version the server has its present words. */
async function saidIn(lang, server) {
  const response = await fetch(`${server}widget-${lang}-now.json`, { credentials: "omit", referrerPolicy: "no-referrer" });
  return (await response.json()).translate;
}
