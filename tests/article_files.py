"""Articles in the formats that people have, made by the libraries that people's programs use."""

import io
import re
from collections.abc import Sequence

import docx
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from fpdf import FPDF, XPos, YPos

HEAD = "Sleep Review 12 (2024)"
FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"


def pdf_article(
    pages: Sequence[Sequence[tuple[str, str]]], /, *, title: str = "", table: Sequence[Sequence[str]] = ()
) -> bytes:
    """A PDF with a running head, page numbers and hyphenated line ends.

    Args:
        pages: for each page, (kind, text): kind is "title", "heading", "bold", "line", "bullet" or "gap".
        title: the property of the file.
        table: a ruled table at the end.
    """
    pdf = FPDF(format="A4")
    pdf.set_auto_page_break(auto=False)
    if title:
        pdf.set_title(title)
    sizes = {"title": 20, "heading": 14, "bold": 11, "line": 11, "bullet": 11}
    for number, page in enumerate(pages, start=1):
        pdf.add_page()
        pdf.set_font("Helvetica", size=9)
        pdf.text(20, 12, HEAD)
        pdf.text(100, 288, f"Page {number} of {len(pages)}")
        pdf.set_xy(20, 25)
        for kind, text in page:
            if kind == "gap":
                pdf.set_y(pdf.get_y() + 5)
                continue
            pdf.set_font("Helvetica", style="B" if kind in {"title", "bold"} else "", size=sizes[kind])
            pdf.set_x(20)
            height = sizes[kind] * 0.5
            pdf.cell(0, height, f"\x95 {text}" if kind == "bullet" else text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
            pdf.set_y(pdf.get_y() + (4 if kind in {"title", "heading", "bold"} else 0))
    if table:
        pdf.set_xy(20, pdf.get_y() + 8)
        pdf.set_font("Helvetica", size=11)
        with pdf.table() as made:
            for cells in table:
                row = made.row()
                for cell in cells:
                    row.cell(cell)
    return bytes(pdf.output())


def two_columns(title: str, left: Sequence[str], right: Sequence[str], /) -> bytes:
    """A PDF whose text stands in two columns below its title; `^9` stands high, `_2` low."""
    pdf = FPDF(format="A4")
    pdf.set_auto_page_break(auto=False)
    pdf.add_page()
    pdf.set_font("Helvetica", style="B", size=20)
    pdf.text(20, 30, title)
    pdf.set_font("Helvetica", size=10)
    for x, lines in ((20, left), (110, right)):
        for number, line in enumerate(lines):
            pdf.set_xy(x, 45 + 5 * number)
            for part in re.split(r"([\^_]\d+)", line):
                pdf.char_vpos = {"^": "SUP", "_": "SUB"}.get(part[:1], "LINE")
                pdf.write(5, part.lstrip("^_"))
    return bytes(pdf.output())


def word_article(*, has_bold_headings: bool = False) -> bytes:
    """A Word file with a header, a list, a table, a note number, a raised number, and the author in its properties."""
    document = docx.Document()
    document.core_properties.author = "Jane Roe"
    document.core_properties.title = "Another title"
    document.sections[0].header.paragraphs[0].text = "Confidential draft"
    document.add_paragraph("Iron and restless legs", style="Title")
    document.add_paragraph("Iron is needed to make dopamine. It is stored as ferritin.")
    if has_bold_headings:
        document.add_paragraph().add_run("What lowers iron").bold = True
    else:
        document.add_heading("What lowers iron", level=1)
    document.add_paragraph("Common reasons are:")
    for item in ("giving blood,", "pregnancy, and", "kidney failure"):
        document.add_paragraph(item, style="List Bullet")
    paragraph = document.add_paragraph("Red cells number 5 × 10")
    paragraph.add_run("12").font.superscript = True
    paragraph.add_run(" a litre.")
    table = document.add_table(rows=3, cols=3)
    for row, cells in zip(
        table.rows, (("Group", "Low", "Normal"), ("Women", "15", "150"), ("Men", "30", "400")), strict=True
    ):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    properties = table.rows[0]._tr.get_or_add_trPr()
    properties.append(header := OxmlElement("w:tblHeader"))
    header.set(qn("w:val"), "true")
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def lines_of(text: str, /) -> list[tuple[str, str]]:
    """One `line` a line of a text."""
    return [("line", line) for line in re.split("\n", text)]
