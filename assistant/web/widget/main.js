// Wires the widget together: it opens and closes, follows quotes into the page, and offers `window.RLSAssistant`.
import { findQuotes, mark, scrollTo, unmark } from "./article.js";
import { options } from "./config.js";
import { conversation } from "./conversation.js";
import { styleSheet } from "./dom.js";
import { framed, listenToHost, tellHost } from "./frame.js";
import { shell } from "./shell.js";
import { loadWords } from "./words.js";

/** On the host's page. */
function start() {
  const { host, root, launcher, panel, target, label } = shell({ open, close });
  let content; // a promise of what fills the panel
  let before; // what had the focus

  /** Tell the page what happens in the conversation, wherever that runs. */
  function report(type, detail) {
    if (type === "close") return close();
    if (type === "question") {
      unmark();
      panel.classList.remove("peek", "top");
    }
    host.dispatchEvent(new CustomEvent(`rls:${type}`, { bubbles: true, detail }));
  }

  /** Show a quote in the page, beside the panel or above it. False if the page does not hold it. */
  function show({ quote }) {
    const [range] = findQuotes([quote]);
    if (!range) return false;
    mark(range);
    panel.classList.remove("peek", "top");
    scrollTo(range, 0, innerHeight);
    const text = () => range.getBoundingClientRect();
    const covered = () => panel.getBoundingClientRect();
    if (!target && text().right > covered().left && text().left < covered().right) {
      panel.classList.add("peek");
      scrollTo(range, 0, covered().top);
      if (text().bottom > covered().top) { // the page ends: no room to scroll
        panel.classList.add("top");
        scrollTo(range, covered().bottom, innerHeight);
      }
    }
    return true;
  }

  async function fill() {
    await loadWords();
    label();
    if (options.mode === "iframe") {
      return framed(panel, (type, detail) => {
        report(type, detail);
        if (type === "cite" && !show(detail)) window.open(detail.url, "_blank", "noopener");
      });
    }
    return conversation(panel, {
      report,
      find: findQuotes,
      cite(event, citation) {
        if (show(citation)) {
          event.preventDefault();
          if (!target) event.target.scrollIntoView({ block: "nearest" }); // the panel may be smaller now
        }
        report("cite", citation);
      },
    });
  }

  async function open(isQuiet) {
    if (panel.hidden || !content) {
      before = document.activeElement;
      while (before.shadowRoot?.activeElement) before = before.shadowRoot.activeElement;
      panel.hidden = false;
      launcher.hidden = true;
      content ??= fill();
      await content;
      report("open");
    }
    if (isQuiet !== true) (await content).focus();
  }

  function close() {
    if (target) return;
    const hadFocus = root.activeElement;
    panel.hidden = true;
    launcher.hidden = false;
    if (hadFocus) (before.isConnected && before !== document.body ? before : launcher).focus();
  }

  window.RLSAssistant = {
    open,
    close,
    ask: async (text) => {
      await open(true);
      (await content).ask(`${text}`);
    },
    on: (type, listener) => document.addEventListener(`rls:${type}`, ({ detail }) => listener(detail)),
  };
  if (target || options.open !== undefined) open(true);
}

/** On our own page, in a frame. */
async function startInFrame() {
  document.adoptedStyleSheets = [styleSheet("html, body { height: 100%; margin: 0; }")];
  const { root, panel, label } = shell({ close: () => tellHost("close") });
  await loadWords();
  label();
  const held = conversation(panel, {
    report: tellHost,
    find: (quotes) => quotes,
    cite(event, citation) {
      event.preventDefault();
      tellHost("cite", citation);
    },
  });
  const tellSize = () => tellHost("size", held.height());
  new MutationObserver(tellSize).observe(panel, { childList: true, subtree: true });
  addEventListener("resize", () => root.activeElement?.scrollIntoView({ block: "nearest" }));
  listenToHost(held);
  tellHost("ready");
  tellSize();
}

if (IN_FRAME) startInFrame();
else if (!window.RLSAssistant) start();
