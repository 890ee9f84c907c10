"""retrieval/evidence.py: late interaction and coverage, held against slow plain Python, and examples worked by hand."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.retrieval.evidence import (
    PASSAGE_FEATURES,
    WORST,
    Evidence,
    PassageSet,
    TokenWeights,
    best_cosines,
    content_words,
    evidence_of,
    is_rare,
    passage_set,
)
from index import Encoding
from index.encoding import Vectors, Word, unit
from index.encoding.sentence_transformer import SentenceTransformerEncoder
from index.lexical import Words

DIMENSION = 5
SENTENCES = [
    "Low iron causes restless legs at night.",
    "Tea is hot.",
    "Iron in the brain is low.",
    "It helps.",
    "Legs move.",
]
HEADINGS = ["Iron", "Drinks", "Iron", "Iron", "Legs"]
DOCUMENTS = ["a", "a", "a", "b", "b"]
# Of "Low iron in restless legs?", after which another turn has two more tokens.
WORDS = tuple(
    Word(*word)
    for word in (
        *(("low", 0, 1, 0.635), ("iron", 1, 2, 0.727), ("in", 2, 3, 0.135), ("restless", 3, 5, 1.15)),
        *(("legs", 5, 6, 0.711), ("", 6, 7, 0.0)),
    )
)
TOKENS = 9


def vectors_of(seed: int, *shape: int) -> Vectors:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def question_of(words: Sequence[Word], tokens: int, seed: int = 1) -> Encoding:
    pooled = unit(vectors_of(seed, DIMENSION))
    return Encoding(pooled, 3 * vectors_of(seed + 1, tokens, DIMENSION), tuple(words))


def passages_of(sizes: Sequence[int], seed: int = 3) -> PassageSet:
    """Passages with so many tokens each; their words are those of SENTENCES, over and over."""
    count = len(sizes)
    headings = [HEADINGS[row % 5] for row in range(count)]
    return passage_set(
        unit(vectors_of(seed, count, DIMENSION)),
        unit(vectors_of(seed + 1, sum(sizes), DIMENSION)),
        np.cumsum([0, *sizes[:-1]]),
        words=Words.of(headings, [SENTENCES[row % 5] for row in range(count)]),
        headings=headings,
        documents=[DOCUMENTS[row % 5] for row in range(count)],
    )


WEIGHTS = TokenWeights(vectors_of(9, DIMENSION) / np.float32(5), -0.3)
QUESTION = question_of(WORDS, TOKENS)


def column(evidence: Evidence, name: str) -> list[float]:
    found: list[float] = evidence.features[:, PASSAGE_FEATURES.index(name)].tolist()
    return found


# --- the oracle: the definitions, in plain Python -------------------------------------------------------------------


def cosine(one: Vectors, other: Vectors) -> float:
    pairs: list[tuple[float, float]] = list(zip(one.tolist(), other.tolist(), strict=True))
    return sum(a * b for a, b in pairs) / math.sqrt(sum(a * a for a, _ in pairs) * sum(b * b for _, b in pairs))


def slow_cosines(question: Encoding, passages: PassageSet) -> list[list[float]]:
    """For each token of the question its best cosine with a token of each passage."""
    edges = [*passages.starts.tolist(), len(passages.tokens)]
    return [
        [max(cosine(token, passages.tokens[row]) for row in range(edges[n], edges[n + 1])) for n in range(len(edges) - 1)]
        for token in question.tokens
    ]


def slow_late(question: Encoding, passages: PassageSet, weights: TokenWeights) -> tuple[list[float], list[float]]:
    """The weighted mean of the best cosines, and the mean softened towards the least."""
    weight = [
        math.log(
            1 + math.exp(sum(t * w for t, w in zip(token.tolist(), weights.weight.tolist(), strict=True)) + weights.bias)
        )
        for token in question.tokens
    ]
    best = slow_cosines(question, passages)
    late, worst = [], []
    for n in range(len(passages.pooled)):
        late.append(sum(w * row[n] for w, row in zip(weight, best, strict=True)) / sum(weight))
        inside = sum(w * math.exp(-WORST * row[n]) for w, row in zip(weight, best, strict=True)) / sum(weight)
        worst.append(-math.log(inside) / WORST)
    return late, worst


def slow_context(joint: list[float], sections: list[tuple[str, str]]) -> tuple[list[float], list[float], list[float]]:
    """The passage before, the one after (the mean where there is none), and the mean over the section."""
    mean = sum(joint) / len(joint)
    members = [[value for value, other in zip(joint, sections, strict=True) if other == section] for section in sections]
    return [mean, *joint[:-1]], [*joint[1:], mean], [sum(values) / len(values) for values in members]


@given(sizes=st.lists(st.integers(1, 4), min_size=1, max_size=7), tokens=st.integers(1, 9), seed=st.integers(0, 999))
def test_late_interaction_and_its_context_are_those_of_plain_python(sizes: list[int], tokens: int, seed: int) -> None:
    question = question_of([word for word in WORDS if word.end <= tokens], tokens, seed)
    passages = passages_of(sizes, seed + 50)
    evidence = evidence_of(question, passages, WEIGHTS)
    late, worst = slow_late(question, passages, WEIGHTS)
    dense = [cosine(question.pooled, row) for row in passages.pooled]
    joint = [(one + other) / 2 for one, other in zip(dense, late, strict=True)]
    sections = [(DOCUMENTS[row % 5], HEADINGS[row % 5]) for row in range(len(sizes))]
    before, after, section = slow_context(joint, sections)
    expected = {"dense": dense, "late": late, "worst": worst, "before": before, "after": after, "section": section}
    for name, values in expected.items():
        assert column(evidence, name) == pytest.approx(values, abs=1e-4), name
    assert evidence.features.shape == (len(sizes), len(PASSAGE_FEATURES))


def test_coverage_is_the_mean_of_a_words_best_cosines_and_the_least_of_the_rare_ones_counts() -> None:
    passages = passages_of([2, 1, 3, 1, 2])
    evidence = evidence_of(QUESTION, passages, WEIGHTS)
    best = slow_cosines(QUESTION, passages)
    expected = [best[0], best[1], [(a + b) / 2 for a, b in zip(best[3], best[4], strict=True)], best[5]]
    assert evidence.words == ("low", "iron", "restless", "legs")
    np.testing.assert_allclose(evidence.coverage, expected, atol=1e-5)
    rare = [row for row, rarity in zip(expected, evidence.rarity.tolist(), strict=True) if rarity >= 0.55]
    assert 0 < len(rare) < 5
    assert column(evidence, "least_word") == pytest.approx([min(row[n] for row in rare) for n in range(5)], abs=1e-5)


# --- worked examples ------------------------------------------------------------------------------------------------


def test_words_that_a_passage_or_its_heading_holds_count_by_how_rare_they_are_among_the_passages() -> None:
    evidence = evidence_of(QUESTION, passages_of([1] * 5), WEIGHTS)
    # stems: low in 2 of 5 sentences; iron in 3 (one by its heading); restless in 1; leg in 2
    low, iron, restless, leg = (math.log(1 + 5 / count) for count in (2, 3, 1, 2))
    total = low + iron + restless + leg
    assert column(evidence, "lexical") == pytest.approx([1, 0, (low + iron) / total, iron / total, leg / total], abs=1e-6)


def test_word_pairs_count_where_both_words_stand_side_by_side() -> None:
    evidence = evidence_of(QUESTION, passages_of([1] * 5), WEIGHTS)
    assert column(evidence, "best_bigram") == pytest.approx(
        [2 / 3, 0, 0, 0, 0]
    )  # low iron, restless legs; not iron restless


def test_sentences_of_fewer_than_six_words_are_short() -> None:
    evidence = evidence_of(QUESTION, passages_of([1] * 5), WEIGHTS)
    assert column(evidence, "short") == [0, 1, 0, 1, 1]  # the third has exactly six


def test_a_question_in_the_words_of_a_passage_has_every_cosine_1() -> None:
    passages = passages_of([2, 1])
    question = Encoding(passages.pooled[0], 7 * passages.tokens[:2], WORDS[:2])
    evidence = evidence_of(question, passages, WEIGHTS)
    for name in ("dense", "late", "least_word", "worst", "lexical"):
        assert column(evidence, name)[0] == pytest.approx(1, abs=1e-5), name
        assert column(evidence, name)[1] < 1


def test_only_words_that_the_passages_hold_are_known() -> None:
    evidence = evidence_of(
        question_of([Word("iron", 0, 1, 0.7), Word("unicorn", 1, 2, 0.96)], 2), passages_of([1] * 5), WEIGHTS
    )
    assert evidence.known.tolist() == [True, False]


def test_what_is_looked_at_closely_has_its_own_cosines_and_the_rest_expected_ones_by_its_distance() -> None:
    sizes = [2, 1, 3, 1, 2]
    whole = passages_of(sizes)
    ends = np.append(whole.starts, len(whole.tokens))
    rows = [np.arange(ends[row], ends[row + 1]) for row in (0, 3)]
    some = replace(
        whole, tokens=whole.tokens[np.concatenate(rows)], starts=np.array([0, 2]), close=np.array([0, 3], np.int64)
    )
    dense = np.array([0.9, 0.1, 0.2, 0.5, 0.3], np.float32)
    found, exact = best_cosines(QUESTION.tokens, some, dense), best_cosines(QUESTION.tokens, whole, dense)
    np.testing.assert_allclose(found[:, [0, 3]], exact[:, [0, 3]], atol=1e-6)
    for row in (1, 2, 4):  # of the two that are looked at, 3 is farther away
        np.testing.assert_allclose(found[:, row], exact[:, 3] + 1.5 * (dense[row] - 0.5), atol=1e-5)


def test_looking_at_all_of_them_closely_changes_nothing() -> None:
    whole = passages_of([2, 1, 3, 1, 2])
    explicit = replace(whole, close=np.arange(5))
    assert (
        evidence_of(QUESTION, explicit, WEIGHTS).features.tobytes()
        == evidence_of(QUESTION, whole, WEIGHTS).features.tobytes()
    )


# --- edges ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "tokens"),
    [((), 0), (("",), 1), (("what", "is", "it", ""), 4), ((), 2)],
    ids=["nothing", "a mark", "common words", "only the turn before"],
)
def test_a_question_without_content_words_has_one_empty_word_of_no_weight(words: tuple[str, ...], tokens: int) -> None:
    question = question_of([Word(word, row, row + 1, 0.5) for row, word in enumerate(words)], tokens)
    assert [part if isinstance(part, list) else part.tolist() for part in content_words(question)] == [[], [""], [0]]
    evidence = evidence_of(question, passages_of([2, 1, 3]), WEIGHTS)
    assert evidence.coverage.tolist() == [[1, 1, 1]]
    assert evidence.known.tolist() == [False]
    assert np.isfinite(evidence.features).all()
    assert column(evidence, "lexical") == column(evidence, "best_bigram") == [0, 0, 0]


def test_a_passage_that_is_alone_is_its_own_context() -> None:
    evidence = evidence_of(QUESTION, passages_of([3]), WEIGHTS)
    joint = (column(evidence, "dense")[0] + column(evidence, "late")[0]) / 2
    for name in ("before", "after", "section"):
        assert column(evidence, name) == pytest.approx([joint], abs=1e-6)
    assert evidence.coverage.shape == (4, 1)


def test_the_same_heading_of_two_documents_is_two_sections() -> None:
    passages = passages_of([1] * 5)
    assert passages.section.tolist() == [0, 1, 0, 2, 3]


def test_content_words_are_those_with_letters_that_are_not_common() -> None:
    rows, words, rarity = content_words(QUESTION)
    assert (rows, words) == ([slice(0, 1), slice(1, 2), slice(3, 5), slice(5, 6)], ["low", "iron", "restless", "legs"])
    assert rarity.tolist() == pytest.approx([0.635, 0.727, 1.15, 0.711])


@given(st.lists(st.integers(0, 23), min_size=1, max_size=9).map(lambda numbers: [number / 20 for number in numbers]))
def test_the_rarest_word_is_always_rare(rarity: list[float]) -> None:
    array = np.array(rarity, np.float32)
    rare = is_rare(array)
    assert rare[array.argmax()]
    assert all(rare[array >= 0.55])
    assert not rare[array < min(0.55, float(array.max()))].any()


def test_words_are_those_of_the_real_model(encoder: SentenceTransformerEncoder) -> None:
    (question,) = encoder.encode(["What is Ekbom's dopaminergic idea? [SEP] Does tea help?"])
    _, words, _ = content_words(question)
    assert words == ["ekbom", "dopaminergic", "idea"]
