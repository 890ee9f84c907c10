"""How far a probability can be trusted, and what answering less would buy. Pure counting over two arrays.

Flows in: confidences in [0, 1] and what came of them, right (1) or wrong (0). Knows no question, no model, no file.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

BINS = 10
Numbers = Sequence[float] | npt.NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class Bin:
    """Confidences from `low` up to `high` (the last bin holds 1 too): how many, their mean, the share that was right."""

    low: float
    high: float
    count: int
    confidence: float
    right: float


@dataclass(frozen=True, slots=True)
class Selected:
    """Answering only from a confidence on: `coverage` is the share answered, `risk` the share of it that is wrong."""

    threshold: float
    coverage: float
    risk: float


def reliability(confidence: Numbers, right: Numbers, /, *, bins: int = BINS) -> list[Bin]:
    """The bins of equal width that hold anything, lowest first: the points of a reliability diagram."""
    confidence, right = _pair(confidence, right)
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    found = []
    for number in np.unique(place).tolist():
        inside = place == number
        means = float(confidence[inside].mean()), float(right[inside].mean())
        found.append(Bin(number / bins, (number + 1) / bins, int(inside.sum()), *means))
    return found


def calibration_error(confidence: Numbers, right: Numbers, /, *, bins: int = BINS) -> float:
    """Expected calibration error, with bins of equal width; zero of nothing.

    Source: C. Guo et al., "On Calibration of Modern Neural Networks", ICML 2017, arXiv:1706.04599.
    """
    found = reliability(confidence, right, bins=bins)
    total = max(1, sum(own.count for own in found))
    return sum(own.count / total * abs(own.confidence - own.right) for own in found)


def brier_score(confidence: Numbers, right: Numbers, /) -> float:
    """Mean squared distance of the confidence from what came; zero of nothing.

    Source: G. W. Brier, "Verification of forecasts expressed in terms of probability", Monthly Weather Review 78 (1950).
    """
    confidence, right = _pair(confidence, right)
    return float(np.square(confidence - right).mean()) if len(right) else 0.0


def risk_coverage(confidence: Numbers, right: Numbers, /, *, total: int | None = None) -> list[Selected]:
    """Coverage and risk at every threshold that tells confidences apart, highest first.

    `total` is the number of questions that coverage is a share of, when it is more than were given.
    Source: R. El-Yaniv and Y. Wiener, "On the Foundations of Noise-free Selective Classification", JMLR 11 (2010).
    """
    confidence, right = _pair(confidence, right)
    order = np.argsort(-confidence, kind="stable")
    ranked, wrong = confidence[order], np.cumsum(1 - right[order])
    last = np.flatnonzero(np.append(np.diff(ranked) != 0, np.ones(min(1, len(ranked)), dtype=bool)))  # of equal ones
    total = len(ranked) if total is None else total
    return [Selected(float(ranked[at]), (at + 1) / total, float(wrong[at]) / (at + 1)) for at in last.tolist()]


def area_under(curve: Sequence[Selected], /) -> float:
    """Area under the risk–coverage curve (AURC): the risk, averaged over the coverages; zero of nothing.

    Each threshold counts by the coverage that it adds. Less is better.
    Source: Y. Geifman et al., "Bias-Reduced Uncertainty Estimation for Deep Neural Classifiers", ICLR 2019.
    """
    if not curve:
        return 0.0
    added = np.diff([0.0, *(point.coverage for point in curve)])
    return float(added @ np.array([point.risk for point in curve]) / curve[-1].coverage)


def _pair(confidence: Numbers, right: Numbers) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    return np.asarray(confidence, dtype=np.float64), np.asarray(right, dtype=np.float64)
