/** What the widget puts on a page: `window.RLSAssistant`, and events that reach the document. */

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

export interface RLSAssistantEvents {
  /** The panel was opened. */
  open: undefined;
  /** A question was asked. What it says is told to nobody. */
  question: undefined;
  /** An answer was shown. */
  answer: { kind: "answer" | "unanswered" | "advice" | "urgent" | "chat"; citations: Citation[] };
  /** A quote was chosen: it is shown in the page, or its source is opened. */
  cite: Citation;
  /** There was no answer, for a reason that was shown to the visitor in these words. */
  error: { message: string };
}

export interface RLSAssistantApi {
  /** Open the panel and put the focus into it; unless `quietly`, which leaves the focus where it is. */
  open(quietly?: boolean): Promise<void>;
  /** Close the panel; the focus goes back to where it was. */
  close(): void;
  /** Open the panel and ask a question. */
  ask(text: string): Promise<void>;
  /** Be called with what happens, from now on. The same is told by DOM events named `rls:open`, `rls:question`, … */
  on<Type extends keyof RLSAssistantEvents>(type: Type, listener: (detail: RLSAssistantEvents[Type]) => void): void;
}

declare global {
  interface Window {
    RLSAssistant: RLSAssistantApi;
  }
  interface DocumentEventMap {
    "rls:open": CustomEvent<undefined>;
    "rls:question": CustomEvent<undefined>;
    "rls:answer": CustomEvent<RLSAssistantEvents["answer"]>;
    "rls:cite": CustomEvent<Citation>;
    "rls:error": CustomEvent<RLSAssistantEvents["error"]>;
  }
}
