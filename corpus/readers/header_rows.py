"""Which of a table's first rows name its columns, where nothing but their form tells."""

from collections.abc import Sequence

from corpus.readers.lists_and_tables import SENTENCE_END

LONGEST_NAME = 60  # characters of a column's name


def header_depth(grid: Sequence[Sequence[str]], /, *, has_spans: Sequence[bool] = ()) -> int:
    """How many of the first rows name the columns: judged by their form alone, since nothing marks them.

    >>> header_depth([["Group", "Low"], ["Women", "15"], ["Men", "30"]])
    1
    >>> header_depth([["Iron", "15"], ["Zinc", "30"]])
    0
    """
    if len(grid) < 2 or not _names(grid[0], may_miss=bool(has_spans) and has_spans[0]):
        return 0
    is_two = len(grid) > 2 and _names(grid[1], may_miss=True) and (has_spans[0] if has_spans else False)
    return 2 if is_two else 1


def _names(row: Sequence[str], *, may_miss: bool = False) -> bool:
    """Whether each cell of a row could be a column's name: short, no sentence, and no number."""
    cells = [cell.strip() for cell in row]
    named = [cell for cell in cells[1:] if cell]
    is_full = bool(named) and (may_miss or len(named) == len(cells) - 1 or len(named) > 1)
    return is_full and all(
        len(cell) <= LONGEST_NAME
        and not cell.endswith(SENTENCE_END)
        and any(map(str.isalpha, cell))
        and not cell[0].isdigit()
        for cell in cells
        if cell
    )
