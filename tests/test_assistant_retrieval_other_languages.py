"""assistant/retrieval/other_languages.py: votes on questions in other languages, by hand-made vectors."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from assistant.answer import Kind
from assistant.question import read
from assistant.retrieval.neighbours import LabelledQuestions
from assistant.retrieval.other_languages import (
    GENERAL,
    LABELLED_FEATURES,
    MOST_READ,
    SENTENCE_FEATURES,
    Centres,
    Loaded,
    MultilingualModel,
    OtherLanguages,
    as_read,
    pieces_read,
    votes_of,
)
from assistant.retrieval.outcomes import MULTILINGUAL_PIECE_FROM, OUTCOMES, Danger, OutcomeModel, decide
from index import Encoding, IndexVersion, build, open_version
from index.encoding import unit
from tests.conftest import make_document

SENTENCES = ("Tea is a drink.", "It is hot.")
ANSWER, URGENT = Kind.ANSWER.number, Kind.URGENT.number


def labelled() -> LabelledQuestions:
    """Three questions: one on each sentence, and one of danger."""
    pooled = np.eye(3, dtype=np.float32)
    gold = np.array([[1, 0], [0, 1], [0, 0]], np.float32)
    return LabelledQuestions(SENTENCES, pooled, gold, np.array([ANSWER, ANSWER, URGENT]), np.array([0, 0, 1], np.float32))


def by_kind(features: tuple[str, ...]) -> OutcomeModel:
    """Believes the narrow votes, and, where there are none on the kind of answer, the best sentence."""
    weights = np.zeros((len(OUTCOMES), len(features)), np.float32)
    for kind in (kind for kind in Kind if f"narrow_{kind}" in features):
        weights[OUTCOMES.index(kind), features.index(f"narrow_{kind}")] = 10.0
    if "stands_out" in features:
        weights[OUTCOMES.index(Kind.ANSWER), features.index("top")] = 5.0
    count = len(features)
    return OutcomeModel(
        np.zeros(count, np.float32), np.ones(count, np.float32), weights, np.zeros(len(OUTCOMES), np.float32)
    )


@dataclass
class FakeEncoder:
    """Reads what it was told, and remembers it."""

    vectors: dict[str, list[float]]
    asked: list[str] = field(default_factory=list)
    fingerprint: str = "fake"

    def encode(self, texts: Any, /) -> list[Encoding]:
        self.asked += texts
        return [Encoding(unit(np.array(self.vectors[text], np.float32)), np.zeros((0, 3), np.float32)) for text in texts]


NO_CENTRE = Centres((GENERAL, "de"), np.zeros((2, 3), np.float32))
MODEL = MultilingualModel("fake", labelled(), NO_CENTRE, by_kind(LABELLED_FEATURES), by_kind(SENTENCE_FEATURES))


def test_votes_fall_with_distance_and_tell_kind_passage_and_distress() -> None:
    votes = votes_of(labelled(), np.array([1, 2, 0]), np.array([0.9, 0.88, 0.1], np.float32), is_long=False)
    near, far = 1.0, np.exp(-0.02 / 0.02)
    assert votes.narrow.kinds[[ANSWER, URGENT]].tolist() == pytest.approx(
        [near / (near + far), far / (near + far)], abs=1e-4
    )
    assert votes.narrow.passages.argmax() == 1
    assert votes.distress == pytest.approx(far / (near + far), abs=1e-4)
    assert votes.best[[ANSWER, URGENT, Kind.CHAT.number]].tolist() == pytest.approx([0.9, 0.88, 0.1])
    assert len(votes.labelled_features) == len(LABELLED_FEATURES)
    assert len(votes.sentence_features(np.array([0.5, 0.1], np.float32))) == len(SENTENCE_FEATURES)
    assert len(votes.sentence_features(np.array([0.5], np.float32))) == len(SENTENCE_FEATURES)


def test_what_all_questions_of_a_language_have_in_common_is_taken_out() -> None:
    centres = Centres((GENERAL, "de"), np.array([[0, 0, 0], [0, 0, 1]], np.float32))
    vector = np.array([1, 0, 1], np.float32)
    assert centres.centred(vector, "de").tolist() == [1, 0, 0]
    assert centres.centred(vector, "sv").tolist() == pytest.approx([0.7071, 0, 0.7071], abs=1e-4)


def test_a_question_behind_another_turn_is_read_with_it() -> None:
    question = replace(read("Und warum?"), before="Was ist Tee?")
    assert as_read(question) == "Was ist Tee? Und warum?"


@pytest.fixture
def version(tmp_path: Any, hash_encoder: Any) -> IndexVersion:
    documents = [make_document("tea"), make_document("cocoa", ["Cocoa is sweet. It has foam."])]
    built = build(documents, encoder=hash_encoder, index_dir=tmp_path)
    return open_version(tmp_path, built.version)


def others(
    version: IndexVersion, vectors: dict[str, list[float]], *, sentences: npt.NDArray[np.float16] | None = None
) -> OtherLanguages:
    encoder = FakeEncoder(vectors)
    manifest = replace(version.manifest, multilingual="fake" if sentences is not None else "")
    loaded: Loaded = (encoder, MODEL)
    return OtherLanguages(replace(version, manifest=manifest, multilingual=sentences), lambda: loaded)


def test_the_labelled_sentence_that_most_neighbours_name_answers(version: IndexVersion) -> None:
    found = others(version, {"Ist Tee heiß?": [0, 1, 0]}).find(read("Ist Tee heiß?"), labelled=True, among=None)
    assert found is not None
    assert version.passages.text(found.rows[int(found.scores.argmax())]) == "It is hot."
    assert decide(found.outcomes, found.danger, is_multilingual=True) is Kind.ANSWER


def test_danger_is_found_by_votes(version: IndexVersion) -> None:
    found = others(version, {"Ich springe": [0, 0, 1]}).find(read("Ich springe"), labelled=True, among=None)
    assert found is not None
    assert decide(found.outcomes, found.danger, is_multilingual=True) is Kind.URGENT
    assert found.danger.urgent > 0.9


def test_danger_in_one_sentence_of_several_is_found_behind_a_question(version: IndexVersion) -> None:
    question, danger = "Ist Tee heiß?", "Ich springe."
    vectors: dict[str, list[float]] = {f"{question} {danger}": [0, 1, 0], question: [0, 1, 0], danger: [0, 0, 1]}
    found = others(version, vectors).find(read(f"{question} {danger}"), labelled=True, among=None)
    assert found is not None
    assert found.outcomes[Kind.URGENT] < 0.1
    assert decide(found.outcomes, found.danger, is_multilingual=True) is Kind.URGENT
    calm = others(version, vectors).find(read(question), labelled=True, among=None)
    assert calm is not None
    assert calm.danger.urgent == calm.outcomes[Kind.URGENT]


def test_of_a_long_message_some_sentences_are_read_from_both_ends() -> None:
    sentences = [f"Das ist Satz {number}." for number in range(40)]
    pieces = pieces_read(read(" ".join(sentences)))
    assert len(pieces) == MOST_READ
    assert (pieces[0], pieces[-1]) == (sentences[0], sentences[-1])


def test_a_sentence_that_nobody_labelled_answers_where_it_speaks_clearly(version: IndexVersion) -> None:
    sentences = np.zeros((4, 3), np.float16)
    row = next(row for row in range(4) if version.passages.text(row) == "It has foam.")
    sentences[row] = [1, 1, -1]
    sentences[(row + 1) % 4] = [-1, 0, 1]
    asked = read("Hat Kakao Schaum?")
    found = others(version, {asked.text: [1, 1, -1]}, sentences=sentences).find(asked, labelled=False, among=None)
    assert found is not None
    assert version.passages.text(found.rows[int(found.scores.argmax())]) == "It has foam."
    only = others(version, {asked.text: [1, 1, -1]}, sentences=sentences).find(asked, labelled=False, among=np.array([0, 1]))
    assert only is not None
    assert only.rows == (0, 1)


def test_without_labels_and_without_vectors_nothing_is_found_and_the_english_reading_is_left(version: IndexVersion) -> None:
    assert others(version, {"Was?": [1, 0, 0]}).find(read("Was?"), labelled=False, among=None) is None
    assert OtherLanguages(version, lambda: None).find(read("Was?"), labelled=True, among=None) is None


def test_vectors_of_another_encoder_are_not_used(version: IndexVersion) -> None:
    asked = read("Was?")
    other = others(version, {asked.text: [1, 0, 0]}, sentences=np.ones((4, 3), np.float16))
    other._version = replace(other._version, manifest=replace(other._version.manifest, multilingual="another"))
    assert other.find(asked, labelled=False, among=None) is None


def test_nothing_is_loaded_before_the_first_question(version: IndexVersion) -> None:
    loaded: list[int] = []
    other = OtherLanguages(version, lambda: loaded.append(1))
    assert loaded == []
    other.find(read("Was?"), labelled=True, among=None)
    other.find(read("Was?"), labelled=True, among=None)
    assert loaded == [1]


def test_a_sentence_counts_from_a_larger_probability_on_than_a_message() -> None:
    calm = dict.fromkeys(OUTCOMES, 0.0) | {"urgent": 0.1, "unanswered": 0.9}
    for likely, kind in ((MULTILINGUAL_PIECE_FROM, Kind.URGENT), (MULTILINGUAL_PIECE_FROM - 0.01, Kind.UNANSWERED)):
        grave = Danger(0.1, 0.1, is_multilingual=True).with_pieces([0.2, likely])
        assert decide(calm, grave, is_multilingual=True) is kind
    assert decide(calm, Danger(MULTILINGUAL_PIECE_FROM, 1), is_multilingual=True, is_distressed=True) is Kind.UNANSWERED


def test_the_surer_kind_is_decided_and_distress_lifts_the_bar_for_danger() -> None:
    danger = dict.fromkeys(OUTCOMES, 0.0) | {"urgent": 0.6, "unanswered": 0.4}
    grave = Danger(0.6, 0.9, is_multilingual=True)
    assert decide(danger, grave, is_multilingual=True) is Kind.URGENT
    assert decide(danger, grave, is_multilingual=True, is_distressed=True) is Kind.UNANSWERED
