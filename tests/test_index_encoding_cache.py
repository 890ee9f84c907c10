"""The cache of encodings: only new texts are encoded, and a text's identity is never its encoding's."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from index import IndexDamagedError
from index.encoding import Encoding, unit
from index.encoding.cache import CHUNK, encode_with_cache
from index.encoding.vectors import PassageVectors
from tests.conftest import HashEncoder


class DyingEncoder(HashEncoder):
    """Dies at its second batch, as a killed build does."""

    def encode(self, texts: Sequence[str], /) -> list[Encoding]:
        if self.encoded:
            raise KeyboardInterrupt
        return super().encode(texts)


def assert_those_of_the_encoder(vectors: PassageVectors, texts: list[str]) -> None:
    """Each text's pooled vector as it is, and its pieces' at unit length in half precision, text after text."""
    for row, (pooled, encoding) in enumerate(zip(vectors.pooled, HashEncoder().encode(texts), strict=True)):
        np.testing.assert_array_equal(pooled, encoding.pooled)
        np.testing.assert_array_equal(vectors.tokens_of([row])[0], unit(encoding.tokens).astype(np.float16))


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "encodings.sqlite"


def test_vectors_are_those_of_the_encoder_in_the_order_of_the_texts(hash_encoder: HashEncoder, cache: Path) -> None:
    texts = ["a long text that is encoded last", "short", "of middle length"]
    vectors, encoded = encode_with_cache(texts, encoder=hash_encoder, cache=cache)
    assert_those_of_the_encoder(vectors, texts)
    assert (str(vectors.pooled.dtype), str(vectors.tokens.dtype), str(vectors.spans.dtype)) == (
        "float32",
        "float16",
        "int64",
    )
    assert encoded == 3


def test_a_second_time_nothing_is_encoded_and_the_vectors_are_the_same(hash_encoder: HashEncoder, cache: Path) -> None:
    first, _ = encode_with_cache(["tea green", "ale"], encoder=hash_encoder, cache=cache)
    hash_encoder.encoded.clear()
    second, encoded = encode_with_cache(["ale", "tea green"], encoder=hash_encoder, cache=cache)
    np.testing.assert_array_equal(second.pooled, first.pooled[::-1])
    np.testing.assert_array_equal(second.tokens, first.tokens[[2, 0, 1]])
    assert (first.spans.tolist(), second.spans.tolist()) == ([[0, 2], [2, 1]], [[0, 1], [1, 2]])
    assert (hash_encoder.encoded, encoded) == ([], 0)


def test_only_texts_never_seen_before_are_encoded(hash_encoder: HashEncoder, cache: Path) -> None:
    encode_with_cache(["tea", "ale"], encoder=hash_encoder, cache=cache)
    hash_encoder.encoded.clear()
    vectors, encoded = encode_with_cache(["tea", "Tea", "ale", "tea "], encoder=hash_encoder, cache=cache)
    assert sorted(hash_encoder.encoded) == ["Tea", "tea "]
    assert (len(vectors.pooled), len(vectors.spans), encoded) == (4, 4, 2)


def test_the_same_text_twice_is_encoded_once_and_keeps_two_rows(hash_encoder: HashEncoder, cache: Path) -> None:
    vectors, encoded = encode_with_cache(["tea", "ale", "tea"], encoder=hash_encoder, cache=cache)
    assert sorted(hash_encoder.encoded) == ["ale", "tea"]
    assert (vectors.pooled.shape, vectors.tokens.shape, encoded) == ((3, 64), (3, 64), 2)
    assert vectors.spans.tolist() == [[0, 1], [1, 1], [2, 1]]
    for part in (vectors.pooled, vectors.tokens):
        np.testing.assert_array_equal(part[0], part[2])
        assert (part[0] != part[1]).any()


def test_vectors_of_another_fingerprint_are_not_reused(hash_encoder: HashEncoder, cache: Path) -> None:
    encode_with_cache(["tea"], encoder=hash_encoder, cache=cache)
    other = HashEncoder("sha256:other")
    assert encode_with_cache(["tea"], encoder=other, cache=cache)[1] == 1
    assert other.encoded == ["tea"]


def test_models_share_a_cache_without_losing_each_others_vectors(hash_encoder: HashEncoder, cache: Path) -> None:
    for encoder in (hash_encoder, HashEncoder("sha256:other")):
        encode_with_cache(["tea"], encoder=encoder, cache=cache)
    assert encode_with_cache(["tea"], encoder=hash_encoder, cache=cache)[1] == 0


def test_a_killed_build_keeps_what_was_encoded(cache: Path) -> None:
    texts = [f"text {number:03}" for number in range(CHUNK + 10)]
    dying, survivor = DyingEncoder(), HashEncoder()
    with pytest.raises(KeyboardInterrupt):
        encode_with_cache(texts, encoder=dying, cache=cache)
    vectors, encoded = encode_with_cache(texts, encoder=survivor, cache=cache)
    assert (len(dying.encoded), encoded) == (CHUNK, 10)
    assert sorted(dying.encoded + survivor.encoded) == texts
    assert_those_of_the_encoder(vectors, texts)


def test_texts_that_differ_only_in_unicode_form_have_their_own_vectors(hash_encoder: HashEncoder, cache: Path) -> None:
    _, encoded = encode_with_cache(["é", "e\u0301", "😀"], encoder=hash_encoder, cache=cache)
    assert encoded == 3


def test_a_quick_build_shows_no_progress_bar(
    hash_encoder: HashEncoder, cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    encode_with_cache(["tea"], encoder=hash_encoder, cache=cache)
    assert capsys.readouterr() == ("", "")


def test_a_cache_that_is_no_database_is_refused_with_what_to_do(hash_encoder: HashEncoder, cache: Path) -> None:
    cache.write_bytes(b"garbage " * 1000)
    with pytest.raises(IndexDamagedError, match=r"encodings\.sqlite cannot be read .*Delete it: it only saves time\."):
        encode_with_cache(["tea"], encoder=hash_encoder, cache=cache)
