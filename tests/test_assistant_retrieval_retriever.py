"""assistant/retrieval/retriever.py: candidates and scores, held against brute force; what is left of what is excluded."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assistant.answer import Kind
from assistant.question import read
from assistant.reading.reader import QuestionReader
from assistant.retrieval.evidence import PASSAGE_FEATURES, TokenWeights
from assistant.retrieval.found import Miss
from assistant.retrieval.learned import Learned, Model, learned
from assistant.retrieval.neighbours import NEAREST, NEIGHBOUR_FEATURES, LabelledQuestions, Votes
from assistant.retrieval.outcomes import OUTCOMES, QUESTION_FEATURES, URGENT_FROM, Heads, LevelHead, OutcomeModel
from assistant.retrieval.retriever import CANDIDATES, LEAST_LEFT, Retriever, settled
from corpus import Document
from index import IndexVersion, build, current_version, open_version
from index.encoding import Vectors
from index.encoding.sentence_transformer import SentenceTransformerEncoder
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
        level=LevelHead(np.zeros((3, dimension), np.float32), np.array([20, 0, 0], np.float32)),
        any_article=Model(DENSE_ONLY, 0.0, opinion(features, "answer")),
        labelled=Model(DENSE_ONLY, 100.0, opinion(features + len(NEIGHBOUR_FEATURES), "chat")),
        questions=LabelledQuestions(
            sentences=tuple(labelled.text[p.start : p.end] for p in split(labelled)) if labelled else ("No sentence.",),
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
    encodings = HashEncoder().encode([question, *reading_texts(version.passages, version.documents)])
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
    found = Retriever(version, hash_encoder, learned_by_hand()).find(read(question))
    assert found.rows == tuple(range(len(version.passages)))
    np.testing.assert_allclose(found.scores, 20 * cosines(version, question), atol=1e-4)


def test_hits_are_the_best_passages_best_first_with_their_probabilities(
    version: IndexVersion, hash_encoder: HashEncoder
) -> None:
    question = "Which garden in the 2 hills?"
    retriever = Retriever(version, hash_encoder, learned_by_hand())
    hits = retriever.hits(retriever.find(read(question)), count=5)
    weights = np.exp(20 * cosines(version, question))
    shares = weights / weights.sum()
    assert [hit.score for hit in hits] == pytest.approx(sorted(shares, reverse=True)[:5], abs=1e-5)
    assert [hit.score for hit in hits] == pytest.approx([shares[version.passages.index(h.passage)] for h in hits], abs=1e-5)
    assert len({hit.passage.id for hit in hits}) == 5


def test_of_a_larger_corpus_the_nearest_compete_in_reading_order(
    large_version: IndexVersion, hash_encoder: HashEncoder
) -> None:
    question = "Which tea grows for cup 7?"
    found = Retriever(large_version, hash_encoder, learned_by_hand()).find(read(question))
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
    found = Retriever(alone, hash_encoder, learned_here).find(read("Which garden?"))
    assert found.scores.argmax() == 11
    assert found.outcomes["answer"] > 0.9  # a question all but the same was labelled, and that decides

    unlike = Retriever(alone, hash_encoder, learned_here).find(read("Tea number 3?"))
    assert unlike.outcomes["chat"] == pytest.approx(unlike.outcomes["answer"], abs=0.02)  # one opinion each

    beside = Retriever(version, hash_encoder, learned_here)
    among_others = beside.find(read("Which garden?"))
    assert (among_others.rows, among_others.outcomes) == (found.rows, found.outcomes)  # as if it were the whole corpus
    clearly = beside.find(read("Milk is a drink."))
    assert clearly.rows[int(clearly.scores.argmax())] == len(SENTENCES)  # what has no labels, where it speaks clearly
    assert clearly.outcomes["answer"] > 0.99


def test_scores_are_plain_numbers_that_json_can_hold(version: IndexVersion, hash_encoder: HashEncoder) -> None:
    retriever = Retriever(version, hash_encoder, learned_by_hand())
    found = retriever.find(read("tea"))
    assert {type(hit.score) for hit in retriever.hits(found, count=9)} == {float}
    assert {type(share) for share in found.outcomes.values()} == {float}
    assert {type(row) for row in found.rows} == {int}


def test_a_corpus_smaller_than_the_hits_gives_all_its_passages(tmp_path: Path, hash_encoder: HashEncoder) -> None:
    retriever = Retriever(version_of(tmp_path, ["Tea is hot. Ale is cold."]), hash_encoder, learned_by_hand())
    assert len(retriever.hits(retriever.find(read("tea")), count=99)) == 2


def test_a_corpus_of_one_sentence_is_searched(tmp_path: Path, hash_encoder: HashEncoder) -> None:
    retriever = Retriever(version_of(tmp_path, ["Tea is hot."]), hash_encoder, learned_by_hand())
    found = retriever.find(read("Is tea hot?"))
    assert (found.rows, found.shares.tolist(), retriever.sections(found)) == ((0,), [1.0], [0])


def test_sections_are_told_apart(version: IndexVersion, hash_encoder: HashEncoder) -> None:
    retriever = Retriever(version, hash_encoder, learned_by_hand())
    assert retriever.sections(retriever.find(read("milk"))) == [0] * 12 + [1] * 3


def causes_of(index_dir: Path, *paragraphs: str) -> Retriever:
    """Searches an article without labels."""
    return Retriever(version_of(index_dir, paragraphs), HashEncoder(), learned_by_hand())


def whole_topic(index_dir: Path, *paragraphs: str, parts: Sequence[int]) -> Retriever:
    """Searches an article whose only labelled question asks for the whole topic: these rows are its answer."""
    by_hand = learned_by_hand(make_document("tea0", paragraphs))
    gold = np.zeros_like(by_hand.questions.gold)
    gold[0, list(parts)] = 1
    labelled = replace(by_hand, questions=replace(by_hand.questions, gold=gold))
    return Retriever(version_of(index_dir, paragraphs), HashEncoder(), labelled)


CAUSES = "Iron makes legs restless. Dialysis makes legs restless. Coffee makes legs restless. Tea makes legs restless."


def test_what_is_excluded_competes_no_more(tmp_path: Path) -> None:
    retriever = causes_of(tmp_path, CAUSES)
    left = retriever.find_without(read("What makes legs restless?"), "iron")
    assert left.rows == (1, 2, 3)
    assert left.shares.sum() == pytest.approx(1)
    assert len(left.scores) == 3
    assert retriever.sections(left) == [0, 0, 0]


def test_a_sentence_that_names_what_is_excluded_among_others_still_answers(tmp_path: Path) -> None:
    retriever = causes_of(tmp_path, "Iron makes legs restless. Iron and dialysis make legs restless. Coffee, or iron, does.")
    assert retriever.find_without(read("Why does dialysis make legs restless?"), "iron").rows == (1, 2)


def test_if_all_that_answers_is_excluded_nothing_does(tmp_path: Path) -> None:
    left = causes_of(tmp_path, "Iron makes legs restless. Iron is a metal.").find_without(read("Why restless?"), "iron")
    assert (left.miss, left.outcomes[Kind.ANSWER]) == (Miss.ALL_EXCLUDED, 0)
    assert left.outcomes[Kind.UNANSWERED] == pytest.approx(1)


def test_what_is_left_must_be_likely_enough_to_answer(tmp_path: Path) -> None:
    retriever = causes_of(tmp_path, "Iron makes legs restless. Cups hold water.")
    asked = read("Iron makes legs restless?")
    assert retriever.find(asked).shares[1] < LEAST_LEFT
    assert retriever.find_without(asked, "iron").miss is Miss.ALL_EXCLUDED


def test_excluding_common_words_only_excludes_nothing(tmp_path: Path) -> None:
    retriever = causes_of(tmp_path, CAUSES)
    assert retriever.find_without(read("What makes legs restless?"), "that").rows == (0, 1, 2, 3)


def test_a_whole_topic_has_the_parts_that_neighbours_name_in_reading_order(tmp_path: Path) -> None:
    found = whole_topic(tmp_path, CAUSES, "Cups hold water.", parts=[3, 0, 1, 2]).find(read("Which garden?"))
    assert found.parts == (0, 1, 2, 3)


def test_a_whole_topic_without_something_lacks_each_part_whose_quote_is_about_it(tmp_path: Path) -> None:
    article = "Iron makes legs restless. Tea makes legs restless. It holds milk. Rest does. Coffee does."
    retriever = whole_topic(tmp_path, article, parts=[0, 1, 2, 3, 4])
    found = retriever.find_without(read("Which garden?"), "tea")
    assert found.parts == (0, 3, 4)  # "It holds milk." would be quoted with the sentence before it
    assert found.rows == (0, 1, 2, 3, 4)
    nothing = retriever.find_without(read("Which garden?"), "iron, tea, rest, coffee")
    assert (nothing.parts, nothing.miss) == ((), Miss.ALL_EXCLUDED)


def test_what_is_judged_not_to_be_answered_keeps_its_passages_and_says_why(tmp_path: Path) -> None:
    found = whole_topic(tmp_path, CAUSES, parts=[0, 1, 2, 3]).find(read("Which garden?"))
    missed = found.unanswered(Miss.NEGATED)
    assert found.miss is Miss.NOT_SAID
    urgent = found.outcomes[Kind.URGENT]  # danger is judged as before
    assert missed.outcomes == dict.fromkeys(found.outcomes, 0.0) | {Kind.URGENT: urgent, Kind.UNANSWERED: 1 - urgent}
    assert (missed.parts, missed.miss, missed.rows) == ((), Miss.NEGATED, found.rows)


def test_a_question_is_encoded_once_and_a_follow_up_once_more_by_itself(version: IndexVersion) -> None:
    fresh = HashEncoder()
    retriever = Retriever(version, fresh, learned_by_hand())
    retriever.find(read("What is tea?"))
    assert fresh.encoded == ["What is tea"]
    retriever.find(read("Is it hot?").after("What is tea?"))
    assert fresh.encoded[1:] == ["Is it hot [SEP] What is tea", "Is it hot"]


def test_a_long_message_is_judged_sentence_by_sentence(version: IndexVersion) -> None:
    fresh = HashEncoder()
    Retriever(version, fresh, learned_by_hand()).find(read("What is tea? Is it hot?"))
    assert fresh.encoded == ["What is tea? Is it hot", "What is tea", "Is it hot"]


def test_the_separator_of_two_turns_is_one_token_of_the_real_model(encoder: SentenceTransformerEncoder) -> None:
    (encoding,) = encoder.encode([QuestionReader([]).readings("Is it hot?", "What is tea?").in_context])
    assert [word.text for word in encoding.words] == ["is", "it", "hot"]
    assert (len(encoding.tokens), encoding.follows) == (7, True)


def test_a_follow_up_finds_what_the_turn_before_was_about(tmp_path: Path, encoder: SentenceTransformerEncoder) -> None:
    drinks = make_document("drinks", ["Tea comes from green leaves.", "Coffee comes from roasted beans."])
    build([drinks], encoder=encoder, index_dir=tmp_path)
    retriever = Retriever(open_version(tmp_path, current_version(tmp_path)), encoder, learned())
    found = [
        retriever.find(read("Where does it come from?").after(f"Tell me about {drink}.")) for drink in ("tea", "coffee")
    ]
    passages = [hits[0].passage for hits in (retriever.hits(one, count=1) for one in found)]
    assert [drinks.text[passage.start : passage.end] for passage in passages] == [
        "Tea comes from green leaves.",
        "Coffee comes from roasted beans.",
    ]


def test_votes_that_are_sure_decide_and_never_hide_danger() -> None:
    kinds = np.array([1, 0, 0, 0, 0], np.float32)
    votes = Votes(np.array([0, 1], np.float32), kinds, NEAREST)
    outcomes = dict.fromkeys(OUTCOMES, 0.0) | {"unanswered": 1 - URGENT_FROM + 0.01, "urgent": URGENT_FROM - 0.01}
    scores, decided = settled(votes, np.array([3, 0], np.float32), outcomes)
    assert (int(scores.argmax()), max(decided, key=lambda name: decided[name])) == (1, "answer")
    outcomes["urgent"] = URGENT_FROM
    assert settled(votes, np.array([3, 0], np.float32), outcomes)[1] == outcomes


@pytest.mark.parametrize("nearest", [0.0, NEAREST - 0.01])
def test_votes_of_others_settle_nothing(nearest: float) -> None:
    kinds = np.array([1, 0, 0, 0, 0], np.float32)
    outcomes = dict.fromkeys(OUTCOMES, 0.0) | {"chat": 0.5, "answer": 0.5}
    votes = Votes(np.array([1], np.float32), kinds, nearest)
    assert settled(votes, np.array([3], np.float32), outcomes)[1] == outcomes


def test_what_is_left_out_of_a_question_hides_no_danger(real_index: Path, encoder: SentenceTransformerEncoder) -> None:
    retriever = Retriever(open_version(real_index, current_version(real_index)), encoder, learned())
    said = "me not wanting to be alive any more"
    alone = retriever.find(read(said)).danger.urgent
    assert alone > 0.5 > retriever.find(read("What causes it?")).danger.urgent
    assert retriever.find_without(read("What causes it?"), said).danger.urgent == alone


def test_an_article_that_does_not_name_what_is_asked_about_answers_nothing_of_it(
    tmp_path: Path, hash_encoder: HashEncoder
) -> None:
    build(
        [
            make_document("legs", ["RLS is a disorder. Iron helps RLS at night."]),
            make_document("skin", ["Cream helps skin at night. Cream helps at night."]),
        ],
        encoder=hash_encoder,
        index_dir=tmp_path,
    )
    retriever = Retriever(open_version(tmp_path, current_version(tmp_path)), hash_encoder, learned_by_hand())
    found = retriever.find(read("Which cream helps Willis-Ekbom disease at night?"))
    assert found.rows[int(found.scores.argmax())] in {0, 1}
    of_skin = retriever.limited_to(["skin"]).find(read("Which cream helps Willis-Ekbom disease at night?"))
    assert of_skin.outcomes["answer"] == 0
    assert retriever.limited_to(["skin"]).find(read("Which cream helps at night?")).outcomes["answer"] > 0


def test_what_an_article_names_in_passing_it_is_not_about(tmp_path: Path, hash_encoder: HashEncoder) -> None:
    build(
        [
            make_document("pain", ["Cream helps pain at night. Many people also have RLS."]),
            make_document("legs", ["Cream for RLS helps at night. Iron helps in RLS."]),
        ],
        encoder=hash_encoder,
        index_dir=tmp_path,
    )
    retriever = Retriever(open_version(tmp_path, current_version(tmp_path)), hash_encoder, learned_by_hand())
    found = retriever.find(read("Which cream helps RLS at night?"))
    assert found.rows[int(found.scores.argmax())] == 2
    assert found.scores[0] == found.scores.min()
    elsewhere = retriever.find(read("Which cream helps pain at night?"))
    assert elsewhere.scores[0] > elsewhere.scores.min()
