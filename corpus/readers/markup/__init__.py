"""From HTML to a tree as its reader sees it, and from that to blocks. Web pages, Word files and Markdown all come this way.

Nothing here decides what is boilerplate; `web.region` does. What nobody sees who reads a page (scripts, hidden and struck
elements, footnote marks) is not in the blocks; raised and lowered numbers (10⁹, H₂O) keep their meaning.

    as_shown        what is seen: nothing hidden or struck out (style_sheets), closed panels open (controls)
    raised          raised and lowered numbers, footnote marks, formulas
    table_headers   the names of a table's columns in one row
    tables          rows and terms as sentences
    blocks          the walk over the tree that is left: headings, paragraphs, lists
    pieces          what the tree shows, for `losses`
"""

from copy import deepcopy
from dataclasses import dataclass

from lxml import etree, html
from lxml.html import HtmlElement

from corpus.doubts import Doubt
from corpus.readers.markup.as_shown import LeftOut, show
from corpus.readers.markup.elements import LISTS, PLACE, drop, text_of, wrap_loose_words
from corpus.readers.markup.raised import mark_raised, settle_formulas, settle_numbers
from corpus.readers.markup.table_headers import settle_headers
from corpus.readers.markup.tables import settle_table, settle_terms
from corpus.readers.text import settle_entities

OF_HEAD = {"title", "meta", "link", "style", "script", "base", "noscript", "template"}


@dataclass(frozen=True, slots=True)
class Page:
    """A page or a fragment: as a reader of it sees it, and with its numbers and tables settled for `blocks`."""

    shown: HtmlElement
    root: HtmlElement
    left_out: tuple[LeftOut, ...]
    placed: tuple[tuple[str, Doubt], ...]  # each with the `PLACE` of the element that it is about

    @property
    def doubts(self) -> tuple[Doubt, ...]:
        """What is doubtful anywhere on it."""
        return tuple(doubt for _, doubt in self.placed)


def read_page(text: str, /) -> Page:
    """A page or a fragment without anything unseen, numbers and tables settled; with what `losses` and a preview need."""
    root = html.document_fromstring(without_declaration(text))
    _end_head(root)
    left_out = show(root)
    for element in root.iter():
        element.text, element.tail = settle_entities(element.text or ""), settle_entities(element.tail or "")
    for contents in [element for element in root.iter(*LISTS) if _is_contents(element)]:
        drop(contents)
    left_out += mark_raised(root)
    wrap_loose_words(root)
    for number, element in enumerate(root.iter()):
        element.set(PLACE, str(number))
    shown = deepcopy(root)
    settle_numbers(root)
    placed = settle_formulas(root, place=PLACE)
    for table in list(root.iter("table")):
        placed += [(table.get(PLACE) or "", doubt) for doubt in settle_headers(table)]
        settle_table(table)
    for terms in reversed(list(root.iter("dl"))):  # those within others first
        settle_terms(terms)
    return Page(shown, root, tuple(left_out), tuple(placed))


def _end_head(root: HtmlElement) -> None:
    """Put what no head can hold into the body: a page may leave out both tags, and lxml takes `<nav>` for the head's."""
    head = root.find("head")
    if head is None:
        return
    children = list(head)
    start = next((at for at, child in enumerate(children) if isinstance(child.tag, str) and child.tag not in OF_HEAD), None)
    if start is None:
        return
    body = root.find("body")
    body = etree.SubElement(root, "body") if body is None else body
    for at, child in enumerate(children[start:]):
        body.insert(at, child)


def _is_contents(element: HtmlElement) -> bool:
    """Whether a list is a table of contents: links into the page and little else, which no sentence leads to."""
    links = list(element.iter("a"))
    if not links or not all(link.get("href", "").startswith("#") for link in links):
        return False
    before = element.getprevious()
    leads = before is not None and before.tag == "p" and text_of(before).endswith(":")
    return not leads and len("".join(text_of(link) for link in links)) >= 0.8 * len(text_of(element))


def without_declaration(markup: str, /) -> str:
    """A page without `<?xml … ?>`: lxml refuses an encoding declaration in a text, which is decoded already."""
    declaration, end, rest = markup.lstrip().partition("?>")
    is_declared = bool(end) and declaration.startswith("<?xml") and ">" not in declaration
    return (rest if is_declared else markup) or "<p></p>"
