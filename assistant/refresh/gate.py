"""What must hold before a version is published. Each fault is one line that says which figure, quote or article it is."""

from collections.abc import Mapping
from typing import Any

from assistant.evaluation.figures import Rate, declared
from corpus.library import REQUIRED_PROVENANCE
from index import IndexVersion

MOST_FALLEN = 0.01  # a rate may fall by one point: less than that is the choice of questions


def compared(
    old: Mapping[str, Rate | float], new: Mapping[str, Rate | float], /, *, most_fallen: float = MOST_FALLEN
) -> list[dict[str, Any]]:
    """Every figure of both versions, its limit, and whether the new one holds it. `old` is empty without a published one."""
    rows = []
    for name, counted in new.items():
        figure, before, after = declared(name), _value(old.get(name)), _value(counted)
        row = {"figure": name, "old": before, "new": after, "limit": None, "held": True}
        if before is not None and after is not None and figure.is_gated:
            slack = 0 if not isinstance(counted, Rate) else most_fallen
            limit = before + slack if figure.is_less_better else before - slack
            row |= {"limit": limit, "held": figure.is_held(after, limit)}
        rows.append(row | {"less_is_better": figure.is_less_better})
    return rows


def faults(version: IndexVersion, figures: list[dict[str, Any]], broken_quotes: list[str], /) -> list[str]:
    """Every reason not to publish the version; none if it may be published."""
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


def _value(figure: Rate | float | None) -> float | None:
    if isinstance(figure, Rate):
        return figure.value if figure.total else None  # a rate of no question says nothing
    return figure
