"""Rows on their way into a collection: each arrives once, whatever happens on the way."""

import threading
from collections.abc import Iterator
from contextlib import suppress

import numpy as np
import pytest

from index.errors import StoreBusyError, StoreCallError, StoreUnreachableError
from index.milvus_connection import MilvusConnection, connection_to
from index.milvus_filling import fill
from index.milvus_server import MilvusServer
from index.milvus_store import MilvusStore, drop
from tests.milvus import VECTORS, LiteServer, milvus, new_collection


class BusyConnection(MilvusConnection):
    """Says so often that it is busy before it takes a batch; remembers the sizes of all batches."""

    def __init__(self, server: MilvusServer, refusals: int) -> None:
        super().__init__(server)
        self.refusals, self.sizes = refusals, list[int]()

    def call(self, method: str, /, *arguments: object, **options: object) -> object:
        if method == "insert":
            self.sizes.append(len(arguments[1]))  # type: ignore[arg-type]
            if self.refusals:
                self.refusals -= 1
                raise StoreBusyError("Milvus asks for patience.", remedy="")
        return super().call(method, *arguments, **options)  # type: ignore[arg-type]


class LosingConnection(BusyConnection):
    """Sends a batch, and loses the answer."""

    def call(self, method: str, /, *arguments: object, **options: object) -> object:
        if method == "insert" and self.refusals:
            self.refusals -= 1
            half = arguments[1][: len(arguments[1]) // 2]  # type: ignore[index, arg-type]
            super().call(method, arguments[0], half, **options)
            raise StoreUnreachableError("The connection was lost.", remedy="")
        return super().call(method, *arguments, **options)


@pytest.fixture
def empty_collection() -> Iterator[str]:
    name, connection = new_collection(), connection_to(milvus())
    connection.call("create_collection", name, schema=connection.schema(16), consistency_level="Bounded")
    connection.call("create_index", name, connection.index_parameters("FLAT", {}), sync=False)
    connection.call("load_collection", name)
    yield name
    drop(milvus(), name)


def rows_in(name: str, server: MilvusServer | None = None) -> list[int]:
    found = connection_to(server or milvus()).call(
        "query", name, filter="id >= 0", output_fields=["id"], consistency_level="Strong"
    )
    return sorted(row["id"] for row in found)


def test_batches_shrink_while_milvus_asks_for_patience_and_every_row_arrives_once(empty_collection: str) -> None:
    busy = BusyConnection(milvus(), refusals=3)
    fill(busy, empty_collection, VECTORS)
    assert rows_in(empty_collection) == list(range(300))
    assert busy.sizes[0] == 300
    assert min(busy.sizes) < 100


def test_a_batch_whose_answer_was_lost_is_gone_on_with_where_it_broke_off(empty_collection: str) -> None:
    fill(LosingConnection(milvus(), refusals=2), empty_collection, VECTORS)
    assert rows_in(empty_collection) == list(range(300)), "each row once"


class ForgettingConnection(BusyConnection):
    """Acknowledges a batch, and loses it."""

    def call(self, method: str, /, *arguments: object, **options: object) -> object:
        if method == "insert" and self.refusals:
            self.refusals -= 1
            return {}
        return super().call(method, *arguments, **options)


def test_what_was_acknowledged_and_lost_is_sent_again(empty_collection: str) -> None:
    fill(ForgettingConnection(milvus(), refusals=1), empty_collection, VECTORS)
    assert rows_in(empty_collection) == list(range(300))


def test_patience_ends(empty_collection: str) -> None:
    with pytest.raises(StoreBusyError):
        fill(BusyConnection(milvus(), refusals=1_000), empty_collection, VECTORS, patience_seconds=0.5)


def test_milvus_killed_in_the_middle_of_a_build_and_started_again_costs_nothing_but_time(
    own_milvus: LiteServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.milvus_filling.BATCH_BYTES", 64 * 1024)
    vectors = np.random.default_rng(3).standard_normal((20_000, 64)).astype(np.float32)
    name, there = new_collection(), list[int]()

    def kill_and_start() -> None:
        while not there or not there[-1]:
            with suppress(StoreCallError, StoreUnreachableError):
                there.append(len(rows_in(name, own_milvus.milvus)))
        own_milvus.kill()
        own_milvus.start(wait=False)

    killer = threading.Thread(target=kill_and_start)
    killer.start()
    store = MilvusStore.build(vectors, server=own_milvus.milvus, collection=name)
    killer.join()
    assert 0 < there[-1] < len(vectors), "the kill came in the middle"
    assert store.checked(vectors), "every row is there once, bit for bit"
