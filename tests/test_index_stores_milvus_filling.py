"""Rows on their way into a collection: each arrives once, whatever happens on the way."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import numpy as np
import pytest

from index import IndexDamagedError
from index.errors import StoreBusyError, StoreCallError, StoreUnreachableError
from index.stores.milvus import MilvusStore, drop
from index.stores.milvus_connection import MilvusConnection, MilvusServer, connection_to
from tests.ending import join
from tests.milvus import VECTORS, LiteServer, milvus, new_collection, with_pieces

Call = Callable[..., Any]
RIGHT_CALL = MilvusConnection.call


@pytest.fixture
def collection() -> Iterator[str]:
    name = new_collection()
    yield name
    drop(milvus(), name)


def rows_in(name: str, server: MilvusServer | None = None) -> list[int]:
    found = connection_to(server or milvus()).call(
        "query", name, filter="id >= 0", output_fields=["id"], consistency_level="Strong"
    )
    return sorted(row["id"] for row in found)


def sends_wrongly(monkeypatch: pytest.MonkeyPatch, times: int, wrong: Callable[[Call, str, list[Any]], Any]) -> list[str]:
    """The first sendings go wrong; the methods that were called to send."""
    methods: list[str] = []

    def call(self: MilvusConnection, method: str, /, *arguments: Any, **options: Any) -> Any:
        if method not in {"insert", "upsert"}:
            return RIGHT_CALL(self, method, *arguments, **options)
        methods.append(method)
        if len(methods) > times:
            return RIGHT_CALL(self, method, *arguments, **options)
        return wrong(lambda *other: RIGHT_CALL(self, *other, **options), *arguments)

    monkeypatch.setattr(MilvusConnection, "call", call)
    return methods


WRONGS: dict[str, Callable[[Call, str, list[Any]], Any]] = {
    "acknowledged and lost": lambda _call, _name, _rows: {},
    "half of it lost": lambda call, name, rows: call("insert", name, rows[: len(rows) // 2]),
    "sent twice": lambda call, name, rows: [call("insert", name, rows), call("insert", name, rows)],
    "other word pieces": lambda call, name, rows: call(
        "insert", name, [rows[0] | {"pieces_0": rows[1]["pieces_0"]}, *rows[1:]]
    ),
    "another vector": lambda call, name, rows: call("insert", name, [rows[0] | {"vector": rows[1]["vector"]}, *rows[1:]]),
}


@pytest.mark.parametrize("wrong", WRONGS.values(), ids=WRONGS.keys())
def test_what_did_not_arrive_as_it_was_sent_is_sent_again(
    collection: str, monkeypatch: pytest.MonkeyPatch, wrong: Callable[[Call, str, list[Any]], Any]
) -> None:
    methods = sends_wrongly(monkeypatch, 1, wrong)
    store = MilvusStore.build(with_pieces(VECTORS), server=milvus(), collection=collection)
    assert rows_in(collection) == list(range(300)), "each row once"
    assert methods in (["insert", "upsert"], ["insert"])
    store.check()


def test_what_does_not_arrive_a_second_time_is_refused(collection: str, monkeypatch: pytest.MonkeyPatch) -> None:
    sends_wrongly(monkeypatch, 2, WRONGS["acknowledged and lost"])
    with pytest.raises(IndexDamagedError, match=r"holds other vectors than were sent \(id >= 0 and id <= 299\)"):
        MilvusStore.build(with_pieces(VECTORS), server=milvus(), collection=collection)


def refuses(_call: Call, _name: str, _rows: list[Any]) -> Any:
    raise StoreBusyError("Milvus is busy.", remedy="")


def test_a_build_waits_while_milvus_asks_for_patience(collection: str, monkeypatch: pytest.MonkeyPatch) -> None:
    methods = sends_wrongly(monkeypatch, 3, refuses)
    MilvusStore.build(with_pieces(VECTORS), server=milvus(), collection=collection).check()
    assert methods == ["insert"] * 4


def test_patience_ends(collection: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.stores.milvus_connection.PATIENCE_SECONDS", 0.5)
    sends_wrongly(monkeypatch, 1_000, refuses)
    with pytest.raises(StoreBusyError):
        MilvusStore.build(with_pieces(VECTORS), server=milvus(), collection=collection)


@pytest.mark.slow
def test_milvus_killed_in_the_middle_of_a_build_and_started_again_costs_nothing_but_time(
    own_milvus: LiteServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.stores.milvus.BATCH_BYTES", 64 * 1024)
    vectors = np.random.default_rng(3).standard_normal((20_000, 64)).astype(np.float32)
    name, there = new_collection(), list[int]()

    def kill_and_start() -> None:
        give_up_at = time.monotonic() + 60
        while time.monotonic() < give_up_at and not (there and there[-1]):
            with suppress(StoreCallError, StoreUnreachableError):
                there.append(len(rows_in(name, own_milvus.milvus)))
        own_milvus.kill()
        own_milvus.start(wait=False)

    killer = threading.Thread(target=kill_and_start, daemon=True)
    killer.start()
    store = MilvusStore.build(with_pieces(vectors), server=own_milvus.milvus, collection=name)
    join(killer)
    assert 0 < there[-1] < len(vectors), "the kill came in the middle"
    store.check()
