"""An OpenDocument text (ODT, as LibreOffice writes it) as HTML. Notes, comments and tracked deletions stay out.

Source of the elements: OpenDocument 1.3, part 3 (OASIS).
"""

import zipfile
from collections.abc import Iterator
from html import escape
from typing import Any

from lxml import etree

from corpus.doubts import Alteration, Doubt
from corpus.errors import CorpusError
from corpus.readers.draft import Draft
from corpus.readers.losses import Piece
from corpus.readers.office.from_markup import draft_of
from corpus.readers.office.opendocument_styles import DRAW, FORMAT, OFFICE, STYLE, TABLE, TEXT, WHITE, Styles
from corpus.readers.office.packages import has_part, package, part_of
from corpus.readers.properties import stated_author, stated_title
from corpus.readers.symbols import written_out

KIND = "an OpenDocument text (.odt)"
LINK = "{http://www.w3.org/1999/xlink}href"
DUBLIN_CORE = "{http://purl.org/dc/elements/1.1/}"
MATHEMATICS = "{http://www.w3.org/1998/Math/MathML}math"
NOTES = {f"{TEXT}note"}
LEFT_OUT = {
    *(f"{TEXT}{name}" for name in ("tracked-changes", "table-of-content", "alphabetical-index", "illustration-index")),
    *(f"{TEXT}{name}" for name in ("bibliography", "hidden-text", "hidden-paragraph", "ruby-text", "sequence-decls")),
    f"{TEXT}placeholder",
    *(f"{OFFICE}{name}" for name in ("annotation", "annotation-end", "forms")),
    *NOTES,
}
BACKED = {f"{TABLE}table", f"{DRAW}text-box"}  # which may have a colour of their own
MOST_REPEATED = 50  # cells or spaces that one element stands for


def read_opendocument(data: bytes, /) -> Draft:
    """Read an article whose title is its first heading, or is stated by the file's properties.

    Raises:
        CorpusError: the file is not ODT, or is locked.
    """
    with package(data, kind=KIND) as archive:
        content = part_of(archive, "content.xml")
        body = content.find(f"{OFFICE}body/{OFFICE}text")
        if body is None:
            raise CorpusError("the file holds no text document.", remedy="Save it as a text document (.odt), and add that.")
        shared = part_of(archive, "styles.xml") if has_part(archive, "styles.xml") else None
        reading = _Reading(archive, Styles(*(tree for tree in (shared, content) if tree is not None)))
        markup = "".join(map(reading.block, body))
        meta = part_of(archive, "meta.xml") if has_part(archive, "meta.xml") else etree.Element("none")
    deleted = content.iterfind(f".//{TEXT}tracked-changes//{TEXT}deletion")
    return draft_of(
        markup,
        title=stated_title(next(meta.iter(f"{DUBLIN_CORE}title"), etree.Element("none")).text),
        author=stated_author(next(meta.iter(f"{DUBLIN_CORE}creator"), etree.Element("none")).text),
        doubts=reading.doubts,
        alterations=[
            *reading.alterations,
            *(_left_out("deleted in a tracked change, left out", one) for one in deleted),
            *(_left_out("a note, left out", note.find(f"{TEXT}note-body")) for note in body.iter(*NOTES)),
        ],
        seen=list(reading.pieces(body)),
        has_numbers=next(body.iter(f"{TEXT}list"), None) is not None,
    )


class _Reading:
    """A walk over the body, and what is to be told of it."""

    def __init__(self, archive: zipfile.ZipFile, styles: Styles) -> None:
        self.doubts: list[Doubt] = []
        self.alterations: list[Alteration] = []
        self._archive = archive
        self._styles = styles
        self._boxes: list[str] = []  # text boxes of the paragraph that is being read: they come behind it

    def block(self, element: Any, /) -> str:
        """A block as HTML."""
        if not isinstance(element.tag, str) or element.tag in LEFT_OUT:
            return ""
        if _is_hidden(element):
            self.alterations.append(_left_out("hidden, left out", element))
            return ""
        if element.tag in {f"{TEXT}p", f"{TEXT}h"}:
            return self._paragraph(element)
        if element.tag == f"{TEXT}list":
            items = (item for item in element if item.tag in {f"{TEXT}list-item", f"{TEXT}list-header"})
            made = "".join(f"<li>{''.join(map(self.block, item))}</li>" for item in items)
            # A list around headings numbers them; it is no list.
            return (
                "".join(self.block(child) for item in element for child in item)
                if self._holds_headings(element)
                else f"<ul>{made}</ul>"
            )
        if element.tag == f"{TABLE}table":
            return f"<table>{''.join(self._rows(element))}</table>"
        return "".join(map(self.block, element))  # sections and the like

    def pieces(self, body: Any, /) -> Iterator[Piece]:
        """The paragraphs that the body shows, by their own words."""
        for paragraph in body.iter(f"{TEXT}p", f"{TEXT}h"):
            ancestors = list(paragraph.iterancestors())
            if any(one.tag in LEFT_OUT or _is_hidden(one) for one in ancestors):
                continue
            text = " ".join("".join(self._words(paragraph)).split())
            tags = {one.tag for one in ancestors}
            if text:
                is_item = f"{TEXT}list" in tags and paragraph.tag != f"{TEXT}h"
                kind = "heading" if paragraph.tag == f"{TEXT}h" else "list item" if is_item else "paragraph"
                yield Piece("cell" if f"{TABLE}table-cell" in tags else kind, text)

    def _paragraph(self, element: Any) -> str:
        name = element.get(f"{TEXT}style-name")
        if reason := self._unseen(element):
            self.alterations.append(_left_out(reason, element))
            return ""
        inside = self._inline(element)
        boxes, self._boxes = "".join(self._boxes), []
        level = element.get(f"{TEXT}outline-level") if element.tag == f"{TEXT}h" else None
        if "Title" in self._styles.names(name) or name == "Title":
            return f"<h1>{inside}</h1>{boxes}"
        if element.tag == f"{TEXT}h":
            tag = f"h{level if level in {'1', '2', '3', '4', '5', '6'} else 6}"
            return f"<{tag}>{inside}</{tag}>{boxes}"
        is_bold = self._styles.property(name, f"{FORMAT}font-weight") == "bold"
        return f"<p>{f'<b>{inside}</b>' if is_bold and inside else inside}</p>{boxes}"

    def _inline(self, element: Any) -> str:
        parts = [self._letters(element.text, element)]
        for child in element:
            if isinstance(child.tag, str):
                parts.append(self._inline_element(child))
            parts.append(self._letters(child.tail, element))
        return "".join(parts)

    def _inline_element(self, child: Any) -> str:
        if child.tag in LEFT_OUT:
            return ""
        if child.tag == f"{TEXT}s":
            return " " * min(int(child.get(f"{TEXT}c") or 1), MOST_REPEATED)
        if child.tag == f"{TEXT}tab":
            return " "
        if child.tag == f"{TEXT}line-break":
            return "<br>"
        if child.tag in {f"{DRAW}text-box", f"{TABLE}table"}:
            # Read first: a paragraph within the box takes the boxes that it finds, and leaves a list of its own.
            made = "".join(map(self.block, child)) if child.tag == f"{DRAW}text-box" else self.block(child)
            self._boxes.append(made)
            return ""
        if child.tag == f"{DRAW}object":
            return self._formula(child)
        name = child.get(f"{TEXT}style-name")
        if child.tag == f"{TEXT}span" and (reason := self._unseen(child)):
            self.alterations.append(_left_out(reason, child))
            return ""
        inside = self._inline(child)
        if child.tag != f"{TEXT}span" or not inside:
            return inside
        if position := self._styles.position(name):
            return f"<{position}>{inside}</{position}>"
        is_bold = self._styles.property(name, f"{FORMAT}font-weight") == "bold"
        return f"<b>{inside}</b>" if is_bold else inside

    def _formula(self, element: Any) -> str:
        """An embedded formula as MathML, which the markup reader writes out."""
        name = str(element.get(LINK) or "").removeprefix("./").rstrip("/")
        if has_part(self._archive, f"{name}/content.xml"):
            root = part_of(self._archive, f"{name}/content.xml")
            if (formula := next(root.iter(MATHEMATICS), None)) is not None:
                for part in formula.iter():
                    if isinstance(part.tag, str):
                        part.tag = etree.QName(part).localname
                etree.cleanup_namespaces(formula)
                return str(etree.tostring(formula, encoding="unicode", with_tail=False))
        self.doubts.append(Doubt("The words of an embedded object are not read; add them to the text if they matter.", name))
        return ""

    def _rows(self, table: Any) -> Iterator[str]:
        for row in table.iter(f"{TABLE}table-row"):
            if next(row.iterancestors(f"{TABLE}table")) is not table:
                continue
            if _is_hidden(row):
                self.alterations.append(_left_out("hidden, left out", row))
                continue
            tag = "th" if row.getparent().tag == f"{TABLE}table-header-rows" else "td"
            cells = "".join(self._cell(cell, tag) for cell in row.iterchildren(f"{TABLE}table-cell"))
            yield f"<tr>{cells}</tr>"

    def _cell(self, cell: Any, tag: str) -> str:
        inside = "".join(map(self.block, cell))
        spans = "".join(
            f' {html}="{escape(value)}"'
            for html, name in (("colspan", "number-columns-spanned"), ("rowspan", "number-rows-spanned"))
            if (value := cell.get(f"{TABLE}{name}"))
        )
        repeated = cell.get(f"{TABLE}number-columns-repeated") or "1"
        times = min(int(repeated), MOST_REPEATED) if repeated.isdigit() else 1
        return f"<{tag}{spans}>{inside}</{tag}>" * times

    def _letters(self, text: str | None, element: Any) -> str:
        return escape(written_out(text or "", self._font(element)), quote=False)

    def _font(self, element: Any) -> str:
        return self._styles.property(element.get(f"{TEXT}style-name"), f"{STYLE}font-name", f"{FORMAT}font-family").strip(
            "'"
        )

    def _words(self, element: Any) -> Iterator[str]:
        """The words of a paragraph as they are seen; raised ones apart, as `losses` compares them."""
        name = element.get(f"{TEXT}style-name")
        if not isinstance(element.tag, str) or element.tag in {*LEFT_OUT, f"{DRAW}text-box", f"{DRAW}object"}:
            return
        if element.tag in {f"{TEXT}span", f"{TEXT}p", f"{TEXT}h"} and self._unseen(element):
            return
        is_apart = element.tag in {f"{TEXT}s", f"{TEXT}tab", f"{TEXT}line-break"} or (
            element.tag == f"{TEXT}span" and self._styles.position(name)
        )
        yield " " if is_apart else ""
        yield written_out(element.text or "", self._font(element))
        for child in element:
            yield from self._words(child)
            yield written_out(child.tail or "", self._font(element))
        yield " " if is_apart else ""

    def _holds_headings(self, element: Any) -> bool:
        return next(element.iter(f"{TEXT}h"), None) is not None

    def _unseen(self, element: Any) -> str:
        """Why nobody sees a paragraph or a part of one; empty if it is seen."""
        name = element.get(f"{TEXT}style-name")
        if reason := self._styles.unseen(name):
            return reason
        if self._styles.property(name, f"{FORMAT}color").lower() != WHITE:
            return ""
        around = (element, *element.iterancestors())
        is_backed = any(one.tag in BACKED or self._styles.has_background(one.get(f"{TEXT}style-name")) for one in around)
        return "" if is_backed else "white on white, left out"


def _is_hidden(element: Any) -> bool:
    """Whether a section or a row is hidden."""
    if element.tag == f"{TEXT}section":
        return bool(element.get(f"{TEXT}display") == "none" or element.get(f"{TEXT}is-hidden") == "true")
    return bool(element.tag == f"{TABLE}table-row" and element.get(f"{TABLE}visibility") in {"collapse", "filter"})


def _left_out(reason: str, element: Any) -> Alteration:
    return Alteration(reason, " ".join(" ".join(element.itertext()).split()) if element is not None else "")
