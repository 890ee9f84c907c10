"""Pictures of a run, as SVG: words stay text, and the colours are legible on white and on black."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

INK = "#7a7a7a"
OURS, FLOOR, OTHERS = "#2f81d6", "#2e9e6b", "#a58b6f"
STAGE_COLOURS = tuple("#2f81d6 #d97b29 #2e9e6b #b65fc4 #c9a21b #d6535f #5d9aa6 #8b8b2f #8f6bd1 #bb7a94 #7a7a7a".split())
STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "bench",  # the same picture is the same file
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    **dict.fromkeys(
        ("text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color", "legend.labelcolor"), INK
    ),
    "legend.frameon": False,
    "savefig.transparent": True,
}
Found = dict[str, Any]


def bars(rows: Mapping[str, Found], key: str, label: str, to: Path, /) -> None:
    """One bar a contender, the lowest on top; those that failed are left out."""
    told = sorted(((row[key], name) for name, row in rows.items() if key in row), reverse=True)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(6.4, 0.3 * len(told) + 0.7))
        axes = figure.subplots()
        axes.barh([name for _, name in told], [value for value, _ in told], color=[_colour(name) for _, name in told])
        for place, (value, _) in enumerate(told):
            axes.annotate(f"{value:.3g}", (value, place), xytext=(3, 0), textcoords="offset points", va="center")
        axes.margins(x=0.1)
        axes.set_xlabel(label)
        _save(figure, to)


def lines(
    series: Mapping[str, Sequence[tuple[float, float]]], across: str, up: str, to: Path, /, *, is_log: bool = False
) -> None:
    """One line a name, through points (x, y)."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(6.4, 3.2))
        axes = figure.subplots()
        for number, (name, points) in enumerate(series.items()):
            colour = STAGE_COLOURS[number % len(STAGE_COLOURS)]
            axes.plot(*zip(*points, strict=True), marker="o", markersize=3, linewidth=1.4, label=name, color=colour)
        axes.set_xscale("log")
        places = sorted({x for points in series.values() for x, _ in points})
        axes.set_xticks(places, [f"{place:,g}" for place in places])
        axes.minorticks_off()
        if is_log:
            axes.set_yscale("log")
        else:
            axes.set_ylim(bottom=0)
        axes.set(xlabel=across, ylabel=up)
        axes.legend(fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
        _save(figure, to)


def stacked(rows: Mapping[str, Mapping[str, float]], label: str, to: Path, /) -> None:
    """One bar a row, made of its parts."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(6.4, 0.45 * len(rows) + 1.3))
        axes = figure.subplots()
        parts = list(dict.fromkeys(part for row in rows.values() for part in row))
        _stack(axes, rows, parts)
        axes.invert_yaxis()
        axes.set_xlabel(label)
        axes.legend(fontsize=8, ncols=4, loc="lower center", bbox_to_anchor=(0.5, 1))
        _save(figure, to)


def _stack(axes: Axes, rows: Mapping[str, Mapping[str, float]], parts: Sequence[str]) -> None:
    begun = [0.0] * len(rows)
    for part, colour in zip(parts, STAGE_COLOURS, strict=False):
        widths = [row.get(part, 0.0) for row in rows.values()]
        axes.barh(list(rows), widths, left=begun, label=part, color=colour, height=0.6)
        begun = [before + width for before, width in zip(begun, widths, strict=True)]


def _colour(name: str) -> str:
    return OURS if name.startswith("ours") else FLOOR if name.startswith("floor") else OTHERS


def _save(figure: Figure, to: Path) -> None:
    figure.savefig(to, format="svg", bbox_inches="tight", metadata={"Date": None, "Creator": None})
