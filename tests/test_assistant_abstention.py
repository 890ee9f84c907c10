"""assistant/abstention.py: probabilities that sum to one, features that stay finite, urgent from its own threshold."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from assistant import Assistant
from assistant.abstention import (
    ANSWER_FROM,
    FOREIGN_FROM,
    NO_RIVAL,
    OUTCOMES,
    QUESTION_FEATURES,
    SCALE,
    URGENT_FROM,
    Asked,
    Heads,
    OutcomeModel,
    agreed,
    decide,
    softmax,
)
from assistant.answer import Kind
from assistant.evidence import PassageSet, evidence_of, passage_set
from assistant.learned import learned
from assistant.retrieval import Retriever
from index import Encoding
from index.encoder import SentenceTransformerEncoder, Vectors
from index.words import packed_words

SENTENCES = ["Low iron causes restless legs.", "Tea is hot.", "Kidney failure is another cause."]
ODD = [
    *("?", "!!!", "...", "👩\u200d🔬", "😀😀😀", "\u0301", "\u0950", "a", "what is it", "iron", "[SEP]", "[CLS] [MASK]"),
    *("日本語", "ß", "1 2 3", "¿", "iron " * 199, "x" * 1000, "quokka", "\ufffd", "I\x00ron"),
]

logits = arrays.arrays(np.float64, st.integers(1, 30), elements=st.floats(-1e6, 1e6))


def outcomes_of(**shares: float) -> dict[str, float]:
    return {name: shares.get(name, 0.0) for name in OUTCOMES}


def passages_of(encoder: SentenceTransformerEncoder, sentences: list[str]) -> PassageSet:
    encodings = encoder.encode(sentences)
    sizes = [len(encoding.tokens) for encoding in encodings]
    tokens = np.concatenate([encoding.tokens for encoding in encodings])
    headings = ["Causes"] * len(sentences)
    return passage_set(
        np.stack([encoding.pooled for encoding in encodings]),
        tokens / np.linalg.norm(tokens, axis=1, keepdims=True),
        np.cumsum([0, *sizes[:-1]]),
        words=packed_words(headings, sentences),
        headings=headings,
        documents=["a"] * len(sentences),
    )


def features_of(encoder: SentenceTransformerEncoder, question: str, sentences: list[str]) -> Vectors:
    parameters = learned()
    (encoding,) = encoder.encode([question])
    evidence = evidence_of(encoding, passages_of(encoder, sentences), parameters.token_weights)
    scores = (evidence.features @ parameters.any_article.weights).astype(np.float32)
    return Asked(encoding, evidence, parameters.heads).features(scores)


def named(features: Vectors) -> dict[str, float]:
    return dict(zip(QUESTION_FEATURES, features.tolist(), strict=True))


# --- shares ---------------------------------------------------------------------------------------------------------


@given(logits)
def test_shares_sum_to_one_and_keep_the_order_whatever_the_logits(
    values: np.ndarray[tuple[int], np.dtype[np.float64]],
) -> None:
    shares = softmax(values)
    assert shares.dtype == np.float32
    assert float(shares.sum()) == pytest.approx(1, abs=1e-5)
    assert (shares >= 0).all()
    assert (np.diff(shares[np.argsort(values)]) >= 0).all()


def test_shares_are_exponentials_over_their_sum() -> None:
    expected = [math.exp(value) / (1 + math.e + math.e**-2) for value in (0, 1, -2)]
    assert softmax(np.array([0.0, 1.0, -2.0])).tolist() == pytest.approx(expected, abs=1e-6)
    assert softmax(np.array([1000.0, 1001.0, 998.0])).tolist() == pytest.approx(expected, abs=1e-6)


@given(arrays.arrays(np.float32, len(QUESTION_FEATURES), elements=st.floats(-1000, 1000, width=32)))
def test_probabilities_of_the_outcomes_sum_to_one(features: Vectors) -> None:
    outcomes = learned().any_article.outcomes.probabilities(features)
    assert tuple(outcomes) == OUTCOMES
    assert sum(outcomes.values()) == pytest.approx(1, abs=1e-5)
    assert min(outcomes.values()) >= 0


def test_probabilities_are_those_of_a_logistic_regression_over_standardised_features() -> None:
    weights = np.zeros((len(OUTCOMES), 2), np.float32)
    weights[OUTCOMES.index("chat")] = [1, -2]
    model = OutcomeModel(
        np.array([3, 1], np.float32), np.array([2, 4], np.float32), weights, np.array([0, 0, 0, 0, 0.5, 0], np.float32)
    )
    chat = math.exp(1 * (7 - 3) / 2 - 2 * (3 - 1) / 4 + 0.5)
    outcomes = model.probabilities(np.array([7, 3], np.float32))
    assert outcomes["chat"] == pytest.approx(chat / (chat + 5), abs=1e-6)
    assert outcomes["lost"] == pytest.approx(1 / (chat + 5), abs=1e-6)


# --- deciding -------------------------------------------------------------------------------------------------------


def test_the_likeliest_kind_is_decided_on() -> None:
    for kind in Kind:
        assert decide(outcomes_of(**{kind: 0.5}, lost=0.1)) is kind


def test_urgent_is_decided_from_its_threshold_on_however_likely_another_kind_is() -> None:
    assert URGENT_FROM < 0.5
    assert decide(outcomes_of(urgent=URGENT_FROM, answer=1 - URGENT_FROM)) is Kind.URGENT
    assert decide(outcomes_of(urgent=URGENT_FROM - 0.001, answer=0.7)) is Kind.ANSWER


def test_a_lost_answer_is_no_kind() -> None:
    assert decide(outcomes_of(lost=0.9, unanswered=0.06, answer=0.04)) is Kind.UNANSWERED


def test_quotes_need_that_the_corpus_very_likely_says_it() -> None:
    assert decide(outcomes_of(answer=ANSWER_FROM + 0.01, unanswered=0.3)) is Kind.ANSWER
    assert decide(outcomes_of(answer=ANSWER_FROM - 0.01, unanswered=0.3)) is Kind.UNANSWERED
    assert decide(outcomes_of(answer=0.4, lost=ANSWER_FROM - 0.3, unanswered=0.3)) is Kind.ANSWER


def test_in_a_language_that_the_encoder_does_not_read_a_kind_must_be_nearly_certain() -> None:
    for kind, enough in FOREIGN_FROM.items():
        assert decide(outcomes_of(**{kind: enough}), is_english=False) is kind
        assert decide(outcomes_of(**{kind: enough - 0.01}), is_english=False) is Kind.UNANSWERED
    assert decide(outcomes_of(answer=ANSWER_FROM), is_english=False) is Kind.ANSWER
    assert decide(outcomes_of(answer=0.5, urgent=0.4), is_english=False) is Kind.UNANSWERED


def test_two_opinions_are_their_mean() -> None:
    both = agreed(outcomes_of(answer=0.9, chat=0.1), outcomes_of(answer=0.5, unanswered=0.5))
    assert both == pytest.approx(outcomes_of(answer=0.7, chat=0.05, unanswered=0.25))


shares = st.lists(st.floats(0, 1), min_size=6, max_size=6).map(lambda values: dict(zip(OUTCOMES, values, strict=True)))


@given(shares)
def test_nothing_urgent_is_ever_answered_with_quotes(outcomes: dict[str, float]) -> None:
    assert (decide(outcomes) is Kind.URGENT) >= (outcomes["urgent"] >= URGENT_FROM)


# --- features -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("question", ODD)
@pytest.mark.parametrize("count", [1, 3])
def test_features_are_the_named_ones_and_finite_for_odd_questions(
    encoder: SentenceTransformerEncoder, question: str, count: int
) -> None:
    features = features_of(encoder, question, SENTENCES[:count])
    assert features.shape == (len(QUESTION_FEATURES),)
    assert np.isfinite(features).all()


@pytest.mark.parametrize("question", ODD)
def test_odd_questions_get_probabilities_that_sum_to_one(
    assistant: Assistant, encoder: SentenceTransformerEncoder, question: str
) -> None:
    found = Retriever(assistant.version, encoder, learned()).find([question])
    assert sum(found.outcomes.values()) == pytest.approx(1, abs=1e-5)
    assert np.isfinite(found.scores).all()
    assert float(found.shares.sum()) == pytest.approx(1, abs=1e-5)


def test_no_two_features_have_the_same_name() -> None:
    assert len(set(QUESTION_FEATURES)) == len(QUESTION_FEATURES)


def test_features_hold_what_their_names_say(encoder: SentenceTransformerEncoder) -> None:
    features = named(features_of(encoder, "Does low iron cause unicorns?", SENTENCES))
    assert features["words"] == pytest.approx(math.log1p(4))  # low iron cause unicorns
    assert features["turns"] == 0
    assert features["strange_rare"] > 0.5
    assert 0 < features["strange_share"] < 1
    assert features["margin"] >= 0
    assert features["entropy"] >= 0
    assert 0 < features["lexical"] < 1


def test_a_question_with_a_turn_before_it_is_marked(encoder: SentenceTransformerEncoder) -> None:
    assert named(features_of(encoder, "Is it low? [SEP] What is iron?", SENTENCES))["turns"] == 1


def test_a_passage_that_is_alone_wins_by_a_set_margin_without_doubt(encoder: SentenceTransformerEncoder) -> None:
    features = named(features_of(encoder, "Does low iron cause it?", SENTENCES[:1]))
    assert features["margin"] == NO_RIVAL
    assert features["entropy"] == pytest.approx(0, abs=1e-6)
    assert features["late_spread"] == pytest.approx(0, abs=1e-6)


def test_a_question_about_what_no_passage_names_is_stranger(encoder: SentenceTransformerEncoder) -> None:
    about_iron = named(features_of(encoder, "Does low iron cause restless legs?", SENTENCES))
    about_cars = named(features_of(encoder, "Which gearbox does that lorry have?", SENTENCES))
    assert about_iron["strange_share"] == 0 < about_cars["strange_share"]
    assert about_iron["dense"] > about_cars["dense"]


def test_a_kinds_logit_is_the_log_of_the_mean_exponential_over_its_vectors_plus_its_bias() -> None:
    kinds = np.array([[[1, 0], [0, 1]], [[0, 1], [0, 1]], [[-1, 0], [0.6, 0.8]]], np.float32)
    heads = Heads(kinds, np.array([[0.8, 0.6]], np.float32), np.arange(5, dtype=np.float32), np.ones(3, np.float32))
    question = Encoding(np.array([1, 0], np.float32), np.zeros((0, 2), np.float32), (), ())
    mean = [(math.exp(SCALE * one) + math.exp(SCALE * other)) / 2 for one, other in ((1, 0), (0, 0), (-1, 0.6))]
    expected = [math.log(value) + bias for value, bias in zip(mean, (2, 3, 4), strict=True)]
    assert heads.logits(question).tolist() == pytest.approx(expected, abs=1e-4)
    assert heads.specific_logit(question) == pytest.approx(SCALE * 0.8 + 1, abs=1e-4)
