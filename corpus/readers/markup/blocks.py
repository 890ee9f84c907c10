"""From a settled tree to blocks: its headings, paragraphs and lists, in reading order."""

from copy import deepcopy

from lxml.html import HtmlElement

from corpus.linear_patterns import LinearPattern
from corpus.readers.draft import Block
from corpus.readers.lists_and_tables import COLONS, SENTENCE_END, add_list, hangs
from corpus.readers.markup.elements import COMPOSED_OF, CONTAINERS, HEADINGS, LISTS, UNSEEN, is_bold_heading, text_of

LINE_END = "\x1e"  # what a `<br>` is while a paragraph is read; `settle` leaves none in a text
BULLET = LinearPattern(r"(?:[-–—•●◦▪‣■*·]|\(?\d{1,2}[.)])\s+")


def blocks(root: HtmlElement, /, *, has_bold_headings: bool = False) -> list[Block]:
    """The headings and paragraphs of a tree, in reading order.

    Args:
        root: that of a `Page`.
        has_bold_headings: take a short bold paragraph for a heading, as people write them in Word.
    """
    return _blocks(_Reading(has_bold_headings=has_bold_headings), root)


def _blocks(reading: "_Reading", root: HtmlElement) -> list[Block]:
    reading.visit(root)
    reading.end_paragraph()
    return reading.found


class _Reading:
    """A walk over a tree: what was found so far, and the words of the paragraph that is being read."""

    def __init__(self, *, has_bold_headings: bool = False, is_item: bool = False) -> None:
        self.found: list[Block] = []
        self._words: list[str] = []
        self._has_bold_headings = has_bold_headings
        self._is_item = is_item  # of a list: its words lead to a list below them only with a colon

    def visit(self, element: HtmlElement, /) -> None:
        if element.tag in UNSEEN:
            return
        if self._is_heading(element):
            self.end_paragraph()
            if text := text_of(element):
                self.found.append(Block(text, is_heading=True))
        elif element.tag in LISTS:
            self.end_paragraph()
            items = [paragraph for item in element.iterchildren("li") for paragraph in _item(item)]
            add_list(self.found, items, needs_colon=self._is_item)
        else:
            self._visit_children(element)

    def end_paragraph(self, *, composed_of: str = "") -> None:
        lines = [" ".join(line.split()) for line in "".join(self._words).split(LINE_END)]
        self._words.clear()
        before, items = list_in(lines)
        if text := " ".join(filter(None, before)):
            self.found.append(Block(text, is_heading=False, composed_of=composed_of))
        if items:
            add_list(self.found, items, needs_colon=self._is_item)

    def _visit_children(self, element: HtmlElement) -> None:
        if element.tag in CONTAINERS:
            self.end_paragraph()
        self._words.append(LINE_END if element.tag == "br" else element.text or "")
        for child in element:
            self.visit(child)
            self._words.append(child.tail or "")
        if element.tag in CONTAINERS:
            self.end_paragraph(composed_of=element.get(COMPOSED_OF) or "")

    def _is_heading(self, element: HtmlElement) -> bool:
        is_bold = self._has_bold_headings and element.tag == "p" and is_bold_heading(element)
        return element.tag in HEADINGS or is_bold


def list_in(lines: list[str], /) -> tuple[list[str], list[str]]:
    """The lines of a paragraph that are no list, and the items behind them: lines with a bullet, or all after a colon.

    Three lines that each begin anew and of which none ends are items too.

    >>> list_in(["Signs are:", "- an urge", "- worse at rest"])
    (['Signs are:'], ['an urge', 'worse at rest'])
    """
    start = next((at for at, line in enumerate(lines) if BULLET.match(line)), len(lines))
    items = [line for line in lines[start:] if line]
    if len(items) > 1 and all(map(BULLET.match, items)):
        return lines[:start], [BULLET.sub("", line) if BULLET.match(line) else line for line in items]
    has_lead = (
        len(lines) > 2 and lines[0].endswith(":") and not any(line.endswith((*SENTENCE_END, ":")) for line in lines[1:-1])
    )
    if has_lead:
        return lines[:1], [line for line in lines[1:] if line]
    said = [line for line in lines if line]
    are_items = len(said) > 2 and all(line[0].isupper() or line[0].isdigit() for line in said)
    is_none_ended = not any(line.endswith((*SENTENCE_END, *COLONS, ",", ";", "-", "–")) for line in said[:-1])
    return ([], said) if are_items and is_none_ended else (lines, [])


def _item(item: HtmlElement) -> list[str]:
    """An item's paragraphs; a fragment with a short list below it takes that list in brackets."""
    texts = [block.text for block in _blocks(_Reading(is_item=True), _renamed(item))]
    if len(texts) == 2 and hangs(texts[0]) and not texts[0].endswith(COLONS) and ". " not in texts[1][:-1]:
        return [f"{texts[0]} ({texts[1].removesuffix('.')})"]
    return texts


def _renamed(item: HtmlElement) -> HtmlElement:
    copy = deepcopy(item)
    copy.tag, copy.tail = "div", None
    return copy
