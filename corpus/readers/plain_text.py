"""Plain text, with the chrome that content systems print around an article.

Breadcrumb (`More>Health>Recovery`), byline (author and time run together), comment counter and log-in line become
provenance or nothing; they are never part of the text. Paragraphs are kept to the letter.
"""

from collections.abc import Iterator
from datetime import date
from itertools import groupby

from corpus.errors import CorpusError
from corpus.linear_patterns import LinearPattern
from corpus.readers.draft import Block, Draft, assemble

BYLINE = LinearPattern(r"(?P<author>\S.*?)\s?(?P<date>\d{4}-\d{2}-\d{2}) \d{2}:\d{2}:\d{2}")
COMMENT_COUNTER = LinearPattern(r"Comments? \(\d+\)")
LOGIN = LinearPattern(r"(?i)Log-?\s?in is required\b.*|Please log ?in .*")
LONGEST_HEADING = 120  # characters; a longer line without a full stop is a paragraph that lacks one
LINE_OF_TEXT_ENDS = tuple(".!?:;…\"'”’)")  # a heading ends otherwise


def read_plain_text(raw: str, /) -> Draft:
    """Read an article whose blocks are separated by blank lines; its title is its first block, if that is a heading.

    Raises:
        CorpusError: the byline's date is not one.
    """
    author, published = "", None
    topics: tuple[str, ...] = ()
    blocks: list[Block] = []
    for chunk in _chunks(raw):
        kept: list[str] = []
        for line in chunk:
            if not blocks and not kept and _is_breadcrumb(line):
                topics = tuple(part.strip() for part in line.split(">"))
            elif byline := BYLINE.fullmatch(line):
                author, published = byline["author"], _date(byline["date"])
            elif not COMMENT_COUNTER.fullmatch(line) and not LOGIN.fullmatch(line):
                kept.append(line)
        if kept:
            is_heading = len(kept) == 1 and len(kept[0]) <= LONGEST_HEADING and not kept[0].endswith(LINE_OF_TEXT_ENDS)
            blocks.append(Block(" ".join(kept), is_heading))
    title, body = (blocks[0].text, blocks[1:]) if blocks and blocks[0].is_heading else ("", blocks)
    return Draft(title, *assemble(title, body), author=author, published=published, topics=topics)


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
