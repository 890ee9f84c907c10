// The conversation in the widget's box: where its turns stand, what can be done with a quote, and the box to type into.
import { conversation as course } from "../static/conversation/conversation.js";
import { element } from "../static/conversation/dom.js";
import { FEW, button, lines, notice, problem, reply, urgent } from "../static/conversation/reply.js";
import { words } from "../static/conversation/words.js";
import { PRIVATE, away, server } from "./config.js";
import { warn } from "./load.js";

const COMPOSING = 229; // keyCode of Enter that ends a composition, where it comes after the composition's end
const AGAIN_AFTER = 100; // ms: whether the answer before is there

/** A question: of a long one, what does not fit can be scrolled to. */
const asked = (question) => element("p", { className: "asked", dir: "auto", tabIndex: -1 }, question);

/**
 * A conversation in a box. `report` is told what happens; `find` says of quotes whether the host's page holds them, `cite`
 * what to do when one is chosen.
 */
export function conversation(box, options, report, find, cite) {
  let sight; // whom to call, once it was needed
  let queue = Promise.resolve();
  let articles = options.article && `${options.article}`.split(/[\s,]+/);
  const text = element("textarea", { rows: 2, dir: "auto", ariaLabel: words.label, placeholder: words.label });
  const log = element("div", { className: "log", tabIndex: 0, role: "log", ariaLabel: words.title },
    element("p", {}, words.disclosure),
    element("p", { className: "small" }, `${words.stores} ${words.brief} ${words.help.split(/\n+/)[1]}`));
  const form = element("div", { className: "form" }, text, button(words.send, send));
  text.onkeydown = (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== COMPOSING) {
      event.preventDefault();
      send();
    }
  };
  box.append(log, form);

  async function post(request) {
    const body = articles ? request.body : request.body.replace(/,"articles".*/, "}");
    const response = await fetch(`${server}api/ask`, { ...request, ...PRIVATE, body });
    if (!articles || response.headers.get("refusal-code") !== "no_article") return response;
    articles = null; // the owner's mistake is not the visitor's affair
    warn("article", options.article);
    return post(request);
  }

  const { ask } = course({
    draw: { asked, button, notice, problem, reply, urgent },
    log,
    box: text,
    send,
    away: () => words[away],
    articles,
    post: (request) => self.post(request),
    report: (type, detail) => self.report(type, detail),
    show(shown, turn, isHelp) {
      log.ariaLive = isHelp ? "assertive" : "polite";
      turn.append(shown);
      if (isHelp && !sight) { // to the end of the conversation
        form.before(sight = element("div", { className: "sight", role: "note" }, lines(words.help.split("\n\n")[1])));
      }
      log.scrollTop = turn.offsetTop - log.offsetTop - 8;
    },
    captions(citations, spoken) {
      const found = find(citations.map(({ quote }) => quote), spoken);
      return citations.map((citation, i) => [
        element("span", { lang: "en", dir: "ltr" }, [...new Set([citation.title, citation.section])].join(" · ")),
        citation.made_of && element("span", {}, ` · ${words[citation.made_of]}`),
        element("a", {
          href: new URL(citation.url, server).href,
          target: "_blank",
          rel: "noreferrer",
          onclick: (event) => cite(event, citation, found[i]),
        }, found[i] ? words.show : words.source),
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

  /** Ask once every question before it has its answer. */
  async function askInTurn(question) {
    while (!ask(question)) await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER));
  }

  const self = {
    ask: (question) => queue = queue.then(() => askInTurn(question)),
    focus: () => text.focus(),
    log,
    post,
    report,
  };
  return self;
}
