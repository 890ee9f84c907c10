// The isolated mode: the conversation runs on our own page in a frame, and tells the host's page only what it must know.
// Both sides look at where a message comes from, and say whom it is for.
import { element } from "../static/conversation/dom.js";
import { problem } from "../static/conversation/reply.js";
import { words } from "../static/conversation/words.js";
import { away, options, server, serverOrigin } from "./config.js";

const READY_WITHIN = 15000; // ms
const READY_AFTER_LOADING = 2000; // ms: a page that is not ours never says that it is ready

/** On the host's page: fill the panel with a frame. `receive` is called with what happens in it. */
export function framed(panel, receive) {
  const fragment = new URLSearchParams({ ...options, origin: location.origin });
  let isReady, told; // whether the frame listens, and what it is to be told then, if anything
  let frame;

  addEventListener("message", ({ source, origin, data: { type, detail } }) => {
    if (source !== frame.contentWindow || origin !== serverOrigin) return;
    if (type === "size") frame.style.height = `${detail}px`;
    else if (type !== "ready") receive(type, detail);
    else {
      isReady = true;
      if (told != null) tell(told);
    }
  });

  function tell(text) {
    told = text;
    if (isReady) frame.contentWindow.postMessage(text, serverOrigin);
  }

  function load() {
    frame = element("iframe", {
      src: `${server}embed/frame#${fragment}`,
      title: panel.ariaLabel,
      sandbox: "allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox",
      onload: () => setTimeout(giveUp, READY_AFTER_LOADING),
    });
    setTimeout(giveUp, READY_WITHIN);
    panel.append(frame);
  }

  function giveUp() {
    if (isReady || !frame.isConnected) return;
    const said = problem(away(), false, () => { said.remove(); load(); });
    frame.replaceWith(said);
  }

  load();
  return { ask: tell, focus: () => tell("") };
}

/** In the frame: tell the host's page that something happened. */
export const tellHost = (type, detail) => parent.postMessage({ type, detail }, options.origin);

/** In the frame: hear what the host's page wants asked; nothing stands for the focus. */
export function listenToHost({ ask, focus }) {
  addEventListener("message", ({ source, origin, data }) => {
    if (source !== parent || origin !== options.origin) return;
    if (data) ask(data);
    else focus();
  });
}
