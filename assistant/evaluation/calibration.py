"""How far a probability can be trusted, and what answering less would buy, as plain values. Pure counting over two arrays.

Flows in: confidences (n,) in [0, 1] and what came of each, right (1) or wrong (0). Knows no question, no model, no file.
The tests hold it equal to scikit-learn, which is not used: it does not tell how many a bin holds, and costs 1.2 s to load.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

BINS = 10
Numbers = Sequence[float] | npt.NDArray[np.floating]


def calibration(confidence: Numbers, right: Numbers, /) -> dict[str, Any]:
    """Expected calibration error and Brier score, zero of nothing, and the bins of equal width that hold anything.

    A bin goes from `low` up to `high`, which only the last one holds: how many, their mean confidence, the share right.
    Source: C. Guo et al., "On Calibration of Modern Neural Networks", ICML 2017, arXiv:1706.04599; G. W. Brier,
    "Verification of forecasts expressed in terms of probability", Monthly Weather Review 78 (1950).
    """
    told, came = np.asarray(confidence, dtype=np.float64), np.asarray(right, dtype=np.float64)
    place, total = np.minimum((told * BINS).astype(int), BINS - 1), max(1, len(told))
    sums = np.stack([np.bincount(place, weights=own, minlength=BINS) for own in (np.ones(len(told)), told, came)])
    return {
        "error": float(np.abs(sums[1] - sums[2]).sum() / total),
        "Brier": float(np.square(told - came).sum() / total),
        "bins": [
            {"low": n / BINS, "high": (n + 1) / BINS, "count": int(count), "confidence": own / count, "right": hits / count}
            for n, (count, own, hits) in enumerate(sums.T.tolist())
            if count
        ],
    }


def risk_coverage(confidence: Numbers, right: Numbers, /, *, total: int) -> dict[str, Any]:
    """The risk–coverage curve, and the area under it (AURC): the risk averaged over the coverages, zero of nothing.

    A point is [threshold, coverage, risk]: answering from that confidence on answers this share of `total` questions, and
    this share of the answers is wrong. There is one for every confidence, highest first. A smaller area is better.
    Source: R. El-Yaniv and Y. Wiener, "On the Foundations of Noise-free Selective Classification", JMLR 11 (2010);
    Y. Geifman et al., "Bias-Reduced Uncertainty Estimation for Deep Neural Classifiers", ICLR 2019.
    """
    told, came = np.asarray(confidence, dtype=np.float64), np.asarray(right, dtype=np.float64)
    thresholds, place, added = np.unique(-told, return_inverse=True, return_counts=True)  # equal ones stand or fall together
    answered, wrong = np.cumsum(added), np.cumsum(np.bincount(place, weights=1 - came, minlength=len(added)))
    area = float(added @ (wrong / answered)) / max(1, len(told))
    curve = np.column_stack([-thresholds, answered / max(1, total), wrong / answered]).tolist()
    return {"area": area, "curve": curve}
