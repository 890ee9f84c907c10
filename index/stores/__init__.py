"""Vector stores: nearest rows by cosine. The contract, and which stores there are.

A `VectorStore` holds the vectors of one version and row numbers, and nothing else. It normalises what it is given, so that
scores are cosines whatever the length of the vectors; higher is better from here outwards. A `Store` writes, opens and
removes them. To add one: write it, name it in STORES and in the setting INDEX_STORE, and run the contract suite,
`tests/test_index_stores.py`, on it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, Self

from index.encoding import Rows, Vectors
from index.encoding.vectors import VECTOR_FILES, PassageVectors
from index.stores.faiss import FaissFiles
from index.stores.milvus import MilvusCollections

Description = Mapping[str, Any]  # of a store, in a manifest: `engine` is its name in STORES, the rest is its own


class VectorStore(Protocol):
    """The vectors of one version. One that keeps all that is known of a row is its `RowVectors` as well."""

    def search(self, query: Vectors, /, *, count: int, among: Rows | None = None) -> tuple[Vectors, Rows]:
        """Cosines and rows of the nearest, best first.

        Args:
            query: shape (dimension,).
            count: how many to return; fewer if the store holds fewer.
            among: the rows that may be returned, in ascending order; left out: all.
        """
        ...

    def check(self) -> None:
        """Verify what lies outside the version's folder; the files in it were verified.

        Raises:
            IndexDamagedError: it is not what was stored.
        """
        ...


class Store(Protocol):
    """Keeps the vectors of versions. Its class names FILE, the one file of it in a version's folder, and says by KEEPS_ROWS
    whether word pieces' vectors are read from it, too: then the folder has none of VECTOR_FILES."""

    def check_settings(self) -> None:
        """Raise a StoreCallError if a setting that new versions need is missing."""
        ...

    def write(self, vectors: PassageVectors, folder: Path, /) -> dict[str, Any]:
        """Store the vectors of the version in `folder`; the caller hashes FILE."""
        ...

    def open(self, description: Description, folder: Path, /) -> VectorStore:
        """The store that `write` described; the caller has verified the hash of FILE.

        Raises:
            IndexDamagedError: it is not the one.
            StoreUnreachableError, StoreCallError: it cannot be asked.
        """
        ...

    def announce(self, description: Description, /) -> None:
        """Tell other programs, which read no manifest, that this version is the published one."""
        ...

    def remove(self, folder: Path, /) -> None:
        """Delete what a version, complete or not, has outside of its folder."""
        ...

    def reach(self) -> None:
        """Ask for a sign of life.

        Raises:
            StoreUnreachableError, StoreCallError: there is none.
        """
        ...

    def disconnect(self) -> None:
        """Release what only one process at a time can hold, before another needs it."""
        ...


FAISS, MILVUS = "faiss", "milvus"
STORES: dict[str, type[FaissFiles | MilvusCollections]] = {
    FAISS: FaissFiles,
    MILVUS: MilvusCollections,
}  # by the value of INDEX_STORE
FILES = {name: {store.FILE, *(() if store.KEEPS_ROWS else VECTOR_FILES)} for name, store in STORES.items()}


@dataclass(frozen=True, slots=True)
class Engines:
    """The stores of this process, and the one that new versions get."""

    chosen: str = FAISS
    stores: Mapping[str, Store] = field(default_factory=lambda: {name: store.of({}) for name, store in STORES.items()})

    @classmethod
    def of(cls, chosen: str, milvus: Mapping[str, str], /) -> Self:
        """As the settings INDEX_STORE and MILVUS_… say.

        Raises:
            StoreCallError: a store is chosen whose address is not set.
        """
        engines = cls(chosen, {name: store.of(milvus) for name, store in STORES.items()})
        engines.stores[chosen].check_settings()
        return engines

    def write(self, vectors: PassageVectors, folder: Path, /) -> Description:
        """`Store.write` of the chosen one. What it keeps itself is deleted from the folder."""
        written = {"engine": self.chosen, **self.stores[self.chosen].write(vectors, folder)}
        for name in set(VECTOR_FILES) - FILES[self.chosen]:
            (folder / name).unlink()
        return written

    def open(self, description: Description, folder: Path, /) -> VectorStore:
        """`Store.open` of the one that wrote it."""
        return self.stores[description["engine"]].open(description, folder)

    def announce(self, description: Description, /) -> None:
        """`Store.announce` of the one that wrote it."""
        self.stores[description["engine"]].announce(description)

    def remove(self, folder: Path, /) -> None:
        """`Store.remove` of each: any of them may have written it."""
        for store in self.stores.values():
            store.remove(folder)

    def reach(self) -> None:
        """`Store.reach` of the chosen one."""
        self.stores[self.chosen].reach()

    def disconnect(self) -> None:
        """`Store.disconnect` of each."""
        for store in self.stores.values():
            store.disconnect()


DEFAULT_ENGINES = Engines()
