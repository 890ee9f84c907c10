"""LlamaIndex, its store in memory."""

from collections.abc import Callable, Sequence
from typing import Any

from llama_index.core import VectorStoreIndex
from llama_index.core.schema import TextNode
from llama_index.embeddings.huggingface import HuggingFaceEmbedding


def load(passages: Sequence[str], model: str) -> Callable[[str], Any]:
    nodes = [TextNode(text=passage) for passage in passages]
    index = VectorStoreIndex(nodes, embed_model=HuggingFaceEmbedding(model_name=model, device="cpu"))
    retrieve: Callable[[str], Any] = index.as_retriever(similarity_top_k=3).retrieve
    return retrieve
