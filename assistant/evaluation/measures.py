"""Outcomes → plain values: what the report's JSON holds and its page shows. Pure counting."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from assistant.answer import Kind
from assistant.evaluation.calibration import calibration, risk_coverage
from assistant.evaluation.figures import Rate, by, checked, figures
from assistant.evaluation.held_out import HeldOutRun, Judged
from assistant.evaluation.labelled import LabelledQuestion, Outcome
from assistant.evaluation.risk_control import bounds

NO_ANSWER = "no answer"


def measured(outcomes: Sequence[Outcome], /, *, article: str) -> dict[str, Any]:
    """Everything that answered questions tell. `article` is the text that every quote must stand in."""
    shown = [outcome for outcome in outcomes if outcome.kind == Kind.ANSWER]
    quoted = [outcome.confidence for outcome in shown], [float(outcome.is_right) for outcome in shown]
    return _block(outcomes, article=article) | {
        "risk and coverage": _risk(*quoted, total=len(outcomes), shown=quoted[1]),
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
    """The same of held-out rows: on articles that are served, and on others that nobody labelled for the model."""
    own = set(articles)
    served = [row for row in run.rows if row.article in own]
    others = [row for row in run.rows if row.article not in own]
    slices = {"this article, new topics": served, "articles left out": others}
    return {
        "run": run.run,
        "slices": {name: _held_out(rows, is_elsewhere=rows is others) for name, rows in slices.items() if rows},
    }


def _held_out(rows: Sequence[Judged], *, is_elsewhere: bool) -> dict[str, Any]:
    outcomes = [row.outcome for row in rows]
    everything = [row.answer for row in rows], [float(row.is_found) for row in rows]
    shown = [float(row.is_right) for row in rows if row.got == Kind.ANSWER]
    return _block(outcomes, article=None, is_elsewhere=is_elsewhere) | {
        "probability that the best passage answers": _calibration(*everything),
        "risk and coverage": _risk(*everything, total=len(rows), shown=shown),
        "quotes that do not answer": bounds(rows),
        "right outcome by kind": _rates(outcomes, lambda question: question.expect),
        "right outcome by language": _rates(outcomes, lambda question: question.asked_in),
        "wrong": [
            {"id": row.id, "expect": row.expect, "got": row.got, "confidence": row.confidence, "quote": [row.quote]}
            for row in sorted(rows, key=lambda row: -row.confidence)
            if not row.is_right
        ],
    }


def _block(outcomes: Sequence[Outcome], *, article: str | None, is_elsewhere: bool = False) -> dict[str, Any]:
    """What questions asked now and held-out rows are both measured by."""
    found = figures(outcomes, article=article)
    return {
        "questions": len(outcomes),
        "figures": {name: figure.as_dict() if isinstance(figure, Rate) else figure for name, figure in found.items()},
        "limits": checked(outcomes, article=article, is_elsewhere=is_elsewhere),
        "confidence": _calibration([o.confidence for o in outcomes], [float(o.is_right) for o in outcomes]),
        "confusion": _confusion(outcomes),
    }


def _calibration(confidence: Sequence[float], right: Sequence[float]) -> dict[str, Any]:
    found = calibration(confidence, right)
    for own in found["bins"]:
        own["interval"] = list(Rate(own["right"] * own["count"], own["count"]).interval)
    return found


def _risk(confidence: Sequence[float], right: Sequence[float], /, *, total: int, shown: Sequence[float]) -> dict[str, Any]:
    """The curve, and where the assistant stands: `shown` is what came of the quotes that it showed."""
    risk = 1 - sum(shown) / len(shown) if shown else 0.0
    here = {"coverage": len(shown) / max(1, total), "risk": risk}
    return {"operating point": here, **risk_coverage(confidence, right, total=total)}


def _confusion(outcomes: Sequence[Outcome]) -> dict[str, dict[str, int]]:
    """How often each expected kind got each kind; the expected ones in the order of `Kind`, others after them."""
    counts = Counter((outcome.question.expect, outcome.kind or NO_ANSWER) for outcome in outcomes)
    order = [*(kind.value for kind in Kind), *sorted({expect for expect, _ in counts} - set(Kind))]
    got = [*(kind.value for kind in Kind), *([NO_ANSWER] if any(kind == NO_ANSWER for _, kind in counts) else [])]
    seen = {expect for expect, _ in counts}
    return {expect: {kind: counts[expect, kind] for kind in got} for expect in order if expect in seen}


def _rates(outcomes: Sequence[Outcome], key: Callable[[LabelledQuestion], str]) -> dict[str, Any]:
    return {name: rate.as_dict() for name, rate in by(outcomes, key).items()}
