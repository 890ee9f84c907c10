"""FAISS behind the store contract; the only module that imports faiss."""

from pathlib import Path
from typing import Any, Self

import faiss
import numpy as np

from index.encoder import Vectors
from index.store import Rows, unit

ROWS_AT_ONCE = 65_536
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
