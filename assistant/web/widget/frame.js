// The isolated mode, on the host's page: the conversation runs on our own page in a frame and tells only what must be known.
// Both sides look at where a message comes from, and say whom it is for.
import { element } from "../static/conversation/dom.js";
import { attempt, styleSheet } from "./dom.js";
import { warn } from "./warnings.js";

const READY_WITHIN = 15000; // ms
const READY_AFTER_LOADING = 2000; // ms: a page that is not ours never says that it is ready

/** Fill the panel of an assistant with a frame. */
export function framed({ root, box, options, server, cannot, signal, close, cite, report }) {
  const panel = root.querySelector(".panel");
  const { origin } = new URL(server);
  const told = []; // what the frame is told once it listens
  let isReady, frame, painted;
  attempt(() => root.adoptedStyleSheets.push(styleSheet(FRAME_CSS)));

  /** The options, as far as they can be written, in the language and the colours in force. */
  function fragment() {
    const texts = Object.entries(options).map(([name, value]) => [name, name === "examples" ? [value].flat().join("|") : `${value}`]);
    painted = box.style.colorScheme;
    return new URLSearchParams({ ...Object.fromEntries(texts), lang: box.lang, theme: painted, origin: location.origin });
  }

  addEventListener("message", (event) => {
    if (event.source !== frame.contentWindow || event.origin !== origin) return;
    const { type, detail } = event.data;
    if (type === "size") frame.style.height = `${detail}px`;
    else if (type === "close") close();
    else if (type === "cite") cite(detail);
    else if (type !== "ready") report(type, detail);
    else {
      isReady = true;
      told.splice(0).forEach(tell);
    }
  }, { signal });

  /** What waits does not outlive the assistant. */
  function giveUpAfter(time) {
    const waiting = setTimeout(giveUp, time);
    signal.addEventListener("abort", () => clearTimeout(waiting));
  }

  function tell(text) {
    if (isReady) frame.contentWindow.postMessage(text, origin);
    else told.push(text);
  }

  function load() {
    isReady = false;
    frame = element("iframe", {
      src: `${server}embed/frame#${fragment()}`,
      title: panel.ariaLabel,
      referrerPolicy: "no-referrer",
      sandbox: "allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox",
      onload: () => giveUpAfter(READY_AFTER_LOADING),
    });
    giveUpAfter(READY_WITHIN);
    panel.append(frame);
  }

  function giveUp() {
    if (isReady || !frame.isConnected) return;
    warn("frame", server, location.origin);
    const said = cannot(() => { said.remove(); load(); });
    frame.replaceWith(said);
  }

  load();
  return {
    ask: tell,
    focus: () => tell(""),
    paint(scheme) {
      if (scheme !== painted) tell({ scheme });
      painted = scheme;
    },
  };
}
