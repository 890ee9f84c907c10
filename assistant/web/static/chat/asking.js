// Asks the server, once more by itself where another replica may answer. Asking changes nothing there.

const AGAIN_AFTER = 2000; // ms, longer than nginx leaves a replica alone that failed
const GATEWAY = [502, 503, 504]; // HTTP: it stands before the replicas, and had none
const TOO_LARGE = 413;

/** The reply as HTML, or in its place what is wrong; "" if there was none, twice. `null` stands for a body too large. */
export async function replyTo(body, signal) {
  for (let isLast = false; ; isLast = true) {
    try {
      const response = await fetch("api/reply", { method: "POST", body, signal });
      if (response.status === TOO_LARGE) return null;
      // Our own server's refusals are HTML, whatever their status, and say when to come back.
      const isOurs = response.headers.has("retry-after") || !GATEWAY.includes(response.status);
      if (isOurs) return response.headers.get("content-type")?.startsWith("text/html") ? await response.text() : "";
    } catch { /* no connection, or it broke off */ }
    if (isLast || signal.aborted) return "";
    await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER));
  }
}
