"""From the pages of a PDF to lines in reading order, without running heads and page numbers, each table as its rows.

What stands on a page and is not among its lines is told: pages without text, turned and struck letters, unsure tables.
"""

import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import pdfplumber
from pdfminer.layout import LTPage
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfminer.pdfexceptions import PDFException
from pdfminer.psexceptions import PSException
from pdfplumber.page import Page
from pdfplumber.utils.exceptions import PdfminerException

from corpus.doubts import Alteration, Doubt
from corpus.errors import CorpusError
from corpus.linear_patterns import LinearPattern
from corpus.readers.lists_and_tables import SENTENCE_END
from corpus.readers.pdf.columns import columns_of, rows_merged
from corpus.readers.pdf.letters import Line, letters_of, pieces_of
from corpus.readers.pdf.second_reading import Area, invisible_areas
from corpus.readers.pdf.tables import ruled_tables, unruled_tables
from corpus.readers.unreadable import UNREADABLE

MOST_PAGES = 300
MARGIN = 0.1  # of the page's height: where running heads and page numbers stand
WIDE_MARGIN = 0.2  # the same for what stands in the very same place on several pages
SAME_HEIGHT = 4  # points
PAGE_NUMBER = LinearPattern(
    r"(?i)(?:page|seite|p\.)?\s*[-–|]?\s*(?:\d{1,4}|[ivxlc]{1,6})(?:\s*(?:of|von|/)\s*\d{1,4})?\s*[-–|]?"
)
LEADERS = LinearPattern(r"(?:\. ?){5,}\s*\w{0,5}\s*\z")  # an entry of a table of contents
MOST_STEPS = 5  # from one numbered line to the next
FEWEST_NUMBERED = 8  # lines of a page that are numbered in its margin
FEWEST_LETTERS = 40  # of a page that is more than a picture
FEWEST_WORDS = 5  # of a running head that reads like a sentence
MOSTLY = 0.5  # of a page's area
SAVE_AGAIN = "Open it, print it to a new PDF, and add that."


@dataclass(frozen=True, slots=True)
class Pages:
    """What a file holds: lines in reading order, the properties it states, what to tell, and its letters by page.

    `letters` is everything that was read of each page, in no order and without spaces, also what is not in `lines`.
    """

    lines: tuple[Line, ...]
    properties: dict[str, str]
    doubts: tuple[Doubt, ...]
    alterations: tuple[Alteration, ...]
    letters: tuple[str, ...]


def read_pages(data: bytes, /) -> Pages:
    """All lines of a file.

    Raises:
        CorpusError: it is not a PDF, is locked, or has too many pages.
    """
    told: list[Doubt | Alteration] = []
    try:
        with pdfplumber.open(io.BytesIO(data)) as pdf:
            if len(pdf.pages) > MOST_PAGES:
                raise CorpusError(
                    f"the file has {len(pdf.pages)} pages; {MOST_PAGES} are the most.", remedy="Add its chapters one by one."
                )
            properties = {str(name): str(value) for name, value in (pdf.metadata or {}).items()}
            by_page, letters = [], []
            invisible = dict(enumerate(invisible_areas(data), start=1))
            for page in pdf.pages:
                lines, read = _page_lines(page, invisible.get(page.page_number, ()), told)
                by_page.append(lines)
                letters.append(read)
                page.close()
    except PdfminerException as error:
        reason = error.args[0] if error.args else error
        if isinstance(reason, MemoryError):
            raise reason from None
        if isinstance(reason, PDFPasswordIncorrect):
            raise CorpusError("the file is locked by a password.", remedy="Save it without one.") from None
        raise CorpusError("the file is damaged, or is no PDF.", remedy=SAVE_AGAIN) from None
    except (PDFException, PSException, ValueError, TypeError, KeyError, IndexError, AttributeError):
        # A damaged file fails deep inside the parser, which has no one error for it.
        raise CorpusError("the file is damaged: its pages cannot be read.", remedy=SAVE_AGAIN) from None
    kept = [line for lines in _without_running(by_page, told) for line in lines]
    return Pages(
        tuple(_bulleted(kept)),
        properties,
        tuple(one for one in told if isinstance(one, Doubt)),
        tuple(one for one in told if isinstance(one, Alteration)),
        tuple(letters),
    )


def _page_lines(page: Any, invisible: Sequence[Area], told: list[Doubt | Alteration]) -> tuple[list[Line], str]:
    """The lines of one page in reading order, and all its letters."""
    # Over a scan the words that a program recognised lie unseen, and are all that can be read.
    letters = letters_of(page, invisible=() if _is_pictured(page) or page.rotation else invisible)
    if len(letters.turned) > len(letters.seen):
        page = _turned(page, letters.turn)
        letters = letters_of(page)
    number, layout = page.page_number, page.layout
    pieces = _unnumbered(pieces_of(letters.seen, layout, number))
    read = "".join(line.text for line in pieces) + letters.turned + letters.struck + letters.unseen
    _tell_of(page, letters, pieces, told)
    tables, rest = ruled_tables(page, pieces)
    for find in (unruled_tables,):
        more, rest = find(rest)
        tables += more
    lines: list[Line] = []
    for column in columns_of([*rest, *(table.line for table in tables)]):
        more, others = unruled_tables(column)
        tables += more
        edge = max(line.right for line in column)
        column_lines = rows_merged(
            sorted([*others, *(table.line for table in more)], key=lambda line: (-line.top, line.left))
        )
        lines += [replace(line, edge=edge) for line in column_lines]
    told += [Doubt(table.doubt, " ".join(table.line.rows), f"page {number}") for table in tables if table.doubt]
    return [made for line in lines for made in _marked(line, layout)], read


def _turned(page: Any, degrees: int) -> Any:
    """A page whose lines run up or down, turned so that they run from left to right."""
    page.page_obj.rotate = (page.rotation + degrees) % 360
    page.page_obj.attrs["Rotate"] = page.page_obj.rotate
    return Page(page.pdf, page.page_obj, page.page_number, page.initial_doctop)


def _is_pictured(page: Any) -> bool:
    pictured: float = sum(image["width"] * image["height"] for image in page.images)
    return pictured > MOSTLY * float(page.width * page.height)


def _tell_of(page: Any, letters: Any, pieces: list[Line], told: list[Doubt | Alteration]) -> None:
    place = f"page {page.page_number}"
    for reason, left_out in (
        ("struck out, left out", letters.struck),
        ("white on white or not drawn, left out", letters.unseen),
        ("turned aside, left out", letters.turned if len(letters.turned) <= len(letters.seen) else ""),
    ):
        if left_out:
            told.append(Alteration(reason, left_out, place=place))
    if len(letters.turned) > len(letters.seen):
        told.append(Doubt("The page is turned and was not read. Turn it, save it, and add that.", letters.turned, place))
    pictured = _is_pictured(page)
    count = sum(len(line.text) for line in pieces)
    if pictured and count >= FEWEST_LETTERS:
        told.append(Doubt("The page is a picture whose text a program recognised: check its numbers.", place=place))
    elif pictured or (page.images and not count):
        told.append(
            Doubt("The page is a picture, perhaps of text, and was not read. Run text recognition (OCR).", place=place)
        )
    elif not count:
        told.append(Doubt("The page holds no text.", place=place))


def _unnumbered(pieces: list[Line]) -> list[Line]:
    """Pieces without the numbers that a manuscript counts its lines by."""
    left = min((line.left for line in pieces), default=0.0)
    numbers = [line for line in pieces if line.text.isdigit() and line.left < left + 2 * line.size]
    counted = sorted(numbers, key=lambda line: -line.top)
    values = [int(line.text) for line in counted]
    is_counting = len(values) >= FEWEST_NUMBERED and all(
        0 < second - first <= MOST_STEPS for first, second in pairwise(values)
    )
    return [line for line in pieces if line not in counted] if is_counting else pieces


def _marked(line: Line, layout: LTPage) -> list[Line]:
    """A table as one line a row; a line in the margin marked as such."""
    if line.rows:
        first, *others = line.rows or ("",)
        cells = (replace(line, text=first, rows=(), is_row=True),)
        return [*cells, *(replace(line, text=row, rows=(), is_row=True, pieces=()) for row in others)]
    is_marginal = line.bottom > layout.height * (1 - MARGIN) or line.top < layout.height * MARGIN
    is_outer = line.bottom > layout.height * (1 - WIDE_MARGIN) or line.top < layout.height * WIDE_MARGIN
    return [replace(line, is_marginal=is_marginal, is_outer=is_outer)]


def _without_running(by_page: list[list[Line]], told: list[Doubt | Alteration]) -> list[list[Line]]:
    """Pages without what repeats in their margins, and without page numbers; what reads like a sentence there is told."""
    often = min(len(by_page) // 4 + 2, 3)
    shown: set[str] = set()
    outlines = Counter(key for lines in by_page for key in {_outline(line) for line in lines if line.is_marginal})
    places = Counter(key for lines in by_page for key in {_place(line) for line in lines if line.is_outer})
    kept: list[list[Line]] = []
    for lines in by_page:
        kept.append([])
        for line in lines:
            is_running = (line.is_marginal and (outlines[_outline(line)] >= often or PAGE_NUMBER.fullmatch(line.text))) or (
                line.is_outer and places[_place(line)] >= often
            )
            if not is_running and not LEADERS.search(line.text):
                kept[-1].append(line)
            elif is_running and _is_sentence(line.text) and line.text not in shown:
                shown.add(line.text)
                told.append(Alteration("repeats at the edge of pages, left out", line.text, place=f"page {line.page}"))
    return kept


def _is_sentence(text: str) -> bool:
    return text.endswith(SENTENCE_END) and text.count(" ") >= FEWEST_WORDS


def _bulleted(lines: list[Line]) -> list[Line]:
    """Lines with a bullet where a sign without a letter begins several of them, and stands nowhere else."""
    begins = [line for line in lines if line.text.startswith(UNREADABLE)]
    if len(begins) < 2 or any(UNREADABLE in line.text[1:] for line in lines):
        return lines
    return [replace(line, text=f"• {line.text[1:].strip()}") if line in begins else line for line in lines]


def _outline(line: Line) -> str:
    return re.sub(r"\d+", "#", line.text).casefold()


def _place(line: Line) -> tuple[str, int]:
    """Where a line stands, and its words without the page's number; a mere number may be a table's."""
    words = _outline(line) if any(map(str.isalpha, line.text)) else line.text
    return words, round(line.top / SAME_HEIGHT)
