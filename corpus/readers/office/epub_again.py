"""A second reading of a book's pages, by the standard library's parser, to compare the first one with the file itself.

It knows blocks of words and nothing else. A block with raised signs, links of a few letters or formulas is not compared,
since what the first reading makes of those is told there.
"""

from html.parser import HTMLParser

from corpus.readers.losses import Piece

KINDS = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "heading"),
    **dict.fromkeys(("li", "dt", "dd"), "list item"),
    **dict.fromkeys(("td", "th"), "cell"),
    **dict.fromkeys(("p", "div", "section", "article", "body", "blockquote", "ul", "ol", "dl", "table", "tr"), "paragraph"),
    **dict.fromkeys(("figure", "figcaption", "caption", "aside", "header", "footer", "main", "pre", "hr"), "paragraph"),
}
UNCOMPARED = {"sup", "sub", "math", "svg", "ruby", "s", "del", "strike", "button", "label", "select", "br", "img", "summary"}
VOID = {"br", "hr", "img", "meta", "link", "input", "col", "wbr", "source", "area", "base"}
UNREAD = {"head", "script", "style", "nav", "template", "noscript"}
SHORTEST_LINK = 4  # letters; a shorter one may be the mark of a note


def pieces_of_page(markup: str, /, *, aside: set[str]) -> list[Piece]:
    """The blocks of a page, without those of notes and contents, whose kinds `aside` names."""
    reading = _Reading(aside)
    reading.feed(markup)
    reading.close()
    reading.end_block()
    return reading.found


class _Reading(HTMLParser):
    def __init__(self, aside: set[str]) -> None:
        super().__init__()
        self.found: list[Piece] = []
        self._aside = aside
        self._opened: list[tuple[str, bool]] = []  # each tag, and whether nothing in it is read
        self._kind = "paragraph"
        self._words: list[str] = []
        self._is_compared = True
        self._link = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        stated = {word for name, value in attrs if name in {"epub:type", "role"} for word in (value or "").split()}
        is_aside = bool({word.removeprefix("doc-") for word in stated} & self._aside)
        is_hidden = any(name == "hidden" for name, _ in attrs)
        if tag in KINDS:
            self.end_block()
            self._kind = KINDS[tag]
        self._is_compared &= tag not in UNCOMPARED and not stated
        if tag not in VOID:
            self._opened.append((tag, tag in UNREAD or is_aside or is_hidden))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            self.handle_starttag(tag, attrs)  # `<p/>` and the like hold nothing

    def handle_endtag(self, tag: str) -> None:
        if tag in KINDS:
            self.end_block()
        while self._opened and self._opened[-1][0] != tag and any(opened == tag for opened, _ in self._opened):
            self._opened.pop()
        if self._opened and self._opened[-1][0] == tag:
            self._opened.pop()

    def handle_data(self, data: str) -> None:
        if any(is_unread for _, is_unread in self._opened):
            return
        if any(tag == "a" for tag, _ in self._opened) and len(data.strip()) < SHORTEST_LINK:
            self._is_compared = False
        self._words.append(data)

    def end_block(self) -> None:
        """Keep what was read since the last block."""
        text = " ".join("".join(self._words).split())
        if text and self._is_compared:
            self.found.append(Piece(self._kind, text))
        self._words.clear()
        self._kind, self._is_compared = "paragraph", True
