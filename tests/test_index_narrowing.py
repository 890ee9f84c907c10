"""index/narrowing.py: a version with some of its articles is the one that a corpus of those articles would give."""

from pathlib import Path

import numpy as np
import pytest

from assistant import Assistant
from corpus import load_corpus
from index import IndexVersion, build, current_version, open_version
from index.encoder import SentenceTransformerEncoder
from index.narrowing import narrowed
from settings import PROJECT
from tests.conftest import ARTICLE, make_document

TEA = make_document("tea", ("Tea is a drink. It is hot.", "Milk goes into it."))
QUESTIONS = ("How is iron linked to dopamine?", "Is tea hot?", "What does milk go into?")


@pytest.fixture(scope="module")
def version(encoder: SentenceTransformerEncoder, tmp_path_factory: pytest.TempPathFactory) -> IndexVersion:
    index_dir = tmp_path_factory.mktemp("both")
    build([TEA, *load_corpus(PROJECT / "corpus" / "articles")], encoder=encoder, index_dir=index_dir)
    return open_version(index_dir, current_version(index_dir))


@pytest.mark.parametrize("id_", ["tea", ARTICLE])
def test_rows_of_everything_still_belong_together(version: IndexVersion, id_: str) -> None:
    few = narrowed(version, {id_})
    assert set(few.documents) == {passage.document_id for passage in few.passages} == {id_}
    assert len(few.vectors.spans) == len(few.vectors.pooled) == len(few.passages)
    for row, passage in enumerate(few.passages):
        _, nearest = few.store.search(few.vectors.pooled[row], count=1)
        assert few.passages[nearest[0]] == passage


def test_what_is_narrowed_answers_as_a_corpus_of_those_articles(
    version: IndexVersion, encoder: SentenceTransformerEncoder, real_index: Path
) -> None:
    alone = open_version(real_index, current_version(real_index))
    few = narrowed(version, {ARTICLE})
    assert list(few.passages) == list(alone.passages)
    assert np.allclose(few.vectors.pooled, alone.vectors.pooled, atol=1e-3)
    limited = Assistant(version, encoder).limited_to(frozenset({ARTICLE}))
    for question in QUESTIONS:
        expected, found = Assistant(alone, encoder).ask([question]), limited.ask([question])
        assert (found.kind, found.citations, found.suggestions) == (expected.kind, expected.citations, expected.suggestions)


def test_an_assistant_limited_to_an_article_quotes_no_other(
    version: IndexVersion, encoder: SentenceTransformerEncoder
) -> None:
    limited = Assistant(version, encoder).limited_to(frozenset({"tea"}))
    articles = {citation.article for question in QUESTIONS for citation in limited.ask([question]).citations}
    assert articles <= {"tea"}
    assert limited.starters() == ("About tea",)
