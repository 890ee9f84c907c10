"""index/encoding/vectors.py: a version holds the vectors of its own passages, written from the cache."""

from pathlib import Path

import numpy as np

from index import IndexVersion, build, current_version, open_version
from index.encoding import unit
from index.passages import reading_texts
from index.published.layout import IndexLayout
from index.published.pointer import remove
from tests.conftest import HashEncoder, make_document

FACTS = [f"Garden {number} grows tea {number * 7 % 31} for cup {number % 13}." for number in range(40)]
NEW = "Milk is white."


def built(index_dir: Path, *paragraphs: str) -> IndexVersion:
    build([make_document(paragraphs=paragraphs)], encoder=HashEncoder(), index_dir=index_dir)
    return open_version(index_dir, current_version(index_dir))


def assert_those_of_the_encoder(version: IndexVersion) -> None:
    for row, encoding in enumerate(HashEncoder().encode(reading_texts(version.passages, version.documents))):
        np.testing.assert_array_equal(version.vectors.pooled[row], encoding.pooled)
        np.testing.assert_array_equal(version.vectors.tokens_of([row])[0], unit(encoding.tokens).astype(np.float16))
    everything, starts = version.vectors.tokens_of(range(len(version.passages)))
    assert len(starts) == len(version.passages)
    assert len(everything) == version.vectors.spans[:, 1].sum()


def test_every_version_holds_the_vectors_of_its_own_passages(tmp_path: Path) -> None:
    first, second = built(tmp_path, *FACTS), built(tmp_path, NEW, *FACTS[1:])
    assert_those_of_the_encoder(first)
    assert_those_of_the_encoder(second)


def test_no_file_of_a_version_is_another_versions(tmp_path: Path) -> None:
    first, second = built(tmp_path, *FACTS), built(tmp_path, NEW, *FACTS[1:])
    assert {path.stat().st_nlink for path in (tmp_path / second.name).iterdir()} == {1}
    remove(IndexLayout(tmp_path), first.name)
    assert_those_of_the_encoder(open_version(tmp_path, second.name))


def test_the_same_sentence_twice_shares_its_vectors(tmp_path: Path) -> None:
    version = built(tmp_path, NEW, NEW)
    assert version.vectors.spans[0].tolist() == version.vectors.spans[1].tolist()
    assert_those_of_the_encoder(version)


def test_an_edit_keeps_the_order_of_the_passages(tmp_path: Path) -> None:
    built(tmp_path, *FACTS)
    assert_those_of_the_encoder(built(tmp_path, *reversed(FACTS)))
