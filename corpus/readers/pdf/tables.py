"""Tables of a page: those with rules, found by pdfplumber, and those without, found by how their cells stand.

Each becomes one sentence a row, its columns named by all header rows. What is not sure is told as a doubt.
"""

import re
import statistics
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from corpus.readers.header_rows import header_depth
from corpus.readers.lists_and_tables import SENTENCE_END, table_sentences
from corpus.readers.pdf.columns import same_row
from corpus.readers.pdf.letters import Line

LONGEST_CELL = 300  # characters; a longer one is a box of text
FULL = 0.8  # of a column's width: lines that fill it are prose
ALIGNED = 1.5  # times the size: cells of one column begin (or end) this near to each other
FEWEST_ROWS = 3
SHORTEST_LINE = 12  # characters of a line of text in a narrow column
LONGEST_PIECE = 40  # characters of a cell on one line
NEAR_ROWS = 3.2  # times the size
MARKER = re.compile(r"[•●◦▪‣■*–—-]|\(?(?:\d{1,3}|[a-z])[.)\]]|\[\d{1,3}\]")


@dataclass(frozen=True, slots=True)
class Table:
    """A table in the place of its lines. `doubt` says what is not sure about it; empty if nothing is."""

    line: Line
    doubt: str = ""


def ruled_tables(page: Any, pieces: list[Line], /) -> tuple[list[Table], list[Line]]:
    """Tables that rules are drawn around, and the pieces that stand in none."""
    found: list[Table] = []
    rest = pieces
    height = page.height
    for table in page.find_tables():
        # pdfplumber measures from the top of the page, lines from its bottom.
        rows = [[(x0, height - bottom, x1, height - top) if cell else None
                 for cell in row.cells for x0, top, x1, bottom in [cell or (0, 0, 0, 0)]] for row in table.rows]  # fmt: skip
        left, top, right, bottom = table.bbox
        inside = [line for line in rest if _is_inside(line, (left, height - bottom, right, height - top))]
        if len(rows) < 2 or max(len(row) for row in rows) < 2 or not inside:
            continue
        grid = [[None if cell is None else _cell(inside, cell) for cell in row] for row in rows]
        told = [cell for row in grid for cell in row if cell]
        if not told or statistics.mean(map(len, told)) > LONGEST_CELL:
            continue
        sentences, doubt, unnamed = rows_told(grid)
        lost = sum(len(line.text) for line in inside) - sum(map(len, told))
        if lost > 0.05 * sum(map(len, told)) + 2:
            doubt = "Some words of this table stand in none of its cells; compare it with the page:"
        found.append(Table(_in_place_of(inside, sentences, unnamed), doubt))
        rest = [line for line in rest if line not in inside]
    return found, rest


def unruled_tables(pieces: list[Line], /) -> tuple[list[Table], list[Line]]:
    """Tables whose cells merely stand below each other, and the pieces that stand in none."""
    found: list[Table] = []
    rest = pieces
    for rows in _runs(_rows(pieces)):
        starts = _columns(rows)
        if starts is None:
            continue
        grid = [_in_columns(row, starts) for row in rows]
        body, is_sure = _unwrapped(grid)
        if len(body) < 2:
            continue
        sentences, doubt, unnamed = rows_told([[*row] for row in body])
        inside = [line for row in rows for line in row]
        found.append(
            Table(
                _in_place_of(inside, sentences, unnamed),
                doubt if is_sure else "The rows of this table are not told apart by rules; compare it with the page:",
            )
        )
        rest = [line for line in rest if line not in inside]
    return found, rest


def rows_told(grid: Sequence[Sequence[str | None]], /) -> tuple[list[str], str, str]:
    """A table's rows as sentences, a doubt if its header is not sure, and the name of its first column, which is in no row.

    Args:
        grid: cells by row; `None` where a cell goes on from the left or from above.
    """
    width = max(len(row) for row in grid)
    filled = [[*row, *[""] * (width - len(row))] for row in grid]
    depth = header_depth([[cell or "" for cell in row] for row in filled], has_spans=[None in row for row in filled])
    header = [" ".join(dict.fromkeys(name for row in _spread(filled[:depth]) if (name := row[x]))) for x in range(width)]
    body = _spread_down([[*row] for row in filled[depth:]])
    doubt = "" if depth or width < 3 else "No row of this table looks like the names of its columns:"
    unnamed = header[0] if all(row[0] for row in body if any(row)) else ""
    return table_sentences([row for row in body if any(row)], header=header), doubt, unnamed


def _spread(rows: Sequence[Sequence[str | None]]) -> list[list[str]]:
    """Header rows with a name that spans columns in each of them."""
    spread = []
    for row in rows:
        made: list[str] = []
        for cell in row:
            made.append((made[-1] if made else "") if cell is None else cell)
        spread.append(made)
    return spread


def _spread_down(rows: list[list[str | None]]) -> list[list[str]]:
    """Body rows whose first cell spans several of them."""
    made: list[list[str]] = []
    for row in rows:
        above = made[-1] if made else [""] * len(row)
        made.append([(above[x] if cell is None and x == 0 else cell or "") for x, cell in enumerate(row)])
    return made


def _cell(lines: Sequence[Line], area: tuple[float, float, float, float]) -> str:
    """What stands in one cell, from the top; items of a list parted by semicolons."""
    inside = sorted((line for line in lines if _is_inside(line, area)), key=lambda line: (-round(line.top), line.left))
    text = ""
    for line in inside:
        is_item = line.text[:1] in "•▪–-*" and line.text[1:2] == " "
        if is_item:
            text = f"{text.rstrip(' ;,')}; {line.text[2:]}" if text else line.text[2:]
        elif text.endswith(("-", "\u2010")) and line.text[:1].islower():
            text = text[:-1] + line.text
        else:
            text = f"{text} {line.text}" if text else line.text
    return text.replace(":;", ":")


def _is_inside(line: Line, area: tuple[float, float, float, float]) -> bool:
    left, bottom, right, top = area
    x, y = (line.left + line.right) / 2, (line.bottom + line.top) / 2
    return left - 1 <= x <= right + 1 and bottom - 1 <= y <= top + 1


def _in_place_of(lines: Sequence[Line], sentences: Sequence[str], unnamed: str) -> Line:
    first = lines[0]
    return Line(
        "",
        first.page,
        first.size,
        is_bold=False,
        left=min(line.left for line in lines),
        right=max(line.right for line in lines),
        bottom=min(line.bottom for line in lines),
        top=max(line.top for line in lines),
        rows=tuple(sentences),
        pieces=tuple(line.text for line in lines if line.text not in unnamed),
    )


def _rows(pieces: Sequence[Line]) -> list[list[Line]]:
    """Pieces by the line that they stand on, from the top of the page."""
    rows: list[list[Line]] = []
    for line in sorted(pieces, key=lambda line: -line.top):
        if rows and same_row(rows[-1][0], line) and not line.rows:
            rows[-1].append(line)
        elif not line.rows:
            rows.append([line])
    return [sorted(row, key=lambda line: line.left) for row in rows]


def _runs(rows: list[list[Line]]) -> list[list[list[Line]]]:
    """Rows that follow each other closely, each of several short cells or going on in a column of the one above."""
    runs: list[list[list[Line]]] = [[]]
    for row in rows:
        run = runs[-1]
        is_row = len(row) > 1 and statistics.median(len(line.text) for line in row) <= LONGEST_PIECE
        is_near = bool(run) and run[-1][0].bottom - row[0].top < NEAR_ROWS * row[0].size
        goes_on = is_near and row[0].left > run[0][0].left + ALIGNED * row[0].size and len(row[0].text) <= LONGEST_PIECE
        if is_row and (is_near or not run):
            run.append(row)
        elif is_row:
            runs.append([row])
        elif goes_on:
            run.append(row)
        else:
            runs.append([])
    return [run for run in runs if sum(len(row) > 1 for row in run) >= FEWEST_ROWS]


def _columns(rows: list[list[Line]]) -> list[tuple[float, float]] | None:
    """From where to where each column reaches, if the rows are a table's and not those of columns of prose or of a list."""
    count, times = Counter(len(row) for row in rows if len(row) > 1).most_common(1)[0]
    if times < max(FEWEST_ROWS, 0.5 * len(rows)):
        return None
    whole = [row for row in rows if len(row) == count]
    columns = [(min(row[x].left for row in whole), max(row[x].right for row in whole)) for x in range(count)]
    if any(right >= left for (_, right), (left, _) in pairwise(columns)):
        return None
    for x, (left, following) in enumerate(pairwise(columns)):
        fullness = statistics.median(row[x].right - row[x].left for row in whole) / (following[0] - left[0])
        if fullness > FULL:
            return None
    if all(MARKER.fullmatch(row[0].text) for row in whole) or any("...." in line.text for row in whole for line in row):
        return None  # a list whose marks stand apart; a table of contents
    if all(_is_prose([row[x].text for row in whole]) for x in range(count)):
        return None
    return columns


def _is_prose(cells: Sequence[str]) -> bool:
    """Whether the lines below each other in a column are one text: most go on small where the one above had not ended."""
    going_on = sum(cell[:1].islower() and not before.endswith((*SENTENCE_END, ":")) for before, cell in pairwise(cells))
    return 2 * going_on >= len(cells) - 1 and statistics.median(map(len, cells)) >= SHORTEST_LINE


def _in_columns(row: Sequence[Line], columns: Sequence[tuple[float, float]]) -> list[str | None]:
    """The cells of a row; `None` where the cell before reaches over another column."""
    cells: list[str | None] = [""] * len(columns)
    for line in row:
        covered = [x for x, (left, right) in enumerate(columns) if line.left < right and line.right > left]
        nearest = min(range(len(columns)), key=lambda x: abs(columns[x][0] - line.left))
        first, *others = covered or [nearest]
        cells[first] = f"{cells[first]} {line.text}".strip()
        for x in others:
            cells[x] = cells[x] or None
    return cells


def _unwrapped(grid: list[list[str | None]]) -> tuple[list[list[str | None]], bool]:
    """Rows with the lines that their cells go on in, and whether that was plain."""
    rows: list[list[str | None]] = []
    is_sure = True
    for row in grid:
        if rows and not row[0] and len(rows) > 1:
            rows[-1] = [f"{above or ''} {cell or ''}".strip() for above, cell in zip(rows[-1], row, strict=True)]
            is_sure = False
        else:
            is_sure = is_sure and (len(rows) < 1 or all(cell for cell in row))
            rows.append(row)
    return rows, is_sure
