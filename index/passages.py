"""From a document to passages: one sentence each, by exact offsets.

Sentences are found by sentencex (Wikimedia), which knows the abbreviations of many languages; nothing is normalised,
so `text[start:end]` is the sentence as the article has it, without the white space around it.
"""

import re
from collections.abc import Iterator
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


def _sentences(paragraph: str, offset: int) -> Iterator[tuple[int, int]]:
    for boundary in get_sentence_boundaries(LANGUAGE, paragraph):
        start, end = boundary["start_index"], boundary["end_index"]
        sentence = paragraph[start:end]
        stripped = sentence.strip()
        if stripped:
            start += sentence.index(stripped)
            yield offset + start, offset + start + len(stripped)
