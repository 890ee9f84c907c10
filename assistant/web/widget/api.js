// What a page can call: `window.RLSAssistant`, and what the ES module exports.
import { assistant } from "./assistant.js";
import { askAt, chosen } from "./config.js";
import { attempt } from "./dom.js";
import { warn } from "./load.js";

const mounted = new Map(); // assistants by their place

/** Put an assistant onto the page, or give the one that stands in this place already. */
export function mount(options = chosen) {
  const { server, target } = options;
  if (server && !attempt(() => askAt(server))) warn("server", server);
  if (!mounted.has(target)) mounted.set(target, assistant({ ...options }, () => mounted.delete(target)));
  return mounted.get(target);
}

/** Have the first assistant do something; one is put onto the page if there is none. */
const call = (name) => (given) => ([...mounted.values()][0] || mount())[name](given);

export const api = {
  mount,
  open: call("open"),
  close: call("close"),
  ask: call("ask"),
  setTheme: call("setTheme"),
  /** Take all assistants away. */
  destroy: () => mounted.forEach((each) => each.destroy()),
  /** Be called with what happens, from now on. */
  on: (type, listener) => document.addEventListener(`rls:${type}`, ({ detail }) => listener(detail)),
};

window.RLSAssistant ??= api;
