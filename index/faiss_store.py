"""FAISS behind the store contract; the only module that imports faiss.

Up to FLAT_UP_TO passages every vector is compared. Of more, an inverted file (J. Sivic and A. Zisserman, "Video Google",
ICCV 2003, as FAISS builds it) with a byte a dimension brings up the likely ones, and the exact vectors score those: what it
gives are exact cosines, and what it may miss is measured while it is built.
"""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import faiss
import numpy as np
import numpy.typing as npt

from index.encoder import Vectors
from index.store import Rows, VectorStore, unit

STORE_FILE = "store.faiss"
ROWS_AT_ONCE = 65_536
FLAT_UP_TO = 16_384  # passages; comparing more takes a millisecond, a quarter of what encoding the question takes
MAPPED_FROM = 128 * 1024 * 1024  # bytes of a file that is mapped, so that replicas on a machine share it
MARGIN = 64  # more than asked for are scored exactly: a byte a dimension confuses near ones
SAMPLED = 200  # searches that measure what is missed
NEAREST = 10
ROUNDING = 1e-5  # of cosines
# Of the sampled ten nearest, this share must be found. The samples lie between passages; questions lie farther from them,
# and where this share of the samples' was found, 0.992 to 0.995 of 300 real questions' was.
SURE = 0.997
VECTORS_A_LIST, ROUNDS = 32, 6  # of k-means; 64 and 10 took four times as long and found no more
PROBED = (1 / 8, 1 / 4, 3 / 8, 1 / 2, 3 / 4)  # shares of the lists that are tried, fewest first

faiss.omp_set_num_threads(1)  # the same vectors give the same index


class FaissStore:
    """Exact inner products of unit vectors: cosines."""

    def __init__(self, index: Any, /) -> None:
        self._index = index

    @classmethod
    def build(cls, vectors: Vectors, /) -> Self:
        """A store over the rows of `vectors`, shape (n, dimension), n ≥ 1."""
        index = faiss.IndexFlatIP(vectors.shape[1])
        _add(index, vectors)
        return cls(index)

    @classmethod
    def load(cls, path: Path, /) -> Self:
        """The store that `save` wrote. FAISS parses files natively: never give it one whose hash was not verified."""
        return cls(faiss.read_index(str(path)))

    def save(self, path: Path, /) -> None:
        """Write the store to one file."""
        faiss.write_index(self._index, str(path))

    @property
    def description(self) -> dict[str, Any]:
        """What kind of index this is, and its parameters, as the manifest tells it."""
        return {"kind": "flat"}

    def search(self, query: Vectors, /, *, count: int) -> tuple[Vectors, Rows]:
        """See `VectorStore.search`."""
        scores, rows = self._index.search(unit(query)[np.newaxis], min(count, self._index.ntotal))
        return scores[0], rows[0]


class InvertedFileStore:
    """Lists of near vectors, a byte a dimension; of a search some lists are gone through and the best scored exactly."""

    def __init__(self, index: Any, vectors: Vectors, /, *, probes: int, recall: float) -> None:
        """`vectors` (n, dimension) are the exact ones, in memory or mapped."""
        self._index, self._vectors, self._probes, self._recall = index, vectors, probes, recall

    @classmethod
    def build(cls, vectors: Vectors, /) -> Self:
        """See `FaissStore.build`; as many lists are gone through as the sample wants."""
        count, dimension = vectors.shape
        lists = max(1, min(count // VECTORS_A_LIST, 1 << int(math.log2(4 * math.sqrt(count)) + 0.25)))
        quantizer = faiss.IndexFlatIP(dimension)
        bytewise = faiss.ScalarQuantizer.QT_8bit
        index = faiss.IndexIVFScalarQuantizer(quantizer, dimension, lists, bytewise, faiss.METRIC_INNER_PRODUCT, False)
        index.cp.niter, index.cp.max_points_per_centroid, index.cp.min_points_per_centroid = ROUNDS, VECTORS_A_LIST, 1
        rows = np.linspace(0, count - 1, min(count, VECTORS_A_LIST * lists)).astype(np.int64)
        index.train(unit(vectors[rows]))
        _add(index, vectors)
        queries, least = _sample(vectors)
        for probes in (*dict.fromkeys(max(1, int(share * lists)) for share in PROBED), lists):
            store = cls(index, vectors, probes=probes, recall=0.0)
            found = np.stack([store.search(query, count=NEAREST)[0] for query in queries])
            recall = (found >= least[:, np.newaxis] - ROUNDING).mean()  # by cosine: the same sentence twice is found twice
            if recall >= SURE:
                break
        return cls(index, vectors, probes=probes, recall=float(recall))

    @classmethod
    def load(cls, path: Path, vectors: Vectors, description: dict[str, Any], /) -> Self:
        """The store that `save` wrote, over the same vectors; see `FaissStore.load`."""
        flags = faiss.IO_FLAG_MMAP if path.stat().st_size >= MAPPED_FROM else 0
        index = faiss.read_index(str(path), flags)
        return cls(index, vectors, probes=int(description["probes"]), recall=float(description["recall_at_10"]))

    def save(self, path: Path, /) -> None:
        """Write what is not in the vectors to one file."""
        faiss.write_index(self._index, str(path))

    @property
    def recall(self) -> float:
        """The share of the sample's ten nearest that it found when it was built."""
        return self._recall

    @property
    def description(self) -> dict[str, Any]:
        """See `FaissStore.description`."""
        return {
            "kind": "ivf-sq8",
            "lists": self._index.nlist,
            "probes": self._probes,
            "recall_at_10": round(self._recall, 4),
        }

    def search(self, query: Vectors, /, *, count: int) -> tuple[Vectors, Rows]:
        """See `VectorStore.search`."""
        asked, wanted = unit(query), min(count, self._index.ntotal)
        rows = self._likely(asked, wanted, self._probes)
        if len(rows) < wanted:
            rows = self._likely(asked, wanted, self._index.nlist)
        scores: Vectors = unit(self._vectors[rows]) @ asked
        best = np.argsort(-scores, kind="stable")[:wanted]
        return scores[best], rows[best]

    def _likely(self, query: Vectors, wanted: int, probes: int) -> Rows:
        """Rows, in order, that are likely to be among the nearest."""
        parameters = faiss.IVFSearchParameters()
        parameters.nprobe = probes
        _, rows = self._index.search(query[np.newaxis], min(wanted + MARGIN, self._index.ntotal), params=parameters)
        found: Rows = np.sort(rows[0][rows[0] >= 0])
        return found


class Shortlist:
    """Rows that are likely among the nearest, out of unit vectors kept in one byte a dimension.

    A quarter of the memory, and of what is read for each query; who needs exact cosines computes those of the shortlist.
    """

    def __init__(self, vectors: npt.NDArray[Any], /) -> None:
        """Over the rows of `vectors`, shape (n, dimension), at any length and of any type of number."""
        rows = vectors.astype(np.float32)
        faiss.normalize_L2(rows)  # in place: of two copies one would never be given back
        self._index = faiss.IndexScalarQuantizer(vectors.shape[1], faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT)
        self._index.train(rows)
        self._index.add(rows)

    def rows(self, query: Vectors, /, *, count: int) -> Rows:
        """The nearest rows as far as one byte a dimension can tell, in the order of their numbers."""
        _, rows = self._index.search(unit(query)[np.newaxis], min(count, self._index.ntotal))
        found: Rows = np.sort(rows[0])
        return found


def build_store(vectors: Vectors, /, *, flat_up_to: int = FLAT_UP_TO) -> FaissStore | InvertedFileStore:
    """The store for so many vectors; one that finds too little although it goes through all lists is not used."""
    if len(vectors) > flat_up_to:
        store = InvertedFileStore.build(vectors)
        if store.recall >= SURE:
            return store
    return FaissStore.build(vectors)


def open_store(path: Path, vectors: Vectors, description: dict[str, Any], /) -> VectorStore:
    """The store of such a description over these vectors.

    Raises:
        KeyError: this program knows no such kind.
    """
    opening: dict[str, Callable[[], VectorStore]] = {
        "flat": lambda: FaissStore.load(path),
        "ivf-sq8": lambda: InvertedFileStore.load(path, vectors, description),
    }
    return opening[description["kind"]]()


def _add(index: Any, vectors: Vectors) -> None:
    for first in range(0, len(vectors), ROWS_AT_ONCE):  # the copy at unit length is as large as what is copied
        index.add(np.ascontiguousarray(unit(vectors[first : first + ROWS_AT_ONCE])))


def _sample(vectors: Vectors) -> tuple[Vectors, Vectors]:
    """Directions between passages (SAMPLED, dimension), and the cosine (SAMPLED,) of the last of the nearest to each."""
    ends = np.linspace(0, len(vectors) - 1, 2 * SAMPLED).astype(np.int64)
    halves = unit(vectors[ends])
    queries = unit(halves[:SAMPLED] + halves[SAMPLED:])
    best = np.zeros((SAMPLED, 0), np.float32)
    for first in range(0, len(vectors), ROWS_AT_ONCE):
        block = np.ascontiguousarray(unit(vectors[first : first + ROWS_AT_ONCE]))
        found, _ = faiss.knn(queries, block, min(NEAREST, len(block)), metric=faiss.METRIC_INNER_PRODUCT)
        best = -np.sort(-np.hstack([best, found]), axis=1)[:, :NEAREST]
    return queries, best[:, -1]
