"""Passages, embeddings, vector stores, published versions."""

from index.build import BuildResult, build
from index.embedder import Embedder, load_embedder
from index.errors import IndexDamagedError, IndexMissingError, ModelError
from index.passages import Passage
from index.versions import IndexVersion, current_version, open_version

__all__ = [
    "BuildResult",
    "Embedder",
    "IndexDamagedError",
    "IndexMissingError",
    "IndexVersion",
    "ModelError",
    "Passage",
    "build",
    "current_version",
    "load_embedder",
    "open_version",
]
