"""index/saved_vectors.py: a version shares the large file of the one before and writes only what is new."""

from pathlib import Path

import numpy as np
import pytest

from corpus import Document
from index import IndexVersion, build, current_version, open_version
from index.layout import IndexLayout
from index.passages import reading_texts
from index.publishing import remove
from index.store import unit
from tests.conftest import HashEncoder, make_document

FACTS = [f"Garden {number} grows tea {number * 7 % 31} for cup {number % 13}." for number in range(40)]
NEW = "Milk is white."


@pytest.fixture(autouse=True)
def every_file_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.saved_vectors.SHARED_FROM", 1)


def built(index_dir: Path, *paragraphs: str) -> IndexVersion:
    build([make_document(paragraphs=paragraphs)], encoder=HashEncoder(), index_dir=index_dir)
    return open_version(index_dir, current_version(index_dir))


def inode(index_dir: Path, version: IndexVersion) -> int:
    return (index_dir / version.name / "tokens.npy").stat().st_ino


def assert_those_of_the_encoder(version: IndexVersion) -> None:
    texts = {id_: document.text for id_, document in version.documents.items()}
    for row, encoding in enumerate(HashEncoder().encode(reading_texts(version.passages, texts))):
        np.testing.assert_array_equal(version.vectors.pooled[row], encoding.pooled)
        np.testing.assert_array_equal(version.vectors.tokens_of([row])[0], unit(encoding.tokens).astype(np.float16))
    everything, starts = version.vectors.tokens_of(range(len(version.passages)))
    assert len(starts) == len(version.passages)
    assert len(everything) == version.vectors.spans[:, 1].sum()


def test_an_edit_shares_the_file_and_writes_its_own_sentence(tmp_path: Path) -> None:
    first = built(tmp_path, *FACTS)
    second = built(tmp_path, NEW, *FACTS[1:])
    assert inode(tmp_path, second) == inode(tmp_path, first)
    assert len(first.vectors.added) == 0
    assert len(second.vectors.added) == len(f"About tea: {NEW}".split())
    assert_those_of_the_encoder(second)


def test_the_next_edit_keeps_what_the_one_before_added(tmp_path: Path) -> None:
    first, second = built(tmp_path, *FACTS), built(tmp_path, NEW, *FACTS[1:])
    third = built(tmp_path, "Ale is brown.", NEW, *FACTS[2:])
    assert inode(tmp_path, third) == inode(tmp_path, second) == inode(tmp_path, first)
    assert len(third.vectors.added) == 2 * len(second.vectors.added)
    assert_those_of_the_encoder(third)


def test_when_much_has_changed_all_is_written_anew(tmp_path: Path) -> None:
    first = built(tmp_path, *FACTS)
    second = built(tmp_path, *FACTS[15:])
    assert inode(tmp_path, second) != inode(tmp_path, first)
    assert len(second.vectors.added) == 0
    assert_those_of_the_encoder(second)


def test_when_much_was_added_all_is_written_anew(tmp_path: Path) -> None:
    first = built(tmp_path, *FACTS[:20])
    second = built(tmp_path, *FACTS)
    assert inode(tmp_path, second) != inode(tmp_path, first)
    assert_those_of_the_encoder(second)


def test_the_same_sentence_twice_shares_its_vectors(tmp_path: Path) -> None:
    version = built(tmp_path, NEW, NEW)
    assert version.vectors.spans[0].tolist() == version.vectors.spans[1].tolist()
    assert_those_of_the_encoder(version)


def test_deleting_the_older_version_leaves_the_newer_one_whole(tmp_path: Path) -> None:
    first, second = built(tmp_path, *FACTS), built(tmp_path, NEW, *FACTS[1:])
    remove(IndexLayout(tmp_path), first.name)
    assert_those_of_the_encoder(open_version(tmp_path, second.name))


def test_a_damaged_file_is_not_shared(tmp_path: Path) -> None:
    first = built(tmp_path, *FACTS)
    path = tmp_path / first.name / "tokens.npy"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    second = built(tmp_path, NEW, *FACTS[1:])
    assert inode(tmp_path, second) != inode(tmp_path, first)
    assert_those_of_the_encoder(second)


def test_where_files_cannot_be_linked_they_are_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(source: Path, to: Path) -> None:
        raise PermissionError(1, "Operation not permitted", str(source), None, str(to))

    first = built(tmp_path, *FACTS)
    monkeypatch.setattr("os.link", refuse)
    second = built(tmp_path, NEW, *FACTS[1:])
    assert inode(tmp_path, second) != inode(tmp_path, first)
    assert len(second.vectors.added) > 0
    assert_those_of_the_encoder(second)


def test_a_small_file_is_written_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    first, second = built(tmp_path, *FACTS), built(tmp_path, NEW, *FACTS[1:])
    assert inode(tmp_path, second) != inode(tmp_path, first)


def test_another_model_shares_nothing(tmp_path: Path) -> None:
    document: Document = make_document(paragraphs=FACTS)
    first = built(tmp_path, *FACTS)
    build([document], encoder=HashEncoder("sha256:other"), index_dir=tmp_path)
    second = open_version(tmp_path, current_version(tmp_path))
    assert inode(tmp_path, second) != inode(tmp_path, first)
