"""Signs that a file shows and gives no letter for: the sentences that hold one are left out, and told."""

from collections.abc import Sequence

from sentencex import segment

from corpus.doubts import Doubt
from corpus.errors import CorpusError
from corpus.readers.draft import Block

UNREADABLE = "\ufffd"  # stands for a sign that cannot be read
MOST_UNREADABLE = 0.2  # of the paragraphs; more is a file whose letters are lost
LEFT_OUT = f"A sign in this sentence cannot be read ({UNREADABLE}), so it was left out:"


def readable(blocks: Sequence[Block], /) -> tuple[list[Block], list[Doubt]]:
    """Blocks without the sentences that hold a sign which cannot be read, and a doubt for each of them.

    Raises:
        CorpusError: most of the file cannot be read.
    """
    unreadable = [block for block in blocks if UNREADABLE in block.text]
    if len(unreadable) > MOST_UNREADABLE * len(blocks) and len(unreadable) > 1:
        raise CorpusError(
            f"{len(unreadable)} of its {len(blocks)} paragraphs hold signs that cannot be read: its fonts do not say what "
            "they mean.",
            remedy="Save it again as a PDF in the program that it was written with, or run text recognition (OCR) over it.",
        )
    kept: list[Block] = []
    doubts: list[Doubt] = []
    for block in blocks:
        sentences = [block.text]
        if UNREADABLE in block.text and not block.is_heading:
            sentences = [found.strip() for found in segment("en", block.text)]
        doubts += [Doubt(LEFT_OUT, sentence) for sentence in sentences if UNREADABLE in sentence]
        if rest := " ".join(sentence for sentence in sentences if UNREADABLE not in sentence):
            kept.append(Block(rest, block.is_heading, block.composed_of))
    return kept, doubts
