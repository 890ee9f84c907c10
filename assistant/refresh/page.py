"""Plain values → the page: one file, no script, nothing fetched, everything escaped."""

from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from assistant.refresh.words import word_changes

ORDER = ("lost", "unanswered", "other kind", "other quotes", "gained")  # what a maintainer should look at first

_environment = Environment(
    loader=ChoiceLoader([PackageLoader("assistant.refresh", ""), PackageLoader("assistant.report", "")]),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(found: dict[str, Any], /) -> str:
    """The HTML of a report."""
    groups = [(what, [row for row in found["answers"] if row["what"] == what]) for what in ORDER]
    shown = [(what, rows) for what, rows in groups if rows]
    return _environment.get_template("refresh.html").render(found=found, answers=shown, word_changes=word_changes)
