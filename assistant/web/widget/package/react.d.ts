import type { CSSProperties, ReactElement } from "react";
import type { RLSAssistantOptions } from "./widget.d.ts";

export interface AssistantProps extends Omit<RLSAssistantOptions, "target"> {
  /** Above the page, with a launcher, in place of standing where the component stands. */
  floating?: boolean;
  className?: string;
  style?: CSSProperties;
}

export function Assistant(props: AssistantProps): ReactElement | null;
