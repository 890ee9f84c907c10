// Makes elements, out of text only: nothing in the widget parses HTML.

/** An element with properties and children; a child that is a string becomes text, and one that is missing is left out. */
export function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children.flat().filter(Boolean));
  return made;
}

/** A style sheet that no policy forbids: it comes from no `<style>` and no attribute. */
export function styleSheet(text) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  return sheet;
}
