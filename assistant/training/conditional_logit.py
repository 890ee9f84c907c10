"""The ranker: a conditional logit over the features of the passages that compete for a question.

Source: D. McFadden, "Conditional logit analysis of qualitative choice behavior", in Frontiers in Econometrics, 1974; here
several choices can be right, and their probabilities add up.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from index.encoder import Vectors

Floats = npt.NDArray[np.float64]
PENALTY = 1e-3  # ridge on the weights of standardised features


def fit_conditional_logit(
    features: Sequence[Vectors], gold: Sequence[Sequence[int]], importance: Sequence[float], /, *, penalty: float = PENALTY
) -> Vectors:
    """Weights (f,) that make the gold passages likeliest.

    Args:
        features: (passages, f) for each question.
        gold: rows of the passages that are right, at least one for each question.
        importance: how much each question counts.
        penalty: of the squared weights.
    """
    rows = np.concatenate(features).astype(np.float64)
    scale = np.maximum(rows.std(axis=0), 1e-6)
    rows /= scale
    sizes = np.array([len(table) for table in features])
    starts = np.cumsum([0, *sizes[:-1]])
    owner = np.repeat(np.arange(len(sizes)), sizes)
    right = np.zeros(len(rows))
    for start, indices in zip(starts, gold, strict=True):
        right[start + np.array(indices, dtype=int)] = 1.0
    counts = np.asarray(importance, dtype=np.float64) / np.sum(importance)

    def objective(weights: Floats) -> tuple[float, Floats]:
        """Minus the mean log probability of what is right, with the penalty, and its gradient (f,)."""
        scores = rows @ weights
        exp = np.exp(scores - np.maximum.reduceat(scores, starts)[owner])
        total = np.add.reduceat(exp, starts)
        chosen = np.add.reduceat(exp * right, starts) + 1e-12
        slope = exp / total[owner] - exp * right / chosen[owner]
        loss = float(counts @ np.log(total / chosen) + penalty * weights @ weights)
        return loss, rows.T @ (slope * counts[owner]) + 2 * penalty * weights

    found = minimize(objective, np.zeros(rows.shape[1]), jac=True, method="L-BFGS-B")
    return np.asarray(found.x / scale, dtype=np.float32)
