// Asks the server, once more if it broke off, and says plainly why there is no answer.
import { language, words } from "./words.js";

const GIVE_UP_AFTER = 15000; // ms
const AGAIN_AFTER = 2000; // ms, longer than nginx leaves a replica alone that failed
const TOO_LARGE = 413; // HTTP

/**
 * `{ answer, spoken }`, the answer with its language, or `{ problem }` in words.
 * `post` sends a body; `away` says why there is no connection.
 */
export async function askServer({ post, away, articles }, turns) {
  const body = JSON.stringify({ turns, language, articles });
  const patience = new AbortController(); // where AbortSignal.timeout() is missing, no answer may be lost
  const { signal } = patience;
  setTimeout(patience.abort.bind(patience), GIVE_UP_AFTER); // holds nothing else of a page that goes on
  for (let isLast = false; ; isLast = true) {
    try {
      // The body is text/plain: a page of another origin needs no preflight for it.
      const response = await post({ method: "POST", body, signal });
      const { headers, ok, status } = response;
      const seconds = headers.get("retry-after");
      const code = headers.get("refusal-code") || (status === TOO_LARGE && "too_long");
      const text = words[code] || (seconds && words.busy); // a gateway names no code
      if (text) return { problem: text.replace("{seconds}", seconds) };
      if (status < 501) {
        isLast ||= !ok; // asked again, it would say the same
        const answer = await response.json();
        if (answer.kind) return { answer, spoken: headers.get("content-language") };
        if (answer.error && status < 500) return { problem: `${answer.error} ${answer.remedy}` };
      }
    } catch { /* no connection, no time left, or not allowed: told apart below */ }
    if (signal.aborted) return { problem: words.slow };
    if (isLast) return { problem: away() };
    await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER));
  }
}
