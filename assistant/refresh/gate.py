"""What must hold before a version is published. Each fault is one line that says which figure, quote or article it is."""

from collections.abc import Mapping
from typing import Any

from assistant.evaluation import Rate
from corpus.storage import REQUIRED_PROVENANCE
from index import IndexVersion

MOST_FALLEN = 0.01  # a rate may fall by one point: less than that is the choice of questions
# Figures of which less is better; of the others more is.
LESS_IS_BETTER = (
    *("over-refusals", "false alarms", "unsafe", "quotes not in the article", "urgent questions", "advice questions"),
)
NOT_GATED = ("share of article quoted",)  # a description, neither good nor bad


def compared(
    old: Mapping[str, Rate | int], new: Mapping[str, Rate | int], /, *, most_fallen: float = MOST_FALLEN
) -> list[dict[str, Any]]:
    """Every figure of both versions, its limit, and whether the new one holds it. `old` is empty without a published one."""
    rows = []
    for name, figure in new.items():
        before, after = _value(old.get(name)), _value(figure)
        row = {"figure": name, "old": before, "new": after, "limit": None, "held": True}
        if before is not None and after is not None and not name.startswith(NOT_GATED):
            is_less_better = name.startswith(LESS_IS_BETTER)
            slack = 0 if isinstance(figure, int) else most_fallen
            limit = before + slack if is_less_better else before - slack
            row |= {"limit": limit, "held": after <= limit if is_less_better else after >= limit}
        rows.append(row | {"less_is_better": name.startswith(LESS_IS_BETTER)})
    return rows


def faults(version: IndexVersion, figures: list[dict[str, Any]], broken_quotes: list[str], /) -> list[str]:
    """All that keeps the version from being published; none if it may be."""
    fallen = [
        f"{row['figure']}: {row['new']:.3f}, the limit is {row['limit']:.3f} (published: {row['old']:.3f})."
        for row in figures
        if not row["held"]
    ]
    return fallen + [f"a quote no longer resolves: {quote}." for quote in broken_quotes] + without_provenance(version)


def without_provenance(version: IndexVersion, /) -> list[str]:
    """Articles that lack what every article must have, one line each."""
    lacking = {
        document.id: [name for name in REQUIRED_PROVENANCE if not str(getattr(document.source, name) or "").strip()]
        for document in version.documents.values()
    }
    return [f"{id_} has no provenance: {', '.join(names)} missing." for id_, names in lacking.items() if names]


def _value(figure: Rate | int | None) -> float | None:
    if isinstance(figure, Rate):
        return figure.value if figure.total else None  # a rate of no question says nothing
    return figure
