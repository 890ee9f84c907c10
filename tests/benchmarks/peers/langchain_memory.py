"""LangChain, its store in memory."""

from collections.abc import Callable, Sequence
from typing import Any

from langchain_core.vectorstores import InMemoryVectorStore
from langchain_huggingface import HuggingFaceEmbeddings


def load(passages: Sequence[str], model: str) -> Callable[[str], Any]:
    store = InMemoryVectorStore.from_texts(list(passages), HuggingFaceEmbeddings(model_name=model))
    return lambda question: store.similarity_search(question, k=3)
