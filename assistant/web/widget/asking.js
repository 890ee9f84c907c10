// Asks the server, once more if it broke off, and says plainly why there is no answer.
import { options, server, serverOrigin } from "./config.js";
import { language, words } from "./words.js";

const GIVE_UP_AFTER = 15000; // ms
const AGAIN_AFTER = 2000; // ms, longer than nginx leaves a replica alone that failed

export let isBlocked = false; // by the policy of the page

document.addEventListener("securitypolicyviolation", (event) => {
  if (event.blockedURI.startsWith(serverOrigin)) isBlocked = true;
});

/** `{ answer, language }`, or `{ problem }` in words. */
export async function askServer(turns) {
  const articles = options.article?.split(/[\s,]+/);
  const body = JSON.stringify({ turns, language, articles });
  const signal = AbortSignal.timeout(GIVE_UP_AFTER);
  for (let isLast = false; ; isLast = true) {
    try {
      // Sent as text/plain: a page of another origin needs no preflight for it.
      const response = await fetch(`${server}api/ask`, { method: "POST", body, signal, credentials: "omit" });
      const { headers, ok, status } = response;
      const seconds = headers.get("retry-after");
      if (seconds) return { problem: words.busy.replace("{seconds}", seconds) };
      if (status < 501) {
        isLast ||= !ok; // asked again, it would say the same
        const answer = await response.json();
        if (answer.kind) return { answer, language: headers.get("content-language") };
        if (answer.error) return { problem: `${answer.error} ${answer.remedy}` };
      }
    } catch { /* no connection, no time left, or not allowed: told apart below */ }
    if (signal.aborted) return { problem: words.slow };
    if (isLast) return { problem: isBlocked ? words.blocked : words.away };
    await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER));
  }
}
