"""What a second program (pdfium, which browsers show PDFs with) reads of the same file, to compare with what we read.

Two programs seldom make the same mistake. Where a sentence of ours is not among pdfium's letters, or where letters that it
shows are missing among ours, a person should look.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

import pypdfium2

Area = tuple[float, float, float, float]  # left, right, bottom, top, in points
NOT_DRAWN = {pypdfium2.raw.FPDF_TEXTRENDERMODE_INVISIBLE, pypdfium2.raw.FPDF_TEXTRENDERMODE_CLIP}
FEWEST_READ = 0.99  # of the letters of a page
FEWEST_LETTERS = 20  # of a page worth comparing
NOT_COMPARED = re.compile(r"[^\w<>≤≥=±%×≈°]+|_+")  # one class with one repeat


def letters_by_page(data: bytes, /) -> list[str] | None:
    """The letters of each page as pdfium reads them; `None` if it cannot open the file."""
    try:
        document = pypdfium2.PdfDocument(data)
        try:
            return [_of_page(document[number]) for number in range(len(document))]
        finally:
            document.close()
    except pypdfium2.PdfiumError:
        return None


def invisible_areas(data: bytes, /) -> list[list[Area]]:
    """Where each page holds words that are not drawn, which only pdfium tells; nothing if it cannot open the file."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError:
        return []
    try:
        return [list(_invisible(document[number])) for number in range(len(document))]
    except pypdfium2.PdfiumError:
        return []
    finally:
        document.close()


def _invisible(page: pypdfium2.PdfPage) -> Iterator[Area]:
    left, bottom, _, _ = page.get_mediabox()
    for piece in page.get_objects(filter=(pypdfium2.raw.FPDF_PAGEOBJ_TEXT,), max_depth=1):
        if pypdfium2.raw.FPDFTextObj_GetTextRenderMode(piece.raw) in NOT_DRAWN:
            x0, y0, x1, y1 = piece.get_bounds()
            yield x0 - left - 1, x1 - left + 1, y0 - bottom - 1, y1 - bottom + 1
    page.close()


def compared(text: str, /) -> str:
    """A text as it is compared: letters, digits and the signs that change a number, without case, form or accents.

    >>> compared("10⁹ Zellen, \ufb01nd")
    '109zellenfind'
    """
    return NOT_COMPARED.sub("", unicodedata.normalize("NFKD", text).casefold())


def unlike(
    runs: Iterable[tuple[int, Sequence[str]]], pages: Sequence[str], /, *, left_out: Sequence[tuple[int, str]] = ()
) -> Iterator[tuple[int, str]]:
    """The lines that pdfium reads otherwise, each with its page; an empty line where it reads a page in another order.

    Args:
        runs: a page's number from 1, and lines that we read one after the other.
        pages: what pdfium reads.
        left_out: a page's number and words that we left out of its text, since they are struck out or unseen.
    """
    theirs = [compared(page) for page in pages]
    without = dict(enumerate(theirs))
    for number, words in left_out:
        for word in words.split():
            without[number - 1] = without[number - 1].replace(compared(word), "", 1)
    disordered: set[int] = set()
    for number, lines in runs:
        page = theirs[number - 1]
        whole = compared("".join(lines))
        if whole in page or whole in without[number - 1]:
            continue
        different = [line for line in lines if compared(line) not in page]
        yield from ((number, line) for line in different)
        if not different and number not in disordered:
            disordered.add(number)
            yield number, ""


def share_read(ours: str, theirs: str, /) -> float:
    """Which share of the letters that pdfium shows on a page we read, at most 1."""
    shown = compared(theirs)
    return 1.0 if len(shown) < FEWEST_LETTERS else min(1.0, len(compared(ours)) / len(shown))


def _of_page(page: pypdfium2.PdfPage) -> str:
    text_page = page.get_textpage()
    try:
        # Its mark of a hyphen at a line end is a character that is none.
        return str(text_page.get_text_bounded()).replace("\ufffe", "").replace("\x02", "")
    finally:
        text_page.close()
        page.close()
