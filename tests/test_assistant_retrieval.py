"""assistant/retrieval.py: candidates, scores and what each sentence leans on, held against brute force."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from assistant.abstention import OUTCOMES, QUESTION_FEATURES, Heads, OutcomeModel
from assistant.evidence import PASSAGE_FEATURES, TokenWeights
from assistant.learned import Learned, Model, learned
from assistant.neighbours import NEIGHBOUR_FEATURES, LabelledQuestions
from assistant.reading import QuestionReader
from assistant.retrieval import CANDIDATES, Retriever
from corpus import Document
from corpus.storage import sha256_of
from index import IndexVersion, build, current_version, open_version
from index.encoder import SentenceTransformerEncoder, Vectors
from index.passages import SPLITTER, reading_texts, split
from tests.conftest import HashEncoder, make_document

SENTENCES = [f"Tea number {number} comes from garden {number % 5} in the {number % 3} hills." for number in range(12)]
DENSE_ONLY = np.array([20.0 * (name == "dense") for name in PASSAGE_FEATURES], np.float32)


def opinion(features: int, outcome: str) -> OutcomeModel:
    """Always all but certain of one outcome."""
    bias = np.array([30.0 * (name == outcome) for name in OUTCOMES], np.float32)
    weights = np.zeros((len(OUTCOMES), features), np.float32)
    return OutcomeModel(np.zeros(features, np.float32), np.ones(features, np.float32), weights, bias)


def learned_by_hand(labelled: Document | None = None) -> Learned:
    """Ranks by the cosine of the pooled vectors alone, without labels sure of `answer`.

    For the `labelled` article, whose only labelled question names its last passage, the vote of that question decides, and
    the outcome is `chat`.
    """
    dimension = HashEncoder.dimension
    gold = np.zeros((1, len(split(labelled)) if labelled else 1), np.float32)
    gold[0, -1] = 1
    (asked,) = HashEncoder().encode(["Which garden?"])
    features = len(QUESTION_FEATURES)
    return Learned(
        encoder="sha256:hash-encoder",
        splitter=SPLITTER,
        token_weights=TokenWeights(np.zeros(dimension, np.float32), 0.0),
        heads=Heads(
            kinds=np.zeros((3, 2, dimension), np.float32),
            specific=np.zeros((2, dimension), np.float32),
            bias=np.zeros(5, np.float32),
            mix=np.ones(3, np.float32),
        ),
        any_article=Model(DENSE_ONLY, 0.0, opinion(features, "answer")),
        labelled=Model(DENSE_ONLY, 100.0, opinion(features + len(NEIGHBOUR_FEATURES), "chat")),
        questions=LabelledQuestions(
            text_sha256=sha256_of(labelled.text.encode()) if labelled else "",
            pooled=asked.pooled[np.newaxis],
            gold=gold,
            kinds=np.zeros(1, np.int64),
        ),
    )


def version_of(index_dir: Path, *paragraphs: Sequence[str]) -> IndexVersion:
    documents = [make_document(f"tea{number}", texts) for number, texts in enumerate(paragraphs)]
    build(documents, encoder=HashEncoder(), index_dir=index_dir)
    return open_version(index_dir, current_version(index_dir))


def cosines(version: IndexVersion, question: str) -> Vectors:
    """In double precision, over vectors that are made anew from what each passage is read as."""
    texts = {document.id: document.text for document in version.documents.values()}
    encodings = HashEncoder().encode([question, *reading_texts(version.passages, texts)])
    rows = np.stack([encoding.tokens.sum(axis=0) for encoding in encodings]).astype(float)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    found: Vectors = rows[1:] @ rows[0]
    return found


@pytest.fixture
def version(tmp_path: Path) -> IndexVersion:
    return version_of(tmp_path, SENTENCES, ["Milk is a drink. It is cold.", "These cows give it."])


@pytest.fixture(scope="module")
def large_version(tmp_path_factory: pytest.TempPathFactory) -> IndexVersion:
    """More passages than compete."""
    facts = [f"Garden {number} grows tea {number * 7 % 31} for cup {number % 13}. It is green." for number in range(160)]
    return version_of(tmp_path_factory.mktemp("large"), facts)


def test_scores_are_those_of_the_ranker_over_every_passage(version: IndexVersion, hash_encoder: HashEncoder) -> None:
    question = "Which garden in the 2 hills?"
    found = Retriever(version, hash_encoder, learned_by_hand()).find([question])
    assert found.rows == tuple(range(len(version.passages)))
    np.testing.assert_allclose(found.scores, 20 * cosines(version, question), atol=1e-4)


def test_hits_are_the_best_passages_best_first_with_their_probabilities(
    version: IndexVersion, hash_encoder: HashEncoder
) -> None:
    question = "Which garden in the 2 hills?"
    retriever = Retriever(version, hash_encoder, learned_by_hand())
    hits = retriever.hits(retriever.find([question]), count=5)
    weights = np.exp(20 * cosines(version, question))
    shares = weights / weights.sum()
    assert [hit.score for hit in hits] == pytest.approx(sorted(shares, reverse=True)[:5], abs=1e-5)
    assert [hit.score for hit in hits] == pytest.approx([shares[version.passages.index(h.passage)] for h in hits], abs=1e-5)
    assert len({hit.passage.id for hit in hits}) == 5


def test_of_a_larger_corpus_the_nearest_compete_in_reading_order(
    large_version: IndexVersion, hash_encoder: HashEncoder
) -> None:
    question = "Which tea grows for cup 7?"
    found = Retriever(large_version, hash_encoder, learned_by_hand()).find([question])
    expected = cosines(large_version, question)
    assert len(large_version.passages) == 320 > CANDIDATES == len(set(found.rows)) == len(found.rows)
    assert list(found.rows) == sorted(found.rows)
    left_out = set(range(320)) - set(found.rows)
    assert min(expected[list(found.rows)]) >= max(expected[list(left_out)]) - 1e-5
    np.testing.assert_allclose(found.scores, 20 * expected[list(found.rows)], atol=1e-4)


def test_labels_are_used_for_the_labelled_article_beside_a_second_opinion_without_them(
    version: IndexVersion, hash_encoder: HashEncoder, tmp_path: Path
) -> None:
    labelled = make_document("tea0", SENTENCES)
    alone = version_of(tmp_path / "alone", SENTENCES)
    learned_here = learned_by_hand(labelled)
    found = Retriever(alone, hash_encoder, learned_here).find(["Which garden?"])
    assert found.scores.argmax() == 11
    assert found.outcomes["chat"] == pytest.approx(found.outcomes["answer"], abs=0.02)  # one opinion each

    among_others = Retriever(version, hash_encoder, learned_here).find(["Which garden?"])
    np.testing.assert_allclose(among_others.scores, 20 * cosines(version, "Which garden?"), atol=1e-4)
    assert among_others.outcomes["answer"] > 0.99


def test_scores_are_plain_numbers_that_json_can_hold(version: IndexVersion, hash_encoder: HashEncoder) -> None:
    retriever = Retriever(version, hash_encoder, learned_by_hand())
    found = retriever.find(["tea"])
    assert {type(hit.score) for hit in retriever.hits(found, count=9)} == {float}
    assert {type(share) for share in found.outcomes.values()} == {float}
    assert {type(row) for row in found.rows} == {int}


def test_a_corpus_smaller_than_the_hits_gives_all_its_passages(tmp_path: Path, hash_encoder: HashEncoder) -> None:
    retriever = Retriever(version_of(tmp_path, ["Tea is hot. Ale is cold."]), hash_encoder, learned_by_hand())
    assert len(retriever.hits(retriever.find(["tea"]), count=99)) == 2


def test_a_corpus_of_one_sentence_is_searched(tmp_path: Path, hash_encoder: HashEncoder) -> None:
    retriever = Retriever(version_of(tmp_path, ["Tea is hot."]), hash_encoder, learned_by_hand())
    found = retriever.find(["Is tea hot?"])
    assert (found.rows, found.shares.tolist()) == ((0,), [1.0])
    sections, leans_on = retriever.context(found)
    assert (sections, leans_on(0)) == ([0], None)


def test_sections_are_told_apart_and_a_leaning_sentence_names_the_one_before_in_its_paragraph(
    version: IndexVersion, hash_encoder: HashEncoder
) -> None:
    retriever = Retriever(version, hash_encoder, learned_by_hand())
    sections, leans_on = retriever.context(retriever.find(["milk"]))
    assert sections == [0] * 12 + [1] * 3
    assert [leans_on(place) for place in range(15)] == [None] * 13 + [12, None]  # the last opens a paragraph
    assert [version.passages.text(row) for row in (12, 13, 14)] == ["Milk is a drink.", "It is cold.", "These cows give it."]


def test_what_a_sentence_leans_on_is_found_among_the_candidates_or_left_out(
    large_version: IndexVersion, hash_encoder: HashEncoder
) -> None:
    retriever = Retriever(large_version, hash_encoder, learned_by_hand())
    found = retriever.find(["Which garden grows tea for cup 7?"])
    _, leans_on = retriever.context(found)
    for place, row in enumerate(found.rows):
        before = row - 1 if row % 2 else None  # every second sentence is "It is green."
        is_there = before in found.rows
        assert leans_on(place) == (found.rows.index(row - 1) if before is not None and is_there else None)
    assert any(leans_on(place) is not None for place in range(len(found.rows)))


def test_a_question_is_encoded_once(version: IndexVersion) -> None:
    fresh = HashEncoder()
    Retriever(version, fresh, learned_by_hand()).find(["What is tea?", "Is it hot?"])
    assert fresh.encoded == ["Is it hot? [SEP] What is tea?"]


def test_the_separator_of_two_turns_is_one_token_of_the_real_model(encoder: SentenceTransformerEncoder) -> None:
    (encoding,) = encoder.encode([QuestionReader([]).read(["What is tea?", "Is it hot?"])])
    assert encoding.pieces == ("is", "it", "hot", "?", "[SEP]", "what", "is", "tea", "?")


def test_a_follow_up_finds_what_the_turn_before_was_about(tmp_path: Path, encoder: SentenceTransformerEncoder) -> None:
    drinks = make_document("drinks", ["Tea comes from green leaves.", "Coffee comes from roasted beans."])
    build([drinks], encoder=encoder, index_dir=tmp_path)
    retriever = Retriever(open_version(tmp_path, current_version(tmp_path)), encoder, learned())
    found = [retriever.find([f"Tell me about {drink}.", "Where does it come from?"]) for drink in ("tea", "coffee")]
    passages = [hits[0].passage for hits in (retriever.hits(one, count=1) for one in found)]
    assert [drinks.text[passage.start : passage.end] for passage in passages] == [
        "Tea comes from green leaves.",
        "Coffee comes from roasted beans.",
    ]
