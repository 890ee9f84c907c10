// The conversation in the widget's box: where its turns stand, what can be done with a quote, and the box to type into.
import { conversation as course } from "../static/conversation/conversation.js";
import { element } from "../static/conversation/dom.js";
import { FEW, button, lines, questions } from "../static/conversation/reply.js";
import { words } from "../static/conversation/words.js";
import { away, options, server } from "./config.js";

/**
 * A conversation in a box. `report` is told what happens; `find` says where the host's page shows quotes, `cite` what to do
 * when one is chosen.
 */
export function conversation(box, { report, find, cite }) {
  let sight; // whom to call, once it was needed
  const text = element("textarea", { rows: 2, dir: "auto", ariaLabel: words.label, placeholder: words.label });
  const log = element("div", { className: "log", tabIndex: 0, role: "log", ariaLabel: words.title },
    element("p", {}, words.welcome),
    options.examples && questions(words.starters, options.examples.split("|"), (question) => ask(question)),
    element("p", { className: "small" }, `${words.stores} ${words.caution}`));
  const form = element("div", { className: "form" }, text, button(words.send, send));
  text.onkeydown = (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      send();
    }
  };
  box.append(log, form);

  const { ask } = course({
    log,
    box: text,
    send,
    away,
    articles: options.article?.split(/[\s,]+/),
    post: (request) => fetch(`${server}api/ask`, { ...request, credentials: "omit" }),
    report,
    show(shown, turn, isHelp) {
      log.ariaLive = isHelp ? "assertive" : "polite";
      turn.append(shown);
      if (isHelp && !sight) { // to the end of the conversation
        form.before(sight = element("div", { className: "sight", role: "note" }, lines(words.help.split("\n\n")[1])));
      }
      log.scrollTop = turn.offsetTop - log.offsetTop - 8;
    },
    captions(citations) {
      const ranges = find(citations.map(({ quote }) => quote));
      return citations.map((citation, i) => [
        element("span", { lang: "en", dir: "ltr" }, [...new Set([citation.title, citation.section])].join(" · ")),
        citation.made_of && element("span", {}, ` · ${words[citation.made_of]}`),
        element("a", {
          href: new URL(citation.url, server).href,
          target: "_blank",
          onclick: (event) => cite(event, citation, ranges[i]),
        }, ranges[i] ? words.show : words.source),
      ]);
    },
    arranged(quotes) { // a panel is small: the rest is one choice away
      const rest = quotes.slice(FEW);
      const all = button(words.all.replace("{count}", quotes.length), () => {
        all.replaceWith(...rest);
        rest[0].tabIndex = -1;
        rest[0].focus();
      });
      all.ariaExpanded = false;
      return [...quotes.slice(0, FEW), rest[0] && all];
    },
  });

  function send() {
    if (text.value.trim()) ask(text.value);
    else text.focus();
  }

  return { ask, focus: () => text.focus(), height: IN_FRAME && (() => log.scrollHeight + box.offsetHeight - log.offsetHeight) };
}
