"""The judge of a reduced encoder: nothing may fall, and what cannot be judged is not let through."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from assistant.evaluation import LabelledQuestion, read_questions
from assistant.precision import fallen
from index import Encoder, Encoding, IndexVersion, build, current_version, encoder_for, open_version
from index.encoder import DEFAULT_MODEL
from settings import PROJECT
from tests.conftest import make_document

EVERY = 12  # of the questions on file; so few are quick, and still more than the judge asks for


class Blurred:
    """An encoder that rounds far too much."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.fingerprint = encoder.fingerprint

    def encode(self, texts: Sequence[str], /) -> list[Encoding]:
        blur = np.random.default_rng(1).standard_normal(384, dtype=np.float32) * np.float32(0.1)
        return [Encoding(e.pooled + blur, e.tokens + blur, e.pieces, e.ids) for e in self._encoder.encode(texts)]


@pytest.fixture(scope="module")
def version(real_index: Path) -> IndexVersion:
    return open_version(real_index, current_version(real_index))


@pytest.fixture(scope="module")
def full(real_index: Path, version: IndexVersion) -> Encoder:
    return encoder_for(version, real_index, model=DEFAULT_MODEL)


@pytest.fixture(scope="module")
def questions() -> list[LabelledQuestion]:
    return read_questions(PROJECT / "tests" / "questions" / "dev.jsonl")[::EVERY]


def test_an_encoder_is_no_worse_than_itself(version: IndexVersion, full: Encoder, questions: list[LabelledQuestion]) -> None:
    assert fallen(version, questions, full, full) == []


def test_every_figure_that_falls_is_named_with_both_values(
    version: IndexVersion, full: Encoder, questions: list[LabelledQuestion]
) -> None:
    found = fallen(version, questions, full, Blurred(full))
    assert any(line.startswith("right outcome, all: 0.") and "in fp32 0." in line for line in found), found


def test_a_corpus_that_too_few_questions_are_about_is_not_judged(
    tmp_path: Path, full: Encoder, questions: list[LabelledQuestion], hash_encoder: Encoder
) -> None:
    build([make_document()], encoder=hash_encoder, index_dir=tmp_path)
    tea = open_version(tmp_path, current_version(tmp_path))
    (why,) = fallen(tea, questions, full, full)
    assert why.startswith("fewer than 100 labelled questions are answered by this corpus")
