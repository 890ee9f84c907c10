"""The articles of a version, by id and by number: in memory, or read from their files as they are asked for.

Flows in: articles, or the bytes of their records and of their texts, and a table of where each lies in these. Flows out: the
same `Document`s either way. Of those in files a server remembers the last ones, so that what it holds does not grow with the
corpus. Texts stand as they are, since a question reads hundreds: in JSON each would take ten times as long.
"""

import hashlib
import json
from abc import abstractmethod
from collections.abc import Collection, ItemsView, Iterable, Iterator, Mapping, Sequence, ValuesView
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus import Document
from corpus.library import document_from, record_of
from index.errors import BUILD_COMMAND, IndexDamagedError
from index.lexical import Integers

Bytes = npt.NDArray[np.uint8]
DOCUMENTS_KEPT, TEXTS_KEPT, HEADS_KEPT = 64, 64, 4_096  # that were read last: some 30 kB, 15 kB and 1 kB each
# What is known of all articles, a column each: how many sections, characters, offered and labelled questions it has; and, in
# the order of the keys of their ids, a key and the number of the article that it is of.
KNOWN = ("sections", "length", "questions", "labels", "key", "number")
SECTIONS, LENGTH, QUESTIONS, LABELS, KEY, NUMBER = range(len(KNOWN))
PLACES = ("start", "end", "text", "text_end")  # bytes: where a record and a text begin and end, each in its file
LOOKED_THROUGH_AT_ONCE = 65_536  # articles


@dataclass(frozen=True, slots=True)
class Lengths:
    """How long the texts of some articles are, `known` of them (KNOWN, n)."""

    known: Integers

    def of(self, id_: str, /) -> int:
        """How many characters an article has; -1 without it."""
        return next((int(self.known[LENGTH, number]) for number in _numbers_with_the_key_of(id_, self.known)), -1)


class Documents(Mapping[str, Document]):
    """Articles by id, in the order of their numbers. Safe to share between threads."""

    def __init__(self, known: Integers, /) -> None:
        """`known` (KNOWN, n) is what is known of all."""
        self.known = known

    @abstractmethod
    def at(self, number: int, /) -> Document:
        """An article."""

    @abstractmethod
    def text(self, number: int, /) -> str:
        """Its text alone."""

    @abstractmethod
    def head(self, number: int, /) -> tuple[str, tuple[str, ...]]:
        """Its id and the headings of its sections alone."""

    def number_of(self, id_: str, /) -> int:
        """The number of an article.

        Raises:
            KeyError: there is none of this id.
        """
        for number in _numbers_with_the_key_of(id_, self.known):
            if self.head(number)[0] == id_:
                return number
        raise KeyError(id_)

    def texts(self) -> Iterator[str]:
        """Every text, in order."""
        return map(self.text, range(len(self)))

    def with_questions(self) -> Iterator[Document]:
        """Those that offer questions, in order; no others are read."""
        return map(self.at, self._with(QUESTIONS))

    def with_labels(self) -> Iterator[Document]:
        """Those with questions that their owners labelled, in order; no others are read."""
        return map(self.at, self._with(LABELS))

    @property
    def lengths(self) -> Lengths:
        """How long the texts are; it holds nothing of the articles themselves."""
        return Lengths(self.known)

    def only(self, ids: Collection[str], /) -> "Documents":
        """Those of these ids that there are, in the same order."""
        return ListedDocuments(map(self.at, sorted(self.number_of(id_) for id_ in ids if id_ in self)))

    def __getitem__(self, id_: str, /) -> Document:
        return self.at(self.number_of(id_))

    def __contains__(self, id_: object, /) -> bool:
        try:
            return isinstance(id_, str) and self.number_of(id_) >= 0
        except KeyError:
            return False

    def __iter__(self) -> Iterator[str]:
        return (self.head(number)[0] for number in range(len(self)))

    def __len__(self) -> int:
        return int(self.known.shape[1])

    def _with(self, what: int) -> Iterator[int]:
        for first in range(0, len(self), LOOKED_THROUGH_AT_ONCE):
            yield from (first + np.flatnonzero(self.known[what, first : first + LOOKED_THROUGH_AT_ONCE])).tolist()

    def values(self) -> ValuesView[Document]:
        """See `Mapping.values`; one after the other, without looking for ids."""
        return _Values(self)

    def items(self) -> ItemsView[str, Document]:
        """See `Mapping.items`; one after the other, without looking for ids."""
        return _Items(self)


class _Values(ValuesView[Document]):
    _mapping: Documents

    def __iter__(self) -> Iterator[Document]:
        return map(self._mapping.at, range(len(self._mapping)))


class _Items(ItemsView[str, Document]):
    _mapping: Documents

    def __iter__(self) -> Iterator[tuple[str, Document]]:
        return ((document.id, document) for document in self._mapping.values())


class ListedDocuments(Documents):
    """Articles in memory."""

    def __init__(self, documents: Iterable[Document], /) -> None:
        """Number them in their order."""
        self._all = tuple(documents)
        super().__init__(_known_of(self._all))

    def at(self, number: int, /) -> Document:
        """See `Documents.at`."""
        return self._all[number]

    def text(self, number: int, /) -> str:
        """See `Documents.text`."""
        return self._all[number].text

    def head(self, number: int, /) -> tuple[str, tuple[str, ...]]:
        """See `Documents.head`."""
        document = self._all[number]
        return document.id, tuple(section.heading for section in document.sections)


class FiledDocuments(Documents):
    """Articles in the files that `write_documents` wrote. The last ones read are remembered, of a small corpus all."""

    def __init__(self, records: Bytes, texts: Bytes, table: Integers, /) -> None:
        """The bytes of the files, and their table; each may be mapped.

        Raises:
            ValueError: the table is none of these files.
        """
        _check(table, len(records), len(texts))
        table = np.asarray(table)  # a memmap itself is slow to index
        super().__init__(table[len(PLACES) :])
        files = _Files(np.asarray(records), np.asarray(texts), table[: len(PLACES)])
        self._text = lru_cache(TEXTS_KEPT)(files.text)
        self._head = lru_cache(HEADS_KEPT)(files.head)
        self._at = lru_cache(DOCUMENTS_KEPT)(partial(_read, files, self._text))

    def at(self, number: int, /) -> Document:
        """See `Documents.at`."""
        return self._at(number)

    def text(self, number: int, /) -> str:
        """See `Documents.text`."""
        return self._text(number)

    def head(self, number: int, /) -> tuple[str, tuple[str, ...]]:
        """See `Documents.head`."""
        return self._head(number)


@dataclass(frozen=True, slots=True)
class _Files:
    """What stands in the files, and where (PLACES, n)."""

    records: Bytes
    texts: Bytes
    places: Integers

    def text(self, number: int) -> str:
        """The text of an article."""
        *_, start, end = self.places[:, number].tolist()
        try:
            return self.texts[start:end].tobytes().decode("utf-8")
        except ValueError:
            raise _unreadable() from None

    def head(self, number: int) -> tuple[str, tuple[str, ...]]:
        """Its id and its headings."""
        record = self.record(number)
        return record["id"], tuple(section["heading"] for section in record["sections"])

    def record(self, number: int) -> dict[str, Any]:
        """All but its text."""
        start, end, *_ = self.places[:, number].tolist()
        try:
            found: dict[str, Any] = json.loads(self.records[start:end].tobytes())
        except ValueError:
            raise _unreadable() from None
        return found


def write_documents(documents: Sequence[Document], *, records: Path, texts: Path, table: Path) -> None:
    """Write articles: an array of JSON with a record a line, the texts one after the other, and the table of both.

    `corpus.library.documents_from` reads the first two.
    """
    places = np.zeros((len(PLACES), len(documents)), np.int64)
    with records.open("wb") as record_file, texts.open("wb") as text_file:
        record_file.write(b"[")
        for number, document in enumerate(documents):
            record_file.write(b",\n" if number else b"")
            begin, text = (record_file.tell(), text_file.tell()), document.text.encode("utf-8")
            record = record_of(document) | {"bytes": len(text)}
            record_file.write(json.dumps(record, ensure_ascii=False).encode("utf-8"))
            text_file.write(text)
            places[:, number] = begin[0], record_file.tell(), begin[1], text_file.tell()
        record_file.write(b"]")
    np.save(table, np.concatenate([places, _known_of(documents)]), allow_pickle=False)


def _read(files: _Files, text: Any, number: int) -> Document:
    return document_from(files.record(number), text(number))


def _unreadable() -> IndexDamagedError:
    return IndexDamagedError("an article of the index cannot be read.", remedy=BUILD_COMMAND)


def _key(id_: str) -> int:
    """A number for an id, the same on every machine; two ids seldom share one."""
    return int.from_bytes(hashlib.sha256(id_.encode("utf-8", "surrogatepass")).digest()[:8], "big", signed=True)


def _known_of(documents: Sequence[Document]) -> Integers:
    counts = [(len(one.sections), len(one.text), len(one.questions), len(one.labels)) for one in documents]
    keys = np.array([_key(document.id) for document in documents], np.int64)
    order = np.argsort(keys, kind="stable")
    return np.concatenate([np.array(counts, np.int64).reshape(-1, KEY).T, [keys[order], order]])


def _numbers_with_the_key_of(id_: str, known: Integers) -> Iterator[int]:
    """The numbers of the articles whose ids have the same key: one, or by a rare chance more."""
    key, keys = _key(id_), known[KEY]
    for place in range(int(np.searchsorted(keys, key)), len(keys)):
        if keys[place] != key:
            return
        yield int(known[NUMBER, place])


def _check(table: Integers, records: int, texts: int) -> None:
    """Raise a ValueError if a table cannot be that of files of so many bytes."""
    if table.ndim != 2 or table.shape[0] != len(PLACES) + len(KNOWN) or table.dtype != np.int64:
        raise ValueError(table.shape)
    start, end, text, text_end, *_, keys, numbers = table
    are_inside = (start < end).all() and (end <= records).all() and (text <= text_end).all() and (text_end <= texts).all()
    are_named = (numbers < table.shape[1]).all() and (keys[1:] >= keys[:-1]).all()
    are_counts = all((row >= 0).all() for row in (*table[: len(PLACES) + KEY], numbers))
    if not (are_inside and are_named and are_counts):
        raise ValueError("no such record")
