"""assistant/retrieval/quoting.py: few quotes, whole ones, what they cannot be read without, and nothing twice."""

import math
from collections.abc import Callable
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from assistant.answer import FEW_CITATIONS
from assistant.retrieval.quoting import FEW_ANSWERS, Shares, choose, is_within, with_span

# The score of each passage, whether a section begins with it, and whether it leans on the one before in its section.
passages = st.lists(
    st.tuples(st.integers(-240, 240).map(lambda n: n / 8), st.booleans(), st.booleans()), min_size=1, max_size=12
)
Passages = list[tuple[float, bool, bool]]
Whole = Callable[[int], tuple[int, int]]


def alone(row: int) -> tuple[int, int]:
    """No passage leans on another."""
    return row, row


def laid_out(drawn: Passages) -> tuple[list[float], list[int], Whole]:
    """Scores, sections in reading order, and the span that each is quoted with: as far back as sentences lean."""
    sections = np.cumsum([begins for _, begins, _ in drawn]).tolist()

    def whole(row: int) -> tuple[int, int]:
        first = row
        while first and drawn[first][2] and sections[first] == sections[first - 1]:
            first -= 1
        return first, row

    return [score for score, _, _ in drawn], sections, whole


def spans_of(shares: list[float], sections: list[int], whole: Whole = alone) -> list[tuple[int, int]]:
    """Chosen with scores that give exactly these shares."""
    return choose(np.array([math.log(share) for share in shares], np.float32), sections, whole)


def shares_of(scores: list[float]) -> list[float]:
    exact = np.array(scores, np.float32).astype(float)
    weights = np.exp(exact - exact.max())
    shares: list[float] = (weights / weights.sum()).tolist()
    return shares


@given(passages)
def test_one_to_three_are_quoted_and_the_best_is_in_the_first(drawn: Passages) -> None:
    scores, sections, whole = laid_out(drawn)
    spans = choose(np.array(scores, np.float32), sections, whole)
    assert FEW_CITATIONS == 3
    assert 1 <= len(spans) <= FEW_CITATIONS
    assert is_within(int(np.argmax(np.array(scores, np.float32))), spans[:1])


@given(passages)
def test_no_sentence_is_quoted_twice(drawn: Passages) -> None:
    scores, sections, whole = laid_out(drawn)
    spans = choose(np.array(scores, np.float32), sections, whole)
    quoted = [row for first, last in spans for row in range(first, last + 1)]
    assert len(quoted) == len(set(quoted))
    assert set(quoted) <= set(range(len(drawn)))


@given(passages)
def test_a_sentence_that_leans_on_another_is_never_quoted_without_it(drawn: Passages) -> None:
    scores, sections, whole = laid_out(drawn)
    spans = choose(np.array(scores, np.float32), sections, whole)
    for first, last in spans:
        assert all(first <= whole(row)[0] and whole(row)[1] <= last for row in range(first, last + 1))


@given(passages)
def test_quotes_after_the_first_hold_a_likely_enough_sentence(drawn: Passages) -> None:
    scores, sections, whole = laid_out(drawn)
    spans = choose(np.array(scores, np.float32), sections, whole)
    shares = shares_of(scores)
    order = [max(shares[first : last + 1]) for first, last in spans]
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
        assert choose(scores, [0, 0, 1], alone, shares=Shares(same, other)) == expected


def test_no_more_than_three_are_quoted_of_four_equals() -> None:
    scores = np.zeros(4, np.float32)
    assert choose(scores, [0, 1, 2, 3], alone, shares=Shares(0, 0)) == [(0, 0), (1, 1), (2, 2)]


def test_spans_are_of_rows_where_only_some_passages_compete() -> None:
    scores = np.log(np.array([0.05, 0.5, 0.45], np.float32))
    assert choose(scores, [0, 1, 2], lambda row: (row - 1, row), rows=[3, 40, 77]) == [(39, 40), (76, 77)]


def test_a_leaning_sentence_brings_those_before_it_along() -> None:
    assert spans_of([0.01, 0.01, 0.98], [0, 0, 0], lambda row: (0, row)) == [(0, 2)]


def test_a_sentence_that_was_brought_along_is_not_quoted_again() -> None:
    assert spans_of([0.45, 0.55], [0, 0], lambda row: (0, row)) == [(0, 1)]


def test_a_leaning_sentence_whose_support_is_quoted_already_makes_that_quote_longer() -> None:
    assert spans_of([0.55, 0.45], [0, 0], lambda row: (0, row)) == [(0, 1)]


def test_a_lead_in_brings_its_list_along() -> None:
    assert spans_of([0.97, 0.02, 0.01], [0, 0, 0], lambda row: (row, 2) if row == 0 else (row, row)) == [(0, 2)]


def test_ties_are_broken_by_the_order_of_reading() -> None:
    assert choose(np.zeros(2, np.float32), [0, 0], alone)[0] == (0, 0)


spans = st.tuples(st.integers(0, 30), st.integers(0, 8)).map(lambda drawn: (drawn[0], drawn[0] + drawn[1]))


def rows_in(some: list[tuple[int, int]]) -> list[int]:
    return sorted(row for first, last in some for row in range(first, last + 1))


@given(st.lists(spans, max_size=10))
def test_spans_taken_one_by_one_never_overlap_and_cover_all_of_each(taken: list[tuple[int, int]]) -> None:
    kept: list[tuple[int, int]] = []
    for span in taken:
        kept = with_span(kept, span)
    assert rows_in(kept) == sorted(set(rows_in(taken)))


def test_a_span_that_overlaps_two_makes_them_one_in_the_place_of_the_first() -> None:
    assert with_span([(8, 9), (3, 4), (0, 1)], (1, 3)) == [(8, 9), (0, 4)]


def test_a_span_within_another_and_one_beside_it_change_nothing_of_it() -> None:
    assert with_span([(0, 4)], (2, 3)) == [(0, 4)]
    assert with_span([(0, 4)], (5, 6)) == [(0, 4), (5, 6)]
