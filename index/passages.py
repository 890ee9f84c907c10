"""From a document to passages: one sentence each, by exact offsets.

Sentences are found by sentencex (Wikimedia), which knows the abbreviations of many languages; nothing is normalised,
so `text[start:end]` is the sentence as the article has it, without the white space around it. What cannot be understood
alone is read and quoted with what it needs: a sentence that leans with the one before, an item of a list with its lead-in.
A version keeps its passages as a table of numbers, 32 bytes each, and reads headings and sentences as they are asked for.
"""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from importlib.metadata import version
from typing import overload

import numpy as np
from sentencex import get_sentence_boundaries

from corpus import Document
from index.documents import LENGTH, SECTIONS, Documents, ListedDocuments
from index.lexical import KEPT, Integers, PassageWords, Words, passage_words

SPLITTER = (
    f"sentences 3, sentencex=={version('sentencex')}"  # the number: of the rules below; a change of them needs another
)
LANGUAGE = "en"
PARAGRAPH = re.compile(r"[^\n]+")
WHITE_SPACE = re.compile(r"\s")
BLANK_LINE = "\n\n"  # between the paragraphs of a canonical text
MOST_ITEMS = 12  # of a list that are quoted with its lead-in
ITEM = re.compile(r"(?:[-*•–]|\d{1,2}[.)]|[a-z][.)])\s")
COLUMNS = ("document", "section", "start", "end")  # numbers of a document and of its section, offsets in its text
CHECKED_AT_ONCE = 65_536  # rows


@dataclass(frozen=True, slots=True)
class Passage:
    """One sentence of a document: `document.text[start:end]`. `section` is the heading that it stands under."""

    id: str
    document_id: str
    section: str
    start: int
    end: int


def split(document: Document, /) -> list[Passage]:
    """The sentences of every section, in reading order; neither headings nor a lead-in whose list is not in its section."""
    found = []
    for section in document.sections:
        passages = [
            Passage(f"{document.id}:{start}-{end}", document.id, section.heading, start, end)
            for paragraph in PARAGRAPH.finditer(document.text, section.start, section.end)
            for start, end in _sentences(paragraph.group(), paragraph.start())
        ]
        while passages and leads(document.text[passages[-1].start : passages[-1].end]):
            passages.pop()
        found += passages
    return found


def leads(sentence: str, /) -> bool:
    """Whether a sentence announces what follows it: alone it says nothing.

    >>> leads("Some of the most common contributors include:")
    True
    """
    return sentence.endswith((":", "："))


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


def lead_in_row(row: int, passages: Sequence[Passage], text: str, /) -> int | None:
    """The row of the lead-in that a passage stands below: readers put the items of a list on lines right below it.

    Args:
        row: of the passage.
        passages: rows in reading order.
        text: of the passage's document.
    """
    start = passages[row].start
    block = text.rfind(BLANK_LINE, 0, start) + len(BLANK_LINE)
    first_line = text.find("\n", block, start)
    if first_line < 0:
        return None
    lead = row
    while (before := previous_row(lead, passages)) is not None and passages[lead].start > first_line:
        lead = before
    is_lead = block <= passages[lead].start < first_line and leads(text[passages[lead].start : passages[lead].end])
    return lead if is_lead else None


def row_to_read_with(row: int, passages: Sequence[Passage], text: str, /) -> int | None:
    """The row of the sentence that is read before one: what it leans on, else the lead-in that it stands below."""
    before, lead = previous_row(row, passages), lead_in_row(row, passages, text)
    is_inside_item = lead is not None and before is not None and "\n" not in text[passages[before].end : passages[row].start]
    if leans(text[passages[row].start : passages[row].end]) and (lead is None or is_inside_item):
        return before
    return lead


def rows_to_quote(row: int, passages: Sequence[Passage], text: str, /) -> tuple[int, int]:
    """The first and the last row that must be quoted with a row, so that it can stand alone.

    Before an item go its lead-in and the items between them. Before a sentence that leans go those that it leans on, up to
    the beginning of its paragraph, which a quote never crosses upwards. After a lead-in goes what it leads to: the rest of
    its paragraph, or the lines of its list.

    Args:
        row: of the passage to quote.
        passages: rows in reading order.
        text: of the passage's document.
    """
    lead = lead_in_row(row, passages, text)
    first, last = row if lead is None else lead, row
    while leans(text[passages[first].start : passages[first].end]):
        before = previous_row(first, passages)
        if before is None or "\n" in text[passages[before].end : passages[first].start]:
            break
        first = before
    if leads(text[passages[row].start : passages[row].end]):
        last = _end_of_list(row, passages, text)
    return first, last


def _end_of_list(row: int, passages: Sequence[Passage], text: str) -> int:
    """The last row of what a lead-in leads to: the lines right below it; else each line after it, up to a paragraph."""
    last = row
    while _follows(last + 1, passages) and lead_in_row(last + 1, passages, text) == row:
        last += 1
    if last > row:
        return last
    while last - row < MOST_ITEMS and _follows(last + 1, passages):
        last += 1
        following = text[passages[last].start : passages[last].end]
        is_item = ITEM.match(following) is not None or not following.endswith((".", "!", "?"))
        if not is_item:
            return last - 1 if last - row > 1 else last
    return last


def _follows(row: int, passages: Sequence[Passage]) -> bool:
    return row < len(passages) and previous_row(row, passages) is not None


def reading_texts(passages: Sequence[Passage], documents: Mapping[str, Document], /) -> list[str]:
    """What the encoder reads for each passage: its document's title, its heading, the sentence that it is read with if there
    is one, and itself. What a whole article is about, few of its sentences name.

    Args:
        passages: rows in reading order.
        documents: theirs, by id.
    """
    sentences = [documents[passage.document_id].text[passage.start : passage.end] for passage in passages]
    read = []
    for row, passage in enumerate(passages):
        document = documents[passage.document_id]
        before = row_to_read_with(row, passages, document.text)
        read.append(
            reading_text(
                document.source.title, passage.section, sentences[row], None if before is None else sentences[before]
            )
        )
    return read


def reading_text(title: str, heading: str, sentence: str, before: str | None, /) -> str:
    """What the encoder reads for one sentence, given the one that it is read with.

    >>> reading_text("Drinks", "Tea", "It is hot.", "Tea is a drink.")
    'Drinks. Tea: Tea is a drink. It is hot.'
    """
    return opening(title, heading) + (sentence if before is None else f"{before} {sentence}")


def opening(title: str, heading: str, /) -> str:
    """What the encoder reads before a sentence: the title and the heading, or the title once where it is the heading."""
    return f"{heading}: " if heading == title else f"{title}. {heading}: "


class PassageTable(Sequence[Passage]):
    """Passages in reading order, document after document. Safe to share between threads: nothing in it changes."""

    def __init__(self, documents: Iterable[Document] | Documents, places: Integers, /) -> None:
        """`places` (n, COLUMNS) number `documents` in their order.

        Raises:
            ValueError: a number names nothing.
        """
        self._documents = documents if isinstance(documents, Documents) else ListedDocuments(documents)
        self.places = places = np.asarray(places)
        if places.ndim != 2 or places.shape[1] != len(COLUMNS) or not np.issubdtype(places.dtype, np.integer):
            raise ValueError(places.shape)
        self._words = lru_cache(KEPT)(partial(_words_at, self._documents))
        for first in range(0, len(places), CHECKED_AT_ONCE):
            self._check(places[first : first + CHECKED_AT_ONCE])
        self._is_in_order = all(
            bool((np.diff(places[first : first + CHECKED_AT_ONCE + 1, 0]) >= 0).all())
            for first in range(0, len(places), CHECKED_AT_ONCE)
        )

    def _check(self, places: Integers) -> None:
        document, section, start, end = places.T
        if (places < 0).any() or (document >= len(self._documents)).any():
            raise ValueError("no such document")
        sections, lengths = self._documents.known[SECTIONS], self._documents.known[LENGTH]
        if (section >= sections[document]).any() or (start > end).any() or (end > lengths[document]).any():
            raise ValueError("no such section or text")

    @classmethod
    def of(cls, documents: Sequence[Document], passages: Iterable[Passage], /) -> "PassageTable":
        """The table of passages that were split from these documents."""
        numbers = {document.id: number for number, document in enumerate(documents)}
        headings = {(d.id, s.heading): n for d in documents for n, s in reversed(list(enumerate(d.sections)))}
        rows = [(numbers[p.document_id], headings[p.document_id, p.section], p.start, p.end) for p in passages]
        return cls(documents, np.array(rows, dtype=np.int64).reshape(-1, len(COLUMNS)))

    def __len__(self) -> int:
        return len(self.places)

    @overload
    def __getitem__(self, row: int) -> Passage: ...
    @overload
    def __getitem__(self, row: slice) -> Sequence[Passage]: ...
    def __getitem__(self, row: int | slice) -> Passage | Sequence[Passage]:
        if isinstance(row, slice):
            return [self[each] for each in range(*row.indices(len(self)))]
        number, section, start, end = self.places[row].tolist()
        id_, headings = self._documents.head(number)
        return Passage(f"{id_}:{start}-{end}", id_, headings[section], start, end)

    def text(self, row: int, /) -> str:
        """The sentence of a row."""
        number, _, start, end = self.places[row].tolist()
        return self._documents.text(number)[start:end]

    def words(self, rows: Integers, /) -> Words:
        """The words of some rows."""
        return Words([self._words(*place) for place in self.places[rows].tolist()])

    def rows_of(self, articles: Collection[str], /) -> Integers:
        """The rows of some documents, in order."""
        numbers = sorted(self._documents.number_of(id_) for id_ in articles if id_ in self._documents)
        return self.rows_of_numbers(numbers)

    def rows_of_numbers(self, numbers: Sequence[int], /) -> Integers:
        """The rows of the documents of some numbers, ascending, in order."""
        if not self._is_in_order:
            return np.flatnonzero(np.isin(self.places[:, 0], numbers))
        begin = partial(bisect_left, range(len(self)), key=lambda row: self.places[row, 0])
        none = np.zeros(0, np.int64)
        return np.concatenate([none, *(np.arange(begin(number), begin(number + 1)) for number in numbers)])

    def sections(self, rows: Sequence[int] | Integers, /) -> Integers:
        """The section of each of these rows, in order, numbered from 0."""
        places = self.places[np.asarray(rows)]
        is_other = (places[1:, :2] != places[:-1, :2]).any(axis=1)
        return np.concatenate([np.zeros(min(1, len(places)), np.int64), np.cumsum(is_other)])

    def of_document(self, id_: str, /) -> list[Passage]:
        """The passages of one document."""
        return [self[row] for row in self.rows_of({id_}).tolist()]

    def rows_to_quote(self, row: int, /) -> tuple[int, int]:
        """The first and the last row that must be quoted with this one."""
        return rows_to_quote(row, self, self._documents.text(int(self.places[row, 0])))

    def reading_text(self, row: int, /) -> str:
        """What the encoder reads for a row."""
        document = self._documents.at(int(self.places[row, 0]))
        before = row_to_read_with(row, self, document.text)
        return reading_text(
            document.source.title, self[row].section, self.text(row), None if before is None else self.text(before)
        )


def _words_at(documents: Documents, number: int, section: int, start: int, end: int) -> PassageWords:
    return passage_words(documents.head(number)[1][section], documents.text(number)[start:end])


def _sentences(paragraph: str, offset: int) -> Iterator[tuple[int, int]]:
    # sentencex 1.0.32 fails at a white space of several bytes behind a sentence; here every white space is one space to it.
    for boundary in get_sentence_boundaries(LANGUAGE, WHITE_SPACE.sub(" ", paragraph)):
        start, end = boundary["start_index"], boundary["end_index"]
        sentence = paragraph[start:end]
        stripped = sentence.strip()
        if stripped:
            start += sentence.index(stripped)
            yield offset + start, offset + start + len(stripped)
