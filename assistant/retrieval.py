"""From turns to hits: one encoding of the question, cosines from the store."""

from collections.abc import Sequence

from assistant.answer import Hit
from index import Embedder, IndexVersion

CANDIDATES = 8


def query_text(turns: Sequence[str], /) -> str:
    """The question with the turn before it, which tells what "it" and "those" stand for."""
    return " ".join(reversed(turns[-2:]))


def retrieve(turns: Sequence[str], /, *, version: IndexVersion, embedder: Embedder) -> list[Hit]:
    """The nearest passages, best first."""
    vector = embedder.embed([query_text(turns)])[0]
    scores, rows = version.store.search(vector, count=CANDIDATES)
    return [Hit(version.passages[row], float(score)) for score, row in zip(scores, rows, strict=True)]
