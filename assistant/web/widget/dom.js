// What may fail alone: a convenience that a browser, or a page, lacks never takes an answer with it.

/** What a function gives; nothing if it fails. */
export function attempt(decorate) {
  try {
    return decorate();
  } catch { /* the page goes on without it */ }
}

/** A style sheet that no policy forbids: it comes from no `<style>` and no attribute. */
export function styleSheet(text) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  return sheet;
}
