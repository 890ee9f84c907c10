"""Versions in Milvus: built, published, rolled back, verified and pruned as those in files are."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index import IndexDamagedError, build, current_version, open_version
from index.encoding.vectors import VECTOR_FILES
from index.published.locking import publishing
from index.published.manifest import read_manifest
from index.published.pointer import prunable, publish, remove, remove_unfinished, rollback_target
from index.stores import FAISS, Engines
from index.stores.milvus import MilvusCollections, MilvusStore, drop, index_kind
from index.stores.milvus_connection import MilvusConnection, MilvusServer, connection_to
from settings import PROJECT
from tests.conftest import HashEncoder, make_document
from tests.milvus import (
    NOBODY,
    VECTORS,
    LiteServer,
    collections,
    engines_of,
    has_collection,
    milvus,
    new_collection,
    pointed_at,
    with_pieces,
)

ENGINES = engines_of(milvus())


def built(index_dir: Path, *paragraphs: str, engines: Engines = ENGINES) -> str:
    document = make_document(paragraphs=paragraphs or ("Tea is a drink. It is hot.",))
    return build([document], encoder=HashEncoder(), index_dir=index_dir, engines=engines).version


def collection_of(index_dir: Path, version: str) -> str:
    return str(read_manifest(index_dir, version).store["collection"])


def row_of(connection: MilvusConnection, name: str, row: int) -> dict[str, Any]:
    (found,) = connection.call("get", name, ids=[row], output_fields=["id", "vector", "pieces_0"])
    return dict(found)


@pytest.fixture
def index_dir(tmp_path: Path) -> Iterator[Path]:
    index_dir = tmp_path / "index"
    index_dir.mkdir()
    before = collections()
    yield index_dir
    for name in collections() - before:
        drop(milvus(), name)


def test_the_manifest_names_the_collection_and_the_folder_holds_no_vectors_to_search(index_dir: Path) -> None:
    version = open_version(index_dir, built(index_dir), engines=ENGINES)
    store = version.manifest.store
    assert (store["engine"], store["kind"]) == ("milvus", "FLAT")
    assert store["collection"].startswith(f"rls_tests_{version.name.replace('-', '_')}_")
    assert not (index_dir / version.name / "store.faiss").exists()
    assert not [file for file in VECTOR_FILES if (index_dir / version.name / file).exists()]
    assert version.store.search(version.vectors.pooled_of([1])[0], count=1)[1].tolist() == [1]


def test_what_is_read_of_rows_is_what_stands_in_files_to_the_last_bit(index_dir: Path) -> None:
    names = [built(index_dir, *["Tea is a drink. It is hot."] * 9, engines=engines) for engines in (ENGINES, Engines())]
    in_milvus, in_files = (open_version(index_dir, name, engines=ENGINES).vectors for name in names)
    for rows in ([3, 0, 17], [5], [], np.arange(18)):
        assert in_milvus.pooled_of(rows).tobytes() == in_files.pooled_of(rows).tobytes()
        (one, starts), (other, others) = in_milvus.tokens_of(rows), in_files.tokens_of(rows)
        assert (one.shape, str(one.dtype), one.tobytes()) == (other.shape, str(other.dtype), other.tobytes())
        assert starts.tolist() == others.tolist()


def test_a_passage_of_more_word_pieces_than_a_field_holds_takes_several(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.stores.milvus_rows.BYTES_A_FIELD", 24)
    given = with_pieces(VECTORS[:12])  # up to 48 bytes of word pieces
    store = MilvusStore.build(given, server=milvus(), collection=new_collection())
    assert store.description["fields"] == 2
    again = MilvusStore.open(store.description, server=milvus())
    again.check()
    assert again.tokens_of(range(12))[0].tobytes() == given.tokens_of(range(12))[0].tobytes()
    drop(milvus(), store.collection)


def test_the_same_inputs_build_nothing_and_another_engine_a_new_version(index_dir: Path) -> None:
    first = built(index_dir)
    assert built(index_dir) == first
    in_files = built(index_dir, engines=Engines())
    assert in_files != first
    assert read_manifest(index_dir, in_files).store["engine"] == "faiss"
    assert open_version(index_dir, first, engines=engines_of(milvus(), FAISS)).name == first, "the manifest decides"


def test_the_alias_follows_what_is_published_and_rolled_back_to(index_dir: Path) -> None:
    first, second = built(index_dir), built(index_dir, "New.")
    assert pointed_at(milvus()) == collection_of(index_dir, second)
    with publishing(index_dir) as layout:
        publish(layout, rollback_target(index_dir, engines=ENGINES), engines=ENGINES)
    assert current_version(index_dir) == first
    assert pointed_at(milvus()) == collection_of(index_dir, first)


def test_an_alias_that_was_left_behind_follows_with_the_next_build_even_if_nothing_is_new(index_dir: Path) -> None:
    first, second = built(index_dir), built(index_dir, "New.")
    connection_to(milvus()).call("alter_alias", collection_of(index_dir, first), milvus().alias)
    assert built(index_dir, "New.") == second
    assert pointed_at(milvus()) == collection_of(index_dir, second)


def test_pruning_drops_the_collections_of_deleted_versions_and_no_other(index_dir: Path) -> None:
    names = [built(index_dir, f"Text {number}.") for number in range(5)]
    every = [collection_of(index_dir, name) for name in names]
    with publishing(index_dir) as layout:
        for name in prunable(index_dir):
            remove(layout, name, engines=ENGINES)
    assert collections() & set(every) == set(every[2:])


def test_what_a_killed_build_left_is_dropped_by_the_next_one_and_nobody_elses(index_dir: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    neighbour = collection_of(other, built(other))
    name = built(index_dir)
    stray = collection_of(index_dir, name)
    (index_dir / name / "manifest.json").unlink()
    built(index_dir, "New.")
    assert not has_collection(stray)
    assert has_collection(neighbour)


def test_what_a_killed_build_left_waits_until_milvus_can_be_asked(index_dir: Path) -> None:
    name = built(index_dir)
    (index_dir / name / "manifest.json").unlink()
    with publishing(index_dir) as layout:
        remove_unfinished(layout, engines=engines_of(NOBODY, FAISS))
        assert (index_dir / name / MilvusCollections.FILE).exists()
        remove_unfinished(layout, engines=ENGINES)
    assert not (index_dir / name).exists()


@pytest.mark.parametrize(
    "damage", ["a row is gone", "a row more", "other vectors", "other word pieces", "the collection is gone"]
)
def test_a_collection_that_is_not_what_the_manifest_says_is_refused(index_dir: Path, damage: str) -> None:
    first, second = built(index_dir), built(index_dir, "New. It is another.")
    name, connection = collection_of(index_dir, first), connection_to(milvus())
    if damage == "a row is gone":
        connection.call("delete", name, ids=[1])
    elif damage == "a row more":
        connection.call("insert", name, [{"id": 2, "vector": np.zeros(64, np.float32), "pieces_0": ""}])
    elif damage == "other vectors":
        connection.call("upsert", name, [row_of(connection, name, 0) | {"vector": np.ones(64, np.float32)}])
    elif damage == "other word pieces":
        connection.call(
            "upsert", name, [row_of(connection, name, 0) | {"pieces_0": row_of(connection, name, 1)["pieces_0"]}]
        )
    else:
        drop(milvus(), name)
    with pytest.raises(IndexDamagedError, match=f"collection {name}"):
        open_version(index_dir, first, engines=ENGINES)
    with publishing(index_dir) as layout, pytest.raises(IndexDamagedError):
        publish(layout, first, engines=ENGINES)
    assert current_version(index_dir) == second


def test_one_changed_coordinate_among_many_rows_is_found_by_reading_all_back() -> None:
    store = MilvusStore.build(with_pieces(VECTORS), server=milvus(), collection=new_collection())
    store.check()
    changed = VECTORS[123] / np.linalg.norm(VECTORS[123])
    changed[7] += 1e-6
    connection = connection_to(milvus())
    connection.call("upsert", store.collection, [row_of(connection, store.collection, 123) | {"vector": changed}])
    with pytest.raises(IndexDamagedError, match="does not hold the vectors that the manifest names"):
        store.check()
    drop(milvus(), store.collection)


def test_a_builder_that_is_killed_leaves_what_is_published_and_its_collection_goes_with_the_next_build(
    own_milvus: LiteServer, tmp_path: Path
) -> None:
    index_dir = tmp_path / "index"
    engines = engines_of(own_milvus.milvus)
    first = built(index_dir, engines=engines)
    command = [sys.executable, "-c", KILLED_BUILDER, str(index_dir), own_milvus.milvus.uri]
    with subprocess.Popen(command, cwd=PROJECT) as builder:
        give_up_at = time.monotonic() + 60
        while len(collections(own_milvus.milvus)) < 2 and time.monotonic() < give_up_at:
            time.sleep(0.01)
        os.kill(builder.pid, signal.SIGKILL)
    assert len(collections(own_milvus.milvus)) == 2, "the kill came while the collection was being filled"
    assert current_version(index_dir) == first
    assert pointed_at(own_milvus.milvus) == collection_of(index_dir, first)
    assert open_version(index_dir, first, engines=engines).name == first
    second = built(index_dir, "New.", engines=engines)
    assert collections(own_milvus.milvus) == {collection_of(index_dir, first), collection_of(index_dir, second)}


KILLED_BUILDER = """
import sys, time
from pathlib import Path
from index.stores.milvus_connection import MilvusServer
from tests import test_index_milvus as module
from tests.milvus import engines_of
import index.stores.milvus as store
store.BATCH_BYTES = 16 * 64 * 4
send = store.MilvusStore._send
store.MilvusStore._send = lambda *arguments: (send(*arguments), time.sleep(0.2))[0]
engines = engines_of(MilvusServer(sys.argv[2], alias="rls_tests"))
module.built(Path(sys.argv[1]), *["Tea is a drink. It is hot. Some take milk."] * 300, engines=engines)
"""


@pytest.mark.parametrize(
    ("uri", "count", "setting", "kind"),
    [
        ("a.db", 10**7, "auto", "FLAT"),
        ("http://host", 20_000, "auto", "FLAT"),
        ("http://host", 20_001, "auto", "HNSW"),
        ("http://host", 10**8, "auto", "DISKANN"),
        ("http://host", 10, "diskann", "DISKANN"),
    ],
)
def test_the_index_is_exact_for_a_few_and_a_graph_for_many(uri: str, count: int, setting: str, kind: str) -> None:
    assert index_kind(MilvusServer(uri, index=setting), count) == kind
