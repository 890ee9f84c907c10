"""Outcomes → plain values: what the report's JSON holds and its page is drawn from. Pure counting."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from typing import Any

from assistant.answer import Kind
from assistant.calibration import area_under, brier_score, calibration_error, reliability, risk_coverage
from assistant.evaluation import LabelledQuestion, Outcome, Rate, by, figures
from assistant.judged import HeldOutRun, Judged
from assistant.report.limits import ARTICLE_NOT_LABELLED, LIMITS, Limit, checked

WITHOUT_WORDS = ("quotes not in the article", "share of article quoted, mean")  # held-out rows keep no quotes
NO_ANSWER = "no answer"


def measured(outcomes: Sequence[Outcome], /, *, article: str) -> dict[str, Any]:
    """Everything that answered questions tell. `article` is the text that every quote must stand in."""
    shown = [outcome for outcome in outcomes if outcome.kind == Kind.ANSWER]
    quoted = [outcome.confidence for outcome in shown], [float(outcome.is_right) for outcome in shown]
    return _block(outcomes, plain(figures(outcomes, article=article)), LIMITS) | {
        "risk and coverage": _risk(*quoted, total=len(outcomes), shown=quoted),
        "right outcome by kind": _rates(outcomes, lambda question: question.expect),
        "right outcome by style": _rates(outcomes, lambda question: question.style),
        "right outcome by topic": _rates(outcomes, lambda question: question.topic),
        "right outcome by language": _rates(outcomes, lambda question: question.asked_in),
        "wrong": [
            {
                "id": outcome.question.id,
                "expect": outcome.question.expect,
                "got": outcome.kind,
                "confidence": outcome.confidence,
                "question": outcome.question.turns,
                "quote": outcome.quotes[:1],
            }
            for outcome in sorted(outcomes, key=lambda outcome: -outcome.confidence)
            if not outcome.is_right
        ],
    }


def measured_held_out(run: HeldOutRun, /, *, articles: Iterable[str]) -> dict[str, Any]:
    """The same of held-out rows: on the articles that are served, and on others that nobody labelled for the model."""
    own = set(articles)
    served = [row for row in run.rows if row.article in own]
    others = [row for row in run.rows if row.article not in own]
    slices = {"this article, new topics": (served, LIMITS), "articles left out": (others, ARTICLE_NOT_LABELLED)}
    return {
        "run": run.run,
        "slices": {name: _held_out(rows, limits) for name, (rows, limits) in slices.items() if rows},
    }


def plain(found: dict[str, Rate | int], /) -> dict[str, Any]:
    """Figures as JSON has them; rounded once, when they are shown."""
    return {name: figure if isinstance(figure, int) else _rate(figure) for name, figure in found.items()}


def _held_out(rows: Sequence[Judged], limits: tuple[Limit, ...]) -> dict[str, Any]:
    outcomes = [row.outcome for row in rows]
    found = {name: figure for name, figure in figures(outcomes, article="-").items() if name not in WITHOUT_WORDS}
    everything = [row.answer for row in rows], [float(row.is_found) for row in rows]
    shown = [row for row in rows if row.got == Kind.ANSWER]
    quoted = [row.answer for row in shown], [float(row.is_right) for row in shown]
    return _block(outcomes, plain(found), limits) | {
        "probability that the best passage answers": _calibration(*everything),
        "risk and coverage": _risk(*everything, total=len(rows), shown=quoted),
        "right outcome by kind": _rates(outcomes, lambda question: question.expect),
        "right outcome by language": _rates(outcomes, lambda question: question.asked_in),
        "wrong": [
            {"id": row.id, "expect": row.expect, "got": row.got, "confidence": row.confidence, "quote": [row.quote]}
            for row in sorted(rows, key=lambda row: -row.confidence)
            if not row.is_right
        ],
    }


def _block(outcomes: Sequence[Outcome], found: dict[str, Any], limits: tuple[Limit, ...]) -> dict[str, Any]:
    """What is the same for both."""
    confidence = [outcome.confidence for outcome in outcomes], [float(outcome.is_right) for outcome in outcomes]
    calibration = _calibration(*confidence)
    quoted = {
        f"{kind} questions answered with quotes": _rate(
            Rate(sum(o.kind == Kind.ANSWER and o.kind not in o.question.allowed for o in asked), len(asked))
        )
        for kind in (Kind.URGENT, Kind.ADVICE)
        if (asked := [outcome for outcome in outcomes if outcome.question.expect == kind])
    }
    error = {"expected calibration error": calibration["error"]} if outcomes else {}
    return {
        "questions": len(outcomes),
        "figures": found,
        "limits": checked(found | quoted | error, limits),
        "confidence": calibration,
        "confusion": _confusion(outcomes),
    }


def _calibration(confidence: Sequence[float], right: Sequence[float]) -> dict[str, Any]:
    bins = [
        asdict(own) | {"interval": list(Rate(own.right * own.count, own.count).interval)}
        for own in reliability(confidence, right)
    ]
    return {"error": calibration_error(confidence, right), "Brier": brier_score(confidence, right), "bins": bins}


def _risk(
    confidence: Sequence[float], right: Sequence[float], /, *, total: int, shown: tuple[Sequence[float], Sequence[float]]
) -> dict[str, Any]:
    curve = risk_coverage(confidence, right, total=total)
    count = len(shown[1])
    point = {"coverage": count / max(1, total), "risk": 1 - sum(shown[1]) / count if count else 0.0}
    return {
        "area": area_under(curve),
        "operating point": point,
        "curve": [[own.threshold, own.coverage, own.risk] for own in curve],
    }


def _confusion(outcomes: Sequence[Outcome]) -> dict[str, dict[str, int]]:
    """How often each expected kind got each kind; the expected ones in the order of `Kind`, others after them."""
    counts = Counter((outcome.question.expect, outcome.kind or NO_ANSWER) for outcome in outcomes)
    order = [*(kind.value for kind in Kind), *sorted({expect for expect, _ in counts} - set(Kind))]
    got = [*(kind.value for kind in Kind), *([NO_ANSWER] if any(kind == NO_ANSWER for _, kind in counts) else [])]
    seen = {expect for expect, _ in counts}
    return {expect: {kind: counts[expect, kind] for kind in got} for expect in order if expect in seen}


def _rates(outcomes: Sequence[Outcome], key: Callable[[LabelledQuestion], str]) -> dict[str, Any]:
    return {name: _rate(rate) for name, rate in by(outcomes, key).items()}


def _rate(rate: Rate) -> dict[str, float]:
    low, high = rate.interval
    return {"value": rate.value, "low": low, "high": high, "total": rate.total}
