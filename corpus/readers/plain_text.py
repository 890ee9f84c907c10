"""Plain text, with the chrome that content systems print around an article.

Breadcrumb (`More>Health>Recovery`), byline (author and time run together), comment counter and log-in line become
provenance or nothing; they are never part of the text. Paragraphs are kept to the letter, but that words which were
divided at the end of a line are whole again, and lists and columns become sentences.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby

from corpus.doubts import Alteration, Doubt
from corpus.errors import CorpusError
from corpus.linear_patterns import LinearPattern
from corpus.readers.draft import Block, Draft, assemble
from corpus.readers.lists_and_tables import DRAWN, add_list, drawn_tables, table_sentences
from corpus.readers.losses import Piece
from corpus.readers.numbering import references_to_numbers
from corpus.readers.text import BEFORE_A_HYPHEN

BYLINE = LinearPattern(r"(?P<author>\S.*?)\s?(?P<date>\d{4}-\d{2}-\d{2}) \d{2}:\d{2}:\d{2}")
COMMENT_COUNTER = LinearPattern(r"Comments? \(\d+\)")
LOGIN = LinearPattern(r"(?i)Log-?\s?in is required\b.*|Please log ?in .*")
# A mark of an item: a sign, a number, a small letter or a small Roman number, a box to tick.
BULLET = LinearPattern(r"(?:[-–—•●◦▪‣■*·✓✔✗✘]|\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[.)]|\[[ xX]\]|[☐☑☒])\s+")
NUMBERED = LinearPattern(r"\(?\d{1,2}[.)]\s")
UNDERLINE = LinearPattern(r"={3,}|-{3,}|~{3,}")
DIVIDED = LinearPattern(r"(\pL+)-\z")
DIVIDED_NUMBER = LinearPattern(r"\d[-–]\z")
GAP = re.compile(r" {2,}")  # between columns
LONGEST_HEADING = 120  # characters; a longer line without a full stop is a paragraph that lacks one
LINE_OF_TEXT_ENDS = tuple(".!?:;…\"'”’)")  # a heading ends otherwise


def read_plain_text(raw: str, /) -> Draft:
    """Read an article whose blocks are separated by blank lines; its title is its first block, if that is a heading.

    Raises:
        CorpusError: the byline's date is not one.
    """
    author, published = "", None
    topics: tuple[str, ...] = ()
    reading = _Reading(raw)
    for chunk in _chunks(raw):
        kept: list[str] = []
        for line in chunk:
            if not reading.found and not kept and _is_breadcrumb(line):
                topics = tuple(part.strip() for part in line.split(">"))
            elif byline := BYLINE.fullmatch(line):
                author, published = byline["author"], _date(byline["date"])
            elif not COMMENT_COUNTER.fullmatch(line) and not LOGIN.fullmatch(line):
                kept.append(line)
        reading.add(kept)
    reading.end_list()
    blocks = reading.found
    title, body = (blocks[0].text, blocks[1:]) if blocks and blocks[0].is_heading else ("", blocks)
    text, sections, composed = assemble(title, body)
    numbers = references_to_numbers(text, has_numbers=reading.has_numbers)
    return Draft(
        title,
        text,
        sections,
        composed,
        author=author,
        published=published,
        topics=topics,
        doubts=(*reading.doubts, *numbers, *drawn_tables(text)),
        alterations=tuple(reading.alterations),
        seen=tuple(reading.seen),
    )


class _Reading:
    """What was found so far, and the items of the list that is being read."""

    def __init__(self, raw: str) -> None:
        self.found: list[Block] = []
        self.doubts: list[Doubt] = []
        self.alterations: list[Alteration] = []
        self.seen: list[Piece] = []
        self.has_numbers = False
        self._items: list[str] = []
        self._raw = raw

    def add(self, lines: Sequence[str]) -> None:
        """Add the lines between two blank ones."""
        is_underlined = len(lines) > 1 and UNDERLINE.fullmatch(lines[1]) is not None
        if is_underlined or (
            len(lines) == 1
            and any(map(str.isalnum, lines[0]))
            and _is_heading(lines[0])
            and not (self._is_in_list() and BULLET.match(lines[0]))
        ):
            self.end_list()
            self.found.append(Block(lines[0], is_heading=True))
            self.seen.append(Piece("heading", lines[0]))
            lines = lines[2:]
        lines = [line for line in lines if any(map(str.isalnum, line)) or DRAWN.search(line)]  # without lines that part
        bullets = sum(BULLET.match(line) is not None for line in lines)
        is_list = bullets > 1 or (bullets == len(lines) == 1 and self._is_in_list())
        start = next((at for at, line in enumerate(lines) if is_list and BULLET.match(line)), len(lines))
        self._add_paragraphs(lines[:start])
        for line in lines[start:]:
            bullet = BULLET.match(line)
            self.has_numbers |= NUMBERED.match(line) is not None
            if bullet or not self._items:
                self._items.append(line[bullet.end() :] if bullet else line)
            else:
                self._items[-1] = self._joined([self._items[-1], line])

    def end_list(self) -> None:
        """Make what was read of a list a part of the text."""
        self.seen += [Piece("list item", item) for item in self._items]
        if self._items:
            add_list(self.found, self._items)
        self._items = []

    def _is_in_list(self) -> bool:
        return bool(self._items) or (
            bool(self.found) and not self.found[-1].is_heading and self.found[-1].text.endswith(":")
        )

    def _add_paragraphs(self, lines: Sequence[str]) -> None:
        """Lines of text, and among them lines in columns."""
        if not lines:
            return
        self.end_list()
        for width, group in groupby(lines, key=lambda line: len(GAP.split(line))):
            rows = [GAP.split(line) for line in group]
            if width > 1 and len(rows) > 1:
                self.seen += [Piece("cell", cell) for row in rows for cell in row]
                self.found += [Block(row, is_heading=False, composed_of="table") for row in table_sentences(rows)]
                reason = "are these the columns of a table? Their names are not marked; write each line as a sentence:"
                self.doubts.append(Doubt(reason, " | ".join(rows[0])))
            else:
                text = self._joined([" ".join(row) for row in rows])
                self.found.append(Block(text, is_heading=False))
                self.seen.append(Piece("paragraph", text))

    def _joined(self, lines: Sequence[str]) -> str:
        """Lines as one, with words whole that a hyphen divides at the end of a line, unless the text writes them with it."""
        text = ""
        for line in lines:
            if line[:1].isdigit() and DIVIDED_NUMBER.search(text):
                text += line
                continue
            divided = DIVIDED.search(text)
            if divided is None or not line[:1].islower():
                text = f"{text} {line}" if text else line
                continue
            word = next(iter(re.split(r"\W", line, maxsplit=1)), "")
            with_hyphen = f"{divided[1]}-{word}"
            if with_hyphen in self._raw or divided[1].lower() in BEFORE_A_HYPHEN:
                text += line
            else:
                text = text[:-1] + line
                self.alterations.append(Alteration("joined across a line end", with_hyphen, f"{divided[1]}{word}"))
        return text


def _is_heading(line: str) -> bool:
    return len(line) <= LONGEST_HEADING and not line.endswith(LINE_OF_TEXT_ENDS)


def _chunks(raw: str) -> Iterator[list[str]]:
    """The lines between blank lines."""
    for is_text, lines in groupby(map(str.strip, raw.replace("\r\n", "\n").split("\n")), key=bool):
        if is_text:
            yield list(lines)


def _is_breadcrumb(line: str) -> bool:
    parts = line.split(">")
    return len(parts) > 1 and all(parts) and not any(letter in "<." for letter in line)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CorpusError(f"the byline's date {text!r} is not a date.", remedy="Correct it, or remove the line.") from None
