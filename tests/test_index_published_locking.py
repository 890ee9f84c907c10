"""Two maintainers at once: one wins, the other is told who and what."""

import errno
import getpass
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from index import build, current_version
from index.errors import IndexBusyError, IndexStorageError
from index.published.layout import IndexLayout
from index.published.locking import hold, is_held, publishing
from tests.conftest import HashEncoder, make_document
from tests.ending import child, first_line
from tests.read_only import read_only

PUBLISH_SLOWLY = """
import sys
from pathlib import Path
from index.published.locking import publishing
with publishing(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_the_second_is_told_who_is_at_work_and_a_killed_holder_leaves_no_lock(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PUBLISH_SLOWLY, str(tmp_path)]
    with child(command, stdin=subprocess.PIPE) as other:
        assert first_line(other) == "held"
        with pytest.raises(IndexBusyError) as refused, publishing(tmp_path):
            pass
        assert f"by {getpass.getuser()} on {socket.gethostname()} (process {other.pid}, since 20" in refused.value.message
        assert refused.value.remedy == "Try again later, or ask them."
        IndexLayout(tmp_path).holder.write_text("{half", encoding="utf-8")
        with pytest.raises(IndexBusyError, match="by another process"), publishing(tmp_path):
            pass
        other.kill()
        other.wait(timeout=20)
    assert build([make_document()], encoder=HashEncoder(), index_dir=tmp_path).is_new
    assert not IndexLayout(tmp_path).holder.exists()


def test_a_version_that_nobody_serves_is_not_held(tmp_path: Path) -> None:
    build([make_document()], encoder=HashEncoder(), index_dir=tmp_path)
    assert not is_held(tmp_path, current_version(tmp_path))


def test_a_version_in_a_folder_without_locks_is_served_and_never_deleted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_locks(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    build([make_document()], encoder=HashEncoder(), index_dir=tmp_path)
    monkeypatch.setattr("fcntl.flock", no_locks)
    assert is_held(tmp_path, current_version(tmp_path))
    with pytest.raises(OSError, match="No locks available"):  # and the file is closed, or a warning would fail this
        hold(tmp_path, current_version(tmp_path))


def test_in_a_folder_that_may_only_be_read_a_version_is_held_and_counts_as_held(tmp_path: Path) -> None:
    build([make_document()], encoder=HashEncoder(), index_dir=tmp_path)
    with read_only(tmp_path):
        hold(tmp_path, current_version(tmp_path)).close()
        assert is_held(tmp_path, current_version(tmp_path))


def test_an_error_of_the_disk_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "index").write_text("a file where the folder should be", encoding="utf-8")
    with pytest.raises(IndexStorageError, match="could not be written: File exists"), publishing(tmp_path / "index"):
        pass
