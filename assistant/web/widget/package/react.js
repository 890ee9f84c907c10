// The assistant as a React component: mounted with it, and taken away with it. On a server it draws an empty place.
import { createElement, useEffect, useRef } from "react";

/** In the page where it stands or, with `floating`, above it. A changed option mounts it anew, but for `theme`. */
export function Assistant({ floating, className, style, theme, ...options }) {
  const place = useRef(null);
  const mounted = useRef(null);
  const chosen = JSON.stringify(options);

  useEffect(() => {
    let isGone = false;
    import("./widget.mjs").then(({ mount }) => {
      const target = floating ? undefined : place.current;
      if (!isGone) mounted.current = mount({ ...JSON.parse(chosen), theme, target });
    });
    return () => {
      isGone = true;
      mounted.current?.destroy();
      mounted.current = null;
    };
  }, [chosen, floating]);

  useEffect(() => mounted.current?.setTheme(theme ?? "auto"), [theme]);

  return floating ? null : createElement("div", { ref: place, className, style });
}
