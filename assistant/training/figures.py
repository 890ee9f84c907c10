"""The quality of predictions for held-out questions: acceptance figures, ranking, calibration, quoting.

Flows in: predictions. Flows out: plain values for a report. The acceptance figures are `evaluation.figures`.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score

from assistant.answer import FEW_CITATIONS, MOST_CITATIONS, Kind
from assistant.evaluation.calibration import calibration
from assistant.evaluation.figures import Rate, figures
from assistant.evaluation.held_out import Judged
from assistant.evaluation.labelled import Outcome, judge
from assistant.languages.wording import DEFAULT_LANGUAGE
from assistant.question import read
from assistant.retrieval.outcomes import decide
from assistant.retrieval.quoting import FEW_ANSWERS, Shares, choose, with_span
from assistant.training.fitting import Prediction

SHARES = (0.06, 0.08, 0.1, 0.12, 0.15, 0.18, 0.2, 0.22, 0.25, 0.3, 0.4)  # of the probability, tried for quoting


def figures_of(predictions: Sequence[Prediction], /) -> dict[str, Any]:
    """Figures by name: rates as {"value", "low", "high", "total"} with their Wilson interval, others as numbers."""
    right = np.array([_is_right(prediction) for prediction in predictions], dtype=float)
    confidence = np.array([prediction.outcomes[Kind.ANSWER] for prediction in predictions])
    answerable = np.array([bool(prediction.row.question.gold) for prediction in predictions])
    ranked = [prediction for prediction in predictions if prediction.row.question.gold]
    rates = figures([outcome_of(prediction) for prediction in predictions], article=None)  # they are of several articles
    rates |= {
        f"a right passage in {count}": Rate(sum(_has_right(p, count) for p in ranked), len(ranked)) for count in (1, 3)
    }
    found = {name: _plain(rate) for name, rate in rates.items()}
    found["expected calibration error"] = calibration(confidence, right)["error"]
    if 0 < answerable.sum() < len(answerable):
        found["AUROC of confidence, answerable"] = float(roc_auc_score(answerable, confidence))
    return found


def outcome_of(prediction: Prediction, /) -> Outcome:
    """What a visitor would have got, judged by the label."""
    kind, _ = shown(prediction)
    article = prediction.row.article
    spans = quoted_spans(prediction) if kind is Kind.ANSWER else []
    quotes = [article.quoted(first, last) for first, last in spans]
    return judge(prediction.row.question.label, {"kind": kind.value, "citations": [{"quote": quote} for quote in quotes]})


def shown(prediction: Prediction, /) -> tuple[Kind, float]:
    """The kind that a visitor would have got, and the confidence beside it: a rule of triage is certain."""
    question = read(prediction.row.question.label.turns[-1])
    if question.triage is not None:
        return question.triage.kind, 1.0
    is_english = question.language == DEFAULT_LANGUAGE
    is_known = question.is_known
    kind = decide(prediction.outcomes, prediction.row.danger, is_english=is_english, is_distressed=is_known)
    return kind, prediction.outcomes[kind]


def judged(prediction: Prediction, /, *, topic: str = "") -> Judged:
    """The prediction as a row to keep; `topic` names the group of its paraphrases."""
    label, outcome = prediction.row.question.label, outcome_of(prediction)
    kind, confidence = shown(prediction)
    return Judged(
        id=label.id,
        article=prediction.row.question.slug,
        language=label.asked_in,
        expect=label.expect,
        got=kind.value,
        is_right=outcome.is_right,
        in_three=any(outcome.hits),
        confidence=confidence,
        answer=prediction.outcomes[Kind.ANSWER],
        is_found=_is_right(prediction),
        quote="" if outcome.is_right or not outcome.quotes else outcome.quotes[0],
        also=label.also,
        topic=topic,
    )


def quoted_spans(prediction: Prediction, /, *, few: Shares = FEW_ANSWERS) -> list[tuple[int, int]]:
    """Spans (first, last) of passages that would be quoted; `few` is for what is not a whole-topic question."""
    article, votes = prediction.row.article, prediction.row.votes
    places = [(passage.document_id, passage.section) for passage in article.passages]
    numbers = {place: number for number, place in enumerate(dict.fromkeys(places))}
    sections = [numbers[place] for place in places]
    if votes is None or not votes.is_whole_topic:
        return choose(prediction.scores, sections, article.rows_to_quote, shares=few)
    spans: list[tuple[int, int]] = []
    for row in votes.parts(MOST_CITATIONS):
        spans = with_span(spans, article.rows_to_quote(row))
    return spans


def quoting_figures(predictions: Sequence[Prediction], /, *, best: int = 5) -> list[dict[str, float]]:
    """What the shares of `retrieval.quoting` give on answerable questions, and the settings of highest F1, best first."""
    answerable = [prediction for prediction in predictions if prediction.row.question.gold]
    in_force = _quoting(answerable, FEW_ANSWERS)
    tried = [_quoting(answerable, Shares(same, other)) for same in SHARES for other in SHARES]
    return [in_force, *sorted(tried, key=lambda entry: -entry["F1"])[:best]]


def _quoting(predictions: Sequence[Prediction], few: Shares) -> dict[str, float]:
    right = quoted = found = wanted = 0
    for prediction in predictions:
        gold = set(prediction.row.question.gold)
        spans = [set(range(a, b + 1)) for a, b in quoted_spans(prediction, few=few)]
        right += sum(bool(span & gold) for span in spans)
        quoted += len(spans)
        found += min(FEW_CITATIONS, len(set().union(*spans) & gold))
        wanted += min(FEW_CITATIONS, len(gold))
    precision, recall = right / max(1, quoted), found / max(1, wanted)
    return {
        "share, same section": few.same_section,
        "share, other section": few.other_section,
        "precision": precision,
        "recall": recall,
        "F1": 2 * precision * recall / max(1e-9, precision + recall),
        "quotes, mean": quoted / max(1, len(predictions)),
    }


def _is_right(prediction: Prediction) -> bool:
    return _has_right(prediction, 1)


def _has_right(prediction: Prediction, count: int) -> bool:
    best = np.argsort(-prediction.scores, kind="stable")[:count].tolist()
    return not set(best).isdisjoint(prediction.row.question.gold)


def _plain(figure: Rate | float) -> Any:
    if not isinstance(figure, Rate):
        return figure
    low, high = figure.interval
    return {"value": round(figure.value, 4), "low": round(low, 4), "high": round(high, 4), "total": figure.total}
