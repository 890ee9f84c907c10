"""corpus/regular_files.py: what lies in an index folder is opened without following links, waiting, or reading on and on."""

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus.regular_files import open_regular, read_regular
from index import IndexDamagedError, build, current_version, open_version
from index.errors import IndexBusyError
from index.published.layout import IndexLayout
from index.published.locking import hold, is_held, publishing
from index.published.manifest import read_manifest
from index.published.model import read_record
from index.published.pointer import published_before
from tests.conftest import HashEncoder, make_document

CANARY = "hunter2-xylophone"
SECONDS = 5


@pytest.fixture
def index_dir(tmp_path: Path) -> Path:
    build([make_document()], encoder=HashEncoder(), index_dir=tmp_path / "index")
    return tmp_path / "index"


def link(path: Path) -> None:
    """To a file that is none of ours."""
    other = path.parent / "elsewhere"
    other.write_text(CANARY)
    path.unlink(missing_ok=True)
    path.symlink_to(other)


def pipe(path: Path) -> None:
    path.unlink(missing_ok=True)
    os.mkfifo(path)


def folder(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.mkdir()


def endless_device(path: Path) -> None:
    """Endless."""
    path.unlink(missing_ok=True)
    path.symlink_to("/dev/zero")


every_trap = pytest.mark.parametrize("trap", [link, pipe, folder, endless_device])


def soon(ask: Callable[[], object]) -> object:
    """What it gives or raises, within seconds; a reader that waits for a pipe fails the test instead of stopping it."""
    found: list[object] = []

    def run() -> None:
        try:
            found.append(ask())
        except BaseException as error:  # noqa: BLE001  whatever it is, it is looked at
            found.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(SECONDS)
    assert found, "it waits for ever"
    return found[0]


@every_trap
def test_what_is_no_regular_file_is_not_opened(tmp_path: Path, trap: Callable[[Path], None]) -> None:
    trap(tmp_path / "file")
    assert isinstance(soon(lambda: open_regular(tmp_path / "file")), OSError)


def test_a_file_is_read_up_to_its_largest_size_and_not_beyond(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * 64)
    assert read_regular(tmp_path / "file", most=64) == b"x" * 64
    with pytest.raises(OSError, match="more than 63 bytes"):
        read_regular(tmp_path / "file", most=63)
    with pytest.raises(FileNotFoundError):
        read_regular(tmp_path / "nowhere", most=1)


@every_trap
def test_a_pointer_that_is_no_regular_file_is_refused_at_once_and_nothing_of_it_is_shown(
    index_dir: Path, trap: Callable[[Path], None]
) -> None:
    trap(index_dir / "CURRENT")
    refused = soon(lambda: current_version(index_dir))
    assert isinstance(refused, IndexDamagedError)
    assert refused.message == f"{index_dir}/CURRENT names no version."


@every_trap
def test_a_manifest_that_is_no_regular_file_is_refused_at_once_and_locks_nothing(
    index_dir: Path, trap: Callable[[Path], None]
) -> None:
    name = current_version(index_dir)
    trap(index_dir / name / "manifest.json")
    refused = soon(lambda: read_manifest(index_dir, name))
    assert isinstance(refused, IndexDamagedError)
    assert CANARY not in str(refused)
    assert isinstance(soon(lambda: hold(index_dir, name)), OSError)
    assert soon(lambda: is_held(index_dir, name)) is True


@every_trap
@pytest.mark.parametrize("file", ["documents.json", "vectors.npy", "store.faiss"])
def test_a_file_of_a_version_that_is_no_regular_file_counts_as_missing(
    index_dir: Path, trap: Callable[[Path], None], file: str
) -> None:
    name = current_version(index_dir)
    trap(index_dir / name / file)
    refused = soon(lambda: open_version(index_dir, name))
    assert isinstance(refused, IndexDamagedError)
    assert f"{file} is damaged or missing" in refused.message


@every_trap
def test_a_history_that_is_no_regular_file_is_an_empty_one(index_dir: Path, trap: Callable[[Path], None]) -> None:
    trap(index_dir / "history.jsonl")
    assert soon(lambda: published_before(index_dir)) == set()


@every_trap
def test_a_record_of_a_model_that_is_no_regular_file_is_none(index_dir: Path, trap: Callable[[Path], None]) -> None:
    layout = IndexLayout(index_dir)
    layout.model("sha256:1").mkdir(parents=True)
    trap(layout.model("sha256:1") / "model.json")
    assert soon(lambda: read_record(layout, "sha256:1")) is None


@every_trap
def test_who_holds_the_lock_is_not_read_from_what_is_no_regular_file(index_dir: Path, trap: Callable[[Path], None]) -> None:
    def try_it() -> None:
        with publishing(index_dir):
            pass

    with publishing(index_dir):
        trap(index_dir / "publish.holder")
        refused = soon(try_it)
        (index_dir / "publish.holder").rmdir() if trap is folder else (index_dir / "publish.holder").unlink()
    assert isinstance(refused, IndexBusyError)
    assert "built or published by another process" in refused.message


def test_the_lock_is_not_taken_on_the_other_end_of_a_link(index_dir: Path, tmp_path: Path) -> None:
    lock, other = index_dir / "publish.lock", tmp_path / "elsewhere"
    other.write_text(CANARY)
    lock.unlink(missing_ok=True)
    lock.symlink_to(other)

    def try_it() -> None:
        with publishing(index_dir):
            pass

    assert isinstance(soon(try_it), Exception)
    assert other.read_text() == CANARY
