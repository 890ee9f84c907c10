"""What to quote: the fewest whole sentences that answer, with the sentences they depend on, as slices of an article."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.answer import FEW_CITATIONS, Citation
from assistant.retrieval.found import Found
from assistant.retrieval.outcomes import softmax
from index import IndexVersion
from index.encoding import Vectors

Link = Callable[[str, int, int], str]  # the address of a span of an article: its name, start and end

SCORE_DIGITS = 4  # a score is shown, not computed with; fewer digits keep it the same on every machine


@dataclass(frozen=True, slots=True)
class Shares:
    """The least share of the probability for a further quote: from a section already quoted, or from another section."""

    same_section: float
    other_section: float


FEW_ANSWERS = Shares(0.25, 0.2)  # chosen on held-out questions (`make train`)


def choose(
    scores: Vectors,
    sections: Sequence[int],
    whole: Callable[[int], tuple[int, int]],
    /,
    *,
    rows: Sequence[int] | None = None,
    shares: Shares = FEW_ANSWERS,
) -> list[tuple[int, int]]:
    """Spans (first, last) of rows to quote, both ends included, best first.

    Args:
        scores: (n,) of the competing passages.
        sections: the section of each.
        whole: the span of rows that must be quoted with a row.
        rows: the row of each, by default 0 to n - 1.
        shares: how probable a further passage must be.

    >>> choose(np.array([9.0, 1.0, 8.8]), [0, 0, 1], lambda row: (row, row))
    [(0, 0), (2, 2)]
    """
    rows = range(len(scores)) if rows is None else rows
    share = softmax(np.asarray(scores, dtype=np.float64))
    spans: list[tuple[int, int]] = []
    used: set[int] = set()
    for place in np.argsort(-np.asarray(scores), kind="stable").tolist():
        if spans and (len(spans) == FEW_CITATIONS or share[place] < min(shares.same_section, shares.other_section)):
            break
        enough = shares.same_section if sections[place] in used else shares.other_section
        if spans and (share[place] < enough or is_within(rows[place], spans)):
            continue
        used.add(sections[place])
        spans = with_span(spans, whole(rows[place]))
    return spans


def is_within(row: int, spans: Sequence[tuple[int, int]], /) -> bool:
    """Whether a row is quoted already."""
    return any(first <= row <= last for first, last in spans)


def with_span(spans: Sequence[tuple[int, int]], new: tuple[int, int], /) -> list[tuple[int, int]]:
    """The spans, none of which overlap, and a new one; it and those that it overlaps become one: never the same words twice.

    >>> with_span([(0, 0), (4, 4)], (3, 5))
    [(0, 0), (3, 5)]
    """
    touching = [span for span in (*spans, new) if span[0] <= new[1] and new[0] <= span[1]]  # the new one is one of them
    whole = min(first for first, _ in touching), max(last for _, last in touching)
    return list(dict.fromkeys(whole if span in touching else span for span in (*spans, new)))


def quote(found: Found, version: IndexVersion, sections: Sequence[int], link: Link, /) -> tuple[Citation, ...]:
    """The citations of an answer, best first; of the whole topic in the articles' order. `sections` of the passages."""
    whole = version.passages.rows_to_quote
    if found.parts:
        spans: list[tuple[int, int]] = []
        for place in found.parts:
            spans = with_span(spans, whole(found.rows[place]))
    else:
        spans = choose(found.scores, sections, whole, rows=found.rows)
    share = dict(zip(found.rows, found.shares.tolist(), strict=True))
    return tuple(
        citation(n, span, max(share.get(row, 0.0) for row in range(span[0], span[1] + 1)), version, link)
        for n, span in enumerate(spans, 1)
    )


def citation(n: int, rows: tuple[int, int], share: float, version: IndexVersion, link: Link, /) -> Citation:
    """The passages between two rows of a version, both included, as one quote."""
    first, last = (version.passages[row] for row in rows)
    document = version.documents[last.document_id]
    return Citation(
        n=n,
        quote=document.text[first.start : last.end],
        article=document.id,
        title=document.source.title,
        section=last.section,
        start=first.start,
        end=last.end,
        url=link(document.id, first.start, last.end),
        score=round(share, SCORE_DIGITS),
        made_of=document.made_of(first.start),
    )
