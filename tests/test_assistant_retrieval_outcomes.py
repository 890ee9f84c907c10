"""retrieval/outcomes.py: probabilities that sum to one, features that stay finite, urgent from its own threshold."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from assistant import Assistant
from assistant.answer import Kind
from assistant.question import read
from assistant.retrieval.evidence import PassageSet, evidence_of, passage_set
from assistant.retrieval.learned import learned
from assistant.retrieval.outcomes import (
    ANSWER_FROM,
    CHAT_FROM,
    DISTRESS_FROM,
    FOREIGN_FROM,
    HARMLESS_BELOW,
    LEVELS,
    LONG_DISTRESS_FROM,
    NO_RIVAL,
    OUTCOMES,
    QUESTION_FEATURES,
    SCALE,
    SURELY_URGENT,
    URGENT_FROM,
    URGENT_SENTENCE_FROM,
    Asked,
    Danger,
    Heads,
    LevelHead,
    OutcomeModel,
    agreed,
    decide,
    is_urgent,
    softmax,
    sounds_distressed,
)
from assistant.retrieval.retriever import Retriever
from index import Encoding
from index.encoding import Vectors
from index.encoding.sentence_transformer import SentenceTransformerEncoder
from index.lexical import Words

SENTENCES = ["Low iron causes restless legs.", "Tea is hot.", "Kidney failure is another cause."]
ODD = [
    *("?", "!!!", "...", "👩\u200d🔬", "😀😀😀", "\u0301", "\u0950", "a", "what is it", "iron", "[SEP]", "[CLS] [MASK]"),
    *("日本語", "ß", "1 2 3", "¿", "iron " * 199, "x" * 1000, "quokka", "\ufffd", "I\x00ron"),
]

logits = arrays.arrays(np.float64, st.integers(1, 30), elements=st.floats(-1e6, 1e6))

CALM = Danger(0.0, 0.0)


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
        words=Words.of(headings, sentences),
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


def test_the_likeliest_kind_but_urgent_is_decided_on_where_nothing_sounds_dangerous() -> None:
    for kind in set(Kind) - {Kind.URGENT}:
        likely = CHAT_FROM if kind is Kind.CHAT else 0.5
        assert decide(outcomes_of(**{kind: likely}, lost=0.1), CALM) is kind
    assert decide(outcomes_of(urgent=0.5, advice=0.4), CALM) is Kind.ADVICE


def test_what_only_may_be_small_talk_is_told_that_the_article_does_not_say() -> None:
    assert decide(outcomes_of(chat=CHAT_FROM - 0.01, unanswered=0.1), CALM) is Kind.UNANSWERED


def test_a_sentence_that_tells_of_danger_is_urgent_however_likely_another_kind_is() -> None:
    assert decide(outcomes_of(answer=1), Danger(URGENT_SENTENCE_FROM, 1, is_long=True)) is Kind.URGENT
    assert decide(outcomes_of(answer=1), Danger(URGENT_SENTENCE_FROM - 0.001, 1, is_long=True)) is Kind.ANSWER
    assert decide(outcomes_of(answer=1), Danger(SURELY_URGENT, 1)) is Kind.URGENT
    assert decide(outcomes_of(answer=1), Danger(SURELY_URGENT - 0.001, 1)) is Kind.ANSWER


def test_of_two_judgements_alone_and_in_context_the_graver_holds() -> None:
    in_context = outcomes_of(urgent=URGENT_FROM, answer=1 - URGENT_FROM)
    assert URGENT_FROM < 0.5
    assert decide(in_context, Danger(HARMLESS_BELOW, 0)) is Kind.URGENT
    assert decide(in_context, Danger(1, 1)) is Kind.URGENT
    assert decide(outcomes_of(urgent=URGENT_FROM - 0.001, answer=0.7), Danger(SURELY_URGENT - 0.001, 0)) is Kind.ANSWER


def test_what_is_all_but_certainly_harmless_by_itself_needs_more_than_a_likely_context() -> None:
    assert decide(outcomes_of(urgent=0.9, answer=0.1), CALM) is Kind.UNANSWERED


def test_known_words_of_distress_go_before_a_judgement_that_is_not_sure() -> None:
    likely = outcomes_of(urgent=0.9, answer=0.1)
    assert decide(likely, Danger(SURELY_URGENT - 0.001, 1), is_distressed=True) is not Kind.URGENT
    assert decide(likely, Danger(SURELY_URGENT, 1), is_distressed=True) is Kind.URGENT


def test_a_long_message_is_no_more_urgent_for_being_long() -> None:
    assert decide(outcomes_of(urgent=0.9, answer=0.1), Danger(0.5, 0.5, is_long=True)) is not Kind.URGENT


def test_short_texts_need_more_to_sound_distressed_than_long_ones() -> None:
    assert sounds_distressed(Danger(0, LONG_DISTRESS_FROM, is_long=True))
    assert not sounds_distressed(Danger(0, LONG_DISTRESS_FROM))
    assert sounds_distressed(Danger(0, DISTRESS_FROM))


def test_a_lost_answer_is_no_kind() -> None:
    assert decide(outcomes_of(lost=0.9, unanswered=0.06, answer=0.04), CALM) is Kind.UNANSWERED


def test_quotes_need_that_the_corpus_very_likely_says_it() -> None:
    assert decide(outcomes_of(answer=ANSWER_FROM + 0.01, unanswered=0.3), CALM) is Kind.ANSWER
    assert decide(outcomes_of(answer=ANSWER_FROM - 0.01, unanswered=0.3), CALM) is Kind.UNANSWERED
    assert decide(outcomes_of(answer=0.4, lost=ANSWER_FROM - 0.3, unanswered=0.3), CALM) is Kind.ANSWER


def test_in_a_language_that_the_encoder_does_not_read_a_kind_must_be_nearly_certain() -> None:
    for kind, enough in FOREIGN_FROM.items():
        assert decide(outcomes_of(**{kind: enough}), CALM, is_english=False) is kind
        assert decide(outcomes_of(**{kind: enough - 0.01}), CALM, is_english=False) is Kind.UNANSWERED
    assert decide(outcomes_of(answer=ANSWER_FROM), CALM, is_english=False) is Kind.ANSWER
    assert decide(outcomes_of(answer=0.5, urgent=0.4), CALM, is_english=False) is Kind.UNANSWERED


def test_in_another_language_known_words_of_distress_go_before_a_guess_at_danger() -> None:
    guess = outcomes_of(urgent=0.95, unanswered=0.05)
    assert decide(guess, CALM, is_english=False) is Kind.URGENT
    assert decide(guess, CALM, is_english=False, is_distressed=True) is Kind.UNANSWERED


def test_two_opinions_are_their_mean() -> None:
    both = agreed(outcomes_of(answer=0.9, chat=0.1), outcomes_of(answer=0.5, unanswered=0.5))
    assert both == pytest.approx(outcomes_of(answer=0.7, chat=0.05, unanswered=0.25))


shares = st.lists(st.floats(0, 1), min_size=6, max_size=6).map(lambda values: dict(zip(OUTCOMES, values, strict=True)))


@given(shares, st.floats(0, 1), st.integers(1, 3))
def test_nothing_urgent_is_ever_answered_with_quotes(outcomes: dict[str, float], urgent: float, pieces: int) -> None:
    danger = Danger(urgent, urgent, is_long=pieces > 1)
    assert (decide(outcomes, danger) is Kind.URGENT) == is_urgent(outcomes["urgent"], danger)


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
    found = Retriever(assistant.version, encoder, learned()).find(read(question))
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
    question = Encoding(np.array([1, 0], np.float32), np.zeros((0, 2), np.float32))
    mean = [(math.exp(SCALE * one) + math.exp(SCALE * other)) / 2 for one, other in ((1, 0), (0, 0), (-1, 0.6))]
    expected = [math.log(value) + bias for value, bias in zip(mean, (2, 3, 4), strict=True)]
    assert heads.logits(question).tolist() == pytest.approx(expected, abs=1e-4)
    assert heads.specific_logit(question) == pytest.approx(SCALE * 0.8 + 1, abs=1e-4)


DIRECTIONS = np.eye(len(LEVELS), dtype=np.float32)
LEVEL_HEAD = LevelHead(weights=DIRECTIONS, bias=np.zeros(len(LEVELS), np.float32))


def piece(level: str) -> Encoding:
    """A piece that is all but certainly of this level."""
    return Encoding(DIRECTIONS[LEVELS.index(level)], np.zeros((0, len(LEVELS)), np.float32))


def test_one_urgent_piece_makes_a_message_urgent_wherever_it_stands() -> None:
    calm = [piece("calm")] * 9
    for place in (0, 4, 9):
        assert LEVEL_HEAD.danger([*calm[:place], piece("urgent"), *calm[place:]]).urgent > 0.99
    assert LEVEL_HEAD.danger(calm).urgent < 0.01


def test_distress_is_what_is_not_calm() -> None:
    assert LEVEL_HEAD.danger([piece("calm"), piece("gentle")]).distress > 0.99
    assert LEVEL_HEAD.danger([piece("calm"), piece("gentle")]).urgent < 0.01
    assert LEVEL_HEAD.danger([piece("calm")] * 3).distress < 0.01


def test_more_pieces_never_make_a_message_less_grave() -> None:
    rng = np.random.default_rng(3)
    pieces = [Encoding(row / SCALE, np.zeros((0, 3), np.float32)) for row in rng.normal(size=(12, 3)).astype(np.float32)]
    urgent = [LEVEL_HEAD.danger(pieces[: count + 1]).urgent for count in range(len(pieces))]
    assert urgent == sorted(urgent)
