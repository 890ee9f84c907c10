"""From a tree of HTML elements to blocks. Web pages, Word files and Markdown all come this way.

Nothing here decides what is boilerplate; `web.region` does. What nobody sees who reads a page (scripts, hidden and struck
elements, footnote marks) is not in the blocks; raised and lowered numbers (10⁹, H₂O) keep their meaning.

    as_shown        what is seen: nothing hidden or struck out, closed panels open
    raised          raised and lowered numbers, footnote marks, formulas
    table_headers   the names of a table's columns in one row
"""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from itertools import count

from lxml import etree, html
from lxml.html import HtmlElement

from corpus.doubts import Doubt
from corpus.linear_patterns import LinearPattern
from corpus.readers.as_shown import CONTAINERS, HEADINGS, LISTS, UNSEEN, LeftOut, drop, show, wrap_loose_words
from corpus.readers.draft import Block
from corpus.readers.lists_and_tables import COLONS, SENTENCE_END, add_list, hangs, table_lead, table_sentences
from corpus.readers.losses import Piece
from corpus.readers.raised import mark_raised, settle_formulas, settle_numbers
from corpus.readers.table_headers import are_names, flatten, settle_headers
from corpus.readers.text import settle_entities

LONGEST_HEADING = 120  # characters
LINE_END = "\x1e"  # what a `<br>` is while a paragraph is read; `settle` leaves none in a text
BULLET = LinearPattern(r"(?:[-–—•●◦▪‣■*·]|\(?\d{1,2}[.)])\s+")
COMPOSED_OF = "data-composed-of"  # on a paragraph that was made of a list or a table
PLACE = "data-place"  # numbers the elements of a tree, so that what became of one can be found in its settled copy
KINDS = {**dict.fromkeys(HEADINGS, "heading"), **dict.fromkeys(("li", "dt", "dd"), "list item"), "td": "cell", "th": "cell"}
WHOLES = {*LISTS, "dl", "table", "tbody", "thead", "tfoot", "tr", "li", "dt", "dd", "td", "th", "caption"}
APART = {*CONTAINERS, *HEADINGS, *LISTS}
OF_HEAD = {"title", "meta", "link", "style", "script", "base", "noscript", "template"}
MATHEMATICS = {"math", "mrow", "msup", "msub", "mfrac", "msqrt", "mstyle", "semantics"}


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


def parse(text: str, /) -> HtmlElement:
    """The tree of a page or a fragment, without anything unseen, its numbers and tables settled."""
    return read_page(text).root


def read_page(text: str, /) -> Page:
    """The same, with what `losses` and a preview need to know."""
    root = html.document_fromstring(without_declaration(text))
    _end_head(root)
    left_out = show(root)
    for element in root.iter():
        element.text, element.tail = settle_entities(element.text or ""), settle_entities(element.tail or "")
    for contents in [element for element in root.iter(*LISTS) if _is_contents(element)]:
        drop(contents)
    left_out += mark_raised(root)
    wrap_loose_words(root)
    for element, number in zip(root.iter(), count(), strict=False):
        element.set(PLACE, str(number))
    shown = deepcopy(root)
    settle_numbers(root)
    placed = settle_formulas(root, place=PLACE)
    for table in list(root.iter("table")):
        placed += [(table.get(PLACE) or "", doubt) for doubt in settle_headers(table)]
        _settle_table(table)
    for terms in reversed(list(root.iter("dl"))):  # those within others first
        _settle_terms(terms)
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
        before, items = _list_in(lines)
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
        is_bold = self._has_bold_headings and element.tag == "p" and _is_bold_heading(element)
        return element.tag in HEADINGS or is_bold


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


def _is_contents(element: HtmlElement) -> bool:
    """Whether a list is a table of contents: links into the page and little else, which no sentence leads to."""
    links = list(element.iter("a"))
    if not links or not all(link.get("href", "").startswith("#") for link in links):
        return False
    before = element.getprevious()
    leads = before is not None and before.tag == "p" and text_of(before).endswith(":")
    return not leads and len("".join(text_of(link) for link in links)) >= 0.8 * len(text_of(element))


def _list_in(lines: list[str]) -> tuple[list[str], list[str]]:
    """The lines of a paragraph that are no list, and the items behind them: lines with a bullet, or all after a colon.

    >>> _list_in(["Signs are:", "- an urge", "- worse at rest"])
    (['Signs are:'], ['an urge', 'worse at rest'])
    """
    start = next((at for at, line in enumerate(lines) if BULLET.match(line)), len(lines))
    items = [line for line in lines[start:] if line]
    if len(items) > 1 and all(map(BULLET.match, items)):
        return lines[:start], [BULLET.sub("", line) if BULLET.match(line) else line for line in items]
    has_lead = (
        len(lines) > 2 and lines[0].endswith(":") and not any(line.endswith((*SENTENCE_END, ":")) for line in lines[1:-1])
    )
    return (lines[:1], [line for line in lines[1:] if line]) if has_lead else (lines, [])


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


def _is_bold_heading(element: HtmlElement) -> bool:
    text = text_of(element)
    return _is_bold(element) and len(text) <= LONGEST_HEADING and not text.endswith(SENTENCE_END)


def _is_bold(element: HtmlElement) -> bool:
    """Whether an element has words, and all of them are bold."""
    outermost = element.xpath(".//*[self::b or self::strong][not(ancestor::b or ancestor::strong)]")
    bold = "".join(map(text_of, outermost))
    text = text_of(element).replace(" ", "")
    return bool(text) and bold.replace(" ", "") == text


def _settle_table(table: HtmlElement) -> None:
    """A table of data becomes one paragraph a row; one that only lays out a page stays as it is."""
    if next(table.iterdescendants("table", "p", "h1", "h2", "h3", "h4", "ul", "form"), None) is not None and not _is_data(
        table
    ):
        return
    elements, rows = list(table.iter("tr")), _grid(table)
    title = ""
    if len(rows) > 1 and len(rows[0]) == 1 < len(rows[1]):
        (title,), elements, rows = rows[0], elements[1:], rows[1:]
    header, body = (rows[0], rows[1:]) if _has_header(elements) else ([], rows)
    named = ": ".join(filter(None, (_caption(table), title)))
    lead = named or _lead_before(table, or_heading=not any(header[:1]))
    _replace(table, table_sentences([row for row in body if any(row)], header=header, lead=lead), composed_of="table")


def _is_data(table: HtmlElement) -> bool:
    is_layout = table.get("role") == "presentation" or next(table.iterdescendants("table"), None) is not None
    return not is_layout and next(table.iter("th"), None) is not None


def _has_header(rows: Sequence[HtmlElement]) -> bool:
    """Whether the first of several rows names the columns: it is marked so, or it is bold and the next is not."""
    if len(rows) < 2:
        return False
    cells = list(rows[0].iterchildren("td", "th"))
    is_marked = rows[0].getparent().tag == "thead" or are_names(cells)
    return is_marked or (_is_bold(rows[0]) and not _is_bold(rows[1]))


def _caption(table: HtmlElement) -> str:
    """The caption of a table or of the figure that it stands in, which is taken out of it."""
    figure = next(table.iterancestors("figure"), table)
    captions = [*table.iterchildren("caption"), *figure.iterchildren("figcaption")]
    texts = [text_of(caption) for caption in captions]
    for caption in captions:
        drop(caption)
    return next(filter(None, texts), "")


def _lead_before(table: HtmlElement, *, or_heading: bool) -> str:
    """What leads to a table: the last words of the paragraph right before it, which are taken out of it, or the heading.

    A bold paragraph stays, since it may be a heading.
    """
    before = _element_before(table)
    text = "" if before is None else text_of(before)
    if before is None or (before.tag in HEADINGS and not or_heading):
        return ""
    if before.tag in HEADINGS or _is_bold_heading(before):
        return text
    if before.tag not in {"p", "div"} or any(child.tag in {*CONTAINERS, *LISTS} for child in before):
        return ""
    rest, lead = table_lead(text)
    if lead:
        for child in list(before):
            before.remove(child)
        before.text = rest
    return lead


def _element_before(table: HtmlElement) -> HtmlElement | None:
    """The element right before a table, with no words between them."""
    element = table
    while element.getprevious() is None and element.getparent() is not None and not (element.getparent().text or "").strip():
        element = element.getparent()
    before = element.getprevious()
    return None if before is None or (before.tail or "").strip() else before


def _grid(table: HtmlElement) -> list[list[str]]:
    """The texts of a table's cells, those that span rows or columns repeated; of a cell that spans the whole table, one."""
    cells: dict[tuple[int, int], str] = {}
    has_names = next(table.iter("th"), None) is not None
    table_rows = list(table.iter("tr"))
    for y, row in enumerate(table_rows):
        x = 0
        for cell in row.iterchildren("td", "th"):
            while (y, x) in cells:
                x += 1
            for dy in range(_span(cell, "rowspan", len(table_rows) - y)):
                for dx in range(_span(cell, "colspan", 50)):
                    # What spans columns that have names holds for each of them; a first cell is what the row is about.
                    is_said = dx == 0 or cell.tag == "th" or (x > 0 and has_names)
                    cells[y + dy, x + dx] = text_of(cell) if is_said else ""
    width = max((x + 1 for _, x in cells), default=0)
    grid = [[cells.get((y, x), "") for x in range(width)] for y in range(len(table_rows))]
    return [row[:1] if _spans(element, width) else row for element, row in zip(table_rows, grid, strict=True)]


def _spans(row: HtmlElement, width: int) -> bool:
    """Whether a row is a single cell as wide as the table."""
    cells = list(row.iterchildren("td", "th"))
    return len(cells) == 1 and _span(cells[0], "colspan", 50) == width


def _span(cell: HtmlElement, name: str, largest: int) -> int:
    value = cell.get(name) or "1"
    return max(1, min(int(value), largest)) if value.isascii() and value.isdigit() and len(value) < 6 else 1


def _settle_terms(terms: HtmlElement) -> None:
    sentences: list[str] = []
    names: list[str] = []
    was_term = False
    for child in list(terms.iter("dt", "dd")):
        inner = [paragraph for paragraph in child.iter("p") if paragraph.get(COMPOSED_OF) == "list"]
        below = [text_of(paragraph) for paragraph in inner]  # sentences of a list of terms within this one
        for paragraph in inner:
            drop(paragraph)
        flatten(child)
        text = text_of(child)
        if child.tag == "dt":
            names = [*names, text] if was_term else [text]
        elif text:
            sentences.append(f"{' or '.join(names)}: {text}" if names else text)
        sentences += below
        was_term = child.tag == "dt"
    _replace(terms, [text if text.endswith(SENTENCE_END) else f"{text}." for text in sentences], composed_of="list")


def _replace(element: HtmlElement, paragraphs: list[str], *, composed_of: str) -> None:
    parent = element.getparent()
    if parent is None:
        return
    place = parent.index(element)
    for offset, text in enumerate(paragraphs):
        paragraph = etree.SubElement(parent, "p")
        paragraph.text = text
        paragraph.set(COMPOSED_OF, composed_of)
        paragraph.set(PLACE, element.get(PLACE) or "")
        parent.insert(place + offset, paragraph)
    drop(element)


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
        yield kind, text
    for child in inner:
        yield from _pieces(child, places, is_in=is_in or (is_taken and element.tag in WHOLES))


def _is_apart(element: HtmlElement) -> bool:
    """Whether an element's words are a piece of their own, or hold one."""
    return element.tag in APART or next(element.iterdescendants(*APART), None) is not None


def _shown_words(element: HtmlElement) -> str:
    """An element's own words, without those of pieces inside it; raised numbers and formulas stay apart from the rest."""
    words = [element.text or ""]
    for child in element:
        if not _is_apart(child):
            is_beside = child.tag in {"sup", "sub", "math", "br"} or child.getparent().tag in MATHEMATICS
            words.append(f" {_shown_words(child)} " if is_beside else _shown_words(child))
        words.append(child.tail or "")
    return " ".join("".join(words).split())
