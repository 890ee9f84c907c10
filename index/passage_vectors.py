"""The encodings of a version's passages, as they are asked for. numpy only."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from index.encoder import Vectors
from index.words import Integers

TokenVectors = npt.NDArray[np.float16]


@dataclass(frozen=True, slots=True)
class PassageVectors:
    """Encodings of n passages.

    `pooled` (n, d) are the sentence vectors. `tokens` (T, d) and `added` (A, d) are word pieces' vectors at unit length, in
    half precision (they are compared, not computed with); `spans` (n, 2) are the first row of each passage, counted through
    both, and how many. Passages with the same words may share theirs.
    """

    pooled: Vectors
    tokens: TokenVectors
    added: TokenVectors
    spans: Integers

    @classmethod
    def packed(cls, pooled: Vectors, tokens: TokenVectors, starts: Integers, /) -> Self:
        """Encodings in memory, passage after passage; those of passage i begin at row `starts[i]`."""
        spans = np.stack([starts, np.diff(starts, append=len(tokens))], axis=1)
        return cls(pooled, tokens, tokens[:0], spans)

    def tokens_of(self, rows: Sequence[int] | Integers, /) -> tuple[TokenVectors, Integers]:
        """The word pieces' vectors of some passages, packed, and where each passage's begin."""
        first, sizes = self.spans[np.asarray(rows, dtype=np.int64)].T
        starts = np.cumsum(sizes) - sizes
        places = np.arange(sizes.sum()) + np.repeat(first - starts, sizes)
        own, base = np.asarray(self.tokens), len(self.tokens)
        if not len(self.added):
            return own[places], starts
        found = np.empty((len(places), own.shape[1]), own.dtype)
        is_added = places >= base
        found[~is_added], found[is_added] = own[places[~is_added]], np.asarray(self.added)[places[is_added] - base]
        return found, starts

    def fit(self, count: int, dimension: int, /) -> bool:
        """Whether they are the vectors of so many passages, of so many dimensions."""
        if self.spans.shape != (count, 2) or self.pooled.shape != (count, dimension):
            return False
        if not self.tokens.shape[1:] == self.added.shape[1:] == (dimension,):
            return False
        rows = len(self.tokens) + len(self.added)
        return bool((self.spans >= 0).all() and (self.spans.sum(axis=1) <= rows).all())
