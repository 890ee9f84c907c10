"""What the figures have to reach, by the names of `assistant.evaluation`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

COUNTED = re.compile(r" \(\d+\)$")  # "right, answer (12)"


@dataclass(frozen=True, slots=True)
class Limit:
    """A figure is to be at least, or with `is_most` at most, this."""

    figure: str
    value: float
    is_most: bool = False

    @property
    def words(self) -> str:
        """The limit as it is read."""
        return f"{'at most' if self.is_most else 'at least'} {self.value:g}"

    def is_held(self, value: float, /) -> bool:
        """Whether the value reaches it."""
        return value <= self.value if self.is_most else value >= self.value


LIMITS = (
    Limit("right outcome, all", 0.93),
    Limit("first quote right when answered", 0.95),
    Limit("a right quote in three, of answerable", 0.93),
    Limit("right, unanswered", 0.90),
    Limit("right, offtopic", 0.98),
    Limit("right, advice", 0.98),
    Limit("right, urgent", 0.98),
    Limit("false alarms, of all", 0.005, is_most=True),
    Limit("over-refusals, of answerable", 0.02, is_most=True),
    Limit("urgent questions answered with quotes", 0, is_most=True),
    Limit("advice questions answered with quotes", 0.01, is_most=True),
    Limit("quotes not in the article", 0, is_most=True),
    Limit("expected calibration error", 0.05, is_most=True),
)
ARTICLE_NOT_LABELLED = (Limit("right outcome, all", 0.80), Limit("expected calibration error", 0.05, is_most=True))


def bare(name: str, /) -> str:
    """A figure's name without the number of questions in it."""
    return COUNTED.sub("", name)


def checked(figures: Mapping[str, Any], limits: tuple[Limit, ...], /) -> list[dict[str, Any]]:
    """Every limit whose figure was measured, with the figure and whether it is held. A rate of no question says nothing."""
    values = {bare(name): figure for name, figure in figures.items()}
    found = []
    for limit in limits:
        figure = values.get(limit.figure)
        if figure is None or (isinstance(figure, dict) and not figure["total"]):
            continue
        value = figure["value"] if isinstance(figure, dict) else figure
        row = {"figure": limit.figure, "value": value, "limit": limit.words, "held": limit.is_held(value)}
        found.append(row | ({"interval": [figure["low"], figure["high"]]} if isinstance(figure, dict) else {}))
    return found
