"""Versions in Milvus: built, published, rolled back, verified and pruned as those in files are; nothing half published."""

import fcntl
import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from pydantic import SecretStr

from index import IndexDamagedError, build, current_version, open_version
from index.__main__ import app
from index.engines import COLLECTION_FILE, MILVUS, Engines
from index.errors import StoreBusyError, StoreCallError, StoreUnreachableError
from index.fitness import examine
from index.locking import publishing
from index.manifest import read_manifest
from index.milvus_connection import MilvusConnection, connection_to
from index.milvus_filling import fill
from index.milvus_server import MilvusServer
from index.milvus_store import MilvusStore, drop, has_collection, index_kind, pointed_at, reach
from index.publishing import prunable, publish, remove, remove_unfinished, rollback_target
from settings import PROJECT, Settings, SettingsError
from tests.command_lines import Run, assert_one_line_error, runner
from tests.conftest import HashEncoder, make_document
from tests.milvus import LiteServer, behind_tls, lite_server, milvus, new_collection

ENGINES = Engines(MILVUS, milvus())
NOBODY = MilvusServer("http://127.0.0.1:9")  # the port of the discard service, where nothing listens
TOKEN = "root:a-secret"  # noqa: S105
VECTORS = np.random.default_rng(5).standard_normal((300, 16)).astype(np.float32)


def built(index_dir: Path, *paragraphs: str, engines: Engines = ENGINES) -> str:
    document = make_document(paragraphs=paragraphs or ("Tea is a drink. It is hot.",))
    return build([document], encoder=HashEncoder(), index_dir=index_dir, engines=engines).version


def collection_of(index_dir: Path, version: str) -> str:
    return str(read_manifest(index_dir, version).store["collection"])


def collections(server: MilvusServer = ENGINES.milvus or NOBODY) -> set[str]:
    return set(connection_to(server).call("list_collections"))


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
    assert version.store.search(version.vectors.pooled[1], count=1)[1].tolist() == [1]


def test_the_same_inputs_build_nothing_and_another_engine_a_new_version(index_dir: Path) -> None:
    first = built(index_dir)
    assert built(index_dir) == first
    in_files = built(index_dir, engines=Engines())
    assert in_files != first
    assert read_manifest(index_dir, in_files).store["engine"] == "faiss"
    assert open_version(index_dir, first, engines=Engines(milvus=ENGINES.milvus)).name == first, "the manifest decides"


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
    assert not has_collection(milvus(), stray)
    assert has_collection(milvus(), neighbour)


def test_what_a_killed_build_left_waits_until_milvus_can_be_asked(index_dir: Path) -> None:
    name = built(index_dir)
    (index_dir / name / "manifest.json").unlink()
    with publishing(index_dir) as layout:
        remove_unfinished(layout, engines=Engines(milvus=NOBODY))
        assert (index_dir / name / COLLECTION_FILE).exists()
        remove_unfinished(layout, engines=ENGINES)
    assert not (index_dir / name).exists()


@pytest.mark.parametrize("damage", ["a row is gone", "a row more", "other vectors", "the collection is gone"])
def test_a_collection_that_is_not_what_the_manifest_says_is_refused(index_dir: Path, damage: str) -> None:
    first, second = built(index_dir), built(index_dir, "New. It is another.")
    name, connection = collection_of(index_dir, first), connection_to(milvus())
    if damage == "a row is gone":
        connection.call("delete", name, ids=[1])
    elif damage == "a row more":
        connection.call("insert", name, [{"id": 2, "vector": np.zeros(64, np.float32)}])
    elif damage == "other vectors":
        connection.call("upsert", name, [{"id": 0, "vector": np.ones(64, np.float32)}])
    else:
        drop(milvus(), name)
    with pytest.raises(IndexDamagedError, match=f"collection {name}"):
        open_version(index_dir, first, engines=ENGINES)
    with publishing(index_dir) as layout, pytest.raises(IndexDamagedError):
        publish(layout, first, engines=ENGINES)
    assert current_version(index_dir) == second


def test_one_changed_coordinate_among_many_rows_is_found_by_reading_all_back() -> None:
    store = MilvusStore.build(VECTORS, server=milvus(), collection=new_collection())
    assert store.checked() == store.checked(VECTORS) == store.description["sha256"]
    changed = VECTORS[123] / np.linalg.norm(VECTORS[123])
    changed[7] += 1e-6
    connection_to(milvus()).call("upsert", store.collection, [{"id": 123, "vector": changed}])
    with pytest.raises(IndexDamagedError, match="in rows 0–299"):
        store.checked(VECTORS)
    with pytest.raises(IndexDamagedError, match="does not hold the vectors that the manifest names"):
        store.checked()
    drop(milvus(), store.collection)


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


def test_patience_ends(empty_collection: str) -> None:
    with pytest.raises(StoreBusyError):
        fill(BusyConnection(milvus(), refusals=1_000), empty_collection, VECTORS, patience_seconds=0.5)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LiteServer]:
    with lite_server(tmp_path / "milvus") as server:
        yield server


def test_milvus_killed_in_the_middle_of_a_build_and_started_again_costs_nothing_but_time(
    server: LiteServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.milvus_filling.BATCH_BYTES", 64 * 1024)
    vectors = np.random.default_rng(3).standard_normal((20_000, 64)).astype(np.float32)
    name, there = new_collection(), list[int]()

    def kill_and_start() -> None:
        while not there or not there[-1]:
            with suppress(StoreCallError, StoreUnreachableError):
                there.append(len(rows_in(name, server.milvus)))
        server.kill()
        server.start(wait=False)

    killer = threading.Thread(target=kill_and_start)
    killer.start()
    store = MilvusStore.build(vectors, server=server.milvus, collection=name)
    killer.join()
    assert 0 < there[-1] < len(vectors), "the kill came in the middle"
    assert store.checked(vectors), "every row is there once, bit for bit"


def test_a_builder_that_is_killed_leaves_what_is_published_and_its_collection_goes_with_the_next_build(
    server: LiteServer, tmp_path: Path
) -> None:
    index_dir = tmp_path / "index"
    engines = Engines(MILVUS, server.milvus)
    first = built(index_dir, engines=engines)
    command = [sys.executable, "-c", KILLED_BUILDER, str(index_dir), server.milvus.uri]
    with subprocess.Popen(command, cwd=PROJECT) as builder:
        give_up_at = time.monotonic() + 60
        while len(collections(server.milvus)) < 2 and time.monotonic() < give_up_at:
            time.sleep(0.01)
        os.kill(builder.pid, signal.SIGKILL)
    assert len(collections(server.milvus)) == 2, "the kill came while the collection was being filled"
    assert current_version(index_dir) == first
    assert pointed_at(server.milvus) == collection_of(index_dir, first)
    assert open_version(index_dir, first, engines=engines).name == first
    second = built(index_dir, "New.", engines=engines)
    assert collections(server.milvus) == {collection_of(index_dir, first), collection_of(index_dir, second)}


KILLED_BUILDER = """
import sys, time
from pathlib import Path
from index.engines import MILVUS, Engines
from index.milvus_server import MilvusServer
from tests import test_index_milvus as module
import index.milvus_filling as filling
filling.BATCH_BYTES = 16 * 64 * 4
send = filling._Filling.send
filling._Filling.send = lambda *arguments: (send(*arguments), time.sleep(0.2))[0]
engines = Engines(MILVUS, MilvusServer(sys.argv[2], alias="rls_tests"))
module.built(Path(sys.argv[1]), *["Tea is a drink. It is hot. Some take milk."] * 300, engines=engines)
"""


def test_a_milvus_that_is_gone_is_told_in_a_line_at_once_and_found_again_when_it_is_back(
    server: LiteServer, caplog: pytest.LogCaptureFixture
) -> None:
    store = MilvusStore.build(VECTORS, server=server.milvus, collection=new_collection())
    expected = store.search(VECTORS[3], count=5)[1].tolist()
    server.kill()
    for _ in range(5):
        begun = time.monotonic()
        with pytest.raises(StoreUnreachableError, match=r"gives no answer .* Start it, or mend MILVUS_URI"):
            store.search(VECTORS[3], count=5)
        assert time.monotonic() - begun < 4
    server.start()
    back = time.monotonic()
    while True:
        try:
            assert store.search(VECTORS[3], count=5)[1].tolist() == expected
            break
        except StoreUnreachableError:
            assert time.monotonic() - back < 10
            time.sleep(0.1)
    said = [record.getMessage() for record in caplog.records if record.name == "index.milvus_store"]
    assert len(said) == 2, "once that it is gone, once that it is back"


def test_a_token_stands_in_no_message_and_no_representation(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    secret = MilvusServer(NOBODY.uri, token=TOKEN)
    with pytest.raises(StoreUnreachableError) as refused:
        connection_to(secret).call("list_collections")
    assert TOKEN not in f"{secret!r} {refused.value} {caplog.text} {Settings(milvus_token=SecretStr(TOKEN))}"


def test_without_its_package_the_command_that_installs_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pymilvus", None)
    with pytest.raises(StoreCallError, match=r"Run `pip install -r requirements-milvus.txt`"):
        MilvusConnection(NOBODY).call("list_collections")


def test_its_own_variable_of_the_same_name_is_kept_from_pymilvus(tmp_path: Path) -> None:
    """It would refuse a file, and every other program of this process would lose the variable."""
    script = "import os; from index.milvus_connection import _client_type; _client_type(); print(os.environ['MILVUS_URI'])"
    environment = os.environ | {"MILVUS_URI": "some.db"}
    ended = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, env=environment, capture_output=True, text=True)
    assert (ended.stdout, ended.stderr) == ("some.db\n", "")


def test_over_tls_only_a_certificate_that_is_trusted_is_believed(server: LiteServer, tmp_path: Path) -> None:
    with behind_tls(server.port, tmp_path) as (port, certificate):
        uri = f"https://127.0.0.1:{port}"
        with pytest.raises(StoreUnreachableError):
            reach(MilvusServer(uri))
        trusting = MilvusServer(uri, ca_file=str(certificate))
        store = MilvusStore.build(VECTORS, server=trusting, collection=new_collection())
        assert store.search(VECTORS[7], count=1)[1].tolist() == [7]
        connection_to(trusting).close()


def test_certificates_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    server = MilvusServer("https://127.0.0.1:9", ca_file=str(tmp_path / "none.pem"))
    with pytest.raises(StoreCallError, match=r"none.pem cannot be read: .* Mend MILVUS_CA_FILE"):
        connection_to(server).call("list_collections")


def test_one_process_at_a_time_can_open_a_file_of_milvus_lite(tmp_path: Path) -> None:
    server = MilvusServer(str(tmp_path / "one.db"))
    connection = connection_to(server)
    assert connection.call("list_collections") == []
    connection.close()
    with (tmp_path / "one.db" / "LOCK").open("r+b") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # as another process holds it
        with pytest.raises(StoreUnreachableError, match=r"one process at a time can. End the other one"):
            connection.call("list_collections")
    assert connection.call("list_collections") == []
    connection.close()


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


@pytest.mark.parametrize("uri", ["milvus", "ftp://host", "https://user:pass@host:1", "lite.sqlite"])
def test_an_address_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, uri: str) -> None:
    monkeypatch.setenv("MILVUS_URI", uri)
    with pytest.raises(SettingsError, match="MILVUS_URI="):
        Settings.from_environment()


def test_an_engine_without_an_address_is_refused() -> None:
    with pytest.raises(StoreCallError, match="MILVUS_URI is not set"):
        Engines.of("milvus", Settings().milvus)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(monkeypatch, capsys, app, "index")


def test_a_milvus_that_is_fit_is_said_to_be_and_left_as_it_was(run: Run) -> None:
    before = collections()
    ended = run("verify", "--store", "milvus", "--uri", milvus().uri, "--vectors", "1000")
    assert ended.exit_code == 0, ended.out
    assert "It is fit to hold the index." in ended.out
    assert collections() == before
    assert connection_to(milvus()).call("list_aliases")["aliases"] in ([], [milvus().alias])


def test_a_milvus_that_is_not_there_is_not_fit(run: Run) -> None:
    ended = run("verify", "--store", "milvus", "--uri", NOBODY.uri, "--json")
    assert ended.exit_code == 1
    found = json.loads(ended.out)
    assert not found["fit"]
    assert [check["name"] for check in found["checks"]] == ["answers"]


def test_a_milvus_that_finds_too_little_is_not_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    right = MilvusStore.search
    monkeypatch.setattr(MilvusStore, "search", lambda self, query, *, count: right(self, -query, count=count))
    found = {check.name: check.holds for check in examine(milvus(), rows=1_000)}
    assert not found["contract"]
    assert not found["recall"]


@pytest.mark.parametrize("arguments", [["--store", "faiss"], ["--store", "milvus"]])
def test_what_cannot_be_examined_is_told(run: Run, arguments: list[str]) -> None:
    assert_one_line_error(run("verify", *arguments), "Say `--")
