// Finds the parts of the page by what they are for.

const FORGET_AFTER = 5000; // ms

/** The element of a part; `chat` is the whole page and `words` its translated texts. */
export function part(name) {
  const chat = document.querySelector(".chat");
  if (name === "chat") return chat;
  return name === "words" ? JSON.parse(chat.dataset.words) : chat?.querySelector(`[data-part=${name}]`);
}

/** Have a screen reader say the text of some elements, once and in this order, each in its own language. */
export function announce(elements) {
  const lines = [...elements].map((element) => {
    const line = document.createElement("span");
    line.lang = element.closest("[lang]")?.lang ?? "";
    line.textContent = `${element.textContent.trim()} `;
    return line;
  });
  const announcer = part("announcer");
  announcer.replaceChildren(...lines);
  setTimeout(() => lines.forEach((line) => line.remove()), FORGET_AFTER); // or it would be found twice when reading on
}

/** Motion only for those who want it. */
export const scrollBehavior = () => (matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth");
