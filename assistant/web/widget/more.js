// What only comes to use with an answer, or that an owner chose: a file of its own, loaded then. No answer waits for it.
export { show, unmark } from "./article.js";
export { extras } from "./extras.js";
export { warn } from "./warnings.js";
