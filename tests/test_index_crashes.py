"""Crash safety: killed, out of space, read-only, failing disk, damaged files. What is published stays whole."""

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from corpus.durable import write_durably
from index import IndexDamagedError, IndexMissingError, build, current_version, open_version
from index.errors import IndexStorageError
from index.published.locking import publishing
from index.published.manifest import files_of
from index.published.pointer import publish, rollback_target
from settings import PROJECT
from tests.conftest import HashEncoder, make_document
from tests.read_only import read_only

FILES = files_of({"engine": "faiss"})
KILLS = int(os.environ.get("STRESS_KILLS", "25"))
DAMAGES = int(os.environ.get("STRESS_DAMAGES", "60"))
BIG = make_document(paragraphs=["Tea is a drink. It is hot. Some take milk. Others take lemon."] * 200)


def test_a_build_that_is_killed_at_any_moment_leaves_the_old_version_or_the_new_one(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "tests.killed_builder", str(tmp_path), str(KILLS), "7"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 0, ended.stderr
    seen = json.loads(ended.stdout)
    print(seen)
    for promise in ("old or new, whole", "lock free at once", "next build clean"):
        assert seen[promise] == KILLS, seen
    assert seen["killed while writing a version"] > 0, "no kill came at a moment that matters"


@pytest.fixture
def index_dir(tmp_path: Path) -> Path:
    """An index with one published version."""
    build([make_document()], encoder=HashEncoder(), index_dir=tmp_path / "index")
    return tmp_path / "index"


def assert_untouched(index_dir: Path, name: str) -> None:
    assert current_version(index_dir) == name
    assert open_version(index_dir, name).documents == {"tea": make_document()}
    unfinished = [path for path in index_dir.iterdir() if path.is_dir() and not (path / "manifest.json").exists()]
    assert unfinished == []


SMALL_FILES = """
import resource, signal, sys
from pathlib import Path
from index import build
from index.errors import IndexStorageError
from tests.conftest import HashEncoder
from tests.test_index_crashes import BIG
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    build([BIG], encoder=HashEncoder(), index_dir=Path(sys.argv[1]))
except IndexStorageError as error:
    print(error)
"""


def test_files_that_cannot_grow_end_the_build_with_a_line_and_touch_nothing(index_dir: Path) -> None:
    """As on a full disk: no file may grow over 20,000 bytes. In a process of its own: ours may be writing a log."""
    name = current_version(index_dir)
    command = [sys.executable, "-c", SMALL_FILES, str(index_dir)]
    said = subprocess.run(command, cwd=PROJECT, capture_output=True, check=True, text=True).stdout
    assert "could not be written: " in said
    assert "What is published was not touched" in said
    assert_untouched(index_dir, name)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 300 kilobytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(folder)], capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("a small file system can be mounted by root only")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_ends_the_build_with_a_line_and_the_next_one_has_the_space_again(small_disk: Path) -> None:
    index_dir = small_disk / "index"
    build([make_document()], encoder=HashEncoder(), index_dir=index_dir)
    name, free = current_version(index_dir), shutil.disk_usage(small_disk).free
    with pytest.raises(IndexStorageError):
        build([BIG], encoder=HashEncoder(), index_dir=index_dir)
    assert_untouched(index_dir, name)
    (index_dir / "encodings.sqlite").unlink()  # as the remedy says: it only saves time
    assert shutil.disk_usage(small_disk).free >= free
    assert build([make_document(paragraphs=["New."])], encoder=HashEncoder(), index_dir=index_dir).is_new


def test_a_full_disk_does_not_stop_a_roll_back(small_disk: Path) -> None:
    index_dir = small_disk / "index"
    first = build([make_document()], encoder=HashEncoder(), index_dir=index_dir).version
    build([make_document(paragraphs=["New."])], encoder=HashEncoder(), index_dir=index_dir)
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"x" * (shutil.disk_usage(small_disk).free - 16_384))  # four pages are left
    with publishing(index_dir) as layout:
        publish(layout, rollback_target(index_dir))
    assert current_version(index_dir) == first


def test_a_read_only_folder_ends_the_build_with_a_line_and_touches_nothing(index_dir: Path) -> None:
    name = current_version(index_dir)
    with read_only(index_dir):
        with pytest.raises(IndexStorageError, match=r"Read-only file system|Permission denied"):
            build([BIG], encoder=HashEncoder(), index_dir=index_dir)
        assert_untouched(index_dir, name)


@pytest.mark.parametrize("call", ["fsync", "replace", "open"])
def test_an_error_of_the_disk_while_the_pointer_is_written_leaves_the_old_one(
    index_dir: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    name = current_version(index_dir)

    def failing(path: Path, data: bytes, /) -> None:
        if path.name == "CURRENT":
            with monkeypatch.context() as broken:

                def fail(*_: object, **__: object) -> None:
                    raise OSError(5, "Input/output error")

                broken.setattr(os if call == "fsync" else Path, call, fail)
                write_durably(path, data)
        write_durably(path, data)

    monkeypatch.setattr("index.published.pointer.write_durably", failing)
    with pytest.raises(IndexStorageError, match="Input/output error"):
        build([make_document(paragraphs=["New."])], encoder=HashEncoder(), index_dir=index_dir)
    assert_untouched(index_dir, name)
    assert not list(index_dir.glob(".*.partial"))


def flip_a_bit(path: Path, chance: random.Random, _other: Path) -> None:
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    path.write_bytes(content)


def cut(path: Path, chance: random.Random, _other: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: chance.randrange(len(content))])


def take_from_another_version(path: Path, _chance: random.Random, other: Path) -> None:
    path.write_bytes((other / path.name).read_bytes())


def take_another_file(path: Path, chance: random.Random, _other: Path) -> None:
    path.write_bytes((path.parent / chance.choice(sorted({*FILES, "manifest.json"} - {path.name}))).read_bytes())


def give_another_dimension(path: Path, chance: random.Random, _other: Path) -> None:
    with path.with_name(chance.choice(["vectors.npy", "tokens.npy"])).open("wb") as file:
        np.save(file, np.zeros((2, chance.choice([1, 63, 65, 384])), np.float32))


def test_every_damaged_version_is_refused_by_name_and_the_mended_one_opens(index_dir: Path) -> None:
    kinds: list[Callable[[Path, random.Random, Path], None]] = [
        flip_a_bit,
        cut,
        take_from_another_version,
        take_another_file,
        give_another_dimension,
    ]
    other = index_dir / current_version(index_dir)
    name = build([BIG], encoder=HashEncoder(), index_dir=index_dir).version
    chance, files = random.Random(11), sorted({*FILES, "manifest.json"})
    whole = {file: (index_dir / name / file).read_bytes() for file in files}
    for number in range(DAMAGES):
        kinds[number % len(kinds)](index_dir / name / chance.choice(files), chance, other)
        damaged = [file for file in files if (index_dir / name / file).read_bytes() != whole[file]]
        with pytest.raises((IndexDamagedError, IndexMissingError)) as refused:
            open_version(index_dir, name)
        assert any(file.removesuffix(".json") in refused.value.message for file in damaged), refused.value.message
        for file in damaged:
            (index_dir / name / file).write_bytes(whole[file])
    assert open_version(index_dir, name).documents == {"tea": BIG}
