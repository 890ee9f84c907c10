"""The reading order of a page: its columns one after the other, cut by what runs across them."""

import statistics
from collections.abc import Sequence

from corpus.readers.pdf.letters import Line, is_right_to_left

NARROWEST_GUTTER = 0.7  # times the size of the text
FEWEST_LINES = 3  # in a column; fewer only beside a wide gutter
WIDE_GUTTER = 2.0  # times the size of the text
LARGER = 1.2  # times the size of the text: a heading
WIDE = 0.6  # times the width of the text: a line that may run across columns
MOST_ACROSS = 0.35  # of the lines
NARROWEST_COLUMN = 6.0  # times the size of the text


def columns_of(lines: Sequence[Line], /) -> list[list[Line]]:
    """Columns in reading order, each from its top to its foot, the pieces of a line still apart.

    A line that runs across the gutter (a title, a wide table) is read where it stands: what is above it first.
    """
    gutter = _gutter(lines)
    if gutter is None:
        return [] if not lines else [sorted(lines, key=lambda line: (-line.top, line.left))]
    across = sorted((line for line in lines if line.left < gutter < line.right), key=lambda line: -line.top)
    ordered: list[list[Line]] = []
    above = float("inf")
    for line in [*across, None]:
        below = _middle(line) if line else float("-inf")
        band = [one for one in lines if below <= _middle(one) < above and not one.left < gutter < one.right]
        for column in ([one for one in band if one.right <= gutter], [one for one in band if one.left >= gutter]):
            ordered += columns_of(column) if column else []
        if line and ordered and not band and ordered[-1][-1] in across:
            ordered[-1].append(line)
        elif line:
            ordered.append([line])
        above = below
    return ordered


def _middle(line: Line) -> float:
    return (line.top + line.bottom) / 2


def _gutter(lines: Sequence[Line]) -> float | None:
    """Where a strip without text parts lines into two columns that stand side by side; none if they are one."""
    if len(lines) < 2 * FEWEST_LINES - 1:
        return None
    width = max(line.right for line in lines) - min(line.left for line in lines)
    size = statistics.median(line.size for line in lines)
    # A heading over one or two of several columns is no reason to take them for one.
    is_text = [line for line in lines if line.right - line.left < WIDE * width and line.size <= LARGER * size]
    narrow = sorted(is_text, key=lambda line: line.left)
    best: tuple[int, float, float] | None = None
    reach = float("-inf")
    for line in narrow:
        if line.left - reach >= NARROWEST_GUTTER * size and reach > float("-inf"):
            place = (reach + line.left) / 2
            crossing = sum(one.left < place < one.right for one in lines)
            left = [one for one in lines if one.right <= place]
            right = [one for one in lines if one.left >= place]
            if crossing <= MOST_ACROSS * len(lines) and _are_columns(left, right, size, line.left - reach):
                candidate = (crossing, -(line.left - reach), place)
                best = min(best, candidate) if best else candidate
        reach = max(reach, line.right)
    return best[2] if best else None


def _are_columns(left: Sequence[Line], right: Sequence[Line], size: float, gutter: float) -> bool:
    if min(len(left), len(right)) < (FEWEST_LINES - 1 if gutter > WIDE_GUTTER * size else FEWEST_LINES):
        return False
    for side in (left, right):
        if max(line.right for line in side) - min(line.left for line in side) < NARROWEST_COLUMN * size:
            return False
    # Side by side: the shorter one stands beside the other for most of its height.
    top = min(max(line.top for line in side) for side in (left, right))
    bottom = max(min(line.bottom for line in side) for side in (left, right))
    shorter = min(max(line.top for line in side) - min(line.bottom for line in side) for side in (left, right))
    return top - bottom > 0.5 * shorter


def rows_merged(lines: Sequence[Line], /) -> list[Line]:
    """The lines of one column, their pieces joined from left to right."""
    merged: list[Line] = []
    for line in lines:
        before = merged[-1] if merged else None
        if before and not before.rows and not line.rows and same_row(before, line):
            first, second = sorted((before, line), key=lambda one: one.left)
            merged[-1] = joined(first, second)
        else:
            merged.append(line)
    return merged


def same_row(one: Line, other: Line, /) -> bool:
    """Whether two pieces stand on one line."""
    shared = min(one.top, other.top) - max(one.bottom, other.bottom)
    return shared > 0.6 * min(one.top - one.bottom, other.top - other.bottom)


def joined(first: Line, second: Line, /) -> Line:
    """Two pieces of one line as one."""
    texts = (first.text, second.text)
    return Line(
        " ".join(reversed(texts) if all(map(is_right_to_left, texts)) else texts),
        first.page,
        max(first, second, key=lambda one: len(one.text)).size,
        first.is_bold and second.is_bold,
        first.left,
        second.right,
        min(first.bottom, second.bottom),
        max(first.top, second.top),
        is_marginal=first.is_marginal and second.is_marginal,
    )
