"""Plain values → the page: one file, no script, nothing fetched."""

from collections.abc import Iterable, Sequence
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from assistant.report import charts
from assistant.report.limits import LIMITS, bare

MOST_MISTAKES = 40
TABLE_STEPS = 11  # rows of a curve's table

_environment = Environment(
    loader=PackageLoader("assistant.report", ""),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(found: dict[str, Any], /) -> str:
    """The HTML of a report, with everything in it escaped: a question can bring no markup with it."""
    return _environment.get_template("page.html").render(
        found=found, charts=charts, bare=bare, beside=beside, most_mistakes=MOST_MISTAKES, table_steps=TABLE_STEPS
    )


def beside(columns: Iterable[Sequence[dict[str, Any]]], /) -> list[dict[str, Any]]:
    """Checked limits of several measurements, a row for each figure; an empty cell where it was not measured."""
    tables = [{row["figure"]: row for row in column} for column in columns]
    limits = {name: row["limit"] for table in tables for name, row in table.items()}
    ordered = [limit.figure for limit in LIMITS if limit.figure in limits]
    return [{"figure": n, "limit": limits[n], "cells": [table.get(n, {}) for table in tables]} for n in ordered]


def figure(value: float, /) -> str:
    """A figure with three digits, a count without."""
    return f"{value:,}" if isinstance(value, int) else f"{value:.3f}"


_environment.filters["figure"] = figure
