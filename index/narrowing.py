"""A version with some of its articles only, made in memory out of a loaded one, whatever engine that one has."""

from collections.abc import Collection
from dataclasses import replace

from index.faiss_store import build_store
from index.passage_vectors import PassageVectors
from index.versions import IndexVersion


def narrowed(version: IndexVersion, articles: Collection[str], /) -> IndexVersion:
    """The version as if the corpus held these articles only. `articles` names at least one that has a passage."""
    rows = version.passages.rows_of(articles)
    tokens, starts = version.vectors.tokens_of(rows)
    pooled = version.vectors.pooled[rows]
    documents = {id_: document for id_, document in version.documents.items() if id_ in articles}
    return replace(
        version,
        documents=documents,
        passages=version.passages.only(rows, documents.values()),
        words=version.words.of(rows),
        vectors=PassageVectors.packed(pooled, tokens, starts),
        store=build_store(pooled),
    )
