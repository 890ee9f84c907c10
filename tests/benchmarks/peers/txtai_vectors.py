"""txtai, dense vectors."""

from collections.abc import Callable, Sequence
from typing import Any

from txtai import Embeddings


def load(passages: Sequence[str], model: str) -> Callable[[str], Any]:
    embeddings = Embeddings(path=model, content=True)
    embeddings.index(passages)
    return lambda question: embeddings.search(question, 3)
