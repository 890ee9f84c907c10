"""Which engine holds a version's vectors: chosen when a version is built, named by its manifest when it is opened.

An engine describes what it stored as a `Description`, which the manifest keeps: `engine` is its name, the rest is its own.
"""

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np

from index.durable import write_durably
from index.encoder import Vectors
from index.errors import StoreCallError
from index.faiss_store import STORE_FILE, build_store, open_store
from index.milvus_server import MilvusServer
from index.milvus_store import MilvusStore, disconnect, drop, point_alias, reach
from index.store import VectorStore

FAISS, MILVUS = "faiss", "milvus"
COLLECTION_FILE = "collection.txt"  # names the collection from before it is made, so that a killed build leaves no stray one
Description = dict[str, Any]
FILES = {FAISS: {STORE_FILE}, MILVUS: {COLLECTION_FILE}}  # in a version's folder, by engine


@dataclass(frozen=True, slots=True)
class Engines:
    """The engine that new versions get, and how to reach what does not lie in a version's folder."""

    chosen: str = FAISS
    milvus: MilvusServer | None = None

    @classmethod
    def of(cls, chosen: str, milvus: dict[str, str], /) -> Self:
        """As the settings INDEX_STORE and MILVUS_… say; the latter by the names of the fields of `MilvusServer`.

        Raises:
            StoreCallError: an engine is chosen whose address is not set.
        """
        engines = cls(chosen, MilvusServer(**milvus) if milvus["uri"] else None)
        if chosen == MILVUS:
            engines._server()
        return engines

    def write(self, vectors: Vectors, folder: Path, /) -> Description:
        """Store the vectors (n, d) of the version in `folder`; the caller hashes the files that this leaves there."""
        if self.chosen == MILVUS:
            server = self._server()
            # The last four figures: two indexes may be built in the same second, on the same server.
            name = f"{server.alias}_{folder.name.replace('-', '_')}_{secrets.token_hex(2)}"
            write_durably(folder / COLLECTION_FILE, name.encode())
            return {"engine": MILVUS, **MilvusStore.build(vectors, server=server, collection=name).description}
        store = build_store(vectors)
        store.save(folder / STORE_FILE)
        return {"engine": FAISS, **store.description}

    def open(self, description: Description, folder: Path, vectors: Vectors, /) -> VectorStore:
        """The store that `write` described, over the same vectors; the caller has verified the hashes of its files.

        Raises:
            IndexDamagedError: it is not the one.
            StoreUnreachableError, StoreCallError: it cannot be asked.
        """
        if description["engine"] == MILVUS:
            return MilvusStore.open(description, vectors, server=self._server())
        return open_store(folder / STORE_FILE, vectors, description)

    def check(self, description: Description, folder: Path, /) -> None:
        """Read back all that does not lie in the folder, whose files the caller has verified.

        Raises:
            IndexDamagedError: it is not what was stored.
        """
        if description["engine"] == MILVUS:
            MilvusStore.open(description, _vectors(folder), server=self._server()).checked()

    def reach(self) -> None:
        """Ask the engine that is chosen for a sign of life.

        Raises:
            StoreUnreachableError, StoreCallError: there is none.
        """
        if self.chosen == MILVUS:
            reach(self._server())

    def announce(self, description: Description, /) -> None:
        """Tell whoever reads the engine without a manifest that this version is the published one."""
        if description["engine"] == MILVUS:
            point_alias(self._server(), description["collection"])

    def remove(self, folder: Path, /) -> None:
        """Delete what a version, complete or not, has outside of its folder."""
        if (claim := folder / COLLECTION_FILE).exists():
            drop(self._server(), claim.read_text(encoding="utf-8"))

    def disconnect(self) -> None:
        """Let go of what one process at a time can have, before another process needs it."""
        if self.milvus is not None:
            disconnect(self.milvus)

    def _server(self) -> MilvusServer:
        if self.milvus is None:
            raise StoreCallError("the vectors are in Milvus, and MILVUS_URI is not set.", remedy="Set MILVUS_URI.")
        return self.milvus


def _vectors(folder: Path) -> Vectors:
    found: Vectors = np.load(folder / "vectors.npy", mmap_mode="r", allow_pickle=False)
    return found


DEFAULT_ENGINES = Engines()
