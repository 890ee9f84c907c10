/** What the widget puts on a page: `window.RLSAssistant`, and events that reach the document. The ES module exports the same. */

/** A quote and where it stands: `quote` is `text[start:end]` of the article's text. */
export interface Citation {
  n: number;
  quote: string;
  article: string;
  title: string;
  section: string;
  start: number;
  end: number;
  url: string;
  score: number;
}

/** What can be chosen: as `data-` attributes of the script, in `window.RLSAssistantOptions` before it, or with `mount()`. */
export interface RLSAssistantOptions {
  /** Where the assistant is, if the file does not come from there. One for all assistants of a page. */
  server?: string;
  /** Stand in this element, or the one that a selector names, instead of floating. It is found again when it is replaced. */
  target?: string | Element;
  /** Quote only from these articles. */
  article?: string | string[];
  /** `auto`, the default, follows the page's `color-scheme`, else the device. */
  theme?: "auto" | "light" | "dark";
  /** A selector: the page is dark while something matches it, such as `html.dark`. */
  dark?: string;
  /** Any CSS colour; its lightness is kept legible. */
  accent?: string;
  position?: "left" | "right";
  /** The launcher's distance from the bottom and, after a space, from the side: pixels. */
  offset?: string | number;
  /** Your own button, or a selector of it, in place of the launcher. */
  launcher?: string | Element;
  /** A selector: no launcher while something matches it, such as `body.checkout`. */
  hide?: string;
  /** The default is the page's language. One for all assistants of a page. */
  lang?: string;
  title?: string;
  /** Questions to start with; in one text they are separated by `|`. */
  examples?: string | string[];
  /** Open at once. */
  open?: boolean | string;
  /** Isolated in a frame, out of reach of the page's other scripts. */
  mode?: "iframe";
  /** Keep the conversation from page to page in this tab. */
  keep?: boolean | string;
}

export interface RLSAssistantEvents {
  /** It stands on the page, in its language. */
  ready: undefined;
  /** The panel was opened. */
  open: undefined;
  /** The panel was closed. */
  close: undefined;
  /** A question was asked. What it says is told to nobody. */
  question: undefined;
  /** An answer was shown. */
  answer: { kind: "answer" | "unanswered" | "advice" | "urgent" | "chat"; citations: Citation[] };
  /** A quote was chosen: it is shown in the page, or its source is opened. */
  cite: Citation;
  /** There was no answer, for a reason that was shown to the visitor in these words. */
  error: { message: string };
}

/** One assistant on the page. */
export interface RLSAssistantInstance {
  /** Open the panel and put the focus into it; unless `quietly`, which leaves the focus where it is. */
  open(quietly?: boolean): Promise<unknown>;
  /** Close the panel; the focus goes back to where it was. */
  close(): void;
  /** Open the panel and ask a question, after those that are still waited for. */
  ask(text: string): Promise<void>;
  setTheme(theme: "auto" | "light" | "dark"): void;
  /** Take it off the page, with all that it listens to. */
  destroy(): void;
}

/** The functions of one assistant act on the first; if there is none, one is put onto the page. */
export interface RLSAssistantApi extends RLSAssistantInstance {
  /** Put an assistant onto the page, with the options of the script if none are given; in a place that has one, give that. */
  mount(options?: RLSAssistantOptions): RLSAssistantInstance;
  /** Take all off the page. */
  destroy(): void;
  /** Be called with what happens, from now on. The same is told by DOM events named `rls:open`, `rls:question`, … */
  on<Type extends keyof RLSAssistantEvents>(type: Type, listener: (detail: RLSAssistantEvents[Type]) => void): void;
}

export const mount: RLSAssistantApi["mount"];
export const open: RLSAssistantApi["open"];
export const close: RLSAssistantApi["close"];
export const ask: RLSAssistantApi["ask"];
export const setTheme: RLSAssistantApi["setTheme"];
export const destroy: RLSAssistantApi["destroy"];
export const on: RLSAssistantApi["on"];

declare global {
  interface Window {
    RLSAssistant: RLSAssistantApi;
    RLSAssistantOptions?: RLSAssistantOptions;
  }
  interface DocumentEventMap {
    "rls:ready": CustomEvent<undefined>;
    "rls:open": CustomEvent<undefined>;
    "rls:close": CustomEvent<undefined>;
    "rls:question": CustomEvent<undefined>;
    "rls:answer": CustomEvent<RLSAssistantEvents["answer"]>;
    "rls:cite": CustomEvent<Citation>;
    "rls:error": CustomEvent<RLSAssistantEvents["error"]>;
  }
}
