"""Passages of different articles that say the same, or may contradict each other.

Both are signs for a reader, not proofs: passages whose vectors are near, and which share most of their longer words, are
duplicates when their numbers and negations agree, and worth reading side by side when those differ.
"""

import re
from dataclasses import dataclass

from tqdm import tqdm

from corpus.difference import ArticleDifference
from index import IndexVersion

NEIGHBOURS = 6
NEAREST_COSINE = 0.6  # below it no two passages of our articles shared half of their words
SHARED_BY_DUPLICATES = 0.8  # Jaccard index of the longer words
SHARED_BY_RIVALS = 0.5
MOST_COMPARED = 2_000  # passages; those of new and changed articles

WORD = re.compile(r"[^\W\d_]{4,}")
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
NEGATION = re.compile(r"\b(?:no|not|never|neither|nor|without|cannot|rarely|unlikely)\b|n['’]t\b", re.IGNORECASE)
OPPOSITES = (
    *(("increas", "decreas"), ("rais", "lower"), ("more", "less"), ("high", "low"), ("before", "after")),
    *(("improv", "worsen"), ("safe", "unsafe"), ("common", "rare"), ("start", "stop"), ("reliev", "aggravat")),
)


@dataclass(frozen=True, slots=True)
class AlikePair:
    """Two passages of different articles; `why` is empty for duplicates."""

    articles: tuple[str, str]
    texts: tuple[str, str]
    why: str = ""


def alike(version: IndexVersion, changes: list[ArticleDifference], /) -> list[AlikePair]:
    """Pairs in which at least one passage is of an article that is new or changed; duplicates first."""
    changed = {change.id for change in changes if change.state != "removed"}
    rows = version.passages.rows_of(changed)[:MOST_COMPARED].tolist()
    found: dict[tuple[int, int], AlikePair] = {}
    for row in tqdm(rows, desc="Comparing passages", unit=" passages", delay=2):
        scores, near = version.store.search(version.vectors.pooled_of([row])[0], count=NEIGHBOURS)
        for score, other in zip(scores.tolist(), near.tolist(), strict=True):
            first, second = min(row, other), max(row, other)
            if score >= NEAREST_COSINE and (first, second) not in found and (pair := _compared(version, first, second)):
                found[first, second] = pair
    return sorted(found.values(), key=lambda pair: (pair.why != "", pair.articles))


def _compared(version: IndexVersion, first: int, second: int) -> AlikePair | None:
    a, b = version.passages[first], version.passages[second]
    if a.document_id == b.document_id:
        return None
    texts = tuple(version.documents[p.document_id].text[p.start : p.end] for p in (a, b))
    shared, why = _shared(texts[0], texts[1]), difference(texts[0], texts[1])
    if shared < (SHARED_BY_RIVALS if why else SHARED_BY_DUPLICATES):
        return None
    return AlikePair((a.document_id, b.document_id), (texts[0], texts[1]), why)


def difference(first: str, second: str, /) -> str:
    """What may make two similar sentences contradict each other; empty if nothing does.

    >>> difference("Iron helps.", "Iron does not help.")
    'one of them negates'
    """
    numbers = [set(NUMBER.findall(text)) for text in (first, second)]
    if all(numbers) and numbers[0] != numbers[1]:
        return "other numbers"
    if len(NEGATION.findall(first)) % 2 != len(NEGATION.findall(second)) % 2:
        return "one of them negates"
    low = first.casefold(), second.casefold()
    for left, right in OPPOSITES:
        signs = [(_has(text, left), _has(text, right)) for text in low]
        if signs in ([(True, False), (False, True)], [(False, True), (True, False)]):
            return f"opposite words ({left}…, {right}…)"
    return ""


def _has(text: str, stem: str) -> bool:
    return re.search(rf"\b{stem}", text) is not None


def _shared(first: str, second: str) -> float:
    a, b = (set(WORD.findall(text.casefold())) for text in (first, second))
    return len(a & b) / max(1, len(a | b))
