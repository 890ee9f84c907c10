"""From the pages of a PDF to lines in reading order, without running heads, page numbers and what tables hold."""

import io
import re
import statistics
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pdfplumber
from pdfminer.layout import LTChar, LTPage, LTTextBox, LTTextLine
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfminer.pdfexceptions import PDFException
from pdfminer.psexceptions import PSException
from pdfplumber.utils.exceptions import PdfminerException

from corpus.errors import CorpusError
from corpus.linear_patterns import LinearPattern
from corpus.readers.lists_and_tables import table_sentences
from corpus.readers.raised import HIGH, LOW, NUMBER

MOST_PAGES = 300
MARGIN = 0.1  # of the page's height: where running heads and page numbers stand
PAGE_NUMBER = LinearPattern(r"(?i)(?:page\s*)?[-–]?\s*(?:\d{1,4}|[ivxlc]{1,6})(?:\s*(?:of|/)\s*\d{1,4})?\s*[-–]?")
SMALL = 0.8  # times the size of the line: a number that stands high or low
RAISED = 0.12  # times the size of the line
BOLD = re.compile(r"bold|black|heavy|semibold|demi", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page. Sizes and places in points, from the bottom left; `box` numbers the block it belongs to."""

    text: str
    page: int
    box: int
    size: float
    is_bold: bool
    left: float
    right: float
    bottom: float
    top: float
    is_row: bool = False  # a sentence made of a table's row


@dataclass(frozen=True, slots=True)
class Pages:
    """What a file holds: lines in reading order, the properties it states, and the pages that hold no text at all."""

    lines: tuple[Line, ...]
    properties: dict[str, str]
    pages: int
    silent_pages: tuple[int, ...]


def read_pages(data: bytes, /) -> Pages:
    """All lines of a file.

    Raises:
        CorpusError: it is not a PDF, is locked, or has too many pages.
    """
    try:
        with pdfplumber.open(io.BytesIO(data), laparams={"line_margin": 0.4}) as pdf:
            if len(pdf.pages) > MOST_PAGES:
                raise CorpusError(
                    f"the file has {len(pdf.pages)} pages; {MOST_PAGES} are the most.", remedy="Add its chapters one by one."
                )
            properties = {str(name): str(value) for name, value in (pdf.metadata or {}).items()}
            by_page = []
            for page in pdf.pages:
                by_page.append(list(_page_lines(page)))
                page.close()
    except PdfminerException as error:
        reason = error.args[0] if error.args else error
        if isinstance(reason, MemoryError):
            raise reason from None
        if isinstance(reason, PDFPasswordIncorrect):
            raise CorpusError("the file is locked by a password.", remedy="Save it without one.") from None
        raise CorpusError(f"the file is not a PDF that can be read ({type(reason).__name__}).", remedy=SAVE_AGAIN) from None
    except (PDFException, PSException, ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        # A damaged file fails deep inside the parser, which has no one error for it.
        raise CorpusError(f"the file is damaged ({type(error).__name__}).", remedy=SAVE_AGAIN) from None
    silent = tuple(number for number, lines in enumerate(by_page, start=1) if not lines)
    running = _running(by_page)
    kept = [line for lines in by_page for line in lines if line.box >= 0 or _outline(line.text) not in running]
    return Pages(tuple(kept), properties, len(by_page), silent)


SAVE_AGAIN = "Open it, print it to a new PDF, and add that."


def _page_lines(page: Any) -> Iterator[Line]:
    """The lines of one page, table rows in the place of the table."""
    layout: LTPage = page.layout
    tables = [table for table in page.find_tables() if len(table.rows) > 1 and len(table.rows[0].cells) > 1]
    # pdfplumber measures from the top of the page, pdfminer from its bottom.
    areas = [(x0, layout.y1 - bottom, x1, layout.y1 - top) for x0, top, x1, bottom in (table.bbox for table in tables)]
    told: set[int] = set()
    for number, box in enumerate(element for element in layout if isinstance(element, LTTextBox)):
        for line in box:
            if not isinstance(line, LTTextLine) or not line.get_text().strip():
                continue
            made = _line(line, page.page_number, page.page_number * 10_000 + number)
            area = next((i for i, area in enumerate(areas) if _is_inside(made, area)), None)
            if area is None:
                yield _marked(made, layout.height)
            elif area not in told:
                told.add(area)
                rows = [[" ".join((cell or "").split()) for cell in row] for row in tables[area].extract()]
                for row in table_sentences([row for row in rows[1:] if any(row)], header=rows[0]):
                    yield replace(made, text=row, is_row=True, is_bold=False)


def _line(line: LTTextLine, page: int, box: int) -> Line:
    letters = [letter for letter in line if isinstance(letter, LTChar) and letter.get_text().strip()]
    sizes = [letter.size for letter in letters] or [0.0]
    bold = sum(1 for letter in letters if BOLD.search(letter.fontname))
    size = statistics.median(sizes)
    base = statistics.median([letter.y0 for letter in letters]) if letters else line.y0
    text = "".join(_letter(item, size, base) if isinstance(item, LTChar) else item.get_text() for item in line)
    return Line(
        " ".join(text.replace("\xad", "\u2010").split()),  # a soft hyphen in a PDF is one that is seen
        page,
        box,
        round(size, 1),
        bold > 0.8 * len(letters),
        line.x0,
        line.x1,
        line.y0,
        line.y1,
    )


def _letter(letter: LTChar, size: float, base: float) -> str:
    """A small digit that stands high or low keeps its meaning: 10 to the ninth must never become 109."""
    text = letter.get_text()
    if letter.size > SMALL * size or not NUMBER.fullmatch(text):
        return text
    # Small letters of one line share its bottom when they stand low, and its top when they stand high.
    return text.translate(HIGH if letter.y0 > base + RAISED * size else LOW)


def _marked(line: Line, height: float) -> Line:
    """A line in the margin, marked by a box of its own, so that what repeats there can be told from the text."""
    is_marginal = line.bottom > height * (1 - MARGIN) or line.top < height * MARGIN
    return replace(line, box=-line.box) if is_marginal else line


def _running(by_page: list[list[Line]]) -> set[str]:
    """Outlines of the lines that stand in the margins of several pages, and of page numbers."""
    counts = Counter(outline for lines in by_page for outline in {_outline(line.text) for line in lines if line.box < 0})
    repeated = {outline for outline, count in counts.items() if count >= max(2, len(by_page) // 3)}
    numbers = {
        _outline(line.text) for lines in by_page for line in lines if line.box < 0 and PAGE_NUMBER.fullmatch(line.text)
    }
    return repeated | numbers


def _outline(text: str) -> str:
    return re.sub(r"\d+", "#", text).casefold()


def _is_inside(line: Line, area: tuple[float, float, float, float]) -> bool:
    x0, y0, x1, y1 = area
    return x0 - 2 <= line.left and line.right <= x1 + 2 and y0 - 2 <= (line.bottom + line.top) / 2 <= y1 + 2
