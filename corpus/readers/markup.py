"""From a tree of HTML elements to blocks. Web pages, Word files and Markdown all come this way.

Nothing here decides what is boilerplate; `web_page` does. What no reader of a page sees (scripts, hidden elements,
footnote marks) is not in the blocks; raised and lowered numbers (10⁹, H₂O) keep their meaning.
"""

import re
from collections.abc import Iterator
from copy import deepcopy

from lxml import etree, html
from lxml.html import HtmlElement

from corpus.linear_patterns import LinearPattern
from corpus.readers.draft import Block
from corpus.readers.lists_and_tables import SENTENCE_END, list_paragraphs, table_sentences
from corpus.readers.text import without_splitting

HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
LISTS = {"ul", "ol", "menu"}
LONGEST_HEADING = 120  # characters
UNSEEN = {
    *("head script style noscript template svg math iframe object embed audio video canvas map".split()),
    *("button form input select option textarea label datalist dialog del img picture".split()),
}
CONTAINERS = {
    *("html body div section article main header footer aside nav p blockquote center address details".split()),
    *("summary figure figcaption fieldset li dd dt td th caption tr tbody thead tfoot table hr pre".split()),
}
HIDDEN_STYLE = LinearPattern(
    r"(?i)display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0|opacity\s*:\s*0(?:[^.\d]|\z)"
)
HIGH = str.maketrans("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")
LOW = str.maketrans("0123456789+-−=()", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎")
# On `re`: one class with one repeat each.
NUMBER = re.compile(r"[0-9+\-−=()ni]{1,6}")
FOOTNOTE_MARK = re.compile(r"\[[\w\s,–-]{1,12}\]|[*†‡§¶]+")


def parse(text: str, /) -> HtmlElement:
    """The tree of a page or a fragment, without anything unseen, its numbers and tables settled."""
    root = html.document_fromstring(without_declaration(text))
    for element in list(root.iter()):
        if not isinstance(element.tag, str) or (element.tag in UNSEEN - {"head"}) or _is_hidden(element):
            _drop(element)
    for element in root.iter():
        element.text, element.tail = without_splitting(element.text or ""), without_splitting(element.tail or "")
    for element in list(root.iter("sup", "sub")):
        _settle_number(element)
    for table in list(root.iter("table")):
        _settle_table(table)
    for terms in list(root.iter("dl")):
        _settle_terms(terms)
    return root


def without_declaration(markup: str, /) -> str:
    """A page without `<?xml … ?>`: lxml refuses an encoding declaration in a text, which is decoded already."""
    declaration, end, rest = markup.lstrip().partition("?>")
    is_declared = bool(end) and declaration.startswith("<?xml") and ">" not in declaration
    return (rest if is_declared else markup) or "<p></p>"


def blocks(root: HtmlElement, /, *, has_bold_headings: bool = False) -> list[Block]:
    """The headings and paragraphs of a tree, in reading order.

    Args:
        root: what `parse` made.
        has_bold_headings: take a short bold paragraph for a heading, as people write them in Word.
    """
    reading = _Reading(has_bold_headings=has_bold_headings)
    reading.visit(root)
    reading.end_paragraph()
    return reading.found


class _Reading:
    """A walk over a tree: what was found so far, and the words of the paragraph that is being read."""

    def __init__(self, *, has_bold_headings: bool) -> None:
        self.found: list[Block] = []
        self._words: list[str] = []
        self._has_bold_headings = has_bold_headings

    def visit(self, element: HtmlElement, /) -> None:
        if element.tag in UNSEEN:
            return
        if self._is_heading(element):
            self.end_paragraph()
            if text := text_of(element):
                self.found.append(Block(text, is_heading=True))
        elif element.tag in LISTS:
            self.end_paragraph()
            _add_list(self.found, element)
        else:
            self._visit_children(element)

    def end_paragraph(self) -> None:
        if text := " ".join("".join(self._words).split()):
            self.found.append(Block(text, is_heading=False))
        self._words.clear()

    def _visit_children(self, element: HtmlElement) -> None:
        if element.tag in CONTAINERS:
            self.end_paragraph()
        self._words.append("\n" if element.tag == "br" else element.text or "")
        for child in element:
            self.visit(child)
            self._words.append(child.tail or "")
        if element.tag in CONTAINERS:
            self.end_paragraph()

    def _is_heading(self, element: HtmlElement) -> bool:
        is_bold = self._has_bold_headings and element.tag == "p" and _is_bold_heading(element)
        return element.tag in HEADINGS or is_bold


def is_hidden_by(style: str, /) -> bool:
    """Whether nobody sees an element that has this `style`."""
    return HIDDEN_STYLE.search(style) is not None


def text_of(element: HtmlElement, /) -> str:
    """All words of an element on one line."""
    spaced = "".join(_words(element))
    return " ".join(spaced.split())


def _words(element: HtmlElement) -> Iterator[str]:
    is_apart = element.tag in CONTAINERS or element.tag in {"br", "li", "p"}
    yield (" " if is_apart else "") + (element.text or "")
    for child in element:
        if child.tag not in UNSEEN:
            yield from _words(child)
        yield child.tail or ""
    if is_apart:
        yield " "


def _add_list(found: list[Block], element: HtmlElement) -> None:
    if (links := list(element.iter("a"))) and all(link.get("href", "").startswith("#") for link in links):
        linked = "".join(text_of(link) for link in links)
        if len(linked) >= 0.8 * len(text_of(element)):
            return  # a table of contents
    items = [paragraph for item in element.iterchildren("li") for paragraph in _item(item)]
    lead = ""
    if found and not found[-1].is_heading and found[-1].text.endswith(":"):
        lead = found.pop().text
    lead, paragraphs = list_paragraphs(items, lead)
    found += [Block(lead, is_heading=False)] if lead else []
    found += [Block(text, is_heading=False, composed_of="list") for text in paragraphs]


def _item(item: HtmlElement) -> list[str]:
    """An item's paragraphs; a fragment with a short list below it takes that list in brackets."""
    texts = [block.text for block in blocks(_renamed(item))]
    if len(texts) == 2 and not texts[0].endswith((*SENTENCE_END, ":")) and ". " not in texts[1][:-1]:
        return [f"{texts[0]} ({texts[1].removesuffix('.')})"]
    return texts


def _renamed(item: HtmlElement) -> HtmlElement:
    copy = deepcopy(item)
    copy.tag, copy.tail = "div", None
    return copy


def _is_bold_heading(element: HtmlElement) -> bool:
    text = text_of(element)
    bold = "".join(text_of(child) for child in element if child.tag in {"b", "strong"})
    return (
        0 < len(text) <= LONGEST_HEADING
        and bold.replace(" ", "") == text.replace(" ", "")
        and not text.endswith(SENTENCE_END)
    )


def _is_hidden(element: HtmlElement) -> bool:
    return element.get("hidden") is not None or is_hidden_by(element.get("style") or "")


def _drop(element: HtmlElement) -> None:
    parent = element.getparent()
    if parent is None:
        return
    before = element.getprevious()
    tail = element.tail or ""
    if before is None:
        parent.text = (parent.text or "") + tail
    else:
        before.tail = (before.tail or "") + tail
    parent.remove(element)


def _settle_number(element: HtmlElement) -> None:
    """`10<sup>9</sup>` must never become 109; a footnote's mark must never become part of a number."""
    text = text_of(element)
    is_link = (
        next(element.iter("a"), None) is not None or element.getparent().tag == "a" or "ref" in (element.get("class") or "")
    )
    if element.tag == "sup" and (is_link or FOOTNOTE_MARK.fullmatch(text)):
        _drop(element)
    elif NUMBER.fullmatch(text):
        raised = text.translate(HIGH if element.tag == "sup" else LOW)
        element.tail = raised + (element.tail or "")
        _drop(element)


def _settle_table(table: HtmlElement) -> None:
    """A table of data becomes one paragraph a row; one that only lays out a page stays as it is."""
    if next(table.iterdescendants("table", "p", "h1", "h2", "h3", "h4", "ul", "form"), None) is not None and not _is_data(
        table
    ):
        return
    caption = next((text_of(found) for found in table.iterchildren("caption")), "")
    rows = _grid(table)
    first = next(table.iter("tr"), None)
    has_header = (
        first is not None
        and len(rows) > 1
        and (first.getparent().tag == "thead" or all(cell.tag == "th" for cell in first if cell.tag in {"td", "th"}))
    )
    header, body = (rows[0], rows[1:]) if has_header else ([], rows)
    _replace(table, table_sentences([row for row in body if any(row)], header=header, caption=caption))


def _is_data(table: HtmlElement) -> bool:
    is_layout = table.get("role") == "presentation" or next(table.iterdescendants("table"), None) is not None
    return not is_layout and next(table.iter("th"), None) is not None


def _grid(table: HtmlElement) -> list[list[str]]:
    """The texts of a table's cells, those that span rows or columns repeated."""
    cells: dict[tuple[int, int], str] = {}
    table_rows = list(table.iter("tr"))
    for y, row in enumerate(table_rows):
        x = 0
        for cell in row.iterchildren("td", "th"):
            while (y, x) in cells:
                x += 1
            for dy in range(_span(cell, "rowspan", len(table_rows) - y)):
                for dx in range(_span(cell, "colspan", 50)):
                    cells[y + dy, x + dx] = text_of(cell) if dx == 0 or cell.tag == "th" else ""
    width = max((x + 1 for _, x in cells), default=0)
    return [[cells.get((y, x), "") for x in range(width)] for y in range(len(table_rows))]


def _span(cell: HtmlElement, name: str, largest: int) -> int:
    value = cell.get(name) or "1"
    return max(1, min(int(value), largest)) if value.isascii() and value.isdigit() and len(value) < 6 else 1


def _settle_terms(terms: HtmlElement) -> None:
    sentences: list[str] = []
    names: list[str] = []
    was_term = False
    for child in terms.iter("dt", "dd"):
        text = text_of(child)
        if child.tag == "dt":
            names = [*names, text] if was_term else [text]
        elif text:
            sentences.append(f"{' or '.join(names)}: {text}" if names else text)
        was_term = child.tag == "dt"
    _replace(terms, [text if text.endswith(SENTENCE_END) else f"{text}." for text in sentences])


def _replace(element: HtmlElement, paragraphs: list[str]) -> None:
    parent = element.getparent()
    if parent is None:
        return
    place = parent.index(element)
    for offset, text in enumerate(paragraphs):
        paragraph = etree.SubElement(parent, "p")
        paragraph.text = text
        parent.insert(place + offset, paragraph)
    _drop(element)
