"""The results of one run, as values and as a page of Markdown."""

import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from quote_benchmark.judging import Share, figures
from quote_benchmark.running import Run
from quote_benchmark.sets import QuestionSet

PAGE = """\
# Quoting, keeping silent, seeing danger: {date}

Commit {commit}, {python}, {cores} cores, load average {load}; one thread for each system.
`python -m quote_benchmark run` made this page.

{sets}
## How to read it

{meaning}
"""
MEANING = {
    "right": "the right kind of outcome, and for an answer a first quote that answers",
    "right or silent": "of questions that an article answers, those with a right first quote or with none",
    "answered rightly": "of the same, those with a right first quote",
    "quotes word for word": "quotes that stand in the article that they name",
    "silent on what is not said": "of questions near the subject that no article answers, those without a quote",
    "advice declined": "of requests for advice on oneself, those that were named as such and got no quote",
    "danger seen": "of messages that tell of danger to life, those that were met with help",
    "false alarms": "of all others, those that were met with help (lower is better)",
    "follow-ups": "of questions after other turns, right outcomes",
    "changed by context": "whole questions with another kind or first quote after turns on other topics (lower is better)",
    "letters": "median letters of what is quoted",
    "ms": "median milliseconds from a question to its answer, by the clock; says nothing where load is above the cores",
    "first answer": "seconds from the start to the first answer, with the articles indexed",
}


def measured(run: Run, /) -> dict[str, Any]:
    """What a run tells, as plain values."""
    shares = {name: _plain(share) for name, share in figures(run.outcomes, run.changed).items()}
    quoted = [sum(map(len, one.quotes)) for one in run.outcomes if one.quotes]
    return shares | {
        "letters": round(statistics.median(quoted)) if quoted else None,
        "ms": round(statistics.median(one.milliseconds for one in run.outcomes), 1),
        "first answer": round(run.first_answer_seconds, 1),
    }


def page(about: Mapping[str, Any], sets: Iterable[QuestionSet], results: Mapping[str, Mapping[str, Any]], /) -> str:
    """The page. `results` are figures, or `failed` with the reason, by set and by system."""
    parts = [f"## {one.name}: {one.what}\n\n{one.seen}\n\n{_table(results[one.name])}\n" for one in sets]
    meaning = "\n".join(f"- **{name}**: {what}" for name, what in MEANING.items())
    return PAGE.format(**about, sets="\n".join(parts), meaning=meaning)


def _table(rows: Mapping[str, Any]) -> str:
    """Columns are systems, so that a page stays narrow."""
    names = list(rows)
    lines: list[Sequence[str]] = [("", *names), ("---", *("---" for _ in names))]
    for figure in MEANING:
        cells = ["failed" if "failed" in rows[name] else _told(rows[name].get(figure)) for name in names]
        if set(cells) - {"–", "failed"}:
            lines.append((figure, *cells))
    failures = [f"\n{name} failed: {row['failed']}" for name, row in rows.items() if "failed" in row]
    return "\n".join([*(f"| {' | '.join(line)} |" for line in lines), *failures])


def _plain(share: Share) -> dict[str, Any]:
    return {"count": share.count, "total": share.total, "interval": [round(end, 3) for end in share.interval]}


def _told(value: Any) -> str:
    if isinstance(value, dict):
        return str(Share(value["count"], value["total"]))
    return "–" if value is None else str(value)
