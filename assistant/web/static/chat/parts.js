// Finds the parts of the page by what they are for, and makes new ones.
import { element } from "../conversation/dom.js";

const FORGET_AFTER = 5000; // ms
const SAY_SO_FOR = 1800; // ms

/** The page as a whole. */
export const app = () => document.querySelector(".app");

/** The element of a part. */
export const part = (name) => app()?.querySelector(`[data-part=${name}]`);

/** An element with attributes, of which those that are false or missing are left out. */
export function piece(tag, attributes, ...children) {
  const made = element(tag, {}, ...children);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, "");
    else if (value !== false && value != null) made.setAttribute(name, value);
  }
  return made;
}

/** A button that main.js knows by a name; `data` is what it needs to know. */
export function control(name, text, data) {
  const made = piece("button", { type: "button", class: "hit mute" }, text);
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

/** Say on a button what it did, for a moment, and aloud. */
export function confirm(button, text) {
  button.dataset.label ??= button.textContent;
  button.textContent = text;
  announce([button]);
  setTimeout(() => { button.textContent = button.dataset.label; }, SAY_SO_FOR);
}

/** Motion only for those who want it. */
export const scrollBehavior = () => (matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth");

/** How a language writes a day; `zone` says where it is that day. */
export const dayIn = (language, zone = { timeZone: "UTC" }) =>
  new Intl.DateTimeFormat(language === "en" ? "en-GB" : language, { dateStyle: "long", ...zone });

/** Write every day on the page as the page's language does. */
export function localiseDays(language) {
  const [days, english] = [dayIn(language), dayIn("en")];
  for (const time of app().querySelectorAll("time")) {
    time.textContent = (time.closest(".sheet") ? english : days).format(new Date(time.dateTime));
  }
}

/** A page of our own as a document; null if it cannot be had. What is parsed never becomes part of a script. */
export const documentAt = (address) => new Promise((resolve) => {
  const request = new XMLHttpRequest();
  request.responseType = "document";
  request.onload = () => resolve(request.status === 200 ? request.response : null);
  request.onerror = request.onabort = request.ontimeout = () => resolve(null);
  request.open("GET", address);
  request.send();
});
