"""Documents of known sentences, lists and tables, written in each format as people's programs write it."""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import docx
from fpdf import FPDF, XPos, YPos

TITLE = "Iron and restless legs"


@dataclass(frozen=True)
class Part:
    """One section: a heading, paragraphs, a list with its lead-in, and a table, its first row naming the columns."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    lead: str = ""
    items: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def word(parts: Sequence[Part], /) -> bytes:
    document = docx.Document()
    document.add_paragraph(TITLE, style="Title")
    for part in parts:
        document.add_heading(part.heading, level=1)
        for text in [*part.paragraphs, *([part.lead] if part.lead else [])]:
            document.add_paragraph(text)
        for item in part.items:
            document.add_paragraph(item, style="List Bullet")
        if part.rows:
            table = document.add_table(rows=len(part.rows), cols=len(part.rows[0]))
            for row, cells in zip(table.rows, part.rows, strict=True):
                for cell, text in zip(row.cells, cells, strict=True):
                    cell.text = text
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def pdf(parts: Sequence[Part], /) -> bytes:
    """A PDF in one of the fonts that every reader has: Latin letters only."""
    made = FPDF(format="A4")
    made.set_font("Helvetica", size=20)
    made.add_page()
    made.multi_cell(0, 10, TITLE, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    for part in parts:
        made.set_font("Helvetica", size=15)
        made.ln(4)
        made.multi_cell(0, 8, part.heading, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        made.set_font("Helvetica", size=11)
        for text in [*part.paragraphs, *([part.lead] if part.lead else [])]:
            made.multi_cell(0, 6, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
            made.ln(3)
        for item in part.items:
            made.multi_cell(0, 6, f"\x95 {item}", align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        if part.rows:
            made.ln(3)
            with made.table() as table:
                for cells in part.rows:
                    row = table.row()
                    for cell in cells:
                        row.cell(cell)
    return bytes(made.output())


OFFICE = "urn:oasis:names:tc:opendocument:xmlns"


def opendocument(parts: Sequence[Part], /) -> bytes:
    blocks = [f'<text:p text:style-name="Title">{TITLE}</text:p>']
    for part in parts:
        blocks.append(f'<text:h text:outline-level="1">{escape(part.heading)}</text:h>')
        blocks += [f"<text:p>{escape(text)}</text:p>" for text in [*part.paragraphs, *([part.lead] if part.lead else [])]]
        if part.items:
            items = (f"<text:list-item><text:p>{escape(item)}</text:p></text:list-item>" for item in part.items)
            blocks.append(f"<text:list>{''.join(items)}</text:list>")
        if part.rows:
            cells = [
                [f"<table:table-cell><text:p>{escape(cell)}</text:p></table:table-cell>" for cell in row]
                for row in part.rows
            ]
            rows = [f"<table:table-row>{''.join(row)}</table:table-row>" for row in cells]
            header = f"<table:table-header-rows>{rows[0]}</table:table-header-rows>"
            blocks.append(f"<table:table>{header}{''.join(rows[1:])}</table:table>")
    return opendocument_of("".join(blocks))


def opendocument_of(body: str, /, *, styles: str = "") -> bytes:
    """An ODT with a body and automatic styles."""
    content = (
        f'<office:document-content xmlns:office="{OFFICE}:office:1.0" xmlns:text="{OFFICE}:text:1.0" '
        f'xmlns:table="{OFFICE}:table:1.0" xmlns:style="{OFFICE}:style:1.0" xmlns:draw="{OFFICE}:drawing:1.0" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><office:automatic-styles>{styles}</office:automatic-styles>'
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    return archive({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": content})


def rich_text(parts: Sequence[Part], /) -> bytes:
    blocks = [rf"\pard\s10 {TITLE}\par"]
    for part in parts:
        blocks.append(rf"\pard\s1 {_coded(part.heading)}\par")
        blocks += [rf"\pard {_coded(text)}\par" for text in [*part.paragraphs, *([part.lead] if part.lead else [])]]
        blocks += [rf"\pard\ls1{{\listtext\'b7\tab}}{_coded(item)}\par" for item in part.items]
        for number, row in enumerate(part.rows):
            cells = "".join(rf"\pard\intbl {_coded(cell)}\cell" for cell in row)
            kind = r"\trowd" if number else r"\trowd\trhdr"
            blocks.append(rf"{kind} {cells}\row")
        blocks.append(r"\pard")
    return rich_text_of("\n".join(blocks))


def rich_text_of(body: str, /) -> bytes:
    """An RTF file with a body, and the styles Heading 1 (1) and Title (10)."""
    fonts = r"{\fonttbl{\f0\fswiss\fcharset0 Arial;}{\f1\froman\fcharset2 Symbol;}{\f2\fswiss\fcharset204 Arial Cyr;}}"
    styles = r"{\stylesheet{\s0 Normal;}{\s1\outlinelevel0 heading 1;}{\s10 Title;}}"
    return rf"{{\rtf1\ansi\ansicpg1252\deff0{fonts}{styles}{body}}}".encode("ascii")


def _coded(text: str) -> str:
    return "".join(letter if letter.isascii() else rf"\u{ord(letter)}?" for letter in text)


def book(parts: Sequence[Part], /) -> bytes:
    chapters = []
    for part in parts:
        made = f"<h1>{escape(part.heading)}</h1>"
        made += "".join(f"<p>{escape(text)}</p>" for text in [*part.paragraphs, *([part.lead] if part.lead else [])])
        if part.items:
            made += f"<ul>{''.join(f'<li>{escape(item)}</li>' for item in part.items)}</ul>"
        if part.rows:
            header = "".join(f"<th>{escape(cell)}</th>" for cell in part.rows[0])
            rows = ["".join(f"<td>{escape(cell)}</td>" for cell in row) for row in part.rows[1:]]
            made += f"<table><tr>{header}</tr>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>"
        chapters.append(made)
    return book_of(chapters)


def book_of(
    chapters: Sequence[str], /, *, metadata: str = "", head: str = "", others: dict[str, str] | None = None
) -> bytes:
    """An EPUB whose chapters have these bodies."""
    items = "".join(
        f'<item id="c{n}" href="text/c{n}.xhtml" media-type="application/xhtml+xml"/>' for n in range(len(chapters))
    )
    spine = "".join(f'<itemref idref="c{n}"/>' for n in range(len(chapters)))
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{TITLE}</dc:title><dc:creator>Jane Roe</dc:creator>{metadata}</metadata>"
        f"<manifest>{items}</manifest><spine>{spine}</spine></package>"
    )
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="OEBPS/package.opf"/></rootfiles></container>'
    )
    begin = (
        f'<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml">{head and f"<head>{head}</head>"}'
    )
    pages = {f"OEBPS/text/c{n}.xhtml": f"{begin}<body>{body}</body></html>" for n, body in enumerate(chapters)}
    first = {"mimetype": "application/epub+zip", "META-INF/container.xml": container, "OEBPS/package.opf": package}
    return archive(first | pages | (others or {}))


def archive(parts: dict[str, str], /) -> bytes:
    """A ZIP archive of texts."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in parts.items():
            made.writestr(name, text)
    return content.getvalue()


WRITERS = {".docx": word, ".pdf": pdf, ".odt": opendocument, ".rtf": rich_text, ".epub": book}
