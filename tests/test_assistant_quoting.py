"""assistant/quoting.py: few quotes, whole ones, and what they cannot be read without."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.quoting import FEW_ANSWERS, MOST, WHOLE_TOPIC, Shares, choose

# The share of each of some passages, the section of each, and whether it leans on the one before in its section.
passages = st.lists(
    st.tuples(
        st.integers(-240, 240).map(lambda n: n / 8), st.booleans(), st.booleans()
    ),  # score, whether a section begins, whether it leans
    min_size=1,
    max_size=12,
)
Passages = list[tuple[float, bool, bool]]


def no_leaning(_passage: int) -> None:
    """No passage leans on another."""


def laid_out(drawn: Passages) -> tuple[list[float], list[int], list[int | None]]:
    """Scores, sections in reading order, and what each leans on, as `Retriever.context` gives them."""
    sections = np.cumsum([begins for _, begins, _ in drawn]).tolist()
    leans_on = [
        row - 1 if leans and row and sections[row] == sections[row - 1] else None for row, (_, _, leans) in enumerate(drawn)
    ]
    return [score for score, _, _ in drawn], sections, leans_on


def spans_of(shares: list[float], sections: list[int], leans_on: list[int | None] | None = None) -> list[tuple[int, int]]:
    """Chosen with scores that give exactly these shares."""
    scores = np.array([math.log(share) for share in shares], np.float32)
    return choose(scores, sections, (leans_on or [None] * len(shares)).__getitem__)


@given(passages)
def test_one_to_three_are_quoted_and_the_best_is_first(drawn: Passages) -> None:
    scores, sections, leans_on = laid_out(drawn)
    spans = choose(np.array(scores, np.float32), sections, leans_on.__getitem__)
    assert MOST == 3
    assert 1 <= len(spans) <= MOST
    best = int(np.argmax(np.array(scores, np.float32)))
    assert spans[0] == (best if leans_on[best] is None else leans_on[best], best)


@given(passages)
def test_no_sentence_is_quoted_twice(drawn: Passages) -> None:
    scores, sections, leans_on = laid_out(drawn)
    spans = choose(np.array(scores, np.float32), sections, leans_on.__getitem__)
    quoted = [row for first, last in spans for row in range(first, last + 1)]
    assert len(quoted) == len(set(quoted))
    assert set(quoted) <= set(range(len(drawn)))


@given(passages)
def test_a_sentence_that_leans_on_another_is_never_quoted_without_it(drawn: Passages) -> None:
    scores, sections, leans_on = laid_out(drawn)
    spans = choose(np.array(scores, np.float32), sections, leans_on.__getitem__)
    quoted = {row for first, last in spans for row in range(first, last + 1)}
    for _, last in spans:
        assert leans_on[last] is None or leans_on[last] in quoted
    assert all(first in (last, leans_on[last]) for first, last in spans)


@given(passages)
def test_quotes_after_the_first_are_likely_enough_and_best_first(drawn: Passages) -> None:
    scores, sections, leans_on = laid_out(drawn)
    spans = choose(np.array(scores, np.float32), sections, leans_on.__getitem__)
    exact = np.array(scores, np.float32).astype(float)
    shares = np.exp(exact - exact.max()) / np.exp(exact - exact.max()).sum()
    order = [float(shares[last]) for _, last in spans]
    assert all(one >= other - 1e-6 for one, other in pairwise(order))  # shares are of single precision
    assert all(share >= min(FEW_ANSWERS.same_section, FEW_ANSWERS.other_section) - 1e-6 for share in order[1:])


def test_one_passage_that_stands_out_is_quoted_alone() -> None:
    assert spans_of([0.02, 0.95, 0.03], [0, 1, 2]) == [(1, 1)]


def test_the_best_is_quoted_however_unlikely_it_is() -> None:
    assert spans_of([1 / 40] * 40, list(range(40))) == [(0, 0)]


def test_of_two_rivals_that_of_another_section_is_preferred() -> None:
    between = (FEW_ANSWERS.same_section + FEW_ANSWERS.other_section) / 2
    assert FEW_ANSWERS.other_section < FEW_ANSWERS.same_section
    shares = [1 - 2 * between, between + 0.001, between - 0.001]
    assert spans_of(shares, [0, 0, 1]) == [(0, 0), (2, 2)]
    assert spans_of(shares, [0, 1, 1]) == [(0, 0), (1, 1)]


def test_a_rival_of_the_same_section_is_quoted_too_when_it_is_likely() -> None:
    assert spans_of([0.5, 0.45, 0.05], [0, 0, 0]) == [(0, 0), (1, 1)]


def test_shares_from_which_more_is_quoted_can_be_given() -> None:
    scores = np.log(np.array([0.6, 0.3, 0.1], np.float32))
    for same, other, expected in [(0.29, 1, [(0, 0), (1, 1)]), (0.31, 1, [(0, 0)]), (1, 0.09, [(0, 0), (2, 2)])]:
        spans = choose(scores, [0, 0, 1], no_leaning, shares=Shares(same, other))
        assert spans == expected


def test_no_more_than_three_are_quoted_of_four_equals() -> None:
    scores = np.zeros(4, np.float32)
    assert choose(scores, [0, 1, 2, 3], no_leaning, shares=Shares(0, 0)) == [(0, 0), (1, 1), (2, 2)]


def test_a_leaning_sentence_brings_the_one_before_it_along() -> None:
    assert spans_of([0.01, 0.01, 0.98], [0, 0, 0], [None, None, 1]) == [(1, 2)]


def test_a_sentence_that_was_brought_along_is_not_quoted_again() -> None:
    assert spans_of([0.45, 0.55], [0, 0], [None, 0]) == [(0, 1)]


def test_a_leaning_sentence_whose_support_is_quoted_already_stands_alone() -> None:
    assert spans_of([0.55, 0.45], [0, 0], [None, 0]) == [(0, 0), (1, 1)]


@pytest.mark.parametrize("leans_on", [None, 0])
def test_ties_are_broken_by_the_order_of_reading(leans_on: int | None) -> None:
    assert choose(np.zeros(2, np.float32), [0, 0], [None, leans_on].__getitem__)[0] == (0, 0)


def test_a_whole_topic_question_draws_on_three_sections_and_on_none_twice() -> None:
    shares, sections = [0.4, 0.3, 0.15, 0.1, 0.05], [0, 0, 0, 1, 2]
    scores = np.array([math.log(share) for share in shares], np.float32)
    assert choose(scores, sections, no_leaning, shares=WHOLE_TOPIC) == [(0, 0), (3, 3), (4, 4)]
    assert choose(scores, sections, no_leaning) == [(0, 0), (1, 1)]


@given(passages)
def test_sections_of_a_whole_topic_question_differ(drawn: Passages) -> None:
    scores, sections, leans_on = laid_out(drawn)
    spans = choose(np.array(scores, np.float32), sections, leans_on.__getitem__, shares=WHOLE_TOPIC)
    assert len({sections[last] for _, last in spans}) == len(spans)
