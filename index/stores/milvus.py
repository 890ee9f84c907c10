"""Milvus behind the store contract: one collection a version, filled in batches, checked bit for bit, and then only read.

A row holds a passage's vector, which is searched, and the vectors of its word pieces in eight bits, which are read for the
few passages that a question looks at closely. So a server holds neither.

The vectors are sent at unit length, so that inner products are cosines. Every call names its consistency level. Checks ask
for "Strong": everything acknowledged before. Searches ask for "Eventually": nothing changes after the check, and waiting for
a clock would cost 0.4 s a search on one machine.
"""

import hashlib
import logging
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Self, TypeVar

import numpy as np
from tqdm import tqdm

from corpus.durable import write_durably
from corpus.regular_files import LARGEST_CLAIM, read_regular
from index.encoding import Rows, Vectors, unit
from index.encoding.vectors import PassageVectors, at_unit_length
from index.errors import BUILD_COMMAND, IndexDamagedError, StoreCallError, StoreUnreachableError
from index.stores.milvus_connection import CALL_SECONDS, MilvusConnection, MilvusServer, connection_to
from index.stores.milvus_rows import RowForm, Stored, fields_for, hash_of, sent_of, within

BATCH_BYTES = 2 * 1024 * 1024  # of rows; a server takes 64 MB at most, a proxy before it often 4
READ_ROWS = 300  # at once; with their word pieces some eight megabytes, 60 at most
ROWS_TRIED = 16  # when a version is opened
SEARCH_SECONDS = 5.0  # a question has ten; a server that is gone says so at once
AGAIN_SECONDS = 2.5  # after a search without an answer: urgent ones may wait behind it
REST_SECONDS = 1.0  # after a search without an answer the others are refused at once
FLUSH_SECONDS = 600.0
INDEX_SECONDS = 24 * 3600.0  # of many millions of vectors
INDEX_POLL_SECONDS = 0.5
LARGEST_EXACT = 20_000  # vectors; from there on a graph is worth its memory
LARGEST_IN_MEMORY = 20_000_000  # vectors; from there on the graph stays on disk
PARAMETERS: dict[str, dict[str, int]] = {
    "FLAT": {},
    "HNSW": {"M": 32, "efConstruction": 256},
    "DISKANN": {},  # a server has them in its own settings
}

T = TypeVar("T")
logger = logging.getLogger(__name__)


class MilvusStore:
    """One collection, loaded. Safe to use from several threads."""

    def __init__(
        self, connection: MilvusConnection, collection: str, /, *, shape: tuple[int, int], kind: str, fields: int = 1
    ) -> None:
        """`shape` is (rows, dimension); `fields` is how many hold the word pieces of a row."""
        self._connection = connection
        self.collection = collection
        self._rows, self._dimension = shape
        self._kind = kind
        self._form = RowForm(self._dimension, fields)
        self._sha256 = ""
        self._tried: dict[str, str] = {}
        self._refuse_until = 0.0  # by the monotonic clock
        self._refused: StoreUnreachableError | None = None

    @classmethod
    def build(cls, vectors: PassageVectors, /, *, server: MilvusServer, collection: str) -> Self:
        """A collection over the rows of `vectors`, one at least, which must not be there yet.

        It is returned only when every row was read back and is, bit for bit, the one that was sent.

        Raises:
            StoreUnreachableError, StoreCallError: it cannot be built.
            IndexDamagedError: rows that were read back differ from those sent, even after they were sent again.
        """
        count, dimension = vectors.pooled.shape
        kind = index_kind(server, count)
        fields = fields_for(int(vectors.spans[:, 1].max(initial=0)) * dimension)
        store = cls(connection_to(server), collection, shape=(count, dimension), kind=kind, fields=fields)
        store._connection.create(collection, dimension, kind, PARAMETERS[kind], texts=store._form.fields)
        mean = float(vectors.spans[:, 1].mean())
        at_once = max(1, int(BATCH_BYTES // (dimension * (vectors.pooled.itemsize + 4 / 3 * mean))))
        for first in tqdm(range(0, count, at_once), "Storing", unit=" batches", delay=2):
            store._send("insert", vectors, range(first, min(first + at_once, count)))
        store._connection.patiently("flush", collection, seconds=FLUSH_SECONDS)
        store._wait_for_index()
        store._sha256 = store._read_back(vectors)
        store._tried = {str(row): hash_of(sent_of(vectors, [row])) for row in _spread(count)}
        store._check_count()
        return store

    @classmethod
    def open(cls, description: Mapping[str, Any], /, *, server: MilvusServer) -> Self:
        """The collection that `description` names, after its number of rows and some of its rows were compared.

        Raises:
            IndexDamagedError: it is not there, or holds other vectors.
            StoreUnreachableError, StoreCallError: Milvus cannot be asked.
        """
        name, shape = description["collection"], (int(description["rows"]), int(description["dimension"]))
        store = cls(connection_to(server), name, shape=shape, kind=description["kind"], fields=int(description["fields"]))
        store._sha256, store._tried = description["sha256"], dict(description["tried"])
        try:
            store._connection.call("load_collection", name)
            store._check_count()
            rows = sorted(map(int, store._tried))
            found = store._read(f"id in {rows}")
        except StoreCallError as error:
            if error.is_missing:
                raise _damaged(f"collection {name} is not there") from None
            raise
        if [hash_of([row]) for row in found] != [store._tried[str(row)] for row in rows]:
            raise _damaged(f"collection {name} holds other vectors")
        any_of_them = np.ones(store._dimension, np.float32)
        store._search(any_of_them, 1, seconds=CALL_SECONDS)  # the first one reads the index, which takes seconds
        return store

    @property
    def description(self) -> dict[str, Any]:
        """What the manifest keeps: the collection, its form, the hash of all rows, one after the other, and of some."""
        return {
            "collection": self.collection,
            "kind": self._kind,
            "rows": self._rows,
            "dimension": self._dimension,
            "fields": len(self._form.fields),
            "sha256": self._sha256,
            "tried": self._tried,
        }

    def search(self, query: Vectors, /, *, count: int, among: Rows | None = None) -> tuple[Vectors, Rows]:
        """See `VectorStore.search`.

        Raises:
            StoreUnreachableError, StoreCallError: Milvus gives no answer. For a second after that it is not asked again, so
                that questions are refused as fast as they come.
        """
        wanted = min(count, self._rows if among is None else len(among))
        asked, only = unit(query), within(among)
        hits = self._within_time(lambda seconds: self._search(asked, wanted, seconds=seconds, only=only))
        scores = np.array([hit["distance"] for hit in hits], np.float32)
        return scores, np.array([hit["id"] for hit in hits], np.int64)

    def pooled_of(self, rows: Sequence[int] | Rows, /) -> Vectors:
        """See `RowVectors.pooled_of`; raises as `search` does."""
        found = self._get(rows, "vector")
        return np.array([row["vector"] for row in found], np.float32).reshape(-1, self._dimension)

    def tokens_of(self, rows: Sequence[int] | Rows, /) -> tuple[Vectors, Rows]:
        """See `RowVectors.tokens_of`; raises as `search` does."""
        kept = [self._form.pieces(row) for row in self._get(rows, *self._form.fields)]
        sizes = np.array([len(pieces) for pieces in kept], dtype=np.int64)
        every = np.concatenate([np.zeros((0, self._dimension), np.int8), *kept])
        return at_unit_length(every), np.cumsum(sizes) - sizes

    def fit(self, count: int, dimension: int, /) -> bool:
        """See `RowVectors.fit`."""
        return (self._rows, self._dimension) == (count, dimension)

    def check(self) -> None:
        """See `VectorStore.check`."""
        self._check_count()
        if self._read_back() != self._sha256:
            raise _damaged(f"collection {self.collection} does not hold the vectors that the manifest names")

    def _within_time(self, call: Callable[[float], T]) -> T:
        """What a call for a question gives, which is given seconds; after one without an answer others rest."""
        refused = self._refused
        if refused is not None and time.monotonic() < self._refuse_until:
            raise StoreUnreachableError(refused.message, remedy=refused.remedy)
        try:
            found = call(SEARCH_SECONDS if refused is None else AGAIN_SECONDS)
        except StoreUnreachableError as error:
            if refused is None:
                logger.error("%s", error.message)  # noqa: TRY400  a line, no stack
            self._refused, self._refuse_until = error, time.monotonic() + REST_SECONDS
            raise
        if refused is not None:
            logger.warning("Milvus answers again")
            self._refused = None
        return found

    def _get(self, rows: Sequence[int] | Rows, *fields: str) -> list[dict[str, Any]]:
        """Some fields of these rows, in their order."""
        wanted = [int(row) for row in rows]
        if not wanted:
            return []

        def get(seconds: float) -> Any:
            options = {"ids": wanted, "output_fields": ["id", *fields], "consistency_level": "Eventually"}
            return self._connection.ask("get", self.collection, seconds=seconds, **options)

        found = {int(row["id"]): row for row in self._within_time(get)}
        if not found.keys() >= set(wanted):
            raise StoreCallError("Milvus does not give all rows that it has found.", remedy=BUILD_COMMAND)
        return [found[row] for row in wanted]

    def _send(self, method: str, vectors: PassageVectors, rows: range) -> None:
        records = self._form.records(rows, sent_of(vectors, rows))
        self._connection.patiently(method, self.collection, records)

    def _wait_for_index(self) -> None:
        """Wait for the index; without it a search compares every vector, which is exact but slow."""
        give_up_at = time.monotonic() + INDEX_SECONDS
        while (index := self._connection.patiently("describe_index", self.collection, "vector")).get("pending_index_rows"):
            if index.get("state") == "Failed":
                raise StoreCallError(
                    "Milvus cannot build its index.", remedy="Look at its logs, or set another MILVUS_INDEX."
                )
            if time.monotonic() >= give_up_at:
                raise StoreUnreachableError("Milvus does not finish its index.", remedy="Read its index nodes' logs.")
            time.sleep(INDEX_POLL_SECONDS)

    def _read_back(self, vectors: PassageVectors | None = None) -> str:
        """The hash of the hashes of all rows, so many at once, as they are read back.

        With `vectors`, rows that are not those that were sent are sent again: a server that is killed may lose what it had
        acknowledged a moment before, and a lost answer may bring a row twice, which `upsert` puts right.
        """
        digest = hashlib.sha256()
        for first in range(0, self._rows, READ_ROWS):
            rows = range(first, min(first + READ_ROWS, self._rows))
            which = f"id >= {rows[0]} and id <= {rows[-1]}"
            found = hash_of(self._read(which))
            if vectors is not None and found != (expected := hash_of(sent_of(vectors, rows))):
                self._send("upsert", vectors, rows)
                if hash_of(self._read(which)) != expected:
                    raise _damaged(f"collection {self.collection} holds other vectors than were sent ({which})")
                found = expected
            digest.update(found.encode())
        return digest.hexdigest()

    def _search(self, query: Vectors, count: int, *, seconds: float, only: str = "") -> list[dict[str, Any]]:
        parameters = {"HNSW": {"ef": max(64, 2 * count)}, "DISKANN": {"search_list": max(100, 2 * count)}}
        options = {
            "data": [query],
            "limit": count,
            "filter": only,
            "output_fields": ["id"],  # else Milvus Lite sends the vectors as well
            "search_params": {"metric_type": "IP", "params": parameters.get(self._kind, {})},
            "consistency_level": "Eventually",
        }
        found: list[dict[str, Any]] = list(self._connection.ask("search", self.collection, seconds=seconds, **options)[0])
        return found

    def _query(self, which: str, *fields: str) -> Any:
        options = {"filter": which, "output_fields": list(fields), "consistency_level": "Strong"}
        return self._connection.patiently("query", self.collection, **options)

    def _check_count(self) -> None:
        if (count := self._query("", "count(*)")[0]["count(*)"]) != self._rows:
            raise _damaged(f"collection {self.collection} holds {count} rows instead of {self._rows}")

    def _read(self, which: str) -> Stored:
        """Some rows as they were sent, in their order."""
        rows = sorted(self._query(which, "id", "vector", *self._form.fields), key=lambda row: int(row["id"]))
        return [(np.array(row["vector"], np.float32), self._form.pieces(row).tobytes()) for row in rows]


class MilvusCollections:
    """The vectors of versions in one Milvus, a collection each. See `Store`."""

    # Written before the collection that it names is made, so that a killed build leaves none behind.
    FILE: ClassVar[str] = "collection.txt"
    KEEPS_ROWS: ClassVar[bool] = True

    def __init__(self, server: MilvusServer | None, /) -> None:
        """`server` is left out where none is set: versions in files need none."""
        self._known = server

    @classmethod
    def of(cls, milvus: Mapping[str, str], /) -> Self:
        """As the settings MILVUS_… say, by the names of the fields of `MilvusServer`."""
        return cls(MilvusServer(**milvus) if milvus.get("uri") else None)

    @property
    def server(self) -> MilvusServer:
        """Where it is."""
        if self._known is None:
            raise StoreCallError("the vectors are in Milvus, and MILVUS_URI is not set.", remedy="Set MILVUS_URI.")
        return self._known

    def check_settings(self) -> None:
        """See `Store.check_settings`."""
        self.server  # noqa: B018  raises

    def write(self, vectors: PassageVectors, folder: Path, /) -> dict[str, Any]:
        """See `Store.write`."""
        # The last four digits: two indexes may be built in the same second, on the same server.
        name = f"{self.server.alias}_{folder.name.replace('-', '_')}_{secrets.token_hex(2)}"
        write_durably(folder / self.FILE, name.encode())
        return MilvusStore.build(vectors, server=self.server, collection=name).description

    def open(self, description: Mapping[str, Any], _folder: Path, /) -> MilvusStore:
        """See `Store.open`."""
        return MilvusStore.open(description, server=self.server)

    def announce(self, description: Mapping[str, Any], /) -> None:
        """Point the alias to this collection, in one step."""
        connection, name = connection_to(self.server), description["collection"]
        try:
            connection.call("alter_alias", name, self.server.alias)
        except (StoreCallError, StoreUnreachableError):  # versions of Milvus report a missing alias differently
            connection.call("create_alias", name, self.server.alias)

    def remove(self, folder: Path, /) -> None:
        """See `Store.remove`."""
        if (claim := folder / self.FILE).exists():
            drop(self.server, read_regular(claim, most=LARGEST_CLAIM).decode("utf-8"))

    def reach(self) -> None:
        """See `Store.reach`."""
        connection_to(self.server).call("list_collections")

    def disconnect(self) -> None:
        """Close the connection; whoever asks next opens it again."""
        if self._known is not None:
            connection_to(self._known).close()


def _spread(count: int) -> list[int]:
    """Some of so many rows, all along them."""
    return sorted({int(row) for row in np.linspace(0, count - 1, ROWS_TRIED)})


def index_kind(server: MilvusServer, count: int, /) -> str:
    """The kind of index for so many vectors: exact in Milvus Lite and for few of them, a graph in a cluster."""
    if server.index != "auto":
        return server.index.upper()
    if server.is_local_file or count <= LARGEST_EXACT:
        return "FLAT"
    return "HNSW" if count <= LARGEST_IN_MEMORY else "DISKANN"


def drop(server: MilvusServer, collection: str, /) -> None:
    """Delete a collection, and the alias if it points to it. A missing one is no fault."""
    connection = connection_to(server)
    if not connection.call("has_collection", collection):
        return
    if server.alias in connection.call("list_aliases", collection)["aliases"]:
        connection.call("drop_alias", server.alias)
    connection.call("drop_collection", collection)


def _damaged(what: str) -> IndexDamagedError:
    return IndexDamagedError(f"Milvus: {what}.", remedy=BUILD_COMMAND)
