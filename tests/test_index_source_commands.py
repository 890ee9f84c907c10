"""`python -m index` with an INDEX_SOURCE: what is published here is published there."""

import builtins
import json
from pathlib import Path
from typing import Any

import pytest

from index import build, current_version
from index.__main__ import app
from index.errors import SourceError
from index.published.version import list_versions, open_version
from index.replication.object_store import ObjectStore
from index.replication.sending import served_at, versions_at
from settings import Settings, SettingsError
from tests.command_lines import Run, assert_one_line_error, runner
from tests.conftest import HashEncoder, make_document


@pytest.fixture
def index_dir(tmp_path: Path) -> Path:
    """Four versions, the newest published."""
    for text in ("One.", "Two.", "Three.", "Four."):
        build([make_document(paragraphs=[text])], encoder=HashEncoder(), index_dir=tmp_path / "versions")
    return tmp_path / "versions"


@pytest.fixture
def source(tmp_path: Path) -> ObjectStore:
    return ObjectStore((tmp_path / "source").as_uri())


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], index_dir: Path, source: ObjectStore, tmp_path: Path
) -> Run:
    monkeypatch.setenv("INDEX_DIR", str(index_dir))
    monkeypatch.setenv("INDEX_SOURCE", (tmp_path / "source").as_uri())
    return runner(monkeypatch, capsys, app, "index")


def test_a_version_is_sent_then_published_then_rolled_back_there(run: Run, index_dir: Path, source: ObjectStore) -> None:
    *_, older, newest = list_versions(index_dir)
    sent = run("push")
    assert (sent.exit_code, sent.out.startswith(f"Sent {newest} to INDEX_SOURCE: ")) == (0, True)
    assert (served_at(source), versions_at(source)) == ("", [newest])
    assert run("publish", newest).out == f"Published {newest}. Replicas fetch it from INDEX_SOURCE.\n"
    assert served_at(source) == newest
    assert json.loads(run("push", "--json").out) == {"version": newest, "sent": 0}
    run("publish", older)
    assert (served_at(source), current_version(index_dir)) == (older, older)
    assert f"{older}  at INDEX_SOURCE, served\n" in run("versions").out


def test_prune_deletes_there_as_well(run: Run, index_dir: Path, source: ObjectStore) -> None:
    names = list_versions(index_dir)
    for name in names:
        run("publish", name)
    assert run("prune", "--yes").out == f"Deleted {names[0]}.\n"
    assert versions_at(source) == list_versions(index_dir) == names[1:]


def test_pull_brings_what_is_published_to_a_new_machine(
    run: Run, index_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    newest = list_versions(index_dir)[-1]
    run("publish", newest)
    monkeypatch.setenv("INDEX_DIR", str(tmp_path / "new"))
    assert run("pull").out == f"Fetched {newest} from INDEX_SOURCE.\n"
    assert current_version(tmp_path / "new") == newest
    assert open_version(tmp_path / "new", newest).name == newest


def test_a_damaged_version_is_not_sent(run: Run, index_dir: Path, source: ObjectStore) -> None:
    newest = list_versions(index_dir)[-1]
    (index_dir / newest / "tokens.npy").write_bytes(b"")
    assert_one_line_error(run("push"), f"{newest} is damaged: tokens.npy")
    assert versions_at(source) == []


@pytest.mark.usefixtures("index_dir")
@pytest.mark.parametrize("command", ["push", "pull"])
def test_without_a_source_the_line_says_what_to_set(run: Run, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    monkeypatch.delenv("INDEX_SOURCE")
    assert_one_line_error(run(command), "INDEX_SOURCE is not set", "s3://bucket/prefix")


@pytest.mark.parametrize("url", ["bucket/prefix", "s3://", "https://example.org/x", "s3://key:secret@bucket/x", "file://"])
def test_an_address_that_is_no_source_is_refused(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("INDEX_SOURCE", url)
    with pytest.raises(SettingsError, match="it must be like s3://bucket/prefix"):
        Settings.from_environment()


def test_without_the_package_the_error_names_the_command_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.startswith("obstore"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(SourceError, match=r"needs the package obstore\. Run `pip install '\.\[s3\]'`"):
        ObjectStore("s3://bucket/prefix")
