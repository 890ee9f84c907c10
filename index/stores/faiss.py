"""FAISS behind the store contract; the only module that imports faiss.

Up to FLAT_UP_TO passages every vector is compared. Above that, an inverted file with a byte a dimension finds candidates,
and their exact vectors score them: FAISS's own `IndexIVFScalarQuantizer` in `IndexRefineFlat`. So every score is an exact
cosine; a test measures how many of the nearest are missed.
"""

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Self

import faiss
import numpy as np

from index.encoding import Rows, Vectors, unit
from index.encoding.vectors import PassageVectors

ROWS_AT_ONCE = 65_536
FLAT_UP_TO = 16_384  # passages; comparing more takes a millisecond, a quarter of what encoding the question takes
MAPPED_FROM = 128 * 1024 * 1024  # bytes of a file that is mapped, so that replicas on a machine share it
VECTORS_A_LIST, ROUNDS = 32, 6  # of k-means; 64 and 10 took four times as long and found no more
PROBES = 256  # lists that a search goes through
MARGIN = 64  # more than asked for are scored exactly: a byte a dimension confuses near ones

faiss.omp_set_num_threads(1)  # the same vectors give the same index
named: Any = faiss  # its classes take named arguments, which its stubs do not know


class FaissStore:
    """Exact inner products of unit vectors: cosines. Of all vectors, or of the candidates of an inverted file."""

    def __init__(self, index: Any, /) -> None:
        self._index = index
        self._lists = 0 if isinstance(index, faiss.IndexFlat) else named.downcast_index(index.base_index).nlist

    @classmethod
    def build(cls, vectors: Vectors, /, *, flat_up_to: int = FLAT_UP_TO) -> Self:
        """A store over the rows of `vectors`, shape (n, dimension), n ≥ 1."""
        count, dimension = len(vectors), vectors.shape[1]
        if count <= flat_up_to:
            index: Any = faiss.IndexFlatIP(dimension)
        else:
            lists = max(1, min(count // VECTORS_A_LIST, round(4 * math.sqrt(count))))
            likely: Any = faiss.index_factory(dimension, f"IVF{lists},SQ8", faiss.METRIC_INNER_PRODUCT)
            likely.cp.niter, likely.cp.max_points_per_centroid, likely.cp.min_points_per_centroid = ROUNDS, VECTORS_A_LIST, 1
            rows = np.linspace(0, count - 1, min(count, VECTORS_A_LIST * lists)).astype(np.int64)
            likely.train(unit(vectors[rows]))
            index = faiss.IndexRefineFlat(likely)
        for first in range(0, count, ROWS_AT_ONCE):  # the copy at unit length is as large as what is copied
            index.add(np.ascontiguousarray(unit(vectors[first : first + ROWS_AT_ONCE])))
        return cls(index)

    @classmethod
    def load(cls, path: Path, /) -> Self:
        """The store that `save` wrote. FAISS parses files natively: never give it one whose hash was not verified."""
        return cls(faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC if path.stat().st_size >= MAPPED_FROM else 0))

    def save(self, path: Path, /) -> None:
        """Write the store to one file."""
        faiss.write_index(self._index, str(path))

    @property
    def description(self) -> dict[str, Any]:
        """What kind of index this is, as the manifest tells it."""
        return {"kind": "ivf-sq8", "lists": self._lists, "probes": self._probes()} if self._lists else {"kind": "flat"}

    def search(self, query: Vectors, /, *, count: int, among: Rows | None = None) -> tuple[Vectors, Rows]:
        """See `VectorStore.search`."""
        asked, total = unit(query)[np.newaxis], self._index.ntotal
        wanted = min(count, total if among is None else len(among))
        selector = None if among is None else _selector(among, total)
        if not self._lists:
            scores, rows = self._index.search(asked, wanted, params=named.SearchParameters(sel=selector))
            return scores[0], rows[0]
        # Unwanted rows are skipped, so more lists are searched: as many vectors are compared as without a selector.
        for probes in (self._probes(1 if among is None else len(among) / total), self._lists):
            inverted = named.IVFSearchParameters(nprobe=probes, sel=selector)
            refined = named.IndexRefineSearchParameters(k_factor=1 + MARGIN / wanted, base_index_params=inverted)
            scores, rows = self._index.search(asked, wanted, params=refined)
            if rows[0, -1] >= 0:  # else those lists hold fewer than wanted
                break
        return scores[0], rows[0]

    def check(self) -> None:
        """See `VectorStore.check`: all of it lies in the folder."""

    def _probes(self, wanted_share: float = 1) -> int:
        return min(self._lists, max(1, math.ceil(PROBES / wanted_share)))


class FaissFiles:
    """The vectors of a version in a file of its folder. See `Store`; nothing lies outside of that folder."""

    FILE: ClassVar[str] = "store.faiss"
    KEEPS_ROWS: ClassVar[bool] = False

    @classmethod
    def of(cls, _settings: Mapping[str, str], /) -> Self:
        """It has no settings."""
        return cls()

    def check_settings(self) -> None:
        """See `Store.check_settings`."""

    def write(self, vectors: PassageVectors, folder: Path, /) -> dict[str, Any]:
        """See `Store.write`."""
        store = FaissStore.build(vectors.pooled)
        store.save(folder / self.FILE)
        return store.description

    def open(self, _description: Mapping[str, Any], folder: Path, /) -> FaissStore:
        """See `Store.open`."""
        return FaissStore.load(folder / self.FILE)

    def announce(self, _description: Mapping[str, Any], /) -> None:
        """Nobody reads it without the manifest."""

    def remove(self, _folder: Path, /) -> None:
        """Nothing lies outside of the folder."""

    def reach(self) -> None:
        """It is always there."""

    def disconnect(self) -> None:
        """Any number of processes can read a file."""


def _selector(rows: Rows, count: int) -> Any:
    """Lets a search return these rows only, out of `count`: one bit a row."""
    is_wanted = np.zeros(count, np.bool_)
    is_wanted[rows] = True
    return named.IDSelectorBitmap(np.packbits(is_wanted, bitorder="little"))
