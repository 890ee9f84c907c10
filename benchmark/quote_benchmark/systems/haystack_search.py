"""Haystack: BM25 and dense vectors (all-MiniLM-L6-v2) over sentences, merged by rank; the threshold is the dense score's."""

from haystack import Document, Pipeline
from haystack.components.joiners import DocumentJoiner
from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
from haystack.document_stores.in_memory import InMemoryDocumentStore
from haystack_integrations.components.embedders.sentence_transformers import (
    SentenceTransformersDocumentEmbedder,
    SentenceTransformersTextEmbedder,
)

from quote_benchmark.system import Search, searching, serve, weights


def load(sentences: list[str]) -> Search:
    """Join the pipeline as its tutorials on hybrid retrieval do."""
    store = InMemoryDocumentStore(embedding_similarity_function="cosine")
    embedder = SentenceTransformersDocumentEmbedder(model=weights(), progress_bar=False)
    embedder.warm_up()
    documents = [Document(content=text, meta={"row": row}) for row, text in enumerate(sentences)]
    store.write_documents(embedder.run(documents)["documents"])
    pipeline = Pipeline()
    pipeline.add_component("embedder", SentenceTransformersTextEmbedder(model=weights(), progress_bar=False))
    pipeline.add_component("dense", InMemoryEmbeddingRetriever(store, top_k=10))
    pipeline.add_component("words", InMemoryBM25Retriever(store, top_k=10))
    pipeline.add_component("joiner", DocumentJoiner(join_mode="reciprocal_rank_fusion", top_k=3))
    pipeline.connect("embedder.embedding", "dense.query_embedding")
    pipeline.connect("dense", "joiner")
    pipeline.connect("words", "joiner")

    def search(question: str) -> list[tuple[int, float]]:
        asked = {"embedder": {"text": question}, "words": {"query": question}}
        found = pipeline.run(asked, include_outputs_from={"dense"})
        surest = max(document.score for document in found["dense"]["documents"])
        return [(document.meta["row"], surest) for document in found["joiner"]["documents"]]

    return search


serve(searching(load, threshold=0.558))
