"""Owner's labels: what they say of all but the same question, where their sentences stand, and never over danger."""

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assistant.answer import Kind
from assistant.question import read
from assistant.retrieval.found import Found
from assistant.retrieval.outcomes import OUTCOMES, QUESTION_FEATURES
from assistant.retrieval.owner_labels import (
    NEAR,
    SAME,
    SUPPORT,
    OwnerLabels,
    named_first,
    placed_labels,
    settled_for,
    supported,
)
from assistant.retrieval.retriever import Retriever
from corpus.document import OwnerLabel
from index import IndexVersion, build, current_version, open_version
from tests.conftest import HashEncoder, make_document
from tests.test_assistant_retrieval_retriever import learned_by_hand, opinion

TEA = ("Tea is made of the leaves of a shrub.", "Black tea has been left to wither.", "Green tea is heated soon.")
MILK = ("Milk is white and cows give it.", "Cheese is made of milk.")
FROM_BLACK = OwnerLabel("Where does the dark colour come from?", (TEA[1],))
NO_PRICE = OwnerLabel("What does a pound cost?")


def version_of(index_dir: Path, labels: Mapping[str, tuple[OwnerLabel, ...]], **articles: tuple[str, ...]) -> IndexVersion:
    documents = [
        replace(make_document(id_, [" ".join(sentences)]), labels=labels.get(id_, ())) for id_, sentences in articles.items()
    ]
    build(documents, encoder=HashEncoder(), index_dir=index_dir)
    return open_version(index_dir, current_version(index_dir))


def retriever_of(version: IndexVersion, *, sure_of: str = "answer", labels: bool = True) -> Retriever:
    """Without labels it is sure of one outcome for every question."""
    learned = learned_by_hand()
    any_article = replace(learned.any_article, outcomes=opinion(len(QUESTION_FEATURES), sure_of))
    return Retriever(version, HashEncoder(), replace(learned, any_article=any_article), labels=labels)


def first(found: Found, version: IndexVersion) -> str:
    return version.passages.text(found.rows[int(found.scores.argmax())])


@pytest.fixture
def version(tmp_path: Path) -> IndexVersion:
    return version_of(tmp_path, {"tea": (FROM_BLACK, NO_PRICE)}, tea=TEA, milk=MILK)


def test_the_sentence_that_a_label_names_answers_what_is_all_but_the_same(version: IndexVersion) -> None:
    asked = read("where does the dark colour come from")
    found = retriever_of(version, sure_of="unanswered").find(asked)
    assert first(found, version) == TEA[1]
    assert found.outcomes[Kind.ANSWER] == pytest.approx(0.9, abs=0.01)
    assert sum(found.outcomes.values()) == pytest.approx(1)
    assert found.shares.sum() == pytest.approx(1, abs=1e-5)
    without = retriever_of(version, sure_of="unanswered", labels=False).find(asked)
    assert without.outcomes[Kind.ANSWER] < 0.1


def test_any_other_question_is_judged_as_if_there_were_no_label(version: IndexVersion) -> None:
    asked = read("Is cheese made of milk?")
    with_labels, without = retriever_of(version).find(asked), retriever_of(version, labels=False).find(asked)
    assert with_labels.outcomes == without.outcomes
    np.testing.assert_array_equal(with_labels.scores, without.scores)


def test_a_label_that_nothing_answers_silences_its_own_article_alone(version: IndexVersion, tmp_path: Path) -> None:
    asked = read("what does a pound cost")
    found = retriever_of(version).find(asked)
    assert {version.passages[row].document_id for row in found.rows} == {"milk"}
    assert found.outcomes[Kind.ANSWER] > 0.9  # the others are judged as ever
    alone = version_of(tmp_path / "alone", {"tea": (NO_PRICE,)}, tea=TEA)
    assert retriever_of(alone).find(asked).outcomes[Kind.UNANSWERED] == pytest.approx(0.9, abs=0.01)


def test_where_one_article_answers_and_another_does_not_the_answer_is_found(tmp_path: Path) -> None:
    same = replace(NO_PRICE, answers=(MILK[1],))
    version = version_of(tmp_path, {"tea": (NO_PRICE,), "milk": (same,)}, tea=TEA, milk=MILK)
    assert first(retriever_of(version).find(read(NO_PRICE.question)), version) == MILK[1]


def test_no_label_hides_danger(version: IndexVersion) -> None:
    for label in (FROM_BLACK, NO_PRICE):
        found = retriever_of(version, sure_of="urgent").find(read(label.question))
        assert found.outcomes[Kind.URGENT] > 0.9


def test_labels_count_only_where_their_article_may_be_quoted(version: IndexVersion) -> None:
    found = retriever_of(version, sure_of="unanswered").limited_to({"milk"}).find(read(FROM_BLACK.question))
    assert found.outcomes[Kind.UNANSWERED] > 0.9
    assert {version.passages[row].document_id for row in found.rows} == {"milk"}


def test_a_label_follows_its_sentence_through_an_edit_and_drops_out_with_it(tmp_path: Path) -> None:
    both = OwnerLabel("Which kinds are there?", (TEA[1], TEA[2]))
    edited = version_of(tmp_path / "a", {"tea": (both, NO_PRICE)}, tea=(TEA[0], "Black tea was left to wither.", TEA[2]))
    placed = placed_labels(edited.documents["tea"], edited)
    assert [(own.sentences, own.rows) for own in placed] == [((TEA[1], TEA[2]), (1, 2)), ((), ())]
    gone = version_of(tmp_path / "b", {"tea": (FROM_BLACK, both, NO_PRICE)}, tea=(TEA[0], TEA[2]))
    placed = placed_labels(gone.documents["tea"], gone)
    assert [(own.question, own.rows) for own in placed] == [(both.question, (1,)), (NO_PRICE.question, ())]
    assert retriever_of(gone).labelled_sentences == {TEA[2]: 1}


def test_a_sentence_that_does_not_compete_competes_when_a_label_names_it() -> None:
    rows, scores = named_first((2, 5), np.array([3.0, 1.0], np.float32), (4, 5))
    assert rows == (2, 4, 5)
    assert scores.argmax() in {1, 2}
    assert scores[0] == 3


def test_what_a_label_decides_leaves_some_doubt() -> None:
    outcomes = settled_for(Kind.UNANSWERED, dict.fromkeys(OUTCOMES, 1 / len(OUTCOMES)))
    assert sum(outcomes.values()) == pytest.approx(1)
    assert max(outcomes, key=lambda name: outcomes[name]) == Kind.UNANSWERED


def test_new_labels_make_a_new_version_and_the_same_labels_none(tmp_path: Path) -> None:
    document = make_document("tea", [" ".join(TEA)])
    first_one = build([document], encoder=HashEncoder(), index_dir=tmp_path)
    labelled = build([replace(document, labels=(FROM_BLACK,))], encoder=HashEncoder(), index_dir=tmp_path)
    assert labelled.version != first_one.version
    assert labelled.encoded == 0
    assert open_version(tmp_path, labelled.version).documents["tea"].labels == (FROM_BLACK,)
    assert not build([replace(document, labels=(FROM_BLACK,))], encoder=HashEncoder(), index_dir=tmp_path).is_new


def test_a_label_that_is_near_and_names_the_first_sentence_makes_it_likelier(tmp_path: Path) -> None:
    label = OwnerLabel("Which black tea has been left to wither slowly?", (TEA[1],))
    version = version_of(tmp_path, {"tea": (label,)}, tea=TEA)
    retriever = retriever_of(version, sure_of="none of them")  # all are as likely
    asked = read("black tea left to stand here")
    owned = OwnerLabels.of(version, HashEncoder(), str)
    assert owned is not None
    (question,) = HashEncoder().encode([asked.text])
    cosine = float(owned.pooled[0] @ question.pooled)
    assert NEAR < cosine < SAME
    assert owned.support(question, 1) == pytest.approx(SUPPORT * (cosine - NEAR))
    assert owned.support(question, 0) == 0  # it names another sentence
    found = retriever.find(asked)
    assert first(found, version) == TEA[1]
    assert found.outcomes[Kind.UNANSWERED] < 1 / len(OUTCOMES) < found.outcomes[Kind.ANSWER]
    assert found.outcomes[Kind.URGENT] == pytest.approx(1 / len(OUTCOMES))


def test_support_moves_what_is_said_against_what_is_not_and_nothing_else() -> None:
    outcomes = {"answer": 0.3, "lost": 0.1, "unanswered": 0.4, "urgent": 0.15, "advice": 0.05}
    found = supported(outcomes, math.log(3))
    assert found == pytest.approx({"answer": 0.45, "lost": 0.15, "unanswered": 0.2, "urgent": 0.15, "advice": 0.05})
    assert supported(outcomes, 0) == outcomes
