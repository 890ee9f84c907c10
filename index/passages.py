"""From a document to passages: one sentence each, by exact offsets.

Sentences are found by sentencex (Wikimedia), which knows the abbreviations of many languages; nothing is normalised,
so `text[start:end]` is the sentence as the article has it, without the white space around it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version

from sentencex import get_sentence_boundaries

from corpus import Document

SPLITTER = f"sentencex=={version('sentencex')}"
LANGUAGE = "en"
PARAGRAPH = re.compile(r"[^\n]+")


@dataclass(frozen=True, slots=True)
class Passage:
    """One sentence of a document: `document.text[start:end]`. `section` is the heading that it stands under."""

    id: str
    document_id: str
    section: str
    start: int
    end: int


def split(document: Document, /) -> list[Passage]:
    """The sentences of every section, in reading order; headings are never among them."""
    return [
        Passage(f"{document.id}:{start}-{end}", document.id, section.heading, start, end)
        for section in document.sections
        for paragraph in PARAGRAPH.finditer(document.text, section.start, section.end)
        for start, end in _sentences(paragraph.group(), paragraph.start())
    ]


# A sentence that opens so leans on the one before it: it is read, and quoted, with that one.
LEANS = re.compile(
    r"(?:this|these|those|it|its|they|their|such|both|he|she|him|her)\b"
    r"|(?:similarly|likewise|in addition|also|however|therefore|thus|as a result|for example|for instance|otherwise"
    r"|in this case|in these cases)\b",
    re.IGNORECASE,
)


def leans(sentence: str, /) -> bool:
    """Whether a sentence points back to the one before it.

    >>> leans("These medications can interfere with dopamine."), leans("Certain drugs do.")
    (True, False)
    """
    return LEANS.match(sentence) is not None


def previous_row(row: int, passages: Sequence[Passage], /) -> int | None:
    """The row of the sentence before, if it stands under the same heading of the same document."""
    here = passages[row]
    before = passages[row - 1] if row else None
    is_near = before is not None and (before.document_id, before.section) == (here.document_id, here.section)
    return row - 1 if is_near else None


def reading_texts(passages: Sequence[Passage], texts: Mapping[str, str], /) -> list[str]:
    """What the encoder reads for each passage: heading, the sentence it leans on if it does, and the sentence itself.

    Args:
        passages: rows in reading order.
        texts: canonical text by document id.
    """
    sentences = [texts[passage.document_id][passage.start : passage.end] for passage in passages]
    read = []
    for row, (passage, sentence) in enumerate(zip(passages, sentences, strict=True)):
        before = previous_row(row, passages)
        read.append(reading_text(passage.section, sentence, None if before is None else sentences[before]))
    return read


def reading_text(heading: str, sentence: str, before: str | None, /) -> str:
    """What the encoder reads for one sentence, given the one before it in its section.

    >>> reading_text("Tea", "It is hot.", "Tea is a drink.")
    'Tea: Tea is a drink. It is hot.'
    """
    return f"{heading}: {f'{before} {sentence}' if before is not None and leans(sentence) else sentence}"


def _sentences(paragraph: str, offset: int) -> Iterator[tuple[int, int]]:
    for boundary in get_sentence_boundaries(LANGUAGE, paragraph):
        start, end = boundary["start_index"], boundary["end_index"]
        sentence = paragraph[start:end]
        stripped = sentence.strip()
        if stripped:
            start += sentence.index(stripped)
            yield offset + start, offset + start + len(stripped)
