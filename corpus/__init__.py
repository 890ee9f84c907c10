"""What may be quoted and where it came from."""

from corpus.document import Document, Section, Source, SuggestedQuestion
from corpus.errors import CorpusError, ShownError
from corpus.library import load_article, load_corpus

__all__ = [
    "CorpusError",
    "Document",
    "Section",
    "ShownError",
    "Source",
    "SuggestedQuestion",
    "load_article",
    "load_corpus",
]
