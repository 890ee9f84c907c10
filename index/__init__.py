"""Passages, embeddings, vector stores, published versions."""

from index.build import BuildResult, build
from index.encoding import Encoder, Encoding
from index.encoding.sentence_transformer import load_encoder
from index.errors import IndexDamagedError, IndexMissingError, ModelError
from index.passages import Passage
from index.published.model import encoder_for
from index.published.version import IndexVersion, current_version, open_version

__all__ = [
    "BuildResult",
    "Encoder",
    "Encoding",
    "IndexDamagedError",
    "IndexMissingError",
    "IndexVersion",
    "ModelError",
    "Passage",
    "build",
    "current_version",
    "encoder_for",
    "load_encoder",
    "open_version",
]
