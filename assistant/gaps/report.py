"""The counts as plain values, as text and as a page. A count that is small is not shown, so that nobody is picked out.

A subject that fewer than five questions were about is only named. The weeks, which add up to the same questions, are
rounded down to fives, so that no small count can be told by taking one sum from the other.
"""

import json
import math
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from assistant.gaps.counts import Counts, week_of
from assistant.report import charts
from assistant.report.charts import BOTTOM, LEFT, RIGHT, Axis, Bar
from assistant.report.page import figure

FEWEST_SHOWN = 5
FEWER = f"fewer than {FEWEST_SHOWN}"
NAME = "unanswered-subjects"  # of the page and the JSON beside it
ROW_HEIGHT = 34  # of one subject in the picture: its name, and its bar below
MOST_BARS = 20
MOST_WEEK_NAMES = 6

_environment = Environment(
    loader=ChoiceLoader([PackageLoader("assistant.gaps", ""), PackageLoader("assistant.report", "")]),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.filters["figure"] = figure


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


def page(found: dict[str, Any], /) -> str:
    """The HTML: one file, no script, nothing fetched."""
    return _environment.get_template("gaps.html").render(
        found=found,
        charts=charts,
        often=[row for row in found["topics"] if row["questions"] is not None][:MOST_BARS],
        row_height=ROW_HEIGHT,
        length=length,
        shown=shown,
        week_axis=week_axis([week["week"] for week in found["weeks"]]),
        count_axis=charts.counts(max(week["at_least"] for week in found["weeks"])),
        week_bars=week_bars([week["at_least"] for week in found["weeks"]]),
    )


def save(found: dict[str, Any], /, *, folder: Path) -> Path:
    """Keep the page, and the values behind it as JSON; returns the page's path."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{NAME}.json").write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    kept = folder / f"{NAME}.html"
    kept.write_text(page(found), encoding="utf-8")
    return kept


def length(count: int, most: int, /) -> float:
    """Of a subject's bar; the longest leaves room for its number."""
    return round((charts.WIDTH - 56) * count / most, 1)


def week_bars(counts: list[int], /) -> list[Bar]:
    """A bar a week."""
    most, room = charts.counts(max(counts)).most, (RIGHT - LEFT) / len(counts)
    tops = [charts.up(count, most) for count in counts]
    return [
        Bar(round(LEFT + room * (n + 0.1), 1), round(room * 0.8, 1), top, round(BOTTOM - top, 1), top, 0.0)
        for n, top in enumerate(tops)
    ]


def week_axis(weeks: list[str], /) -> Axis:
    """The names of some of the weeks, below the middle of their bars."""
    room, step = (RIGHT - LEFT) / len(weeks), math.ceil(len(weeks) / MOST_WEEK_NAMES)
    named = range(len(weeks) - 1, -1, -step)  # the last one always
    return Axis(len(weeks), tuple((round(LEFT + room * (n + 0.5), 1), weeks[n].split("-")[1]) for n in reversed(named)))
