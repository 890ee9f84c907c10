"""The counts as plain values, as text and as a page. A count that is small is not shown, so that nobody is picked out.

A subject that fewer than five questions were about is only named. The weeks, which add up to the same questions, are
rounded down to fives, so that no small count can be told by taking one sum from the other.
"""

from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from assistant.evaluation import page
from assistant.gaps.recorder import Counts, week_of

FEWEST_SHOWN = 5
FEWER = f"fewer than {FEWEST_SHOWN}"
NAME = "unanswered-subjects"  # of the page and the JSON beside it


def gaps_report(counts: Counts, /, *, weeks: int, today: date) -> dict[str, Any]:
    """What may be shown of the last weeks, this one among them. `questions` is `None` where there were fewer than five."""
    span = [week_of(today - timedelta(weeks=back)) for back in reversed(range(weeks))]
    topics: Counter[str] = Counter()
    by_week: Counter[str] = Counter()
    for (week, topic), count in counts.items():
        if week in span:
            topics[topic] += count
            by_week[week] += count
    often = sorted((-count, topic) for topic, count in topics.items() if count >= FEWEST_SHOWN)
    seldom = sorted(topic for topic, count in topics.items() if 0 < count < FEWEST_SHOWN)
    return {
        "from": span[0],
        "to": span[-1],
        "topics": [{"topic": topic, "questions": -count} for count, topic in often]
        + [{"topic": topic, "questions": None} for topic in seldom],
        "weeks": [{"week": week, "at_least": by_week[week] // FEWEST_SHOWN * FEWEST_SHOWN} for week in span],
    }


def as_text(found: dict[str, Any], /) -> str:
    """The table, for a terminal."""
    lines = [f"Subjects of questions that got no answer, {found['from']} to {found['to']}", ""]
    lines += [f"{shown(row['questions']):>14}  {row['topic']}" for row in found["topics"]]
    return "\n".join(lines if found["topics"] else [*lines, "None was counted."])


def shown(questions: int | None, /) -> str:
    """A count, as it may be shown."""
    return FEWER if questions is None else f"{questions:,}"


def as_html(found: dict[str, Any], /) -> str:
    """The page."""
    return page.render("gaps/gaps.html", found=found, shown=shown)


def save(found: dict[str, Any], /, *, folder: Path) -> Path:
    """Keep the page, and the values behind it as JSON; returns the page's path."""
    return page.save(found, as_html(found), folder / f"{NAME}.html")
