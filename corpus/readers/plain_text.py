"""Plain text, with the chrome that content systems print around an article.

Breadcrumb (`More>Health>Recovery`), byline (author and time run together), comment counter and log-in line become
provenance or nothing; they are never part of the text. Paragraphs are kept to the letter.
"""

import re
from datetime import date

from corpus.errors import CorpusError
from corpus.readers.draft import Block, Draft, assemble

BREADCRUMB = re.compile(r"[^<>\n.]+(?:>[^<>\n.]+)+")
BYLINE = re.compile(r"(?P<author>\S.*?)\s?(?P<date>\d{4}-\d{2}-\d{2}) \d{2}:\d{2}:\d{2}")
COMMENT_COUNTER = re.compile(r"Comments? \(\d+\)")
LOGIN = re.compile(r"Log-?\s?in is required\b.*|Please log ?in .*", re.IGNORECASE)
LONGEST_HEADING = 120  # characters; a longer line without a full stop is a paragraph that lacks one
SENTENCE_END = tuple(".!?:;…\"'”’)")


def read_plain_text(raw: str, /) -> Draft:
    """Read an article whose blocks are separated by blank lines and whose first block is its title.

    Raises:
        CorpusError: there is no title line, or the byline's date is not one.
    """
    author, published = "", None
    topics: tuple[str, ...] = ()
    blocks: list[Block] = []
    for chunk in re.split(r"\n\s*\n", raw.replace("\r\n", "\n").strip()):
        kept: list[str] = []
        for line in map(str.strip, chunk.split("\n")):
            if not blocks and not kept and BREADCRUMB.fullmatch(line):
                topics = tuple(part.strip() for part in line.split(">"))
            elif byline := BYLINE.fullmatch(line):
                author, published = byline["author"], _date(byline["date"])
            elif line and not COMMENT_COUNTER.fullmatch(line) and not LOGIN.fullmatch(line):
                kept.append(line)
        if kept:
            is_heading = len(kept) == 1 and len(kept[0]) <= LONGEST_HEADING and not kept[0].endswith(SENTENCE_END)
            blocks.append(Block(" ".join(kept), is_heading))
    if not blocks or not blocks[0].is_heading:
        raise CorpusError(
            "the first block of the text is not a title.", remedy="Put the title on a line of its own, without a full stop."
        )
    text, sections = assemble(blocks[0].text, blocks[1:])
    return Draft(blocks[0].text, text, sections, author, published, topics)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CorpusError(f"the byline's date {text!r} is not a date.", remedy="Correct it, or remove the line.") from None
