"""Haystack, its store in memory; a pipeline of embedder and retriever, as its tutorials join them."""

from collections.abc import Callable, Sequence
from typing import Any

from haystack import Document, Pipeline
from haystack.components.retrievers.in_memory import InMemoryEmbeddingRetriever
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)


def load(passages: Sequence[str], model: str) -> Callable[[str], Any]:
    store = InMemoryDocumentStore()
    documents = SentenceTransformersDocumentEmbedder(model=model, progress_bar=False)
    documents.warm_up()
    store.write_documents(documents.run([Document(content=passage) for passage in passages])["documents"])
    pipeline = Pipeline()
    pipeline.add_component("embedder", SentenceTransformersTextEmbedder(model=model, progress_bar=False))
    pipeline.add_component("retriever", InMemoryEmbeddingRetriever(store, top_k=3))
    pipeline.connect("embedder.embedding", "retriever.query_embedding")
    return lambda question: pipeline.run({"embedder": {"text": question}})["retriever"]["documents"]
