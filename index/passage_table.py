"""All passages of a version as columns of numbers: a value is made of a row when somebody asks for that row.

Flows in: documents and their passages, or the array that was kept of them. Flows out: passages, their text, and what the
encoder reads for them. A million passages take 32 MB and no time to load.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import overload

import numpy as np

from corpus import Document
from index.passages import Passage, leans, previous_row, reading_text
from index.words import Integers

COLUMNS = ("document", "section", "start", "end")  # numbers of a document and of its section, offsets in its text


class PassageTable(Sequence[Passage]):
    """Passages in reading order, document after document. Safe to share between threads: nothing in it changes."""

    def __init__(self, documents: Iterable[Document], places: Integers, /) -> None:
        """`places` (n, COLUMNS) number `documents` in their order.

        Raises:
            ValueError: a number names nothing.
        """
        self._documents = tuple(documents)
        self.places = places
        sections = np.array([len(document.sections) for document in self._documents])
        lengths = np.array([len(document.text) for document in self._documents])
        if places.ndim != 2 or places.shape[1] != len(COLUMNS) or not np.issubdtype(places.dtype, np.integer):
            raise ValueError(places.shape)
        document, section, start, end = places.T
        if (places < 0).any() or (document >= len(sections)).any():
            raise ValueError("no such document")
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
        number, section, start, end = map(int, self.places[row])
        document = self._documents[number]
        return Passage(f"{document.id}:{start}-{end}", document.id, document.sections[section].heading, start, end)

    def text(self, row: int, /) -> str:
        """The sentence of a row."""
        number, _, start, end = map(int, self.places[row])
        return self._documents[number].text[start:end]

    def rows_of(self, articles: Collection[str], /) -> Integers:
        """The rows of some documents, in order."""
        numbers = [number for number, document in enumerate(self._documents) if document.id in articles]
        return np.flatnonzero(np.isin(self.places[:, 0], numbers))

    def only(self, rows: Integers, documents: Iterable[Document], /) -> "PassageTable":
        """Some rows, all of these documents."""
        kept = tuple(documents)
        numbers = {document.id: number for number, document in enumerate(kept)}
        places = self.places[rows].copy()
        places[:, 0] = [numbers[self._documents[number].id] for number in places[:, 0].tolist()]
        return PassageTable(kept, places)

    def sections(self, rows: Sequence[int] | Integers, /) -> Integers:
        """For each of some rows in order the number of its section, counted from 0 among theirs."""
        places = self.places[np.asarray(rows)]
        is_other = (places[1:, :2] != places[:-1, :2]).any(axis=1)
        return np.concatenate([np.zeros(min(1, len(places)), np.int64), np.cumsum(is_other)])

    def of_document(self, id_: str, /) -> list[Passage]:
        """The passages of one document."""
        return [self[row] for row in self.rows_of({id_}).tolist()]

    def leans_on(self, row: int, /) -> int | None:
        """The row that a sentence cannot be quoted without; never one of another paragraph, which would tear the quote."""
        before = previous_row(row, self) if leans(self.text(row)) else None
        if before is None:
            return None
        text = self._documents[int(self.places[row, 0])].text
        return None if "\n" in text[int(self.places[before, 3]) : int(self.places[row, 2])] else before

    def reading_text(self, row: int, /) -> str:
        """What the encoder reads for a row."""
        before = previous_row(row, self)
        return reading_text(self[row].section, self.text(row), None if before is None else self.text(before))
