"""Ranker and abstainer, fitted together on held-out questions and cross-validated.

Flows in: rows of evidence, the trained heads. Flows out: the two models that serving has (for any article, and for the
labelled one), or predictions of rows that they were not fitted on.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from tqdm import tqdm

from assistant.abstention import OUTCOMES, Asked, Heads, agreed
from assistant.answer import Kind
from assistant.evidence import PASSAGE_FEATURES, Integers
from assistant.learned import Model
from assistant.neighbours import Votes
from assistant.retrieval import FLOOR, outcome_features, passage_scores
from assistant.training.conditional_logit import fit_conditional_logit
from assistant.training.evidence_rows import EvidenceRow
from assistant.training.outcome_model import fit_outcome_model
from index.encoder import Vectors

# What a question of the main article counts in the model for any article: there are many, and it is to hold for articles at
# large. Kinds that do not depend on the article count fully.
MAIN_SHARE = 0.2
EVERYWHERE = frozenset({Kind.ADVICE, Kind.URGENT, Kind.CHAT})


@dataclass(frozen=True, slots=True)
class Prediction:
    """What is predicted of a row, as `assistant.retrieval.Found` has it: `scores` (passages,) and outcomes."""

    row: EvidenceRow
    scores: Vectors
    outcomes: dict[str, float]


@dataclass(frozen=True, slots=True)
class Fitted:
    """The model for any article, and the one for the labelled article, if any row was of it."""

    any_article: Model
    labelled: Model | None

    def predict(self, row: EvidenceRow, heads: Heads, /) -> Prediction:
        """What serving would find."""
        scores, outcomes = _judged(row, self.any_article, heads, None)
        if row.votes is None or self.labelled is None:
            return Prediction(row, scores, outcomes)
        scores, informed = _judged(row, self.labelled, heads, row.votes)
        return Prediction(row, scores, agreed(informed, outcomes))


def fit(rows: Sequence[EvidenceRow], heads: Heads, /) -> Fitted:
    """Fit both models; the one for the labelled article on its rows alone."""
    voted = [row for row in rows if row.votes is not None]
    labelled = fit_model(voted, heads, is_labelled=True) if voted else None
    return Fitted(fit_model(rows, heads, is_labelled=False), labelled)


def fit_model(rows: Sequence[EvidenceRow], heads: Heads, /, *, is_labelled: bool) -> Model:
    """One of the two; with `is_labelled`, from the votes as well, which every row must have."""
    votes = [row.votes if is_labelled else None for row in rows]
    counts = [1.0 if is_labelled else importance(row) for row in rows]
    answerable = [place for place, row in enumerate(rows) if row.question.gold]
    found = fit_conditional_logit(
        [_ranked_by(rows[place], votes[place]) for place in answerable],
        [rows[place].question.gold for place in answerable],
        [counts[place] for place in answerable],
    )
    weights, vote = found[: len(PASSAGE_FEATURES)], float(found[-1]) if is_labelled else 0.0
    scores = [passage_scores(row.evidence, weights, vote, voted) for row, voted in zip(rows, votes, strict=True)]
    features = [
        outcome_features(Asked(row.encoding, row.evidence, heads), own, voted)
        for row, own, voted in zip(rows, scores, votes, strict=True)
    ]
    outcomes = np.array([outcome_of(row, own) for row, own in zip(rows, scores, strict=True)])
    return Model(weights, vote, fit_outcome_model(np.stack(features), outcomes, np.array(counts, dtype=np.float32)))


def cross_validate(rows: Sequence[EvidenceRow], folds: Integers, heads: Heads, /) -> list[Prediction]:
    """Predictions of every row whose fold is not negative, each fitted on all rows outside its fold."""
    found = []
    for fold in tqdm(sorted(set(folds[folds >= 0].tolist())), desc="Cross-validation", unit="fold", delay=2):
        fitted = fit([row for row, own in zip(rows, folds, strict=True) if own != fold], heads)
        found += [fitted.predict(row, heads) for row, own in zip(rows, folds, strict=True) if own == fold]
    return found


def importance(row: EvidenceRow, /) -> float:
    """How much a row counts in the model for any article."""
    return MAIN_SHARE if row.votes is not None and row.question.expect not in EVERYWHERE else 1.0


def outcome_of(row: EvidenceRow, scores: Vectors, /) -> int:
    """What happened, as a place in OUTCOMES: "lost" when the best passage is not one that answers."""
    is_lost = row.question.expect is Kind.ANSWER and int(scores.argmax()) not in row.question.gold
    return OUTCOMES.index("lost" if is_lost else row.question.expect)


def _ranked_by(row: EvidenceRow, votes: Votes | None) -> Vectors:
    features = row.evidence.features
    return features if votes is None else np.column_stack([features, np.log(FLOOR + votes.passages)])


def _judged(row: EvidenceRow, model: Model, heads: Heads, votes: Votes | None) -> tuple[Vectors, dict[str, float]]:
    scores = passage_scores(row.evidence, model.weights, model.vote, votes)
    return scores, model.outcomes.probabilities(outcome_features(Asked(row.encoding, row.evidence, heads), scores, votes))
