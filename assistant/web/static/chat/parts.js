// Finds the parts of the page by what they are for, and makes new ones.
import { element } from "../conversation/dom.js";

const FORGET_AFTER = 5000; // ms

/** The element of a part; `chat` is the whole page. */
export function part(name) {
  const chat = document.querySelector(".chat");
  return name === "chat" ? chat : chat?.querySelector(`[data-part=${name}]`);
}

/** A button that main.js knows by a name; `data` is what it needs to know. */
export function control(name, text, data) {
  const made = element("button", { type: "button", className: "plain" }, text);
  for (const [key, value] of Object.entries({ ...data, control: name })) made.dataset[key] = value;
  return made;
}

/** Have a screen reader say the text of some elements, once and in this order, each in its own language. */
export function announce(elements) {
  const lines = [...elements].map((said) =>
    element("span", { lang: said.closest("[lang]")?.lang ?? "" }, `${said.textContent.trim()} `));
  const announcer = part("announcer");
  announcer.replaceChildren(...lines);
  setTimeout(() => lines.forEach((line) => line.remove()), FORGET_AFTER); // or it would be found twice when reading on
}

/** Motion only for those who want it. */
export const scrollBehavior = () => (matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth");
