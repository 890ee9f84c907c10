"""Vector stores: the contract, and the exact search that every other store is held against.

A store holds vectors and row numbers and nothing else. It normalises what it is given, so that scores are cosines
whatever the length of the vectors; higher is better from here outwards.
"""

from typing import Protocol

import numpy as np
import numpy.typing as npt

from index.encoder import Vectors

Rows = npt.NDArray[np.int64]


class VectorStore(Protocol):
    """Nearest rows by cosine."""

    def search(self, query: Vectors, /, *, count: int) -> tuple[Vectors, Rows]:
        """Cosines and rows of the nearest, best first.

        Args:
            query: shape (dimension,).
            count: how many to return; fewer if the store holds fewer.
        """
        ...


def unit(vectors: Vectors, /) -> Vectors:
    """Rows scaled to length one; a zero row stays zero."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled: Vectors = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    return scaled
