"""The encodings of a version's passages, as arrays. numpy only."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from index.encoding import Vectors
from index.lexical import Integers

TokenVectors = npt.NDArray[np.float16]
POOLED, TOKENS, SPANS = "vectors.npy", "tokens.npy", "token_spans.npy"
VECTOR_FILES = (POOLED, TOKENS, SPANS)  # the fields of `PassageVectors`, in order


@dataclass(frozen=True, slots=True)
class PassageVectors:
    """Encodings of n passages.

    `pooled` (n, d) are the sentence vectors; `tokens` (T, d) word pieces' vectors at unit length, in half precision (they
    are compared, not computed with); `spans` (n, 2) are the first row of each passage in them, and how many. Passages with
    the same words may share theirs.
    """

    pooled: Vectors
    tokens: TokenVectors
    spans: Integers

    @classmethod
    def packed(cls, pooled: Vectors, tokens: TokenVectors, starts: Integers, /) -> Self:
        """Encodings in memory, passage after passage; those of passage i begin at row `starts[i]`."""
        spans = np.stack([starts, np.diff(starts, append=len(tokens))], axis=1)
        return cls(pooled, tokens, spans)

    def tokens_of(self, rows: Sequence[int] | Integers, /) -> tuple[TokenVectors, Integers]:
        """The word pieces' vectors of some passages, packed, and where each passage's begin."""
        first, sizes = self.spans[np.asarray(rows, dtype=np.int64)].T
        starts = np.cumsum(sizes) - sizes
        places = np.arange(sizes.sum()) + np.repeat(first - starts, sizes)
        return np.asarray(self.tokens)[places], starts

    def fit(self, count: int, dimension: int, /) -> bool:
        """Whether they can be those of `count` passages, with vectors of `dimension`."""
        if self.spans.shape != (count, 2) or self.pooled.shape != (count, dimension):
            return False
        if self.tokens.shape[1:] != (dimension,):
            return False
        return bool((self.spans >= 0).all() and (self.spans.sum(axis=1) <= len(self.tokens)).all())
