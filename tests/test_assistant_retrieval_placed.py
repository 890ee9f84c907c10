"""Labels belong to sentences: found again in a changed article, beside other articles, or gone."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assistant.answer import Kind
from assistant.retrieval.neighbours import LabelledQuestions, placed
from index import IndexVersion, build, current_version, open_version
from tests.conftest import HashEncoder, make_document

SENTENCES = (
    "Tea is made of the leaves of a shrub.",
    "It was first drunk in the south of China.",
    "Black tea has been left to wither in the air.",
    "Green tea is heated soon after it was picked.",
)
ANSWER, UNANSWERED = Kind.ANSWER.number, Kind.UNANSWERED.number


def labels() -> LabelledQuestions:
    """A question on each sentence, and one that none of them answers."""
    kinds = np.array([ANSWER] * len(SENTENCES) + [UNANSWERED])
    gold = np.vstack([np.eye(len(SENTENCES), dtype=np.float32), np.zeros((1, len(SENTENCES)), np.float32)])
    return LabelledQuestions(SENTENCES, np.eye(5, 64, dtype=np.float32), gold, kinds)


def version_of(index_dir: Path, **articles: tuple[str, ...]) -> IndexVersion:
    documents = [make_document(id_, [" ".join(sentences)]) for id_, sentences in articles.items()]
    build(documents, encoder=HashEncoder(), index_dir=index_dir)
    return open_version(index_dir, current_version(index_dir))


def test_every_label_holds_where_its_sentence_stands_whatever_stands_around_it(tmp_path: Path) -> None:
    version = version_of(tmp_path, milk=("Milk is white.", "Cows give it."), tea=SENTENCES, wine=("Wine is red.",))
    found = placed(labels(), version)
    assert found is not None
    assert found.article == "tea"
    assert [version.passages.text(row) for row in found.rows.tolist()] == list(SENTENCES)
    assert found.questions.gold.shape == (5, 4)


@pytest.mark.parametrize("edited", range(len(SENTENCES)))
def test_a_sentence_in_which_a_word_was_changed_keeps_its_labels(edited: int, tmp_path: Path) -> None:
    now = list(SENTENCES)
    now[edited] = now[edited].replace("tea", "leaf").replace("shrub", "bush").replace("China", "India")
    found = placed(labels(), version_of(tmp_path, tea=tuple(now)))
    assert found is not None
    assert found.rows.tolist() == [0, 1, 2, 3]
    assert found.questions.sentences == SENTENCES


def test_labels_of_a_sentence_that_is_gone_drop_out_and_a_new_sentence_has_none(tmp_path: Path) -> None:
    new = "Herbs and fruit are steeped in the same way in many lands, and called tea as well."
    found = placed(labels(), version_of(tmp_path, tea=(SENTENCES[0], new, *SENTENCES[2:])))
    assert found is not None
    assert found.rows.tolist() == [0, 2, 3]
    assert found.questions.sentences == (SENTENCES[0], *SENTENCES[2:])
    assert found.questions.kinds.tolist() == [ANSWER] * 3 + [UNANSWERED]
    assert found.questions.gold[:3].tolist() == np.eye(3).tolist()


def test_sentences_may_change_places(tmp_path: Path) -> None:
    found = placed(labels(), version_of(tmp_path, tea=SENTENCES[::-1]))
    assert found is not None
    assert found.questions.sentences == SENTENCES[::-1]
    assert found.questions.gold[0].tolist() == [0, 0, 0, 1]


def test_an_article_that_keeps_too_few_of_the_sentences_is_not_the_labelled_one(tmp_path: Path) -> None:
    others = tuple(f"A sentence about the number {number} and nothing else." for number in range(6))
    assert placed(labels(), version_of(tmp_path / "a", numbers=others)) is None
    many = labels()
    many = replace(
        many, sentences=(*SENTENCES, *(f"Gone {n} {'x' * n}" for n in range(20))), gold=np.zeros((5, 24), np.float32)
    )
    assert placed(many, version_of(tmp_path / "b", tea=(SENTENCES[0], *others))) is None
