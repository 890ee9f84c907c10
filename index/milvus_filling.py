"""Rows on their way into a collection: few at once, fewer when Milvus asks for patience, again after a lost connection.

A batch whose answer was lost may have arrived, whole or in part. So before it is sent again the collection is asked which of
its rows are there, and only the others are sent.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np
from tqdm import tqdm

from index.encoder import Vectors
from index.errors import StoreBusyError, StoreUnreachableError
from index.milvus_connection import MilvusConnection
from index.store import unit

BATCH_BYTES = 2 * 1024 * 1024  # of vectors; a server takes 64 MB at most, a proxy before it often 4
IN_FLIGHT = 2
ROWS_ASKED_FOR = 5_000  # at once
SMALLEST_BATCH = 16  # rows
FIRST_WAIT_SECONDS = 0.2
LONGEST_WAIT_SECONDS = 10.0
PATIENCE_SECONDS = 120.0  # without a row that arrives; a server that is restarted takes less
SHOW_PROGRESS_AFTER_SECONDS = 2
Result = TypeVar("Result")


def patiently(call: Callable[..., Result], *arguments: Any, **options: Any) -> Result:
    """Make a call that can be repeated, until there is an answer or patience ends.

    Raises:
        StoreUnreachableError: there was no answer for PATIENCE_SECONDS.
    """
    wait, give_up_at = FIRST_WAIT_SECONDS, time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return call(*arguments, **options)
        except StoreUnreachableError:
            if time.monotonic() >= give_up_at:
                raise
        time.sleep(wait)
        wait = min(2 * wait, LONGEST_WAIT_SECONDS)


def sent(vectors: Vectors, rows: Sequence[int], /) -> Vectors:
    """What is sent of some rows, to the last bit: at unit length, whatever their order in memory."""
    return unit(np.ascontiguousarray(vectors[list(rows)]))


def fill(
    connection: MilvusConnection, collection: str, vectors: Vectors, /, *, patience_seconds: float | None = None
) -> None:
    """Send all rows of `vectors` (n, d), at unit length, as the rows 0 to n - 1 of an empty collection that is loaded.

    Raises:
        StoreUnreachableError: nothing arrived for as long as `patience_seconds`.
        StoreCallError: Milvus refuses them.
    """
    filling = _Filling(connection, collection, vectors, PATIENCE_SECONDS if patience_seconds is None else patience_seconds)
    bar = tqdm(total=len(vectors), desc="Storing", unit=" vectors", delay=SHOW_PROGRESS_AFTER_SECONDS)
    first = 0
    with ThreadPoolExecutor(IN_FLIGHT, thread_name_prefix="fill") as pool, bar:
        while first < len(vectors):
            last = min(first + IN_FLIGHT * filling.batch_rows, len(vectors))
            batches = [range(at, min(at + filling.batch_rows, last)) for at in range(first, last, filling.batch_rows)]
            list(pool.map(filling.send, batches))  # no more is begun before all of these have arrived
            bar.update(last - first)
            first = last
    if filling.count() < len(vectors):  # a server that is killed may lose what it had acknowledged a moment before
        for first in range(0, len(vectors), ROWS_ASKED_FOR):
            filling.send(range(first, min(first + ROWS_ASKED_FOR, len(vectors))), is_certain=False)


class _Filling:
    def __init__(self, connection: MilvusConnection, collection: str, vectors: Vectors, patience_seconds: float) -> None:
        self._connection = connection
        self._collection = collection
        self._vectors = vectors
        self._patience_seconds = patience_seconds
        self.batch_rows = max(SMALLEST_BATCH, BATCH_BYTES // (vectors.shape[1] * vectors.itemsize))

    def count(self) -> int:
        """How many rows are there."""
        options = {"filter": "", "output_fields": ["count(*)"], "consistency_level": "Strong"}
        return int(patiently(self._connection.ask, "query", self._collection, **options)[0]["count(*)"])

    def send(self, rows: Sequence[int], *, is_certain: bool = True) -> None:
        """Send some rows, until all of them are there; only those that are not, if it is not certain that none is."""
        wait, give_up_at = FIRST_WAIT_SECONDS, time.monotonic() + self._patience_seconds
        while rows:
            try:
                if not is_certain:
                    before, rows, is_certain = len(rows), self._missing(rows), True
                    if len(rows) < before:
                        give_up_at = time.monotonic() + self._patience_seconds
                for first in range(0, len(rows), self.batch_rows):
                    is_certain = False
                    self._insert(rows[first : first + self.batch_rows])
                rows = ()
            except StoreUnreachableError as error:
                if time.monotonic() >= give_up_at:
                    raise
                if isinstance(error, StoreBusyError):
                    self.batch_rows = max(SMALLEST_BATCH, min(self.batch_rows, len(rows)) // 2)
                time.sleep(wait)
                wait = min(2 * wait, LONGEST_WAIT_SECONDS)

    def _insert(self, rows: Sequence[int]) -> None:
        vectors = sent(self._vectors, rows)
        records = [{"id": row, "vector": vector} for row, vector in zip(rows, vectors, strict=True)]
        self._connection.call("insert", self._collection, records)

    def _missing(self, rows: Sequence[int]) -> list[int]:
        within = f"id >= {rows[0]} and id <= {rows[-1]}"
        found = self._connection.ask(
            "query", self._collection, filter=within, output_fields=["id"], consistency_level="Strong"
        )
        return sorted(set(rows) - {row["id"] for row in found})
