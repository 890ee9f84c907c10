"""The encodings of a version's passages: as arrays in files, or wherever a store keeps them. numpy only."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self, runtime_checkable

import numpy as np
import numpy.typing as npt

from index.encoding import Vectors, unit
from index.lexical import Integers

TokenVectors = npt.NDArray[np.int8]
TokensInFull = npt.NDArray[np.float16]  # as the cache of encodings keeps them, and as training reads them
POOLED, TOKENS, SPANS = "vectors.npy", "tokens.npy", "token_spans.npy"
VECTOR_FILES = (POOLED, TOKENS, SPANS)  # the fields of `PassageVectors`, in order
LARGEST_BYTE = 127


@runtime_checkable
class RowVectors(Protocol):
    """The encodings of n passages by row, wherever they are."""

    def pooled_of(self, rows: Sequence[int] | Integers, /) -> Vectors:
        """Sentence vectors (rows, d) at unit length."""
        ...

    def tokens_of(self, rows: Sequence[int] | Integers, /) -> tuple[Vectors, Integers]:
        """Word pieces' vectors (t, d) at unit length of some passages, packed, and where each passage's begin."""
        ...

    def fit(self, count: int, dimension: int, /) -> bool:
        """Whether they can be those of `count` passages, with vectors of `dimension`."""
        ...


def in_eight_bits(tokens: npt.NDArray[Any], /) -> TokenVectors:
    """Vectors (t, d) with a byte a coordinate. Their lengths are not kept, since they are compared at unit length.

    >>> in_eight_bits(np.array([[0.5, -1.0, 0.0]])).tolist()
    [[64, -127, 0]]
    """
    wide = tokens.astype(np.float32)
    largest = np.abs(wide).max(axis=-1, keepdims=True, initial=0)
    scale = np.divide(LARGEST_BYTE, largest, out=np.zeros_like(largest), where=largest > 0)
    bytes_: TokenVectors = np.rint(wide * scale).astype(np.int8)
    return bytes_


def at_unit_length(tokens: npt.NDArray[Any], /) -> Vectors:
    """The vectors (t, d) that are compared, of those that are kept; in full they are at unit length as they are."""
    wide: Vectors = tokens.astype(np.float32)
    return unit(wide) if tokens.dtype == np.int8 else wide


@dataclass(frozen=True, slots=True)
class PassageVectors:
    """Encodings of n passages in arrays. See `RowVectors`.

    `pooled` (n, d) are the sentence vectors; `tokens` (T, d) word pieces' vectors, `in_eight_bits` in a version; `spans`
    (n, 2) are the first row of each passage in them, and how many. Passages with the same words may share theirs.
    """

    pooled: Vectors
    tokens: TokenVectors | TokensInFull
    spans: Integers

    @classmethod
    def packed(cls, pooled: Vectors, tokens: TokenVectors | TokensInFull, starts: Integers, /) -> Self:
        """Encodings in memory, passage after passage; those of passage i begin at row `starts[i]`."""
        spans = np.stack([starts, np.diff(starts, append=len(tokens))], axis=1)
        return cls(pooled, tokens, spans)

    def pooled_of(self, rows: Sequence[int] | Integers, /) -> Vectors:
        """See `RowVectors.pooled_of`."""
        return unit(np.ascontiguousarray(self.pooled[np.asarray(rows, dtype=np.int64)]))

    def tokens_of(self, rows: Sequence[int] | Integers, /) -> tuple[Vectors, Integers]:
        """See `RowVectors.tokens_of`."""
        kept, starts = self.kept_tokens_of(rows)
        return at_unit_length(kept), starts

    def kept_tokens_of(self, rows: Sequence[int] | Integers, /) -> tuple[TokenVectors | TokensInFull, Integers]:
        """The word pieces' vectors of some passages as they are kept, packed, and where each passage's begin."""
        first, sizes = self.spans[np.asarray(rows, dtype=np.int64)].T
        starts = np.cumsum(sizes) - sizes
        places = np.arange(sizes.sum()) + np.repeat(first - starts, sizes)
        return np.asarray(self.tokens)[places], starts

    def fit(self, count: int, dimension: int, /) -> bool:
        """See `RowVectors.fit`."""
        if self.spans.shape != (count, 2) or self.pooled.shape != (count, dimension):
            return False
        if self.tokens.shape[1:] != (dimension,) or self.tokens.dtype != np.int8:
            return False
        return bool((self.spans >= 0).all() and (self.spans.sum(axis=1) <= len(self.tokens)).all())
