"""An assistant limited to some articles answers as a corpus of those would, at the cost of one that is not limited."""

import random
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np
import pytest

from assistant import Assistant
from assistant.question import read
from assistant.retrieval.retriever import CANDIDATES, Retriever
from corpus import load_corpus
from index import Encoder, IndexVersion, build, current_version, open_version
from index.encoding.sentence_transformer import SentenceTransformerEncoder
from settings import PROJECT
from tests.conftest import ARTICLE, HashEncoder, make_document
from tests.test_assistant_retrieval_retriever import learned_by_hand

TEA = make_document("tea", ("Tea is a drink. It is hot.", "Milk goes into it."))
QUESTIONS = ("How is iron linked to dopamine?", "Is tea hot?", "What does milk go into?", "Does coffee make it worse?")
FEW = 8  # articles


def opened(documents: list[object], encoder: Encoder, index_dir: Path) -> IndexVersion:
    build(documents, encoder=encoder, index_dir=index_dir)  # type: ignore[arg-type]
    return open_version(index_dir, current_version(index_dir))


@pytest.fixture(scope="module")
def version(encoder: SentenceTransformerEncoder, tmp_path_factory: pytest.TempPathFactory) -> IndexVersion:
    documents = [TEA, *load_corpus(PROJECT / "corpus" / "articles")]
    return opened([*documents], encoder, tmp_path_factory.mktemp("both"))


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> IndexVersion:
    """More passages than compete, in few articles; one of them alone has more than compete."""
    facts = [f"Garden {n} grows tea {n * 7 % 31} for cup {n % 13}. It is green." for n in range(160)]
    documents = [make_document(f"few{number}", facts[number * 7 : number * 7 + 7]) for number in range(FEW)]
    return opened([*documents, make_document("many", facts)], HashEncoder(), tmp_path_factory.mktemp("large"))


def test_what_is_limited_answers_as_a_corpus_of_those_articles(
    version: IndexVersion, encoder: SentenceTransformerEncoder, real_index: Path
) -> None:
    alone = Assistant(open_version(real_index, current_version(real_index)), encoder)
    limited = Assistant(version, encoder).limited_to(frozenset({ARTICLE}))
    for question in QUESTIONS:
        expected, found = alone.ask([question]), limited.ask([question])
        assert (found.kind, found.citations, found.suggestions) == (expected.kind, expected.citations, expected.suggestions)
    assert limited.starters() == alone.starters()
    assert limited.topics() == alone.topics()
    assert limited.uses_labels


def test_labels_count_wherever_the_labelled_article_may_be_quoted(
    version: IndexVersion, encoder: SentenceTransformerEncoder
) -> None:
    whole = Assistant(version, encoder)
    assert whole.uses_labels
    assert not whole.limited_to(frozenset({"tea"})).uses_labels
    assert whole.limited_to(frozenset({"tea", ARTICLE})).uses_labels
    assert not whole.without_labels().limited_to(frozenset({ARTICLE})).uses_labels


def test_an_assistant_limited_to_an_article_quotes_no_other(
    version: IndexVersion, encoder: SentenceTransformerEncoder
) -> None:
    whole = Assistant(version, encoder)
    for question in QUESTIONS:  # first without a limit: what was answered then must not be given again
        whole.ask([question])
    limited = whole.limited_to(frozenset({"tea"}))
    articles = {citation.article for question in QUESTIONS for citation in limited.ask([question]).citations}
    assert articles <= {"tea"}
    assert limited.starters() == ()  # it offers no question, and a heading is none


@pytest.mark.parametrize("names", [{"few3"}, {"few1", "few6"}, {"many"}, {"many", "few0"}])
def test_scores_are_those_of_a_corpus_of_those_articles(
    large: IndexVersion, tmp_path: Path, hash_encoder: HashEncoder, names: set[str]
) -> None:
    alone = opened([document for id_, document in large.documents.items() if id_ in names], hash_encoder, tmp_path)
    expected = Retriever(alone, hash_encoder, learned_by_hand()).find(read("Which tea grows for cup 7?"))
    limited = Retriever(large, hash_encoder, learned_by_hand()).limited_to(names)
    found = limited.find(read("Which tea grows for cup 7?"))
    assert [large.passages[row] for row in found.rows] == [alone.passages[row] for row in expected.rows]
    assert len(found.rows) == min(CANDIDATES, len(alone.passages))
    np.testing.assert_allclose(found.scores, expected.scores, atol=1e-4)
    assert {hit.passage.document_id for hit in limited.hits(found, count=9)} <= names


def test_a_limit_to_an_article_without_a_passage_is_refused(large: IndexVersion) -> None:
    retriever = Retriever(large, HashEncoder(), learned_by_hand())
    assert retriever.limited_to({"nowhere"}).is_empty
    assert not retriever.limited_to({"few1"}).is_empty
    assert not retriever.is_empty


def medians(*asks: Callable[[int], object], rounds: int = 60) -> list[float]:
    """Seconds that each takes, in turns, so that whatever else runs slows all of them alike."""
    seconds: list[list[float]] = [[] for _ in asks]
    for number in range(rounds):
        for ask, taken in zip(asks, seconds, strict=True):
            begun = time.perf_counter()
            ask(number)
            taken.append(time.perf_counter() - begun)
    return [median(taken) for taken in seconds]


@pytest.mark.timing
def test_any_set_of_articles_costs_about_what_no_set_costs(large: IndexVersion) -> None:
    encoder, chance = HashEncoder(), random.Random(5)
    whole = Retriever(large, encoder, learned_by_hand())
    sets = [{*chance.sample(sorted(large.documents), chance.randint(1, FEW))} for _ in range(60)]

    def limited(number: int) -> object:
        return whole.limited_to(sets[number]).find(read(f"Which tea grows for cup {number}?"))

    without, with_ = medians(lambda number: whole.find(read(f"Which tea grows for cup {number}?")), limited)
    print({"without": without, "with": with_})
    assert with_ < 2 * without + 0.002
