// Brings what only comes to use with an answer, or that an owner chose. IS_WHOLE and MORE_HASH are put in by the build.
import { server } from "./config.js";

let loading;

/** The functions of more.js. A later try may bring what an earlier one could not. */
export const loadMore = () => loading ??= (IS_WHOLE ? import("./more.js") : import(`${server}widget-more-${MORE_HASH}.js`))
  .catch(() => loading = null);

/** Tell the owner of the site what is wrong and how to mend it. */
export const warn = async (...about) => (await loadMore())?.warn(...about);
