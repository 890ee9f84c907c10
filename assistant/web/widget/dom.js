// Style sheets that no policy forbids: they come from no `<style>` and no attribute.

/** A style sheet of a text. */
export function styleSheet(text) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  return sheet;
}
