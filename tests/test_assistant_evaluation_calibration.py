"""assistant/evaluation/calibration.py: bins, errors and the risk–coverage curve, against hand counts and scikit-learn."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss, confusion_matrix_at_thresholds

from assistant.evaluation.calibration import calibration, risk_coverage

CONFIDENCE, RIGHT = [0.05, 0.15, 0.15, 0.95, 1.0], [0.0, 0.0, 1.0, 1.0, 0.0]
ROWS = st.lists(st.tuples(st.floats(0, 1, width=32), st.booleans()), min_size=1)


def test_the_bins_and_their_error_are_those_counted_by_hand() -> None:
    found = calibration(CONFIDENCE, RIGHT)
    assert [(own["low"], own["high"], own["count"], own["right"]) for own in found["bins"]] == [
        (0.0, 0.1, 1, 0.0),
        (0.1, 0.2, 2, 0.5),
        (0.9, 1.0, 2, 0.5),
    ]
    assert found["bins"][-1]["confidence"] == pytest.approx(0.975)
    assert found["error"] == pytest.approx(1 / 5 * 0.05 + 2 / 5 * abs(0.15 - 0.5) + 2 / 5 * abs(0.975 - 0.5))
    assert calibration([0.0, 1.0], [0.0, 1.0])["error"] == 0


def test_bins_score_and_curve_are_those_of_scikit_learn() -> None:
    random = np.random.default_rng(4)
    confidence = random.beta(2, 1, 997)
    right = (random.random(997) < confidence**2).astype(float)
    share, mean = calibration_curve(right, confidence, n_bins=10)
    found = calibration(confidence, right)
    np.testing.assert_allclose([own["right"] for own in found["bins"]], share)
    np.testing.assert_allclose([own["confidence"] for own in found["bins"]], mean)
    assert found["Brier"] == pytest.approx(brier_score_loss(right, confidence))
    _, wrong, _, hits, thresholds = confusion_matrix_at_thresholds(right, confidence)
    expected = np.column_stack([thresholds, (wrong + hits) / 997, wrong / (wrong + hits)])
    np.testing.assert_allclose(risk_coverage(confidence, right, total=997)["curve"], expected)


def test_risk_and_coverage_are_counted_at_each_confidence_and_equal_ones_stand_or_fall_together() -> None:
    found = risk_coverage([0.9, 0.5, 0.9, 0.1], [1, 0, 0, 1], total=4)
    assert found["curve"] == [[0.9, 0.5, 0.5], [0.5, 0.75, 2 / 3], [0.1, 1.0, 0.5]]
    assert found["area"] == pytest.approx(0.5 * 0.5 + 0.25 * 2 / 3 + 0.25 * 0.5)


def test_coverage_is_a_share_of_all_that_were_asked() -> None:
    assert [coverage for _, coverage, _ in risk_coverage([0.9, 0.8], [1, 1], total=8)["curve"]] == [0.125, 0.25]


@given(ROWS)
def test_everything_is_counted_once(rows: list[tuple[float, bool]]) -> None:
    confidence, right = [row[0] for row in rows], [float(row[1]) for row in rows]
    found, risk = calibration(confidence, right), risk_coverage(confidence, right, total=len(rows))
    assert sum(own["count"] for own in found["bins"]) == len(rows)
    assert sum(own["count"] * own["right"] for own in found["bins"]) == pytest.approx(sum(right))
    assert 0 <= found["error"] <= 1
    assert risk["curve"][-1] == [min(confidence), 1.0, pytest.approx(1 - sum(right) / len(rows))]
    assert all(before[1] < after[1] for before, after in pairwise(risk["curve"]))
    assert -1e-9 <= risk["area"] <= 1 + 1e-9


def test_nothing_gives_nothing() -> None:
    assert calibration([], []) == {"error": 0.0, "Brier": 0.0, "bins": []}
    assert risk_coverage([], [], total=0) == {"area": 0.0, "curve": []}
