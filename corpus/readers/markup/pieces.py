"""What a tree shows, piece by piece, to be compared with the text that was made of it (`corpus.readers.losses`)."""

from collections.abc import Iterator

from lxml.html import HtmlElement

from corpus.readers.losses import Piece
from corpus.readers.markup.blocks import LINE_END, list_in
from corpus.readers.markup.elements import CONTAINERS, HEADINGS, LISTS, PLACE

KINDS = {**dict.fromkeys(HEADINGS, "heading"), **dict.fromkeys(("li", "dt", "dd"), "list item"), "td": "cell", "th": "cell"}
WHOLES = {*LISTS, "dl", "table", "tbody", "thead", "tfoot", "tr", "li", "dt", "dd", "td", "th", "caption"}
APART = {*CONTAINERS, *HEADINGS, *LISTS}
SCRIPTED = {"msup", "msub", "msubsup", "mfrac", "msqrt", "mroot", "mover", "munder", "munderover"}  # whose parts stand apart
NOT_SHOWN = {"annotation", "annotation-xml", "mphantom"}


def pieces_of(shown: HtmlElement, /, *, places: set[str] | None = None) -> list[Piece]:
    """What a tree shows, for `losses`: headings, items, cells and paragraphs, in their order.

    Args:
        shown: the tree before its numbers and tables were settled.
        places: those elements only, by their `PLACE`; a list or a table stands for all that it holds.
    """
    return [Piece(kind, text) for kind, text in _pieces(shown, places, is_in=places is None)]


def _pieces(element: HtmlElement, places: set[str] | None, *, is_in: bool) -> Iterator[tuple[str, str]]:
    is_taken = is_in or (places is not None and element.get(PLACE) in places)
    kind = KINDS.get(element.tag, "paragraph")
    inner = [child for child in element if _is_apart(child)]
    if is_taken and (text := _shown_words(element)):
        yield from _lines(kind, text)
    for child in inner:
        yield from _pieces(child, places, is_in=is_in or (is_taken and element.tag in WHOLES))


def _lines(kind: str, text: str) -> Iterator[tuple[str, str]]:
    """The list that the lines of a paragraph or an item make, piece by piece; else the words on one line."""
    lines = [" ".join(line.split()) for line in text.split(LINE_END)]
    before, items = (lines, []) if kind in {"heading", "cell"} else list_in(lines)
    if words := " ".join(filter(None, before)):
        yield kind, words
    for item in items:
        yield "list item", item


def _is_apart(element: HtmlElement) -> bool:
    """Whether an element's words are a piece of their own, or hold one."""
    return element.tag in APART or next(element.iterdescendants(*APART), None) is not None


def _shown_words(element: HtmlElement) -> str:
    """An element's own words, without those of pieces inside it; raised numbers and formulas stay apart, and lines."""
    words = [element.text or ""]
    for child in element:
        if not _is_apart(child) and child.tag not in NOT_SHOWN:
            is_beside = child.tag in {"sup", "sub", "math"} or child.getparent().tag in SCRIPTED
            words.append(f" {_shown_words(child)} " if is_beside else _shown_words(child))
        words.append(f"{LINE_END if child.tag == 'br' else ''}{child.tail or ''}")
    return "".join(words) if any(map(str.strip, words)) else ""
