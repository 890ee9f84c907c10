"""The names of a table's columns: found where they are not marked, and put into one row where they stand in several.

Flows in: a table as its file has it, changed in place. Unless it lays out a page, it leaves with at most one row of
headers, in cells `th`, and its cells hold words only.
"""

from lxml import etree
from lxml.html import HtmlElement

from corpus.doubts import Doubt
from corpus.readers.lists_and_tables import SENTENCE_END
from corpus.readers.markup.as_shown import PICTURED
from corpus.readers.markup.elements import HEADINGS, LISTS, drop

LONGEST_CELL = 300  # characters; a table with more in a cell lays out a page
PICTURE = "a cell of this row holds only a picture, and what that means is not in the text:"
LONGEST_NAME = 60  # characters of a column's name


def settle_headers(table: HtmlElement, /) -> list[Doubt]:
    """Make the headers of a data table one row; a doubt where nothing marks them."""
    rows = [row for row in table.iter("tr") if next(row.iterchildren("td", "th"), None) is not None]
    if not _is_data(table, rows):
        return _nested(table, rows)
    doubts = [Doubt(PICTURE, _text(row)) for row in rows if any(cell.get(PICTURED) for cell in _cells(row))]
    for row in rows:
        for cell in _cells(row):
            flatten(cell)
    width = max(map(_width, rows), default=0)
    while len(rows) > 1 and len(_cells(rows[0])) == 1 < width:
        rows = rows[1:]  # the table's own title
    headers = _header_rows(rows)
    if len(headers) > 1:
        _merge(headers, rows)
    return doubts if headers or len(rows) < 2 else [*doubts, *_guess(rows)]


def _nested(table: HtmlElement, rows: list[HtmlElement]) -> list[Doubt]:
    """A doubt for a table of data that holds another one: its cells came out one by one."""
    inner = list(table.iterdescendants("table"))
    cells = [cell for row in rows for cell in _cells(row) if next(cell.iterancestors("table"), None) is table]
    is_layout = table.get("role") in {"presentation", "none"} or any(
        next(cell.iter(*HEADINGS), None) is not None for cell in cells
    )
    is_wide = sum(len(_cells(row)) > 1 for row in table.iterfind(".//tr")) > 1
    if not inner or is_layout or not is_wide or any(len(_text(cell)) > LONGEST_CELL for cell in cells):
        return []
    return [
        Doubt(
            "holds a table within a table; write one of them as sentences, since its cells came out one by one:",
            _text(cells[0]),
        )
    ]


def _is_data(table: HtmlElement, rows: list[HtmlElement]) -> bool:
    if table.get("role") in {"presentation", "none"} or next(table.iterdescendants("table"), None) is not None:
        return False
    if next(table.iter("th"), None) is not None:
        return True
    cells = [cell for row in rows for cell in _cells(row)]
    is_wide = max((len(_cells(row)) for row in rows), default=0) > 1 and len(rows) > 1
    is_short = all(len(_text(cell)) <= LONGEST_CELL for cell in cells)
    return is_wide and is_short and all(next(cell.iter(*HEADINGS), None) is None for cell in cells)


def _cells(row: HtmlElement) -> list[HtmlElement]:
    return list(row.iterchildren("td", "th"))


def _width(row: HtmlElement) -> int:
    return sum(_span(cell, "colspan") for cell in _cells(row))


def are_names(cells: list[HtmlElement]) -> bool:
    """Whether the cells of a row are marked as names of columns; the one in the corner may be a plain one."""
    return all(cell.tag == "th" for cell in cells) or (len(cells) > 2 and all(cell.tag == "th" for cell in cells[1:]))


def flatten(cell: HtmlElement) -> None:
    """Lists, paragraphs and lines in a cell become its words, the items apart."""
    for inner in [each for each in cell.iter(*LISTS) if each.getparent().tag == "li"]:
        _put_into_item(inner)
    items = [_text(item) for item in cell.iter("li")]
    lists = list(cell.iter(*LISTS))
    if lists and "".join("".join(items).split()) == "".join(_text(cell).split()):
        for child in list(cell):
            cell.remove(child)
        cell.text = "; ".join(item.rstrip(" ;,") for item in items)
        return
    for element in list(cell.iterdescendants("p", "div", "br", *LISTS, "li")):
        element.tail = f"{_parting(element, cell)}{element.tail or ''}"
        element.drop_tag()


def _put_into_item(inner: HtmlElement) -> None:
    """A list within an item of a cell stands in brackets behind the item's words: "tea (black; green)"."""
    words = "; ".join(filter(None, (_text(item).rstrip(" ;,") for item in inner.iter("li"))))
    inner.tail = f" ({words}) {inner.tail or ''}" if words else inner.tail
    drop(inner)


def _parting(element: HtmlElement, cell: HtmlElement) -> str:
    """What stands between two lines of a cell: a semicolon where the second begins something new."""
    before, after = _text(element), (element.tail or "").strip()
    if element.tag == "br":
        previous = element.getprevious()
        before = (element.getparent().text if previous is None else previous.tail or _text(previous)) or ""
    if not after and (following := element.getnext()) is not None:
        after = _text(following)
    is_apart = element.tag != "br" or after[:1].isupper() or after[:1].isdigit()
    is_cut = (
        is_apart and bool(after) and bool(before.strip()) and not before.rstrip().endswith((*SENTENCE_END, ":", ",", ";"))
    )
    return "; " if is_cut and cell.tag != "th" else " "


def _header_rows(rows: list[HtmlElement]) -> list[HtmlElement]:
    """The rows at the top that are marked as headers."""
    found = []
    for row in rows[:-1]:
        if row.getparent().tag == "thead" or are_names(_cells(row)):
            found.append(row)
        else:
            break
    return found


def _merge(headers: list[HtmlElement], rows: list[HtmlElement]) -> None:
    """Headers one below the other become one: "µg/L, Low"."""
    names: dict[tuple[int, int], str] = {}
    for y, row in enumerate(headers):
        x = 0
        for cell in _cells(row):
            while (y, x) in names:
                x += 1
            for dy in range(min(_span(cell, "rowspan"), len(headers) - y)):
                for dx in range(_span(cell, "colspan")):
                    names[y + dy, x + dx] = _text(cell)
            x += _span(cell, "colspan")
    width = max(x for _, x in names) + 1
    for row in headers[1:]:
        row.getparent().remove(row)
        rows.remove(row)
    first = headers[0]
    for child in list(first):
        first.remove(child)
    for x in range(width):
        parts = dict.fromkeys(names.get((y, x), "") for y in range(len(headers)))
        etree.SubElement(first, "th").text = ", ".join(part for part in parts if part)


def _guess(rows: list[HtmlElement]) -> list[Doubt]:
    """Without a mark, a first row of names above rows of values is taken for the header, and the maintainer is asked."""
    first, *others = rows
    if len(_cells(first)) < 2 or _is_emphasised(first, others) or _names_rows(rows):
        return []
    names = [_text(cell) for cell in _cells(first)]
    looks_like_names = all(0 < len(name) <= LONGEST_NAME for name in names[1:]) and not any(map(_has_digit, names))
    columns = list(
        zip(*([_text(cell) for cell in _cells(row)] for row in others if len(_cells(row)) == len(names)), strict=True)
    )
    has_values = any(2 * sum(map(_has_digit, column)) >= len(column) for column in columns[1:])
    if looks_like_names and has_values and len(names) > 2:
        for cell in _cells(first):
            cell.tag = "th"
        said = "; ".join(names)
        return [Doubt("does this row name the table's columns? No row is marked so; it was read as if:", said)]
    if len(names) > 2 or (looks_like_names and has_values):
        reason = "does this row name the table's columns? No row is marked so, and the cells came out without names:"
        return [Doubt(reason, " | ".join(names))]
    return []


def _names_rows(rows: list[HtmlElement]) -> bool:
    """Whether each row begins with its own name, marked so: then no row names columns."""
    marks = [[cell.tag for cell in _cells(row)] for row in rows]
    return all(one == ["th", "td"] for one in marks)


def _is_emphasised(first: HtmlElement, others: list[HtmlElement]) -> bool:
    """Whether the first row is bold and the others are not; such a row is marked as well as one of `th`."""
    if _is_bold(first) and not any(map(_is_bold, others)):
        for cell in _cells(first):
            cell.tag = "th"
        return True
    return False


def _is_bold(row: HtmlElement) -> bool:
    texts = [(_text(cell), "".join(_text(bold) for bold in cell.iter("b", "strong"))) for cell in _cells(row)]
    return any(text for text, _ in texts) and all(text.replace(" ", "") == bold.replace(" ", "") for text, bold in texts)


def _has_digit(text: str) -> bool:
    return any(map(str.isdigit, text))


def _span(cell: HtmlElement, name: str) -> int:
    value = cell.get(name) or "1"
    return max(1, min(int(value), 50)) if value.isascii() and value.isdigit() and len(value) < 6 else 1


def _text(element: HtmlElement) -> str:
    return " ".join("".join(element.itertext()).split())
