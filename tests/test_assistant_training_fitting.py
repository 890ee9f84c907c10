"""assistant/training: the ranker and the abstainer find the weights that made the data; figures against a hand count."""

import numpy as np
import pytest

from assistant.retrieval.outcomes import OUTCOMES
from assistant.training.fitting import NEVER, fit_conditional_logit, fit_outcome_model


def test_the_conditional_logit_recovers_the_weights_that_made_the_choices() -> None:
    random = np.random.default_rng(0)
    weights = np.array([2.0, -1.0, 0.0])
    features = [(random.standard_normal((8, 3)) * (1, 2, 1)).astype(np.float32) for _ in range(4000)]
    gold = [[int(np.argmax(rows @ weights + random.gumbel(size=8)))] for rows in features]  # McFadden's random utility
    found = fit_conditional_logit(features, gold, [1.0] * len(gold), penalty=0.0)
    np.testing.assert_allclose(found, weights, atol=0.15)


def test_a_question_without_importance_changes_nothing() -> None:
    random = np.random.default_rng(1)
    features = [random.standard_normal((4, 2)).astype(np.float32) for _ in range(50)]
    gold = [[int(rows[:, 0].argmax())] for rows in features]
    misled = [[int(rows[:, 0].argmin())] for rows in features]
    both = fit_conditional_logit([*features, *features], [*gold, *misled], [1.0] * 50 + [0.0] * 50)
    np.testing.assert_allclose(both, fit_conditional_logit(features, gold, [1.0] * 50), rtol=0.02, atol=0.02)
    assert both[0] > 1


def test_several_right_passages_share_the_probability() -> None:
    features = [np.array([[1.0], [1.0], [0.0]], dtype=np.float32)] * 10
    assert fit_conditional_logit(features, [[0, 1]] * 10, [1.0] * 10)[0] > 1


def test_the_outcome_model_recovers_known_weights() -> None:
    random = np.random.default_rng(2)
    weights = np.array([[1.5, 0.0], [-1.5, 0.0], [0.0, 1.0]])
    features = random.standard_normal((6000, 2)).astype(np.float32) * (1, 3) + (0, 7)
    centred = (features - (0, 7)) / (1, 3)
    chosen = np.array([random.choice(3, p=(p := np.exp(weights @ row)) / p.sum()) for row in centred])
    model = fit_outcome_model(features.astype(np.float32), chosen, np.ones(6000, np.float32), c=100.0)
    found = model.weights[:3] - model.weights[:3].mean(axis=0)
    np.testing.assert_allclose(found, weights - weights.mean(axis=0), atol=0.15)
    assert model.bias[3:].tolist() == [NEVER] * 3
    share = np.mean([model.probabilities(row)["answer"] for row in features[:500]])
    assert share == pytest.approx((chosen[:500] == OUTCOMES.index("answer")).mean(), abs=0.05)
