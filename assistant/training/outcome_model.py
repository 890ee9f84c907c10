"""The abstainer: multinomial logistic regression from a question's features to what would happen."""

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from assistant.abstention import OUTCOMES, OutcomeModel
from assistant.evidence import Integers
from index.encoder import Vectors

C = 0.3  # inverse strength of the ridge, over standardised features
NEVER = -30.0  # the bias of an outcome that was never seen


def fit_outcome_model(features: Vectors, outcomes: Integers, importance: Vectors, /, *, c: float = C) -> OutcomeModel:
    """Fit on rows (n, f), each with its outcome, a place in OUTCOMES (n,), and how much it counts (n,)."""
    scaler = StandardScaler().fit(features, sample_weight=importance)
    found = LogisticRegression(C=c, max_iter=3000).fit(scaler.transform(features), outcomes, sample_weight=importance)
    weights = np.zeros((len(OUTCOMES), features.shape[1]))
    bias = np.full(len(OUTCOMES), NEVER)
    weights[found.classes_], bias[found.classes_] = found.coef_, found.intercept_
    return OutcomeModel(*(np.asarray(part, dtype=np.float32) for part in (scaler.mean_, scaler.scale_, weights, bias)))
