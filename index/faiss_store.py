"""FAISS behind the store contract; the only module that imports faiss."""

from pathlib import Path
from typing import Any, Self

import faiss
import numpy as np
import numpy.typing as npt

from index.encoder import Vectors
from index.store import Rows, unit

ROWS_AT_ONCE = 65_536
ROWS_SHORTLISTED_AT_ONCE = 1_024
STORE_FILE = "store.faiss"


class FaissStore:
    """Exact inner products of unit vectors: cosines."""

    def __init__(self, index: Any, /) -> None:
        self._index = index

    @classmethod
    def build(cls, vectors: Vectors, /) -> Self:
        """A store over the rows of `vectors`, shape (n, dimension), n ≥ 1."""
        index = faiss.IndexFlatIP(vectors.shape[1])
        for first in range(0, len(vectors), ROWS_AT_ONCE):  # the copy at unit length is as large as what is copied
            index.add(np.ascontiguousarray(unit(vectors[first : first + ROWS_AT_ONCE])))
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


class Shortlist:
    """Rows that are likely among the nearest, out of unit vectors kept in one byte a dimension.

    A quarter of the memory, and of what is read for each query; who needs exact cosines computes those of the shortlist.
    """

    def __init__(self, vectors: npt.NDArray[Any], /) -> None:
        """Over the rows of `vectors`, shape (n, dimension), at any length and of any type of number."""
        rows = np.empty(vectors.shape, np.float32)
        for first in range(0, len(rows), ROWS_SHORTLISTED_AT_ONCE):  # a copy of all of them would never be given back
            part = slice(first, first + ROWS_SHORTLISTED_AT_ONCE)
            rows[part] = unit(vectors[part].astype(np.float32))
        self._index = faiss.IndexScalarQuantizer(vectors.shape[1], faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT)
        self._index.train(rows)
        self._index.add(rows)

    def rows(self, query: Vectors, /, *, count: int) -> Rows:
        """The nearest rows as far as one byte a dimension can tell, in the order of their numbers."""
        _, rows = self._index.search(unit(query)[np.newaxis], min(count, self._index.ntotal))
        found: Rows = np.sort(rows[0])
        return found
