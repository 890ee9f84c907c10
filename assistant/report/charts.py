"""Coordinates of the pictures: plain values in, points of an SVG drawing out. charts.html draws them.

Drawn by the template and no library: the colours are the page's own, so that a picture follows the reader's theme, and its
words are text. y grows downwards, as SVG has it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT = 340, 260
LEFT, RIGHT, TOP, BOTTOM = 46, 330, 12, 212
MOST_POINTS = 200  # of a curve: more cannot be told apart at this size
SMALLEST, LARGEST = 2.5, 8.0  # radius of a bin's dot


@dataclass(frozen=True, slots=True)
class Axis:
    """Values 0 to `most` along an axis, with what is written at which place."""

    most: float
    places: tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True)
class Dot:
    """A bin of a reliability diagram, with its 95 % interval."""

    x: float
    y: float
    radius: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A bin of a histogram: right ones below, wrong ones on top of them."""

    x: float
    width: float
    right_y: float
    right_height: float
    wrong_y: float
    wrong_height: float


def across(value: float, most: float = 1.0) -> float:
    """x of a value."""
    return round(LEFT + (RIGHT - LEFT) * value / most, 1)


def up(value: float, most: float = 1.0) -> float:
    """y of a value."""
    return round(BOTTOM - (BOTTOM - TOP) * value / most, 1)


def shares(*, is_across: bool, most: float = 1.0) -> Axis:
    """An axis of shares, marked in five steps."""
    at = across if is_across else up
    return Axis(most, tuple((at(most * step / 5, most), f"{most * step / 5:.2g}") for step in range(6)))


def counts(largest: int, /) -> Axis:
    """An upward axis of whole numbers that holds the largest, marked in round steps."""
    rough = max(1.0, largest / 4)
    power = 10 ** math.floor(math.log10(rough))
    step = max(1, int(next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough)))
    most = step * max(1, math.ceil(largest / step))
    return Axis(most, tuple((up(value, most), f"{value:,}") for value in range(0, most + 1, step)))


def dots(bins: Sequence[dict[str, Any]], /) -> list[Dot]:
    """Bins as dots whose area tells how many they hold."""
    most = max((own["count"] for own in bins), default=1)
    return [
        Dot(
            across(own["confidence"]),
            up(own["right"]),
            round(max(SMALLEST, LARGEST * math.sqrt(own["count"] / most)), 1),
            up(own["interval"][0]),
            up(own["interval"][1]),
        )
        for own in bins
    ]


def bars(bins: Sequence[dict[str, Any]], most: float, /) -> list[Bar]:
    """Bins as stacked bars."""
    found = []
    for own in bins:
        x, end = across(own["low"]) + 1, across(own["high"]) - 1
        middle, top = up(own["count"] * own["right"], most), up(own["count"], most)
        found.append(Bar(x, round(end - x, 1), middle, round(BOTTOM - middle, 1), top, round(middle - top, 1)))
    return found


def risk_axis(curve: Sequence[Sequence[float]], /) -> Axis:
    """An upward axis that holds every risk, to a whole tenth."""
    most = max((risk for _, _, risk in curve), default=0.0)
    return shares(is_across=False, most=max(0.1, math.ceil(most * 10 - 1e-9) / 10))


def line(curve: Sequence[Sequence[float]], most: float, /) -> str:
    """The points of a risk–coverage curve, thinned, as SVG writes them."""
    return " ".join(f"{across(coverage)},{up(risk, most)}" for _, coverage, risk in thinned(curve, MOST_POINTS))


def thinned(curve: Sequence[Sequence[float]], count: int, /) -> list[Sequence[float]]:
    """At most `count` points, evenly spread, the first and the last among them."""
    if len(curve) <= count:
        return list(curve)
    return [curve[round(step * (len(curve) - 1) / (count - 1))] for step in range(count)]
