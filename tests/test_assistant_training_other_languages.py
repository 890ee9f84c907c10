"""assistant/training/other_languages.py: what is fitted for other languages, on a small article and with a small encoder."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from assistant.evaluation.labelled import LabelledQuestion
from assistant.retrieval.other_languages import GENERAL, LABELLED_FEATURES
from assistant.training.labels import Labels, Question, question_of, with_languages
from assistant.training.other_languages import (
    Asked,
    centres_of,
    encoded,
    known_votes,
    language_of_label,
    learn,
    unseen_votes,
    voters,
)
from tests.conftest import HashEncoder
from tests.training_labels import small_labels

FOREIGN = {
    "de": (("Woraus macht man Tee?", "answer", "made from leaves"), ("Was kostet Tee?", "unanswered", "")),
    "es": (("¿De qué se hace el té?", "answer", "made from leaves"), ("¿Cuánto cuesta el té?", "unanswered", "")),
}


def of_all(question: Question) -> bool:
    """That an encoder learned from no question."""
    return True


@pytest.fixture(scope="module")
def labels() -> Labels:
    """Those of the small article, with two questions in each of two languages, on the same two topics."""
    small = small_labels()
    foreign = [
        question_of(
            LabelledQuestion(f"{code}{n}", (text,), expect, (gold,) if gold else (), language=code, topic=expect),
            small.articles["tea"],
        )
        for code, rows in FOREIGN.items()
        for n, (text, expect, gold) in enumerate(rows)
    ]
    return replace(small, questions=(*small.questions, *foreign))


@pytest.fixture
def main(labels: Labels, tmp_path: Path) -> Asked:
    return encoded(labels.asked_main, HashEncoder(), tmp_path / "cache.sqlite", is_new=of_all)


def test_both_files_are_written_with_figures_by_language(labels: Labels, tmp_path: Path) -> None:
    found = learn(labels, HashEncoder(), tmp_path, cache=tmp_path / "cache.sqlite", is_new=of_all)
    table = json.loads((tmp_path / "multilingual.json").read_text(encoding="utf-8"))
    assert table["encoder"] == HashEncoder().fingerprint
    assert table["labelled_features"] == list(LABELLED_FEATURES)
    assert table["centres"] == [GENERAL, "en", "de", "es"]
    with np.load(tmp_path / "multilingual.npz") as file:
        assert len(file["pooled"]) == len(labels.asked_main)
        assert file["pooled"].dtype == np.int8
    assert {code: rate["total"] for code, rate in found["by language"].items()} == {"de": 2, "es": 2}


def test_no_label_in_a_question_s_language_or_on_its_topic_in_another_votes_on_it(labels: Labels, main: Asked) -> None:
    questions = voters(labels, main, centres_of(main))
    silent = [row for row, code in enumerate(main.languages) if code == "de"]
    for row, vote in zip(silent, unseen_votes(questions, main, "de"), strict=True):
        topic = main.questions[row].label.topic
        voting = [
            other
            for other, code in enumerate(main.languages)
            if code == "en" or (code == "es" and main.questions[other].label.topic != topic)
        ]
        nearest = max(float(questions.pooled[other] @ questions.pooled[row]) for other in voting)
        assert vote.best.max() == pytest.approx(nearest, abs=1e-5)


def test_the_mean_of_few_questions_is_drawn_towards_that_of_all_other_languages(main: Asked) -> None:
    centres = centres_of(main)
    foreign = main.vectors[[code != "en" for code in main.languages]].mean(axis=0)
    own = main.vectors[main.of("de")].mean(axis=0)
    german = centres.vectors[centres.codes.index("de")]
    assert np.allclose(centres.vectors[centres.codes.index(GENERAL)], foreign, atol=1e-6)
    assert np.linalg.norm(german - foreign) < np.linalg.norm(own - foreign)


def test_hindi_in_latin_letters_is_a_language_of_its_own(labels: Labels) -> None:
    article = labels.articles["tea"]
    latin = question_of(LabelledQuestion("h1", ("chai kya hai",), "unanswered", language="hi"), article)
    assert language_of_label(latin) == "hi-latn"
    assert language_of_label(labels.asked_main[0]) == "en"


def test_all_other_labels_vote_on_a_question_that_others_have_asked_before(labels: Labels, main: Asked) -> None:
    questions = voters(labels, main, centres_of(main))
    rows = main.of("de").tolist()
    for row, vote in zip(rows, known_votes(questions, main, "de"), strict=True):
        others = [other for other in range(len(main.languages)) if other != row]
        nearest = max(float(questions.pooled[other] @ questions.pooled[row]) for other in others)
        assert vote.best.max() == pytest.approx(nearest, abs=1e-5)


def test_questions_in_other_languages_are_read_from_their_folder(labels: Labels, tmp_path: Path) -> None:
    folder = tmp_path / "tests" / "questions" / "languages"
    folder.mkdir(parents=True)
    line = {"id": "x1", "turns": ["Was ist Tee?"], "expect": "answer", "gold": ["made from leaves"], "lang": "de"}
    (folder / "de.jsonl").write_text(json.dumps(line), encoding="utf-8")
    assert with_languages(labels, tmp_path).questions[-1].label.turns == ("Was ist Tee?",)


def test_the_models_are_fitted_on_what_the_encoder_did_not_learn_from_and_all_labels_vote(
    labels: Labels, tmp_path: Path
) -> None:
    known = question_of(
        LabelledQuestion("es2", ("¿Crece en Escocia?",), "unanswered", language="es"), labels.articles["tea"]
    )
    more = replace(labels, questions=(*labels.questions, known))
    cache = tmp_path / "cache.sqlite"
    found = learn(more, HashEncoder(), tmp_path, cache=cache, is_new=lambda question: question.label.id != "es2")
    assert {code: rate["total"] for code, rate in found["by language"].items()} == {"de": 2, "es": 2}
    with np.load(tmp_path / "multilingual.npz") as file:
        assert len(file["pooled"]) == len(more.asked_main)


def test_questions_on_other_articles_are_judged_by_a_model_that_saw_none_of_their_site(
    labels: Labels, tmp_path: Path
) -> None:
    rust = question_of(
        LabelledQuestion("r1", ("Was ist Rost?",), "answer", ("Rust is an oxide",), language="de"), labels.articles["rust"]
    )
    more = replace(labels, questions=(*labels.questions, rust))
    found = learn(more, HashEncoder(), tmp_path, cache=tmp_path / "cache.sqlite", is_new=of_all)
    assert {code: rate["total"] for code, rate in found["other articles"]["by language"].items()} == {"de": 1}
