"""From lines in reading order to headings and whole paragraphs: sentences go on over columns, pages, pictures and notes."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus.doubts import Alteration
from corpus.linear_patterns import LinearPattern
from corpus.readers.lists_and_tables import SENTENCE_END
from corpus.readers.pdf.letters import Line
from corpus.readers.text import BEFORE_A_HYPHEN, settle

LARGER = 1.12  # times the size of the text: a heading
SMALLER = 0.93  # times the size of the text: a note, or what is written under a picture
LONGEST_HEADING = 160  # characters
USUAL_LEADING = 1.25  # times the size, where too few lines tell
WIDER = 1.3  # times the usual distance of lines: a new paragraph
FARTHEST = 2.6  # times the size: the widest leading that text is set in
SAME_LEFT = 12  # times the size: lines of one paragraph begin this near to each other
FARTHEST_ITEM = 12  # groups between two items of one list: those of a list below the first
MOST_PASSED = 4  # groups between the two halves of a sentence
BULLET = re.compile(r"[•●◦▪‣■]\s*")
WEAK_MARK = re.compile(r"(?:[*–—-]|\(?(?P<number>\d{1,2})[.)]|\(?(?P<letter>[a-z])\))\s+(?=\S)")
CAPTION = LinearPattern(r"(?i)(?:fig(?:ure|\.)|abb(?:ildung|\.)|table|tabelle|tab\.|box|figura|tableau|tabla)\s*\d+")
HYPHENS = ("-", "\u2010")
WORD = LinearPattern(r"[\pL\p{Nl}\p{No}]+(?:-[\pL\p{Nl}\p{No}]+)*")


@dataclass(slots=True)
class Group:
    """Lines that belong together."""

    lines: list[Line]
    is_heading: bool
    is_item: bool = False

    @property
    def is_row(self) -> bool:
        """Whether it is one row of a table."""
        return self.lines[0].is_row


def body_size(lines: Iterable[Line], /) -> float:
    """The size that most letters are set in."""
    letters: Counter[float] = Counter()
    for line in lines:
        if not line.is_row:
            letters[line.size] += len(line.text)
    return letters.most_common(1)[0][0] if letters else 0.0


def grouped(lines: Sequence[Line], size: float, /) -> list[Group]:
    """Lines as headings, paragraphs, list items and rows."""
    leading = _leading(lines, size)
    groups: list[Group] = []
    for line in lines:
        is_heading = _is_heading(line, size)
        begins_item = not is_heading and not line.is_row and _begins_item(groups, line)
        if groups and not begins_item and _continues(groups[-1], line, is_heading=is_heading, leading=leading):
            groups[-1].lines.append(line)
        else:
            groups.append(Group([line], is_heading, begins_item))
    reunited = _reunited(groups, size)
    for place, group in enumerate(reunited):
        before = reunited[place - 1] if place else None
        after = reunited[place + 1] if place + 1 < len(reunited) else None
        earlier = reunited[max(0, place - FARTHEST_ITEM) : place]
        group.is_item = group.is_item and not _is_alone(before, group, after, earlier)
    return reunited


def _is_alone(before: Group | None, group: Group, after: Group | None, earlier: Sequence[Group]) -> bool:
    """Whether a number or a letter begins a paragraph that is no item of a list, such as a numbered section."""
    kind = kind_of_mark(group.lines[0].text)
    beside = [one for one in (before, after) if one and (one.is_item or one is before)]
    has_lead = before is not None and before.lines[-1].text.endswith(":")
    if kind == "1" and not has_lead and any(_is_counted(one, group) for one in earlier):
        return False
    return kind in {"1", "a"} and not has_lead and all(kind_of_mark(one.lines[0].text) != kind for one in beside)


def _is_counted(one: Group, group: Group) -> bool:
    """Whether an item is the one before another, by their numbers and by where they begin."""
    marks = WEAK_MARK.match(one.lines[0].text), WEAK_MARK.match(group.lines[0].text)
    first, second = (int(mark["number"]) if mark and mark["number"] else 0 for mark in marks)
    return one.is_item and 0 < first == second - 1 and abs(one.lines[0].left - group.lines[0].left) < one.lines[0].size


def kind_of_mark(text: str, /) -> str:
    """What kind of mark begins an item of a list: all items of one list have the same."""
    if (mark := WEAK_MARK.match(text)) is None:
        return "•" if BULLET.match(text) else ""
    return "1" if mark["number"] else "a" if mark["letter"] else "-"


def text_of(lines: Sequence[Line], vocabulary: Counter[str], joined: list[Alteration], /) -> str:
    """The text of lines; words that a line's end cut are whole again, and told in `joined` where that is a guess."""
    text = ""
    for line in lines:
        if text.endswith(HYPHENS) and line.text[:1].islower() and (start := WORD.search(text[:-1].rsplit(" ", 1)[-1])):
            rest = WORD.match(line.text)
            first, second = start.group(), rest.group() if rest else ""
            text = text[:-1] + ("-" if _keeps_hyphen(first, second, vocabulary, joined) else "") + line.text
        elif text.endswith(HYPHENS) and not text.endswith(f" {text[-1]}") and line.text[:1].isalnum():
            text += line.text  # "RLS-" and "related" of a name or number: the hyphen is its own
        else:
            text = f"{text} {line.text}" if text else line.text
    return unicodedata.normalize("NFC", settle(text)).strip()


def _leading(lines: Sequence[Line], size: float) -> float:
    """The usual distance of the text's lines, in times their size."""
    distances = Counter(
        round((before.bottom - line.bottom) / size, 1)
        for before, line in pairwise(lines)
        if before.size == line.size == size and _is_below(before, line, FARTHEST) and not (before.is_row or line.is_row)
    )
    if sum(distances.values()) < 3:
        return USUAL_LEADING
    most = max(distances.values())
    return min(distance for distance, count in distances.items() if count >= 0.5 * most)


def _is_below(before: Line, line: Line, farthest: float) -> bool:
    return before.page == line.page and 0 < before.bottom - line.bottom < farthest * max(before.size, line.size)


def _is_heading(line: Line, size: float) -> bool:
    is_marked = line.size >= size * LARGER or (line.is_bold and not line.text.endswith(SENTENCE_END))
    return is_marked and not line.is_row and len(line.text) <= LONGEST_HEADING and any(map(str.isalpha, line.text))


def _begins_item(groups: list[Group], line: Line) -> bool:
    """Whether a line begins an item of a list: by a bullet, or by a dash or number where one may stand."""
    if BULLET.match(line.text):
        return True
    if not WEAK_MARK.match(line.text) or not groups:
        return False
    before = groups[-1]
    if before.is_item and kind_of_mark(before.lines[0].text) == kind_of_mark(line.text):
        return True
    last = before.lines[-1]
    return before.is_heading or last.text.endswith((*SENTENCE_END, ":")) or _had_room(last, line)


def _continues(group: Group, line: Line, *, is_heading: bool, leading: float) -> bool:
    before = group.lines[-1]
    if group.is_heading != is_heading or before.is_row or line.is_row:
        return False
    is_near = _is_below(before, line, min(WIDER * leading, FARTHEST))
    if is_heading:
        return (
            _is_below(before, line, FARTHEST / 1.3) and before.size == line.size and before.is_bold == line.is_bold
        )  # fmt: skip
    if (
        not is_near
        or abs(line.left - before.left) >= SAME_LEFT * line.size
        or abs(line.size - before.size) > 0.15 * line.size
    ):
        return False
    if before.text.endswith(HYPHENS) and line.text[:1].isalnum() and not line.text[:1].isupper():
        return True
    if line.left > before.left + 0.8 * line.size and before.text.endswith(SENTENCE_END):
        return False  # an indented first line
    is_short = _had_room(before, line) and before.right < max(one.right for one in group.lines[-4:-1] or [line]) - line.size
    return not (is_short and (before.text.endswith((*SENTENCE_END, ":")) or not _runs_on(group, line)))


def _runs_on(group: Group, line: Line) -> bool:
    """Whether a sentence that is not finished goes on in a line: it begins small, and what came before is no short entry."""
    return line.text[:1].islower() and (len(group.lines) > 1 or len(group.lines[0].text) > LONGEST_HEADING // 2)


def _had_room(before: Line, line: Line) -> bool:
    """Whether the first word of a line would have fitted on the line before: then its end is meant."""
    width = (line.right - line.left) / max(len(line.text), 1)
    return before.edge - before.right > (len(line.text.split(" ", 1)[0]) + 1) * width + line.size


def _reunited(groups: list[Group], size: float) -> list[Group]:
    """Groups with the halves of a sentence joined that a column's end, a page's, or a picture stands between."""
    made: list[Group] = []
    for group in groups:
        place = _first_half(made, group, size)
        if place is None:
            made.append(group)
        else:
            made[place].lines += group.lines
    return made


def _first_half(made: list[Group], group: Group, size: float) -> int | None:
    if group.is_heading or group.is_row or group.is_item or _is_aside(group, size):
        return None
    line = group.lines[0]
    passed = 0
    for place in range(len(made) - 1, -1, -1):
        candidate = made[place]
        if candidate.is_row or candidate.is_heading or _is_aside(candidate, size):
            # A heading that a sentence goes on after is one of a box that stands in its way.
            passed += not candidate.is_row
            if passed > MOST_PASSED:
                return None
            continue
        before = candidate.lines[-1]
        if abs(before.size - line.size) > 0.06 * line.size or before.text.endswith((*SENTENCE_END, ":")):
            return None
        is_elsewhere = place < len(made) - 1 or before.page != line.page or before.bottom - line.bottom < 0
        is_cut = before.text.endswith(HYPHENS) or line.text[:1].islower()
        is_full = len(candidate.lines) > 1 and not _had_room(before, line) and not line.text[:1].isspace()
        has_headings = any(one.is_heading for one in made[place + 1 :])
        return place if is_elsewhere and (is_cut or (is_full and not has_headings)) else None
    return None


def _is_aside(group: Group, size: float) -> bool:
    """What stands beside the text: a caption, a note, a line at the page's edge."""
    first = group.lines[0]
    is_small = all(line.size <= size * SMALLER for line in group.lines)
    return CAPTION.match(first.text) is not None or is_small or all(line.is_marginal for line in group.lines)


def _keeps_hyphen(first: str, second: str, vocabulary: Counter[str], joined: list[Alteration]) -> bool:
    """How the document writes the word elsewhere decides; if it does not, the hyphen goes and the maintainer is told."""
    with_hyphen, without = f"{first}-{second}".lower(), f"{first}{second}".lower()
    if vocabulary[without]:
        return False
    if vocabulary[with_hyphen] or first.lower() in BEFORE_A_HYPHEN:
        return True
    joined.append(Alteration("joined across a line end", f"{first}-{second}", f"{first}{second}"))
    return False
