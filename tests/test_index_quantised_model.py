"""The model in int8: close to fp32, kept only if it is judged no worse, and never a reason not to serve."""

import logging
import shutil
from pathlib import Path

import numpy as np
import pytest

from index import Encoder, IndexDamagedError, IndexVersion, build, current_version, encoder_for, open_version
from index.encoder import DEFAULT_MODEL, SentenceTransformerEncoder
from index.exported_model import remove_unused, verify_export
from index.layout import IndexLayout
from index.onnx_encoder import OnnxEncoder
from index.quantised_model import KEPT, NOTHING_TO_QUANTISE, quantise_if_missing
from index.quantising import rounded
from tests.conftest import HashEncoder, make_document

TEXTS = ["Why is iron low in the brain?", "Ein 😀 é.", "And haemodialysis? [SEP] Does iron matter?", "long " * 400]


class Judge:
    """Finds what it is told to find, and remembers how often it was asked."""

    def __init__(self, *fallen: str) -> None:
        self.fallen = list(fallen)
        self.asked = 0

    def __call__(self, full: Encoder, reduced: Encoder, /) -> list[str]:
        self.asked += 1
        assert full.fingerprint == reduced.fingerprint
        assert full is not reduced
        return self.fallen


@pytest.fixture(scope="module")
def index_dir(real_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index whose model is kept in int8, too."""
    index_dir = Path(shutil.copytree(real_index, tmp_path_factory.mktemp("quantised") / "index"))
    assert quantise_if_missing(open_version(index_dir, current_version(index_dir)), index_dir, judge=Judge()) == KEPT
    return index_dir


@pytest.fixture
def index_copy(index_dir: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(index_dir, tmp_path / "index"))


@pytest.fixture(scope="module")
def version(index_dir: Path) -> IndexVersion:
    return open_version(index_dir, current_version(index_dir))


def reduced_of(index_dir: Path, version: IndexVersion) -> Path:
    return IndexLayout(index_dir).model(version.manifest.model, "int8")


def test_a_rounded_row_is_off_by_half_a_step_of_its_own_scale_at_most() -> None:
    rows = (
        np.random.default_rng(3).standard_normal((50, 32)).astype(np.float32)
        * np.float32(10.0) ** np.arange(-25, 25)[:, None]
    )
    rows[7] = 0
    integers, scales = rounded(rows)
    assert np.all(np.abs(integers * scales[:, None] - rows) <= scales[:, None] * 0.5001)
    assert np.abs(integers).max(axis=1).tolist() == [127] * 7 + [0] + [127] * 42


def test_int8_reads_the_same_word_pieces_and_gives_nearly_the_same_vectors(
    index_dir: Path, version: IndexVersion, encoder: SentenceTransformerEncoder
) -> None:
    reduced = encoder_for(version, index_dir, model=DEFAULT_MODEL, precision="int8")
    assert isinstance(reduced, OnnxEncoder)
    assert reduced.fingerprint == version.manifest.model
    for one, other in zip(reduced.encode(TEXTS), encoder.encode(TEXTS), strict=True):
        assert (one.pieces, one.ids) == (other.pieces, other.ids)
        assert 0.998 < one.pooled @ other.pooled < 0.999999, "the same, or not in int8"


def test_int8_takes_a_third_of_the_space(index_dir: Path, version: IndexVersion) -> None:
    folders = reduced_of(index_dir, version), IndexLayout(index_dir).model(version.manifest.model)
    reduced, full = (sum(path.stat().st_size for path in folder.iterdir()) for folder in folders)
    assert reduced < full / 3


def test_without_asking_for_int8_fp32_serves(index_dir: Path, version: IndexVersion) -> None:
    texts = TEXTS[:1]
    full = encoder_for(version, index_dir, model=DEFAULT_MODEL).encode(texts)[0]
    reduced = encoder_for(version, index_dir, model=DEFAULT_MODEL, precision="int8").encode(texts)[0]
    assert full.pooled.tobytes() != reduced.pooled.tobytes()


def test_what_was_judged_on_this_version_is_not_judged_again(index_dir: Path, version: IndexVersion) -> None:
    judge = Judge("worse.")
    assert quantise_if_missing(version, index_dir, judge=judge) == ""
    assert judge.asked == 0


def test_what_falls_is_said_and_fp32_serves(
    index_copy: Path, encoder: SentenceTransformerEncoder, caplog: pytest.LogCaptureFixture
) -> None:
    """On another version: what stood on one may fall on the next, and is gone then."""
    build([make_document()], encoder=encoder, index_dir=index_copy)
    other = open_version(index_copy, current_version(index_copy))
    judge = Judge("right outcome, all: 0.9600, in fp32 0.9700.")
    said = quantise_if_missing(other, index_copy, judge=judge)
    assert said == "int8 is refused, so that fp32 serves: right outcome, all: 0.9600, in fp32 0.9700."
    assert judge.asked == 2  # the quicker one, and the closer one
    assert not reduced_of(index_copy, other).exists()
    with caplog.at_level(logging.WARNING):
        assert isinstance(encoder_for(other, index_copy, model=DEFAULT_MODEL, precision="int8"), OnnxEncoder)
    assert "no model in int8 that stood the evaluation: fp32 serves it" in caplog.text


def test_a_damaged_int8_is_refused_by_name_and_the_next_build_makes_it_anew(index_copy: Path, version: IndexVersion) -> None:
    path = reduced_of(index_copy, version) / "weights.bin"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(IndexDamagedError, match=r"exported model's weights\.bin is damaged"):
        encoder_for(version, index_copy, model=DEFAULT_MODEL, precision="int8")
    with pytest.raises(IndexDamagedError, match=r"exported model's weights\.bin is damaged"):
        verify_export(version, index_copy)
    assert quantise_if_missing(version, index_copy, judge=Judge()) == KEPT
    assert verify_export(version, index_copy)


def test_pruning_keeps_the_int8_of_a_version_and_deletes_that_of_none(index_copy: Path, version: IndexVersion) -> None:
    layout = IndexLayout(index_copy)
    other = layout.model("sha256:" + "a" * 64, "int8")
    other.mkdir()
    remove_unused(layout)
    assert reduced_of(index_copy, version).is_dir()
    assert not other.exists()


def test_without_an_export_there_is_nothing_to_quantise(tmp_path: Path) -> None:
    build([make_document()], encoder=HashEncoder(), index_dir=tmp_path)
    version = open_version(tmp_path, current_version(tmp_path))
    assert quantise_if_missing(version, tmp_path, judge=Judge()) == NOTHING_TO_QUANTISE
