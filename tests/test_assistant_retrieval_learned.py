"""retrieval/learned: what was learned is whole, and refused where it does not hold."""

from dataclasses import replace

import numpy as np
import pytest

import assistant.retrieval.learned
from assistant.answer import Kind
from assistant.retrieval.evidence import PASSAGE_FEATURES
from assistant.retrieval.learned import Learned, StaleCalibrationError, learned
from assistant.retrieval.neighbours import NEIGHBOUR_FEATURES
from assistant.retrieval.outcomes import OUTCOMES, QUESTION_FEATURES
from index.encoding.sentence_transformer import SentenceTransformerEncoder
from index.passages import SPLITTER
from index.published.manifest import Manifest


@pytest.fixture(scope="module")
def parameters() -> Learned:
    return learned()


def manifest_of(parameters: Learned) -> Manifest:
    return Manifest("20260101T000000Z-abcdef", "", parameters.encoder, parameters.splitter, 1, 384, files={})


def test_the_calibration_was_fitted_with_the_default_model_and_the_installed_splitter(
    parameters: Learned, encoder: SentenceTransformerEncoder
) -> None:
    assert (parameters.encoder, parameters.splitter) == (encoder.fingerprint, SPLITTER)
    parameters.check(manifest_of(parameters))


@pytest.mark.parametrize(
    ("change", "name"),
    [({"model": "sha256:another"}, "model"), ({"splitter": "sentencex==0.0.1"}, "splitter")],
    ids=["model", "splitter"],
)
def test_a_version_made_with_another_model_or_splitter_is_refused_with_what_to_run(
    parameters: Learned, change: dict[str, str], name: str
) -> None:
    (other,) = change.values()
    manifest = replace(manifest_of(parameters), **change)  # type: ignore[arg-type]
    with pytest.raises(
        StaleCalibrationError, match=rf"with another {name} \({other}\).*`make train`.*`python -m index build`"
    ):
        parameters.check(manifest)


@pytest.mark.parametrize("name", ["PASSAGE_FEATURES", "QUESTION_FEATURES", "NEIGHBOUR_FEATURES"])
def test_a_calibration_of_other_features_is_refused_with_what_to_run(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    features = getattr(assistant.retrieval.learned, name)
    monkeypatch.setattr(assistant.retrieval.learned, name, (*features[1:], features[0]))
    learned.cache_clear()
    with pytest.raises(StaleCalibrationError, match=r"fitted to other features\. Run `make train`"):
        learned()


def test_every_parameter_is_finite_and_of_the_shape_that_it_is_used_in(parameters: Learned) -> None:
    dimension = 384
    expected = {
        "any_article": (parameters.any_article, len(QUESTION_FEATURES)),
        "labelled": (parameters.labelled, len(QUESTION_FEATURES) + len(NEIGHBOUR_FEATURES)),
    }
    arrays = [parameters.token_weights.weight, *vars_of(parameters.heads)]
    for model, features in expected.values():
        outcomes = model.outcomes
        assert model.weights.shape == (len(PASSAGE_FEATURES),)
        assert outcomes.mean.shape == outcomes.scale.shape == (features,)
        assert outcomes.weights.shape == (len(OUTCOMES), features)
        assert outcomes.bias.shape == (len(OUTCOMES),)
        assert (outcomes.scale > 0).all()
        assert np.isfinite(model.vote)
        arrays += [model.weights, *vars_of(outcomes)]
    assert parameters.any_article.vote == 0
    assert parameters.token_weights.weight.shape == (dimension,)
    assert parameters.heads.kinds.shape[::2] == (3, dimension)
    assert parameters.heads.specific.shape[1:] == (dimension,)
    assert (parameters.heads.bias.shape, parameters.heads.mix.shape) == ((5,), (3,))
    assert all(np.isfinite(array).all() and array.dtype == np.float32 for array in arrays)


def vars_of(parameters: object) -> list[np.ndarray[tuple[int, ...], np.dtype[np.float32]]]:
    return [getattr(parameters, name) for name in parameters.__slots__]  # type: ignore[attr-defined]


def test_labelled_questions_name_passages_exactly_when_they_are_answered(parameters: Learned) -> None:
    questions = parameters.questions
    count, passages = questions.gold.shape
    assert questions.pooled.shape == (count, 384)
    assert questions.pooled.dtype == np.int8
    assert np.abs(questions.pooled).max(axis=1).tolist() == [127] * count
    assert set(np.unique(questions.gold)) == {0, 1}
    assert questions.kinds.shape == (count,)
    assert set(questions.kinds.tolist()) <= set(range(len(Kind)))
    answered = questions.kinds == Kind.ANSWER.number
    assert not questions.gold[~answered].any()
    assert passages > 0


def test_parameters_are_read_once() -> None:
    assert learned() is learned()
