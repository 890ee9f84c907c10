"""What a reader hands over: blocks joined into the canonical text, and the provenance that the file itself states."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from corpus.document import Section


@dataclass(frozen=True, slots=True)
class Block:
    """One heading or one paragraph, its white space already normalised."""

    text: str
    is_heading: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """A document before its provenance is complete. `doubts` are for the maintainer to look into before saying yes."""

    title: str
    text: str
    sections: tuple[Section, ...]
    author: str = ""
    published: date | None = None
    topics: tuple[str, ...] = ()
    publisher: str = ""
    licence: str = ""
    url: str = ""
    doubts: tuple[str, ...] = ()


def assemble(title: str, blocks: Iterable[Block], /) -> tuple[str, tuple[Section, ...]]:
    r"""Join the title and the blocks into a canonical text with its sections.

    >>> assemble("T", [Block("One.", False), Block("H", True), Block("Two.", False)])[0]
    'T\n\nOne.\n\nH\n\nTwo.'
    """
    parts, length = [title], len(title)
    spans: list[tuple[str, int, int]] = []
    heading, start, end = title, -1, -1
    for block in blocks:
        length += 2  # the blank line
        if block.is_heading:
            if end > start:
                spans.append((heading, start, end))
            heading, start, end = block.text, -1, -1
        else:
            start = length if start < 0 else start
            end = length + len(block.text)
        parts.append(block.text)
        length += len(block.text)
    if end > start:
        spans.append((heading, start, end))
    return "\n\n".join(parts), tuple(Section(*span) for span in spans)
