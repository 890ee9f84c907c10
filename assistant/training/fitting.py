"""Ranker and abstainer, fitted together on held-out questions and cross-validated. No torch.

Flows in: held-out questions with their articles, the serving encoder, the trained heads. Flows out: rows of evidence, as
serving sees them; of those the two models that serving has (for any article, and for the labelled one), or predictions of
rows that they were not fitted on.

The ranker is a conditional logit over the features of the passages that compete for a question: D. McFadden, "Conditional
logit analysis of qualitative choice behavior", in Frontiers in Econometrics, 1974; here several choices can be right, and
their probabilities add up. The abstainer is a multinomial logistic regression from a question's features to its outcome.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from tqdm import tqdm

from assistant.answer import RECOGNISED, Kind
from assistant.retrieval.evidence import (
    PASSAGE_FEATURES,
    Evidence,
    Integers,
    PassageSet,
    TokenWeights,
    evidence_of,
    passage_set,
)
from assistant.retrieval.learned import Model
from assistant.retrieval.neighbours import FLOOR, LabelledQuestions, Votes
from assistant.retrieval.outcomes import OUTCOMES, Asked, Danger, Heads, LevelHead, OutcomeModel, agreed, is_long
from assistant.retrieval.retriever import outcome_features, passage_scores, settled
from assistant.training.labels import Article, Labels, Question, pooled
from index import Encoder, Encoding
from index.encoding import Vectors
from index.encoding.cache import encode_with_cache
from index.lexical import Words

Floats = npt.NDArray[np.float64]
PENALTY = 1e-3  # ridge on the weights of standardised features
C = 0.3  # inverse strength of the ridge, over standardised features
NEVER = -30.0  # the bias of an outcome that was never seen
# Weight of a main article's question in the model for any article, which its many questions must not dominate. Kinds that do
# not depend on the article count fully.
MAIN_SHARE = 0.2
EVERYWHERE = frozenset(RECOGNISED)


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """A question with everything known before fitting; `votes` if its article is the labelled one.

    `danger` is how grave its last turn is by itself.
    """

    question: Question
    article: Article
    encoding: Encoding
    evidence: Evidence
    danger: Danger
    votes: Votes | None = None
    is_known: bool = False  # labels of its topic are among the voters


@dataclass(frozen=True, slots=True)
class Prediction:
    """The prediction for a row, as in `assistant.retrieval.retriever.Found`: `scores` (passages,) and outcomes."""

    row: EvidenceRow
    scores: Vectors
    outcomes: dict[str, float]


@dataclass(frozen=True, slots=True)
class Fitted:
    """The model for any article, and the one for the labelled article, if it had rows."""

    any_article: Model
    labelled: Model | None

    def predict(self, row: EvidenceRow, heads: Heads, /) -> Prediction:
        """The prediction that serving would make."""
        scores, outcomes = _judged(row, self.any_article, heads, None)
        if row.votes is None or self.labelled is None:
            return Prediction(row, scores, outcomes)
        scores, informed = _judged(row, self.labelled, heads, row.votes)
        return Prediction(row, *settled(row.votes, scores, agreed(informed, outcomes)))


def evidence_rows(
    asked: Sequence[Question],
    labels: Labels,
    encoder: Encoder,
    weights: TokenWeights,
    /,
    *,
    level: LevelHead,
    neighbours: LabelledQuestions,
    cache: Path,
) -> list[EvidenceRow]:
    """One row for each question, in order.

    Args:
        asked: questions that neither the encoder nor `neighbours` has seen.
        labels: their articles.
        encoder: the one that serves.
        weights: of a question's tokens.
        level: judges the gravity of a sentence.
        neighbours: labelled questions of the main article.
        cache: a file for the encodings of passages, as an index keeps one.
    """
    slugs = sorted({question.slug for question in asked})
    passages = {slug: encoded_passages(labels.articles[slug], encoder, cache=cache) for slug in slugs}
    rows = []
    for question in tqdm(asked, desc="Evidence", unit="question", delay=2):
        encoding = encoder.encode([question.text])[0]
        evidence = evidence_of(encoding, passages[question.slug], weights)
        votes = neighbours.votes(encoding) if question.slug == labels.main else None
        is_whole = question.pieces == (question.text,)
        pieces = [encoding] if is_whole else encoder.encode(question.pieces)
        danger = level.danger(pieces, is_long=is_long(question.label.turns[-1]))
        rows.append(EvidenceRow(question, labels.articles[question.slug], encoding, evidence, danger, votes))
    return rows


def encoded_passages(article: Article, encoder: Encoder, /, *, cache: Path) -> PassageSet:
    """An article's passages, competing as if it were the whole corpus."""
    vectors, _ = encode_with_cache(article.reading_texts, encoder=encoder, cache=cache)
    headings = [passage.section for passage in article.passages]
    return passage_set(
        vectors.pooled,
        vectors.tokens.astype(np.float32),  # packed: passage after passage
        vectors.spans[:, 0],
        words=Words.of(headings, article.sentences),
        headings=headings,
        documents=[passage.document_id for passage in article.passages],
    )


def neighbours_of(labels: Labels, encoder: Encoder, /) -> LabelledQuestions:
    """The labelled questions of the main article, to vote on new ones."""
    article, asked = labels.articles[labels.main], labels.asked_main
    gold = np.zeros((len(asked), len(article.passages)), dtype=np.float32)
    for row, question in enumerate(asked):
        gold[row, list(question.gold)] = 1.0
    kinds = np.array([question.expect.number for question in asked])
    return LabelledQuestions(tuple(article.sentences), pooled(encoder, [question.text for question in asked]), gold, kinds)


def with_known_topics(rows: Sequence[EvidenceRow], labels: Labels, neighbours: LabelledQuestions, /) -> list[EvidenceRow]:
    """The rows, and those of the labelled article again as serving sees them: all other labelled questions vote, so that the
    topic is known.

    Args:
        rows: with the votes of labels that know none of their topics.
        labels: all of them.
        neighbours: those of the labelled article, in their order.
    """
    numbers = {question.label.id: number for number, question in enumerate(labels.asked_main)}
    again = [
        replace(row, votes=neighbours.votes(row.encoding, but=numbers[row.question.label.id]), is_known=True)
        for row in rows
        if row.votes is not None
    ]
    return [*rows, *again]


def as_asked(rows: Sequence[EvidenceRow], labels: Labels, /) -> dict[Kind, float]:
    """How much a row of each kind counts, so that kinds are as frequent as among all labels: few topics are held out."""
    asked = Counter(question.expect for question in labels.asked_main if not question.label.level)
    held = Counter(row.question.expect for row in rows if row.votes is not None)
    return {kind: asked[kind] / asked.total() / (held[kind] / held.total()) for kind in held}


def fit(rows: Sequence[EvidenceRow], heads: Heads, /, *, counts: Mapping[Kind, float] | None = None) -> Fitted:
    """Fit both models; the one for the labelled article on its rows alone, which count by their kind."""
    voted = [row for row in rows if row.votes is not None]
    labelled = fit_model(voted, heads, is_labelled=True, counts=counts) if voted else None
    return Fitted(fit_model([row for row in rows if not row.is_known], heads, is_labelled=False), labelled)


def fit_model(
    rows: Sequence[EvidenceRow], heads: Heads, /, *, is_labelled: bool, counts: Mapping[Kind, float] | None = None
) -> Model:
    """One of the two models; with `is_labelled` it uses the votes too, which every row must have."""
    votes = [row.votes if is_labelled else None for row in rows]
    by_kind = counts or {}
    weight = [by_kind.get(row.question.expect, 1.0) if is_labelled else importance(row) for row in rows]
    answerable = [place for place, row in enumerate(rows) if row.question.gold]
    found = fit_conditional_logit(
        [_ranked_by(rows[place], votes[place]) for place in answerable],
        [rows[place].question.gold for place in answerable],
        [weight[place] for place in answerable],
    )
    weights, vote = found[: len(PASSAGE_FEATURES)], float(found[-1]) if is_labelled else 0.0
    scores = [passage_scores(row.evidence, weights, vote, voted) for row, voted in zip(rows, votes, strict=True)]
    features = [
        outcome_features(Asked(row.encoding, row.evidence, heads), own, voted)
        for row, own, voted in zip(rows, scores, votes, strict=True)
    ]
    outcomes = np.array([outcome_of(row, own) for row, own in zip(rows, scores, strict=True)])
    return Model(weights, vote, fit_outcome_model(np.stack(features), outcomes, np.array(weight, dtype=np.float32)))


def cross_validate(
    rows: Sequence[EvidenceRow], folds: Integers, heads: Heads, /, *, counts: Mapping[Kind, float] | None = None
) -> list[Prediction]:
    """Predictions of every row whose fold is not negative, each fitted on all rows outside its fold."""
    found = []
    for fold in tqdm(sorted(set(folds[folds >= 0].tolist())), desc="Cross-validation", unit="fold", delay=2):
        fitted = fit([row for row, own in zip(rows, folds, strict=True) if own != fold], heads, counts=counts)
        found += [fitted.predict(row, heads) for row, own in zip(rows, folds, strict=True) if own == fold]
    return found


def importance(row: EvidenceRow, /) -> float:
    """How much a row counts in the model for any article."""
    return MAIN_SHARE if row.votes is not None and row.question.expect not in EVERYWHERE else 1.0


def outcome_of(row: EvidenceRow, scores: Vectors, /) -> int:
    """The outcome, as a place in OUTCOMES: "lost" when the best passage is not a right one."""
    is_lost = row.question.expect is Kind.ANSWER and int(scores.argmax()) not in row.question.gold
    return OUTCOMES.index("lost" if is_lost else row.question.expect)


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


def fit_outcome_model(features: Vectors, outcomes: Integers, importance: Vectors, /, *, c: float = C) -> OutcomeModel:
    """Fit on rows (n, f), each with its outcome, a place in OUTCOMES (n,), and how much it counts (n,)."""
    scaler = StandardScaler().fit(features, sample_weight=importance)
    found = LogisticRegression(C=c, max_iter=3000).fit(scaler.transform(features), outcomes, sample_weight=importance)
    weights = np.zeros((len(OUTCOMES), features.shape[1]))
    bias = np.full(len(OUTCOMES), NEVER)
    weights[found.classes_], bias[found.classes_] = found.coef_, found.intercept_
    return OutcomeModel(*(np.asarray(part, dtype=np.float32) for part in (scaler.mean_, scaler.scale_, weights, bias)))


def _ranked_by(row: EvidenceRow, votes: Votes | None) -> Vectors:
    features = row.evidence.features
    return features if votes is None else np.column_stack([features, np.log(FLOOR + votes.passages)])


def _judged(row: EvidenceRow, model: Model, heads: Heads, votes: Votes | None) -> tuple[Vectors, dict[str, float]]:
    scores = passage_scores(row.evidence, model.weights, model.vote, votes)
    return scores, model.outcomes.probabilities(outcome_features(Asked(row.encoding, row.evidence, heads), scores, votes))
