"""assistant/calibration.py: bins, errors and the risk–coverage curve, against hand counts and scikit-learn."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss

from assistant.calibration import Bin, Selected, area_under, brier_score, calibration_error, reliability, risk_coverage

CONFIDENCE, RIGHT = [0.05, 0.15, 0.15, 0.95, 1.0], [0.0, 0.0, 1.0, 1.0, 0.0]
ROWS = st.lists(st.tuples(st.floats(0, 1, width=32), st.booleans()), min_size=1)


def test_the_bins_are_those_counted_by_hand() -> None:
    found = reliability(CONFIDENCE, RIGHT)
    assert [(own.low, own.high, own.count, own.right) for own in found] == [
        (0.0, 0.1, 1, 0.0),
        (0.1, 0.2, 2, 0.5),
        (0.9, 1.0, 2, 0.5),
    ]
    assert found[-1].confidence == pytest.approx(0.975)


def test_the_bins_are_those_of_scikit_learn() -> None:
    random = np.random.default_rng(4)
    confidence = random.beta(2, 1, 997)
    right = (random.random(997) < confidence**2).astype(float)
    share, mean = calibration_curve(right, confidence, n_bins=10)
    found = reliability(confidence, right)
    np.testing.assert_allclose([own.right for own in found], share)
    np.testing.assert_allclose([own.confidence for own in found], mean)
    assert brier_score(confidence, right) == pytest.approx(brier_score_loss(right, confidence))


def test_the_calibration_error_is_the_mean_gap_of_the_bins() -> None:
    by_hand = 1 / 5 * 0.05 + 2 / 5 * abs(0.15 - 0.5) + 2 / 5 * abs(0.975 - 0.5)
    assert calibration_error(CONFIDENCE, RIGHT) == pytest.approx(by_hand)
    assert calibration_error([0.0, 1.0], [0.0, 1.0]) == 0


def test_risk_and_coverage_are_counted_at_each_confidence_and_equal_ones_stand_or_fall_together() -> None:
    curve = risk_coverage([0.9, 0.5, 0.9, 0.1], [1, 0, 0, 1])
    assert curve == [Selected(0.9, 0.5, 0.5), Selected(0.5, 0.75, 2 / 3), Selected(0.1, 1.0, 0.5)]
    assert area_under(curve) == pytest.approx(0.5 * 0.5 + 0.25 * 2 / 3 + 0.25 * 0.5)


def test_coverage_is_a_share_of_all_that_were_asked() -> None:
    assert [point.coverage for point in risk_coverage([0.9, 0.8], [1, 1], total=8)] == [0.125, 0.25]


@given(ROWS)
def test_everything_is_counted_once(rows: list[tuple[float, bool]]) -> None:
    confidence, right = [row[0] for row in rows], [float(row[1]) for row in rows]
    bins, curve = reliability(confidence, right), risk_coverage(confidence, right)
    assert sum(own.count for own in bins) == len(rows)
    assert sum(own.count * own.right for own in bins) == pytest.approx(sum(right))
    assert 0 <= calibration_error(confidence, right) <= 1
    assert (curve[-1].threshold, curve[-1].coverage) == (min(confidence), 1.0)
    assert curve[-1].risk == pytest.approx(1 - sum(right) / len(rows))
    assert all(before.coverage < after.coverage for before, after in pairwise(curve))
    assert -1e-9 <= area_under(curve) <= 1 + 1e-9


def test_nothing_gives_nothing() -> None:
    found: list[Bin] = reliability([], [])
    assert (found, risk_coverage([], []), area_under([])) == ([], [], 0.0)
    assert (calibration_error([], []), brier_score([], [])) == (0.0, 0.0)
