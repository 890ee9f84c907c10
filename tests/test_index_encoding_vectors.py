"""index/encoding/vectors.py: a version holds the vectors of its own passages, written from the cache."""

from pathlib import Path

import numpy as np

from index import IndexVersion, build, current_version, open_version
from index.encoding import Vectors, unit
from index.encoding.vectors import PassageVectors, at_unit_length, in_eight_bits
from index.passages import reading_texts
from index.published.layout import IndexLayout
from index.published.pointer import remove
from tests.conftest import HashEncoder, make_document

FACTS = [f"Garden {number} grows tea {number * 7 % 31} for cup {number % 13}." for number in range(40)]
NEW = "Milk is white."


def as_compared(tokens: Vectors) -> Vectors:
    """What a version gives of word pieces' vectors: at unit length, of what is left of them in eight bits."""
    return at_unit_length(in_eight_bits(unit(tokens).astype(np.float16)))


def built(index_dir: Path, *paragraphs: str) -> IndexVersion:
    build([make_document(paragraphs=paragraphs)], encoder=HashEncoder(), index_dir=index_dir)
    return open_version(index_dir, current_version(index_dir))


def assert_those_of_the_encoder(version: IndexVersion) -> None:
    for row, encoding in enumerate(HashEncoder().encode(reading_texts(version.passages, version.documents))):
        np.testing.assert_array_equal(version.vectors.pooled_of([row]), unit(encoding.pooled[np.newaxis]))
        np.testing.assert_array_equal(version.vectors.tokens_of([row])[0], as_compared(encoding.tokens))
    everything, starts = version.vectors.tokens_of(range(len(version.passages)))
    assert len(starts) == len(version.passages)
    assert len(everything) == sum(len(version.vectors.tokens_of([row])[0]) for row in range(len(version.passages)))


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
    assert isinstance(version.vectors, PassageVectors)
    assert version.vectors.spans[0].tolist() == version.vectors.spans[1].tolist()
    assert_those_of_the_encoder(version)


def test_an_edit_keeps_the_order_of_the_passages(tmp_path: Path) -> None:
    built(tmp_path, *FACTS)
    assert_those_of_the_encoder(built(tmp_path, *reversed(FACTS)))


def test_eight_bits_hardly_turn_a_vector() -> None:
    tokens = np.random.default_rng(3).standard_normal((500, 384)).astype(np.float32)
    kept = in_eight_bits(unit(tokens))
    assert (str(kept.dtype), kept.shape) == ("int8", (500, 384))
    assert (at_unit_length(kept) * unit(tokens)).sum(axis=1).min() > 0.9999
    none = np.zeros((2, 8), np.float32)
    assert not at_unit_length(in_eight_bits(none)).any()
    assert in_eight_bits(np.zeros((0, 8), np.float32)).shape == (0, 8)
