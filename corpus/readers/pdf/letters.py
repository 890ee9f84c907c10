"""From the letters of a page to pieces of lines: spaces, raised digits, direction and signs that have no letter.

A *piece* is what stands side by side on one line without a wide gap: a whole line of a column, or one cell of a table that
has no rules. Letters that no reader sees as part of the text (turned stamps, white on white, struck out, off the page)
are counted apart, so that nothing is missing without a word.
"""

import re
import statistics
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from pdfminer.layout import LAParams, LTChar, LTFigure, LTItem, LTPage, LTTextLine

from corpus.linear_patterns import LinearPattern
from corpus.readers.markup.raised import HIGH, LOW, NUMBER
from corpus.readers.symbols import PRIVATE, meant_by
from corpus.readers.unreadable import UNREADABLE

ASLANT = 0.2  # rise of a line by its length
SMALL = 0.8  # times the size of the line: a number that stands high or low
RAISED = 0.12  # times the size of the line
BOLD = re.compile(r"bold|black|heavy|semibold|demi", re.IGNORECASE)
WORD_GAP = 0.1  # times the size: letters further apart are two words
TIGHT_WORD_GAP = 0.06  # the same on a line that has no space at all
FEWEST_GAPS = 6  # that tell how widely a line is set
PIECE_GAP = 0.9  # times the size: pieces closer than this are one
SAME_PLACE = 0.15  # times the size: a letter that is drawn twice, to look bold
GROUPING = LAParams(char_margin=1.0, word_margin=1000.0)  # words are told apart here, not by pdfminer
# Accents that stand beside a letter, with those that are put over it.
ACCENTS = dict(zip("¨´`ˆ˜¸ˇ˘˙˚", "\u0308\u0301\u0300\u0302\u0303\u0327\u030c\u0306\u0307\u030a", strict=True))
DOTLESS = {"ı": "i", "ȷ": "j"}
BULLET_CODES = {0xF0B7, 0xF0A7, 0xF0D8, 0xF076, 0xF0FC, 0xF0A8, 0xF06E}


@dataclass(frozen=True, slots=True)
class Line:
    """A line or a piece of one. Sizes and places in points, from the bottom left; `rows` if it stands for a table."""

    text: str
    page: int
    size: float
    is_bold: bool
    left: float
    right: float
    bottom: float
    top: float
    edge: float = 0.0  # where the column ends that it stands in
    rows: tuple[str, ...] = ()
    pieces: tuple[str, ...] = ()  # of a table, as they stand on the page; of one of its rows, those of the whole table
    is_marginal: bool = False  # in the strip where running heads stand
    is_outer: bool = False  # in a wider one
    is_row: bool = False  # a sentence made of a table's row


@dataclass(frozen=True, slots=True)
class Letters:
    """The letters of a page: those of its text, and those set apart because they are struck out, unseen or turned.

    `turn` is by how many degrees, clockwise, most of the turned ones would have to be turned to stand upright.
    """

    seen: tuple[LTChar, ...]
    struck: str
    unseen: str
    turned: str
    turn: int


def letters_of(page: Any, /, *, invisible: Sequence[tuple[float, float, float, float]] = ()) -> Letters:
    """All letters of a pdfplumber page, those inside forms and figures too.

    Args:
        page: pdfplumber's.
        invisible: left, right, bottom and top of words that the page holds without drawing them.
    """
    layout: LTPage = page.layout
    struck_by = [*_thin_rules(page)]
    grounds = [(area["x0"], area["x1"], page.height - area["bottom"], page.height - area["top"]) for area in _painted(page)]
    found: dict[str, list[LTChar]] = {"seen": [], "struck": [], "unseen": [], "turned": []}
    drawn: dict[tuple[str, int, int], list[LTChar]] = {}
    for letter in _letters(layout):
        is_off = not (layout.x0 - 1 <= (letter.x0 + letter.x1) / 2 <= layout.x1 + 1) or not (
            layout.y0 - 1 <= (letter.y0 + letter.y1) / 2 <= layout.y1 + 1
        )
        if is_off or letter.size <= 1 or _is_drawn_twice(letter, drawn):
            continue
        if _is_turned(letter):
            found["turned"].append(letter)
        elif any(_crosses(rule, letter) for rule in struck_by):
            found["struck"].append(letter)
        elif (_is_white(letter) and not any(_lies_on(letter, ground) for ground in grounds)) or any(
            _lies_on(letter, area) for area in invisible
        ):
            found["unseen"].append(letter)
        else:
            found["seen"].append(letter)
    _accent(found["seen"])
    told = {name: _joined(letters) for name, letters in found.items() if name != "seen"}
    rising = sum(1 if letter.matrix[1] > 0 else -1 for letter in found["turned"])
    return Letters(tuple(found["seen"]), **told, turn=90 if rising > 0 else 270)


def _accent(letters: list[LTChar]) -> None:
    """Accents that are drawn over a letter, as TeX does, become a part of it: "f¨ur" is "für"."""
    for at, accent in [(at, letter) for at, letter in enumerate(letters) if letter.get_text() in ACCENTS]:
        middle = (accent.x0 + accent.x1) / 2
        for base in [*letters[at + 1 : at + 2], *letters[max(at - 1, 0) : at]]:
            letter = DOTLESS.get(base.get_text(), base.get_text())
            made = unicodedata.normalize("NFC", letter + ACCENTS[accent.get_text()])
            if len(made) == 1 and base.x0 <= middle <= base.x1 and abs(base.y0 - accent.y0) < base.size:
                base._text, accent._text = made, ""  # pdfminer has no other way to set it
                break


def _is_turned(letter: LTChar) -> bool:
    """Whether a letter stands on its side or aslant, as a stamp does; italics lean without it."""
    along, rise = letter.matrix[:2]
    return not letter.upright or abs(rise) > ASLANT * abs(along)


def pieces_of(letters: Sequence[LTChar], layout: LTPage, page: int, /) -> list[Line]:
    """Letters as pieces of lines, in no particular order."""
    groups: list[list[LTChar]] = []
    if letters:
        lines = layout.group_objects(GROUPING, letters)
        groups = [[item for item in line if isinstance(item, LTChar)] for line in lines]
    groups = [group for group in groups if any(letter.get_text().strip() for letter in group)]
    return [line for group in _merged(groups) if (line := _line(group, page)).text]


def is_unmapped(text: str, /) -> bool:
    """Whether a letter of a PDF stands for none: `(cid:562)`, a control character, or one of a font's own."""
    return text.startswith("(cid:") or any(
        letter == UNREADABLE or ord(letter) in PRIVATE or unicodedata.category(letter) in {"Cc", "Cn"} for letter in text
    )


def is_right_to_left(text: str, /) -> bool:
    """Whether most letters of a line are of a script that is written from right to left."""
    kinds = [unicodedata.bidirectional(letter) for letter in text]
    return sum(kind in {"R", "AL"} for kind in kinds) > sum(kind == "L" for kind in kinds)


def in_order_of_speech(text: str, /) -> str:
    """A line as it is drawn from left to right → as it is read, where most of it is written from right to left.

    >>> in_order_of_speech("cba 12")
    'cba 12'
    """
    if not is_right_to_left(text):
        return text
    turned: list[str] = []
    end = 0
    for found in RUN_LEFT_TO_RIGHT.finditer(text):  # a word or a number of the other direction
        turned += [_mirrored(text[end : found.start()]), found[0]]
        end = found.end()
    return "".join(reversed([*turned, _mirrored(text[end:])]))


# A number with its signs, or words of a script that runs from left to right.
LEFT_TO_RIGHT = r"0-9A-Za-z\x{c0}-\x{24f}\x{660}-\x{669}"
RUN_LEFT_TO_RIGHT = LinearPattern(f"[{LEFT_TO_RIGHT}](?:[{LEFT_TO_RIGHT}.,:/%+–-]*[{LEFT_TO_RIGHT}%])?")
MIRRORS = str.maketrans("()[]{}<>«»", ")(][}{><»«")


def _mirrored(run: str) -> str:
    return run[::-1].translate(MIRRORS)


def _letters(container: Iterable[LTItem]) -> Iterator[LTChar]:
    for item in container:
        if isinstance(item, LTChar):
            yield item
        elif isinstance(item, LTFigure | LTTextLine):
            yield from _letters(item)


def _is_drawn_twice(letter: LTChar, drawn: dict[tuple[str, int, int], list[LTChar]]) -> bool:
    """Whether the same letter stands in (nearly) the same place already, as where a letter is drawn twice to look bold."""
    text = letter.get_text()
    x, y = int(letter.x0 / letter.size), int(letter.y0 / letter.size)
    if text.strip():
        near = SAME_PLACE * min(letter.size, 2 * max(letter.width, 1))
        for other in (one for dx in (-1, 0, 1) for dy in (-1, 0, 1) for one in drawn.get((text, x + dx, y + dy), ())):
            if abs(other.x0 - letter.x0) < near and abs(other.y0 - letter.y0) < near:
                return True
        drawn.setdefault((text, x, y), []).append(letter)
    return False


def _thin_rules(page: Any) -> Iterator[tuple[float, float, float]]:
    """Level lines, and rectangles as thin as one: left, right, height above the page's bottom."""
    for shape in [*page.lines, *page.rects]:
        if shape["height"] < 2 and shape["width"] > 4:
            yield shape["x0"], shape["x1"], page.height - (shape["top"] + shape["bottom"]) / 2


def _crosses(rule: tuple[float, float, float], letter: LTChar) -> bool:
    left, right, y = rule
    # The middle of the small letters; rules of tables and underlining stand well above or below it.
    return left - 1 <= (letter.x0 + letter.x1) / 2 <= right + 1 and 0.34 < (y - letter.y0) / max(letter.height, 1) < 0.62


def _painted(page: Any) -> list[Any]:
    return [*page.images, *page.curves, *(area for area in page.rects if area.get("fill"))]


def _is_white(letter: LTChar) -> bool:
    color = letter.graphicstate.ncolor
    values = color if isinstance(color, list | tuple) else (color,)
    numbers = [value for value in values if isinstance(value, int | float)]
    if len(numbers) < len(values):
        return False  # a pattern's name
    return all(number >= 0.99 for number in numbers) if len(numbers) in {1, 3} else len(numbers) == 4 and not any(numbers)


def _lies_on(letter: LTChar, ground: tuple[float, float, float, float]) -> bool:
    left, right, bottom, top = ground
    return left <= (letter.x0 + letter.x1) / 2 <= right and bottom <= (letter.y0 + letter.y1) / 2 <= top


def _joined(letters: Sequence[LTChar]) -> str:
    return " ".join("".join(letter.get_text() for letter in letters).split())


def _merged(groups: list[list[LTChar]]) -> list[list[LTChar]]:
    """Groups that stand side by side on one line, with no more than a wide space between them."""
    boxes = sorted(
        ((min(c.x0 for c in g), max(c.x1 for c in g), min(c.y0 for c in g), max(c.y1 for c in g), g) for g in groups),
        key=lambda box: (box[0], box[2]),
    )
    merged: list[tuple[float, float, float, float, list[LTChar]]] = []
    for left, right, bottom, top, group in boxes:
        for place, (left0, right0, bottom0, top0, group0) in enumerate(merged):
            size = max(top - bottom, top0 - bottom0)
            shared = min(top, top0) - max(bottom, bottom0)
            gap = left - right0
            if shared > 0.5 * min(top - bottom, top0 - bottom0) and -0.3 * size < gap < PIECE_GAP * size:
                merged[place] = (
                    min(left, left0), max(right, right0), min(bottom, bottom0), max(top, top0), [*group0, *group],
                )  # fmt: skip
                break
        else:
            merged.append((left, right, bottom, top, group))
    return [group for *_, group in merged]


def _line(group: list[LTChar], page: int) -> Line:
    letters = sorted((letter for letter in group if letter.get_text()), key=lambda letter: letter.x0)
    inked = [letter for letter in letters if letter.get_text().strip()]
    size = statistics.median(letter.size for letter in inked)
    base = statistics.median(letter.y0 for letter in inked)
    bold = sum(1 for letter in inked if BOLD.search(letter.fontname))
    text = in_order_of_speech(" ".join(_spaced(letters, size, base).replace("\xad", "\u2010").split()))
    return Line(
        text,  # a soft hyphen in a PDF is one that is seen
        page,
        round(size, 1),
        bold > 0.8 * len(inked),
        min(letter.x0 for letter in inked),
        max(letter.x1 for letter in inked),
        min(letter.y0 for letter in inked if letter.size >= SMALL * size),
        max(letter.y1 for letter in inked if letter.size >= SMALL * size),
    )


def _spaced(letters: list[LTChar], size: float, base: float) -> str:
    has_spaces = any(not letter.get_text().strip() for letter in letters)
    gaps = [after.x0 - before.x1 for before, after in pairwise(letters)]
    usual = max(0.0, statistics.median(gaps)) if len(gaps) >= FEWEST_GAPS else 0.0  # more than none where letters are spaced
    is_tight = not has_spaces and usual < 0.02 * size
    apart = usual + (TIGHT_WORD_GAP if is_tight else WORD_GAP) * size
    parts: list[str] = []
    for place, letter in enumerate(letters):
        if place and gaps[place - 1] > apart:
            parts.append(" ")
        parts.append(_text(letter, size, base))
    return "".join(parts)


def _text(letter: LTChar, size: float, base: float) -> str:
    """A small digit that stands high or low keeps its meaning: 10 to the ninth must never become 109."""
    text = _mapped(letter)
    if letter.size > SMALL * size or not NUMBER.fullmatch(text):
        return text
    # Small letters of one line share its bottom when they stand low, and its top when they stand high.
    return text.translate(HIGH if letter.y0 > base + RAISED * size else LOW)


def _mapped(letter: LTChar) -> str:
    """A letter's text; the sign that a symbol font means by it; a mark of what is unreadable."""
    text = letter.get_text()
    if not is_unmapped(text) or text.isspace():
        return text
    if len(text) == 1 and ord(text) in BULLET_CODES:
        return "•"
    if len(text) == 1 and ord(text) in PRIVATE and "symbol" in letter.fontname.lower():
        return meant_by("Symbol", ord(text))
    return UNREADABLE
