"""Writing in one step, the old content or the new, never a part; and one writer at a time, who says who he is."""

import os
from pathlib import Path

import pytest

from corpus.durable import HeldError, only_writer, write_durably, write_json


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


def test_a_value_is_written_as_json_that_a_person_can_read(tmp_path: Path) -> None:
    write_json(tmp_path / "x.json", {"title": "Café", "topics": [1]})
    assert (tmp_path / "x.json").read_text(encoding="utf-8") == '{\n  "title": "Café",\n  "topics": [\n    1\n  ]\n}\n'


def test_of_two_writers_the_second_is_told_who_the_first_is(tmp_path: Path) -> None:
    lock, holder = tmp_path / "lock", tmp_path / "holder"
    with only_writer(lock, holder):
        with pytest.raises(HeldError, match=rf" on .* \(process {os.getpid()}, since 20\d\d-"), only_writer(lock, holder):
            pass
        holder.write_text("{half", encoding="utf-8")
        with pytest.raises(HeldError, match="another process") as held, only_writer(lock, holder):
            pass
    assert held.value.holder is None
    assert not holder.exists()


def test_the_right_to_write_is_given_although_nothing_can_say_who_has_it(tmp_path: Path) -> None:
    (tmp_path / "holder").mkdir()  # a full disk would fail there too
    with only_writer(tmp_path / "lock", tmp_path / "holder"):
        write_durably(tmp_path / "written", b"new")
    with only_writer(tmp_path / "lock", tmp_path / "holder"):
        pass
