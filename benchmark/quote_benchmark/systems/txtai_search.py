"""txtai: dense vectors of all-MiniLM-L6-v2 over sentences, with a threshold."""

from txtai import Embeddings

from quote_benchmark.system import Search, searching, serve, weights


def load(sentences: list[str]) -> Search:
    """Index the sentences."""
    embeddings = Embeddings(path=weights())
    embeddings.index(sentences)
    return lambda question: embeddings.search(question, 3)


serve(searching(load, threshold=0.394))
