"""The tree of a Word file, settled before it is read: what nobody sees goes, what would be lost is written out.

Flows in: the body of `document.xml`, changed in place, so that mammoth reads from it what a reader of the page sees. Flows
out: what was left out, what is not sure, and the pieces that the tree shows, found by its own runs.

Source of the elements: ECMA-376, part 1, 17 (WordprocessingML).
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from corpus.doubts import Alteration, Doubt
from corpus.readers.header_rows import header_depth
from corpus.readers.losses import Piece
from corpus.readers.office.equations import MATH, in_one_line
from corpus.readers.office.word_styles import VALUE, WORD, Styles
from corpus.readers.office.word_unseen import TEXT_BOX, drop_deleted, drop_unseen, style_of, text_of
from corpus.readers.symbols import meant_by, written_out

COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
UNWRAPPED = ("sdt", "sdtContent", "smartTag", "customXml", "ins", "moveTo", "fldSimple", "dir", "bdo")
NOT_READ = {
    "{http://schemas.openxmlformats.org/drawingml/2006/diagram}relIds": "a diagram",
    "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart": "a chart",
    f"{WORD}object": "an embedded object",
    f"{WORD}altChunk": "an embedded document",
}
LONGEST_HEADING = 160  # characters
LONGEST_TITLE = 120
SENTENCE_END = (".", "!", "?", ":", ";", ",")
LARGE = 28  # half points: a first line as large as that is a title


@dataclass(slots=True)
class Settling:
    """What the maintainer is told, and what the tree shows."""

    doubts: list[Doubt] = field(default_factory=list)
    alterations: list[Alteration] = field(default_factory=list)
    seen: list[Piece] = field(default_factory=list)


def settled(body: Any, styles: Styles, /) -> Settling:
    """Settle a body in place."""
    told = Settling()
    _choose_alternatives(body)
    _tell_of_unread(body, told)
    _drop_placeholders(body)
    _name_breaks(body)
    _unwrap(body)
    told.alterations += drop_deleted(body)
    _drop_contents(body, styles)
    told.alterations += drop_unseen(body, styles)
    _mark_raised(body)
    _write_equations(body)
    _write_symbols(body)
    _lift_text_boxes(body)
    _mark_headings(body, styles)
    for table in body.iter(f"{WORD}tbl"):
        _mark_header_rows(table)
    told.seen = list(_pieces(body))
    return told


def _choose_alternatives(body: Any) -> None:
    """Of several forms of one drawing, the one with a text box, else the one for old programs, which mammoth reads."""
    for alternatives in list(body.iter(f"{COMPATIBILITY}AlternateContent")):
        choice = alternatives.find(f"{COMPATIBILITY}Choice")
        fallback = alternatives.find(f"{COMPATIBILITY}Fallback")
        has_box = choice is not None and next(choice.iter(TEXT_BOX), None) is not None
        if has_box and fallback is not None:
            alternatives.remove(fallback)


def _tell_of_unread(body: Any, told: Settling) -> None:
    for element in body.iter(*NOT_READ):
        what = NOT_READ[element.tag]
        paragraph = next(element.iterancestors(f"{WORD}p"), None)
        before = text_of(paragraph.getprevious()) if paragraph is not None and paragraph.getprevious() is not None else ""
        told.doubts.append(
            Doubt(f"The words of {what} are not read; add them to the text if they matter. It stands after:", before)
        )


def _drop_placeholders(body: Any) -> None:
    """What a content control shows until somebody fills it in."""
    for mark in list(body.iter(f"{WORD}showingPlcHdr")):
        control = mark.getparent().getparent()
        content = control.find(f"{WORD}sdtContent") if control is not None else None
        for run in list(content.iter(f"{WORD}r")) if content is not None else []:
            run.getparent().remove(run)


def _name_breaks(body: Any) -> None:
    """A return and a tab by their place are what they look like; the small letters that say how a sign is read go."""
    for name, known in (("cr", "br"), ("ptab", "tab")):
        for element in body.iter(f"{WORD}{name}"):
            element.tag = f"{WORD}{known}"
    for ruby in list(body.iter(f"{WORD}ruby")):
        run = ruby.getparent()
        for inner in ruby.iterfind(f"{WORD}rubyBase/{WORD}r"):
            run.addprevious(inner)
        run.remove(ruby)


def _unwrap(body: Any) -> None:
    """Elements that only mark their content, in the place of which their content comes."""
    for name in UNWRAPPED:
        for element in list(body.iter(f"{WORD}{name}")):
            parent = element.getparent()
            if parent is None or parent.tag == f"{WORD}rPr":
                continue  # the mark of a paragraph that was inserted
            for child in list(element):
                if child.tag not in {f"{WORD}sdtPr", f"{WORD}sdtEndPr", f"{WORD}customXmlPr", f"{WORD}smartTagPr"}:
                    element.addprevious(child)
            parent.remove(element)


def _drop_contents(body: Any, styles: Styles) -> None:
    """A table of contents: its entries are headings that come again."""
    for paragraph in list(body.iter(f"{WORD}p")):
        if style_of(paragraph, "pStyle") in styles.contents:
            paragraph.getparent().remove(paragraph)


def _mark_raised(body: Any) -> None:
    """What stands higher or lower by its position (10 with a raised 9) is marked as superscript or subscript."""
    for place in body.iter(f"{WORD}position"):
        points = str(place.get(VALUE) or "0")
        properties = place.getparent()
        if points.lstrip("-").isdigit() and int(points) and properties.find(f"{WORD}vertAlign") is None:
            kind = "subscript" if points.startswith("-") else "superscript"
            etree.SubElement(properties, f"{WORD}vertAlign").set(VALUE, kind)


def _write_equations(body: Any) -> None:
    for equation in list(body.iter(f"{MATH}oMath")):
        if next(equation.iterancestors(f"{MATH}oMath"), None) is not None:
            continue
        run = _run(f" {in_one_line(equation)} ")
        run.tail = equation.tail
        equation.getparent().replace(equation, run)
    for group in list(body.iter(f"{MATH}oMathPara")):
        for child in list(group):
            if child.tag == f"{WORD}r":
                group.addprevious(child)
        group.getparent().remove(group)


def _write_symbols(body: Any) -> None:
    """Signs of symbol fonts as the letters that they stand for."""
    for text in body.iter(f"{WORD}t"):
        text.text = written_out(text.text or "", _font_of(text.getparent()))
    for symbol in list(body.iter(f"{WORD}sym")):
        text = etree.Element(f"{WORD}t")
        text.text = meant_by(str(symbol.get(f"{WORD}font")), int(str(symbol.get(f"{WORD}char") or "0"), 16))
        symbol.getparent().replace(symbol, text)


def _font_of(run: Any) -> str:
    fonts = run.find(f"{WORD}rPr/{WORD}rFonts") if run is not None else None
    return "" if fonts is None else str(fonts.get(f"{WORD}ascii") or fonts.get(f"{WORD}hAnsi") or "")


def _lift_text_boxes(body: Any) -> None:
    """A text box becomes paragraphs behind the one that it is anchored in, so that it cuts no sentence."""
    for box in list(body.iter(TEXT_BOX)):
        host = next((one for one in box.iterancestors(f"{WORD}p")), None)
        if host is None:
            continue
        place = host
        for child in list(box):
            place.addnext(child)
            place = child
    for run in [run for run in body.iter(f"{WORD}r") if next(run.iter(TEXT_BOX), None) is not None]:
        run.getparent().remove(run)


def _mark_headings(body: Any, styles: Styles) -> None:
    """Headings of any language get the names that mammoth knows; what is set as one and reads like a paragraph is none."""
    is_first = True
    for paragraph in body.iter(f"{WORD}p"):
        text = text_of(paragraph)
        if not text:
            continue
        level = styles.level_of(paragraph)
        is_in_table = next(paragraph.iterancestors(f"{WORD}tbl"), None) is not None
        if level is None and is_first and not is_in_table and _looks_like_title(paragraph, text):
            level = 0
        if level is not None and (len(text) > LONGEST_HEADING or is_in_table):
            level = None
            _set_style(paragraph, "Normal")
        elif level is not None:
            _set_style(paragraph, f"Heading{level}" if level else "Title")
            for numbering in paragraph.findall(f"{WORD}pPr/{WORD}numPr"):
                numbering.getparent().remove(numbering)
        is_first = False


def _looks_like_title(paragraph: Any, text: str) -> bool:
    """Whether the first line of a file is set as a title: in the middle, or large."""
    if len(text) > LONGEST_TITLE or text.endswith(SENTENCE_END):
        return False
    place = paragraph.find(f"{WORD}pPr/{WORD}jc")
    sizes = [size.get(VALUE) for size in paragraph.iterfind(f".//{WORD}rPr/{WORD}sz")]
    is_large = bool(sizes) and all(str(size).isdigit() and int(size) >= LARGE for size in sizes)
    return is_large or (place is not None and place.get(VALUE) == "center")


def _mark_header_rows(table: Any) -> None:
    """Two rows that name the columns together are both marked as headers; a single one is found in the HTML."""
    rows = list(table.iterchildren(f"{WORD}tr"))[:3]
    if len(rows) < 3:
        return
    first = list(rows[0].iterchildren(f"{WORD}tc"))
    spans = any(cell.find(f"{WORD}tcPr/{WORD}gridSpan") is not None for cell in first)
    texts = [[text_of(cell) for cell in row.iterchildren(f"{WORD}tc")] for row in rows]
    if not spans or header_depth(texts, has_spans=[True]) < 2:
        return
    for row in rows[:2]:
        properties = row.find(f"{WORD}trPr")
        if properties is None:
            properties = etree.Element(f"{WORD}trPr")
            row.insert(0, properties)
        if properties.find(f"{WORD}tblHeader") is None:
            etree.SubElement(properties, f"{WORD}tblHeader")


def _pieces(body: Any) -> Iterator[Piece]:
    """The paragraphs and cells of a settled tree."""
    for block in body:
        if block.tag == f"{WORD}tbl":
            yield from _cells(block)
        elif block.tag == f"{WORD}p" and (text := text_of(block)):
            style = style_of(block, "pStyle")
            is_heading = style == "Title" or style.startswith("Heading")
            is_item = block.find(f"{WORD}pPr/{WORD}numPr") is not None
            yield Piece("heading" if is_heading else "list item" if is_item else "paragraph", text)


def _cells(table: Any) -> Iterator[Piece]:
    for cell in table.iter(f"{WORD}tc"):
        for paragraph in cell.iterchildren(f"{WORD}p"):
            if text := text_of(paragraph):
                yield Piece("cell", text)


def _run(text: str) -> Any:
    run = etree.Element(f"{WORD}r")
    made = etree.SubElement(run, f"{WORD}t")
    made.text = text
    made.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    return run


def _set_style(paragraph: Any, name: str) -> None:
    properties = paragraph.find(f"{WORD}pPr")
    if properties is None:
        properties = etree.Element(f"{WORD}pPr")
        paragraph.insert(0, properties)
    style = properties.find(f"{WORD}pStyle")
    if style is None:
        style = etree.Element(f"{WORD}pStyle")
        properties.insert(0, style)
    style.set(VALUE, name)
