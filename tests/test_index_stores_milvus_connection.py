"""A connection to Milvus: what is told when there is none, what is kept secret, what is believed."""

import fcntl
import logging
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pydantic import SecretStr

from index.errors import StoreCallError, StoreUnreachableError
from index.stores import Engines
from index.stores.milvus import MilvusCollections, MilvusStore
from index.stores.milvus_connection import MilvusConnection, MilvusServer, connection_to
from settings import PROJECT, Settings, SettingsError
from tests.milvus import NOBODY, VECTORS, LiteServer, behind_tls, new_collection, with_pieces

TOKEN = "root:a-secret"  # noqa: S105


def test_a_milvus_that_is_gone_is_told_in_a_line_at_once_and_found_again_when_it_is_back(
    own_milvus: LiteServer, caplog: pytest.LogCaptureFixture
) -> None:
    store = MilvusStore.build(with_pieces(VECTORS), server=own_milvus.milvus, collection=new_collection())
    expected = store.search(VECTORS[3], count=5)[1].tolist()
    own_milvus.kill()
    for _ in range(5):
        begun = time.monotonic()
        with pytest.raises(StoreUnreachableError, match=r"gives no answer .* Start it, or correct MILVUS_URI"):
            store.search(VECTORS[3], count=5)
        assert time.monotonic() - begun < 4
    own_milvus.start()
    back = time.monotonic()
    while True:
        try:
            assert store.search(VECTORS[3], count=5)[1].tolist() == expected
            break
        except StoreUnreachableError:
            assert time.monotonic() - back < 10
            time.sleep(0.1)
    said = [record.getMessage() for record in caplog.records if record.name == "index.stores.milvus"]
    assert len(said) == 2, "once that it is gone, once that it is back"


def test_a_token_stands_in_no_message_and_no_representation(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    secret = MilvusServer(NOBODY.uri, token=TOKEN)
    with pytest.raises(StoreUnreachableError) as refused:
        connection_to(secret).call("list_collections")
    assert TOKEN not in f"{secret!r} {refused.value} {caplog.text} {Settings(milvus_token=SecretStr(TOKEN))}"


def test_without_its_package_the_command_that_installs_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pymilvus", None)
    with pytest.raises(StoreCallError, match=r"Run `pip install '\.\[milvus\]'`"):
        MilvusConnection(NOBODY).call("list_collections")


def test_its_own_variable_of_the_same_name_is_kept_from_pymilvus(tmp_path: Path) -> None:
    """It would refuse a file, and every other program of this process would lose the variable."""
    script = (
        "import os; from index.stores.milvus_connection import _client_type; _client_type(); print(os.environ['MILVUS_URI'])"
    )
    environment = os.environ | {"MILVUS_URI": "some.db"}
    ended = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, env=environment, capture_output=True, text=True)
    assert (ended.stdout, ended.stderr) == ("some.db\n", "")


def test_over_tls_only_a_certificate_that_is_trusted_is_believed(own_milvus: LiteServer, tmp_path: Path) -> None:
    with behind_tls(own_milvus.port, tmp_path) as (port, certificate):
        uri = f"https://127.0.0.1:{port}"
        with pytest.raises(StoreUnreachableError):
            MilvusCollections(MilvusServer(uri)).reach()
        trusting = MilvusServer(uri, ca_file=str(certificate))
        store = MilvusStore.build(with_pieces(VECTORS), server=trusting, collection=new_collection())
        assert store.search(VECTORS[7], count=1)[1].tolist() == [7]
        connection_to(trusting).close()


def test_certificates_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    server = MilvusServer("https://127.0.0.1:9", ca_file=str(tmp_path / "none.pem"))
    with pytest.raises(StoreCallError, match=r"none.pem cannot be read: .* Correct MILVUS_CA_FILE"):
        connection_to(server).call("list_collections")


def test_one_process_at_a_time_can_open_a_file_of_milvus_lite(tmp_path: Path) -> None:
    server = MilvusServer(str(tmp_path / "one.db"))
    connection = connection_to(server)
    assert connection.call("list_collections") == []
    connection.close()
    with (tmp_path / "one.db" / "LOCK").open("r+b") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # as another process holds it
        with pytest.raises(StoreUnreachableError, match=r"one process at a time can open it. End the other"):
            connection.call("list_collections")
    assert connection.call("list_collections") == []
    connection.close()


@pytest.mark.parametrize("uri", ["milvus", "ftp://host", "https://user:pass@host:1", "lite.sqlite"])
def test_an_address_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, uri: str) -> None:
    monkeypatch.setenv("MILVUS_URI", uri)
    with pytest.raises(SettingsError, match="MILVUS_URI="):
        Settings.from_environment()


def test_an_engine_without_an_address_is_refused() -> None:
    with pytest.raises(StoreCallError, match="MILVUS_URI is not set"):
        Engines.of("milvus", Settings().milvus)
