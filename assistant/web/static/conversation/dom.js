// Makes elements, out of text only: nothing of a conversation is ever parsed as HTML.

/** An element with properties and children; a child that is a string becomes text, and one that is missing is left out. */
export function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children.flat().filter(Boolean));
  return made;
}
