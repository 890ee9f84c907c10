"""Which engine holds a version's vectors: chosen when a version is built, named by its manifest when it is opened.

An engine describes what it stored as a `Description`, which the manifest keeps: `engine` is its name, the rest is its own.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.encoder import Vectors
from index.faiss_store import STORE_FILE, FaissStore
from index.store import VectorStore

FAISS = "faiss"
Description = dict[str, Any]
FILES = {FAISS: {STORE_FILE}}  # in a version's folder, by engine


@dataclass(frozen=True, slots=True)
class Engines:
    """The engine that new versions get."""

    chosen: str = FAISS

    def write(self, vectors: Vectors, folder: Path, /) -> Description:
        """Store the vectors (n, d) of the version in `folder`; the caller hashes the files that this leaves there."""
        store = FaissStore.build(vectors)
        store.save(folder / STORE_FILE)
        return {"engine": FAISS, **store.description}

    def open(self, description: Description, folder: Path, /) -> VectorStore:
        """The store that `write` described; the caller has verified the hashes of its files."""
        opening = {FAISS: lambda: FaissStore.load(folder / STORE_FILE)}
        return opening[description["engine"]]()


DEFAULT_ENGINES = Engines()
