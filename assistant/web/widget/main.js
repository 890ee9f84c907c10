// The script of the line of HTML: an assistant on the page as soon as it is loaded.
import "./api.js";
import { chosen } from "./config.js";

window.RLSAssistant.mount(chosen);
