"""From text to vectors: the seam. What stands behind it builds (`sentence_transformer.py`) or serves (`onnx.py`)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]  # numbers of vectors


TURN = "[SEP]"  # stands between the turns of a conversation in a text that is encoded, the last turn first


@dataclass(frozen=True, slots=True)
class Word:
    """A word of an encoded text: its letters, the rows of its tokens from `first` to before `end`, and its rarity.

    Rarity is in [0, 1.15], as the model's vocabulary has it; a word that the vocabulary does not hold whole is rarest.
    """

    text: str
    first: int
    end: int
    rarity: float


@dataclass(frozen=True, slots=True)
class Encoding:
    """One encoded text.

    `pooled` (d,) is the model's sentence vector, of unit length. `tokens` (t, d) are the hidden states of its word pieces,
    without those of the special tokens at both ends. `words` are the words of the last turn, and `follows` says whether it
    has turns before it.
    """

    pooled: Vectors
    tokens: Vectors
    words: tuple[Word, ...] = ()
    follows: bool = False


class Encoder(Protocol):
    """Turns texts into encodings. Its fingerprint says exactly what it is."""

    @property
    def fingerprint(self) -> str:
        """Changes whenever the same text might get another encoding."""
        ...

    def encode(self, texts: Sequence[str], /) -> list[Encoding]:
        """One encoding a text, in order."""
        ...


def unit(vectors: Vectors, /) -> Vectors:
    """Rows scaled to length one; a zero row stays zero."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled: Vectors = np.divide(vectors, lengths, out=np.zeros_like(vectors), where=lengths > 0)
    return scaled
