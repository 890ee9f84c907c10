"""What a reader hands over: blocks joined into the canonical text, the provenance that the file itself states, and doubts.

    return Draft(title, *assemble(title, blocks), author="…", doubts=(Doubt("…"),), seen=tuple(pieces))

A title that the file does not state is an empty string; a maintainer is then asked for it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from corpus.document import Composed, Section
from corpus.doubts import Alteration, Doubt
from corpus.readers.losses import Piece


@dataclass(frozen=True, slots=True)
class Block:
    """One heading or one paragraph, its white space already normalised.

    `composed_of` is "list" or "table" where the paragraph was made of one, else empty.
    """

    text: str
    is_heading: bool
    composed_of: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A document before its provenance is complete.

    `doubts` hold it until a maintainer accepts them, `alterations` are only shown. `seen` is what the file visibly holds, in
    its order: `corpus.readers` compares it with the text, adds what is missing to the doubts, and hands it no further.
    """

    title: str
    text: str
    sections: tuple[Section, ...]
    composed: tuple[Composed, ...] = ()
    author: str = ""
    published: date | None = None
    topics: tuple[str, ...] = ()
    publisher: str = ""
    licence: str = ""
    url: str = ""
    doubts: tuple[Doubt, ...] = ()
    alterations: tuple[Alteration, ...] = ()
    seen: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """What a sitemap or a feed names: articles, further lists, and what cannot be followed, each once and in its order."""

    articles: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()
    unusable: tuple[str, ...] = ()


def assemble(title: str, blocks: Iterable[Block], /) -> tuple[str, tuple[Section, ...], tuple[Composed, ...]]:
    r"""Join the title and the blocks into a canonical text, with its sections and what was made of lists and tables.

    >>> assemble("T", [Block("One.", False), Block("H", True), Block("Two.", False)])[0]
    'T\n\nOne.\n\nH\n\nTwo.'
    """
    parts, length = [title], len(title)
    spans: list[tuple[str, int, int]] = []
    composed: list[Composed] = []
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
        if block.composed_of:
            composed.append(Composed(block.composed_of, length, length + len(block.text)))
        parts.append(block.text)
        length += len(block.text)
    if end > start:
        spans.append((heading, start, end))
    return "\n\n".join(parts), tuple(Section(*span) for span in spans), tuple(composed)
