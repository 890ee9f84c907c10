// What the owner of the site chose: `data-` attributes of the script or, inside our own frame, what the host page passed on.
import { words } from "../static/conversation/words.js";

// IN_FRAME is put in by the build, which makes two scripts out of these sources: for the host's page, and for our frame.

const script = document.currentScript;

export const options = IN_FRAME ? Object.fromEntries(new URLSearchParams(location.hash.slice(1))) : script.dataset;

/** The address that everything is asked from, with a slash at its end: a copy of this file elsewhere names it. */
export const server = IN_FRAME ? new URL("..", location).href : new URL(".", options.server ? `${options.server}/.` : script.src).href;
export const serverOrigin = new URL(server).origin;

let isBlocked; // by the policy of the page
document.addEventListener("securitypolicyviolation", (event) => {
  if (event.blockedURI.startsWith(serverOrigin)) isBlocked = true;
});

/** Why there is no connection, in words. */
export const away = () => (isBlocked ? words.blocked : words.away);
