"""assistant/evaluation/risk_control.py: the bound against SciPy, the threshold against a search, topics kept apart."""

import doctest

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from assistant.evaluation import risk_control
from assistant.evaluation.held_out import Judged
from assistant.evaluation.risk_control import TARGETS, bounds, threshold, upper_bound

ROWS = st.lists(st.tuples(st.floats(0.125, 1, width=32), st.booleans()))


def row(number: int, *, topic: str, confidence: float, is_right: bool = True, expect: str = "answer") -> Judged:
    """A question that got a quote."""
    own = (is_right, is_right, confidence, confidence, is_right)
    return Judged(f"q{number}", "tea", "en", expect, "answer", *own, "", (), topic)


def rows_of(topics: int, each: int, *, wrong: int = 0) -> list[Judged]:
    """So many topics of so many questions, the first `wrong` topics answered wrongly and with the least confidence."""
    return [
        row(n * each + m, topic=f"t{n}", confidence=0.5 if n < wrong else 0.9, is_right=n >= wrong)
        for n in range(topics)
        for m in range(each)
    ]


def test_the_examples_hold() -> None:
    assert doctest.testmod(risk_control) == doctest.TestResults(0, 3)


@given(st.integers(1, 2000), st.data())
def test_the_bound_is_the_quantile_of_the_beta_distribution(total: int, data: st.DataObject) -> None:
    wrong = data.draw(st.integers(0, total))
    expected = 1.0 if wrong == total else beta.ppf(0.95, wrong + 1, total - wrong)
    assert upper_bound(wrong, total) == pytest.approx(expected, abs=1e-9)


def test_nothing_shown_is_no_proof() -> None:
    assert upper_bound(0, 0) == 1


@given(ROWS, st.sampled_from(TARGETS))
def test_the_threshold_is_the_lowest_that_keeps_the_target(rows: list[tuple[float, bool]], target: float) -> None:
    found = threshold([own for own, _ in rows], [float(right) for _, right in rows], target=target)

    def fits(limit: float) -> bool:
        shown = [right for own, right in rows if own > limit]
        return (len(shown) - sum(shown) + 1) / (len(shown) + 1) <= target

    candidates = sorted({0.0, *(own for own, _ in rows)} - {max((own for own, _ in rows), default=0.0)})
    assert found == next((limit for limit in candidates if fits(limit)), 1.0)


def test_where_all_is_right_all_is_shown_once_there_is_enough_to_say_so() -> None:
    found = bounds(rows_of(20, 10))
    assert [(own["threshold"], own["quotes"], own["wrong"], own["answered"], own["held"]) for own in found] == [
        (0.0, 200, 0, 1.0, True)
    ] * len(TARGETS)
    few = {own["target"]: own["quotes"] for own in bounds(rows_of(20, 1))}
    assert few == {0.03: 0, 0.05: 20, 0.1: 20, 1.0: 20}  # 19 others, all right, promise 1 in 20


def test_the_unsure_are_left_out_when_they_are_wrong() -> None:
    found = {own["target"]: own for own in bounds(rows_of(20, 10, wrong=4))}
    assert {target: own["threshold"] for target, own in found.items()} == {0.03: 0.5, 0.05: 0.5, 0.1: 0.5, 1.0: 0.0}
    assert (found[0.05]["quotes"], found[0.05]["risk"], found[0.05]["answered"]) == (160, 0, 0.8)
    assert found[0.05]["held"]
    assert (found[1.0]["risk"], found[1.0]["held"]) == (0.2, False)
    assert found[1.0]["bound"] == pytest.approx(beta.ppf(0.95, 41, 160))


def test_a_topic_has_no_say_in_its_own_threshold() -> None:
    """The wrong topic asks for a threshold above it; the others saw nothing wrong, so by theirs it is shown."""
    wrong = [row(1000 + n, topic="x", confidence=0.5, is_right=False) for n in range(40)]
    found = {own["target"]: own for own in bounds([*rows_of(30, 10), *wrong])}[0.05]
    assert (found["threshold"], found["quotes"], found["wrong"], found["held"]) == (0.5, 340, 40, False)


def test_a_quote_for_what_has_no_answer_is_wrong_and_is_not_counted_as_an_answer() -> None:
    rows = [*rows_of(20, 1), row(99, topic="x", confidence=0.9, is_right=False, expect="unanswered")]
    found = bounds(rows)[-1]
    assert (found["quotes"], found["wrong"], found["answered"]) == (21, 1, 1.0)


def test_what_got_no_quote_counts_only_as_not_answered() -> None:
    silent = [Judged(f"s{n}", "tea", "en", "answer", "unanswered", False, False, 0.7, 0.3, True, "") for n in range(20)]
    found = bounds([*rows_of(20, 1), *silent])[-1]
    assert (found["quotes"], found["answered"]) == (20, 0.5)


def test_rows_of_one_topic_leave_nothing_to_choose_on() -> None:
    assert bounds([]) == bounds(rows_of(1, 10)) == []


def test_rows_without_a_quote_bound_nothing() -> None:
    silent = [Judged(f"s{n}", slug, "en", "chat", "chat", True, False, 1.0, 0.0, False, "") for n, slug in enumerate("ab")]
    assert {(own["quotes"], own["answered"], own["bound"]) for own in bounds(silent)} == {(0, 0.0, 1.0)}


def test_the_bound_holds_for_questions_to_come() -> None:
    """Of independent questions, each right with a probability that rises with the confidence told."""
    random, missed, count = np.random.default_rng(5), 0, 20
    for _ in range(count):
        told = random.random(300)
        is_right = random.random(300) < told**0.2
        found = bounds([row(n, topic=f"t{n % 10}", confidence=told[n], is_right=bool(is_right[n])) for n in range(300)])
        for own in found:
            limit = own["threshold"]
            to_come = 1 - (1 - limit**1.2) / (1.2 * (1 - limit)) if limit < 1 else 0  # the mean of what is shown above it
            missed += own["bound"] < to_come
    assert missed <= 0.05 * count * len(TARGETS)
