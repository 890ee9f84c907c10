"""What may be quoted and where it came from."""

from corpus.check import check_corpus
from corpus.document import Document, Section, Source, SuggestedQuestion
from corpus.errors import CorpusError, ShownError
from corpus.storage import load_article, load_corpus

__all__ = [
    "CorpusError",
    "Document",
    "Section",
    "ShownError",
    "Source",
    "SuggestedQuestion",
    "check_corpus",
    "load_article",
    "load_corpus",
]
