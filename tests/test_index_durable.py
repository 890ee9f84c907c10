"""Writing in one step: the old content or the new, never a part."""

from pathlib import Path

import pytest

from index.durable import write_durably


def test_content_is_replaced_and_nothing_else_is_left(tmp_path: Path) -> None:
    path = tmp_path / "CURRENT"
    for content in (b"old and longer", b"new"):
        write_durably(path, content)
        assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [path]


def test_a_reader_that_opened_the_old_content_reads_it_to_the_end(tmp_path: Path) -> None:
    path = tmp_path / "CURRENT"
    write_durably(path, b"old")
    with path.open("rb") as reader:
        write_durably(path, b"new")
        assert reader.read() == b"old"


def test_what_a_crash_left_half_written_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / ".CURRENT.partial").write_bytes(b"half of something long")
    write_durably(tmp_path / "CURRENT", b"new")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("CURRENT", b"new")]


def test_a_write_that_fails_leaves_the_old_content(tmp_path: Path) -> None:
    path = tmp_path / "CURRENT"
    write_durably(path, b"old")
    (tmp_path / ".CURRENT.partial").mkdir()
    with pytest.raises(IsADirectoryError):
        write_durably(path, b"new")
    assert path.read_bytes() == b"old"
