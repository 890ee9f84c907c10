"""Tables and lists of terms as sentences, which stand in the tree as paragraphs in the place of what they were made of."""

from collections.abc import Sequence

from lxml.html import HtmlElement

from corpus.readers.lists_and_tables import SENTENCE_END, table_lead, table_sentences
from corpus.readers.markup.elements import (
    COMPOSED_OF,
    CONTAINERS,
    HEADINGS,
    LISTS,
    drop,
    is_bold,
    is_bold_heading,
    replace_by,
    text_of,
)
from corpus.readers.markup.table_headers import are_names, flatten


def settle_table(table: HtmlElement, /) -> None:
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
    replace_by(table, table_sentences([row for row in body if any(row)], header=header, lead=lead), composed_of="table")


def settle_terms(terms: HtmlElement, /) -> None:
    """A list of terms becomes one paragraph for each thing that is said of them."""
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
    replace_by(terms, [text if text.endswith(SENTENCE_END) else f"{text}." for text in sentences], composed_of="list")


def _is_data(table: HtmlElement) -> bool:
    is_layout = table.get("role") == "presentation" or next(table.iterdescendants("table"), None) is not None
    return not is_layout and next(table.iter("th"), None) is not None


def _has_header(rows: Sequence[HtmlElement]) -> bool:
    """Whether the first of several rows names the columns: it is marked so, or it is bold and the next is not."""
    if len(rows) < 2:
        return False
    cells = list(rows[0].iterchildren("td", "th"))
    is_marked = rows[0].getparent().tag == "thead" or are_names(cells)
    return is_marked or (is_bold(rows[0]) and not is_bold(rows[1]))


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
    if before.tag in HEADINGS or is_bold_heading(before):
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
