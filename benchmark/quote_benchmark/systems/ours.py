"""This project's own assistant, whole: triage, reading, retrieval, abstention, quotes, over an index that is built here."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from assistant import Assistant
from assistant.training.labels import read_document
from corpus import Document as CorpusDocument
from corpus import load_article
from index import build, current_version, encoder_for, open_version
from index.encoding.sentence_transformer import load_encoder
from index.encoding.weights import DEFAULT_MODEL
from quote_benchmark.sets import CHECKOUT
from quote_benchmark.system import Answer, Ask, Document, Quote, serve

ARTICLES = CHECKOUT / "corpus" / "articles"
EXPORTED = CHECKOUT / "index" / "versions"


def load(documents: Sequence[Document]) -> Ask:
    """Build an index of the articles and serve it with the model that the checkout's own index has exported, if it has."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        own = [load_article(ARTICLES / one.id) if (ARTICLES / one.id).is_dir() else _read(one, folder) for one in documents]
        build(own, encoder=load_encoder(DEFAULT_MODEL), index_dir=folder / "index")
        version = open_version(folder / "index", current_version(folder / "index"))
        assistant = Assistant(version, encoder_for(version, EXPORTED, model=DEFAULT_MODEL))

    def ask(turns: Sequence[str]) -> Answer:
        answer = assistant.ask(list(turns))
        quotes = tuple(Quote(citation.quote, citation.article) for citation in answer.citations)
        return Answer(answer.kind.value, quotes, answer.confidence)

    return ask


def _read(document: Document, folder: Path) -> CorpusDocument:
    file = folder / f"{document.id}.md"
    file.write_text(document.text, encoding="utf-8")
    return read_document(file)


serve(load)
