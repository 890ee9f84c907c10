"""Milvus behind the store contract: one collection a version, filled in batches, checked bit for bit, and then only read.

The vectors are sent at unit length, so that inner products are cosines. Every call names its consistency level: whoever
checks asks for "Strong", that is for everything acknowledged before. Whoever searches asks for "Eventually": it is enough,
since nothing changes after the check, and spares the wait for a clock (0.4 s a search on one machine).
"""

import hashlib
import logging
import time
from typing import Any, Self

import numpy as np

from index.encoder import Vectors
from index.errors import IndexDamagedError, StoreCallError, StoreUnreachableError
from index.milvus_connection import BUILD_AGAIN, CALL_SECONDS, MilvusConnection, connection_to
from index.milvus_filling import fill, patiently, sent
from index.milvus_server import MilvusServer
from index.store import Rows, unit

READ_ROWS = 1_000  # at once
ROWS_TRIED = 16  # when a version is opened
SEARCH_SECONDS = 5.0  # a question has ten; a server that is gone says so at once
AGAIN_SECONDS = 2.5  # for one after another had no answer: those that wait behind it may be urgent
REST_SECONDS = 1.0  # after a search without an answer the others are refused at once
FLUSH_SECONDS = 600.0
INDEX_SECONDS = 24 * 3600.0  # of many millions of vectors
INDEX_POLL_SECONDS = 0.5
SAME = 1e-6  # of a coordinate: another processor may round the length of a vector otherwise
LARGEST_EXACT = 20_000  # vectors; from there on a graph is worth its memory
LARGEST_IN_MEMORY = 20_000_000  # vectors; from there on the graph stays on disk
PARAMETERS: dict[str, dict[str, int]] = {
    "FLAT": {},
    "HNSW": {"M": 32, "efConstruction": 256},
    "DISKANN": {},  # a server has them in its own settings
}


logger = logging.getLogger(__name__)


class MilvusStore:
    """One collection, loaded. Safe to use from several threads."""

    def __init__(self, connection: MilvusConnection, collection: str, /, *, rows: int, kind: str, sha256: str = "") -> None:
        self._connection = connection
        self.collection = collection
        self._rows = rows
        self._kind = kind
        self._sha256 = sha256
        self._refuse_until = 0.0  # by the monotonic clock
        self._refused: StoreUnreachableError | None = None

    @classmethod
    def build(cls, vectors: Vectors, /, *, server: MilvusServer, collection: str) -> Self:
        """A collection over the rows of `vectors`, shape (n, dimension), n ≥ 1, which must not be there yet.

        It is returned only when every row was read back and is, bit for bit, the one that was sent.

        Raises:
            StoreUnreachableError, StoreCallError: it cannot be built; what was begun is dropped, if it can be.
            IndexDamagedError: what was read back is not what was sent.
        """
        connection = connection_to(server)
        kind = index_kind(server, len(vectors))
        schema, index = connection.schema(vectors.shape[1]), connection.index_parameters(kind, PARAMETERS[kind])

        def create() -> None:  # each step can be repeated, if its answer was lost
            if not connection.call("has_collection", collection):
                connection.call("create_collection", collection, schema=schema, consistency_level="Bounded")
            connection.call("create_index", collection, index, sync=False)
            connection.call("load_collection", collection)

        patiently(create)
        fill(connection, collection, vectors)
        patiently(connection.call, "flush", collection, seconds=FLUSH_SECONDS)
        patiently(_wait_for_index, connection, collection)
        store = cls(connection, collection, rows=len(vectors), kind=kind)
        store._sha256 = store.checked(vectors)
        return store

    @classmethod
    def open(cls, description: dict[str, Any], vectors: Vectors, /, *, server: MilvusServer) -> Self:
        """The collection that `description` names, if it holds as many rows as `vectors` and some of them are the same.

        Raises:
            IndexDamagedError: it is not there, or not the one.
            StoreUnreachableError, StoreCallError: Milvus cannot be asked.
        """
        kind, sha256, name = description["kind"], description["sha256"], description["collection"]
        store = cls(connection_to(server), name, rows=len(vectors), kind=kind, sha256=sha256)
        try:
            store._connection.call("load_collection", name)
            store._check_count()
            rows = sorted({int(row) for row in np.linspace(0, len(vectors) - 1, ROWS_TRIED)})
            found = store._read(f"id in {rows}", len(rows))
        except StoreCallError as error:
            if error.is_missing:
                raise _damaged(f"collection {name} is not there") from None
            raise
        if not np.allclose(found, sent(vectors, rows), rtol=0, atol=SAME):
            raise _damaged(f"collection {name} holds other vectors")
        store._search(sent(vectors, [0])[0], 1, seconds=CALL_SECONDS)  # the first one reads the index, which takes seconds
        return store

    @property
    def description(self) -> dict[str, Any]:
        """What the manifest keeps: the collection, the kind of its index, and the hash of its vectors, row after row."""
        return {"collection": self.collection, "kind": self._kind, "sha256": self._sha256}

    def search(self, query: Vectors, /, *, count: int) -> tuple[Vectors, Rows]:
        """See `VectorStore.search`.

        Raises:
            StoreUnreachableError, StoreCallError: Milvus gives no answer. For a second after that it is not asked again, so
                that questions are refused as fast as they come.
        """
        refused = self._refused
        if refused is not None and time.monotonic() < self._refuse_until:
            raise StoreUnreachableError(refused.message, remedy=refused.remedy)
        try:
            seconds = SEARCH_SECONDS if refused is None else AGAIN_SECONDS
            hits = self._search(unit(query), min(count, self._rows), seconds=seconds)
        except StoreUnreachableError as error:
            if refused is None:
                logger.error("%s", error.message)  # noqa: TRY400  a line, no stack
            self._refused, self._refuse_until = error, time.monotonic() + REST_SECONDS
            raise
        if refused is not None:
            logger.warning("Milvus answers again")
            self._refused = None
        scores = np.array([hit["distance"] for hit in hits], np.float32)
        return scores, np.array([hit["id"] for hit in hits], np.int64)

    def checked(self, vectors: Vectors | None = None, /) -> str:
        """The hash of all vectors as they are read back, once they are as many as they should be.

        Args:
            vectors: what was sent; each must come back bit for bit. Left out: the hash must be the one of the description.

        Raises:
            IndexDamagedError: the collection holds more, fewer or other rows.
        """
        self._check_count()
        digest = hashlib.sha256()
        for first in range(0, self._rows, READ_ROWS):
            last = min(first + READ_ROWS, self._rows)
            found = self._read(f"id >= {first} and id < {last}", last - first)
            if vectors is not None and found.tobytes() != sent(vectors, range(first, last)).tobytes():
                raise _damaged(
                    f"collection {self.collection} holds other vectors than were sent, in rows {first}–{last - 1}"
                )
            digest.update(found.tobytes())
        if vectors is None and digest.hexdigest() != self._sha256:
            raise _damaged(f"collection {self.collection} does not hold the vectors that the manifest names")
        return digest.hexdigest()

    def _search(self, query: Vectors, count: int, *, seconds: float) -> list[dict[str, Any]]:
        parameters = {"HNSW": {"ef": max(64, 2 * count)}, "DISKANN": {"search_list": max(100, 2 * count)}}
        options = {
            "data": [query],
            "limit": count,
            "output_fields": ["id"],  # else Milvus Lite sends the vectors as well
            "search_params": {"metric_type": "IP", "params": parameters.get(self._kind, {})},
            "consistency_level": "Eventually",
        }
        found: list[dict[str, Any]] = list(self._connection.ask("search", self.collection, seconds=seconds, **options)[0])
        return found

    def _check_count(self) -> None:
        found = patiently(
            self._connection.ask, "query", self.collection, filter="", output_fields=["count(*)"], consistency_level="Strong"
        )
        if (count := found[0]["count(*)"]) != self._rows:
            raise _damaged(f"collection {self.collection} holds {count} rows instead of {self._rows}")

    def _read(self, which: str, count: int) -> Vectors:
        """Vectors (count, d) in the order of their rows."""
        rows = patiently(
            self._connection.ask,
            "query",
            self.collection,
            filter=which,
            output_fields=["id", "vector"],
            consistency_level="Strong",
        )
        if len(rows) != count or len({row["id"] for row in rows}) != count:
            raise _damaged(f"collection {self.collection} does not have each of its rows once ({which[:40]})")
        found: Vectors = np.array([row["vector"] for row in sorted(rows, key=lambda row: row["id"])], np.float32)
        return found


def index_kind(server: MilvusServer, count: int, /) -> str:
    """The kind of index for so many vectors: exact in Milvus Lite and for few of them, a graph in a cluster."""
    if server.index != "auto":
        return server.index.upper()
    if server.is_local_file or count <= LARGEST_EXACT:
        return "FLAT"
    return "HNSW" if count <= LARGEST_IN_MEMORY else "DISKANN"


def reach(server: MilvusServer, /) -> None:
    """Ask for a sign of life.

    Raises:
        StoreUnreachableError, StoreCallError: there is none.
    """
    connection_to(server).call("list_collections")


def point_alias(server: MilvusServer, collection: str, /) -> None:
    """Let the alias stand for this collection, in one step, for whoever reads Milvus without a manifest."""
    connection = connection_to(server)
    try:
        connection.call("alter_alias", collection, server.alias)
    except (StoreCallError, StoreUnreachableError):  # versions of Milvus tell a missing alias in different ways
        connection.call("create_alias", collection, server.alias)


def pointed_at(server: MilvusServer, /) -> str:
    """The collection that the alias stands for.

    Raises:
        StoreUnreachableError, StoreCallError: none, or Milvus cannot be asked.
    """
    return str(connection_to(server).call("describe_alias", server.alias)["collection_name"])


def has_collection(server: MilvusServer, collection: str, /) -> bool:
    """Whether there is a collection of this name."""
    return bool(connection_to(server).call("has_collection", collection))


def drop(server: MilvusServer, collection: str, /) -> None:
    """Delete a collection, and the alias if it stands for it; one that is not there is no fault."""
    connection = connection_to(server)
    if not has_collection(server, collection):
        return
    if server.alias in connection.call("list_aliases", collection)["aliases"]:
        connection.call("drop_alias", server.alias)
    connection.call("drop_collection", collection)


def disconnect(server: MilvusServer, /) -> None:
    """Close the connection; whoever asks next opens it again."""
    connection_to(server).close()


def _wait_for_index(connection: MilvusConnection, collection: str) -> None:
    """Until then a search compares with every vector, which is right and slow."""
    give_up_at = time.monotonic() + INDEX_SECONDS
    while (index := connection.call("describe_index", collection, "vector")).get("pending_index_rows", 0):
        if index.get("state") == "Failed":
            raise StoreCallError("Milvus cannot build its index.", remedy="Look at its logs, or set another MILVUS_INDEX.")
        if time.monotonic() >= give_up_at:
            raise StoreUnreachableError("Milvus does not finish its index.", remedy="Look at its index nodes.")
        time.sleep(INDEX_POLL_SECONDS)


def _damaged(what: str) -> IndexDamagedError:
    return IndexDamagedError(f"Milvus: {what}.", remedy=BUILD_AGAIN)
