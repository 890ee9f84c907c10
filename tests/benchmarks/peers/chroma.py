"""Chroma in this process."""

from collections.abc import Callable, Sequence
from typing import Any

import chromadb
from chromadb.config import Settings
from chromadb.utils.embedding_functions import SentenceTransformerEmbeddingFunction


def load(passages: Sequence[str], model: str) -> Callable[[str], Any]:
    client = chromadb.EphemeralClient(Settings(anonymized_telemetry=False))
    collection = client.create_collection("passages", embedding_function=SentenceTransformerEmbeddingFunction(model))
    collection.add(ids=[str(row) for row in range(len(passages))], documents=list(passages))
    return lambda question: collection.query(query_texts=[question], n_results=3)
