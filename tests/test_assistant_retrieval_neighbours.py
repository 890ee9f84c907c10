"""assistant/retrieval/neighbours.py: votes of the nearest labelled questions, held against plain Python."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer import Kind
from assistant.retrieval.neighbours import NEIGHBOUR_FEATURES, NEIGHBOURS, SHARPNESS, LabelledQuestions, Votes
from assistant.retrieval.outcomes import Heads
from index import Encoding
from index.encoding import unit
from index.stores.faiss import FLAT_UP_TO

PASSAGES = 4


def labelled(count: int, seed: int) -> LabelledQuestions:
    random = np.random.default_rng(seed)
    pooled = unit(random.standard_normal((count, 3)).astype(np.float32))
    gold = random.integers(0, 2, (count, PASSAGES)).astype(np.float32)
    return LabelledQuestions(("A sentence.",) * PASSAGES, pooled, gold, random.integers(0, len(Kind), count))


def asked(seed: int) -> Encoding:
    pooled = unit(np.random.default_rng(seed).standard_normal(3).astype(np.float32))
    return Encoding(pooled, np.zeros((0, 3), np.float32))


@given(st.integers(1, 40), st.integers(0, 999))
def test_votes_are_those_of_the_nearest_weighted_by_nearness(count: int, seed: int) -> None:
    questions, question = labelled(count, seed), asked(seed + 1)
    votes = questions.votes(question)
    cosines = [sum(a * b for a, b in zip(row, question.pooled.tolist(), strict=True)) for row in questions.pooled.tolist()]
    nearest = sorted(range(count), key=lambda row: -cosines[row])[:NEIGHBOURS]
    weights = {row: math.exp(SHARPNESS * (cosines[row] - max(cosines))) for row in nearest}
    total = sum(weights.values())
    kinds = [sum(weights[row] for row in nearest if questions.kinds[row] == kind) / total for kind in range(5)]
    passages = [sum(weights[row] * questions.gold[row, n] for row in nearest) / total for n in range(PASSAGES)]
    assert votes.kinds.tolist() == pytest.approx(kinds, abs=1e-4)
    assert votes.passages.tolist() == pytest.approx(passages, abs=1e-4)
    assert votes.nearest == pytest.approx(max(cosines), abs=1e-5)


def test_all_labels_are_compared_however_many_there_are() -> None:
    questions = labelled(FLAT_UP_TO + 1, 6)
    assert questions._store.description == {"kind": "flat"}


def test_a_question_that_was_labelled_is_nearest_to_itself() -> None:
    questions = labelled(30, 5)
    question = Encoding(questions.pooled[7], np.zeros((0, 3), np.float32))
    assert questions.votes(question).nearest == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize(
    ("right", "answered", "is_whole_topic"),
    [([1, 1, 1, 1], 1, True), ([1, 1, 0, 0], 1, False), ([0.5, 0.5, 0.5, 0.5], 0.5, True), ([0.1] * 4, 0.05, False)],
)
def test_many_right_passages_of_answered_neighbours_make_a_whole_topic(
    right: list[float], answered: float, *, is_whole_topic: bool
) -> None:
    kinds = np.array([answered, 1 - answered, 0, 0, 0], np.float32)
    assert Votes(np.array(right, np.float32), kinds, 1.0).is_whole_topic is is_whole_topic


def votes_for(passages: list[float], answered: float = 1.0) -> Votes:
    kinds = np.array([answered, 1 - answered, 0, 0, 0], np.float32)
    return Votes(np.array(passages, np.float32), kinds, 1.0)


def test_parts_are_the_passages_that_most_answered_neighbours_name_in_reading_order() -> None:
    assert votes_for([0.9, 0.1, 0.4, 1.0]).parts(8) == (0, 2, 3)
    assert votes_for([0.45, 0.05, 0.2, 0.5], answered=0.5).parts(8) == (0, 2, 3)
    assert votes_for([0.05, 0.04], answered=0.0).parts(8) == ()


def test_of_more_parts_than_wanted_those_named_most_are_kept_and_the_first_of_equals() -> None:
    assert votes_for([0.5, 0.9, 0.5, 0.7]).parts(3) == (0, 1, 3)
    assert votes_for([0.5, 0.9, 0.5, 0.7]).parts(0) == ()


def test_features_are_the_named_ones_in_the_order_of_the_kinds() -> None:
    assert [name for name in NEIGHBOUR_FEATURES if name[5:] in set(Kind)] == [f"vote_{kind}" for kind in Kind]
    heads = Heads(
        np.zeros((3, 1, 3), np.float32), np.zeros((1, 3), np.float32), np.full(5, 0.25, np.float32), np.ones(3, np.float32)
    )
    votes = labelled(20, 3).votes(asked(4))
    features = dict(zip(NEIGHBOUR_FEATURES, votes.features(asked(4), heads, 2).tolist(), strict=True))
    assert features["specific"] == 0.25
    assert features["vote_top"] == pytest.approx(float(votes.passages[2]))
    assert features["nearest"] == pytest.approx(votes.nearest)
    assert sum(features[f"vote_{kind}"] for kind in Kind) == pytest.approx(1, abs=1e-5)
