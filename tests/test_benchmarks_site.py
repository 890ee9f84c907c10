"""tests/benchmarks/sites/restless-legs: labels that the articles hold, and a hundred of them in four other languages."""

import random
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.answer import Kind
from assistant.evaluation.figures import Rate
from assistant.evaluation.labelled import LabelledQuestion, Outcome, read_questions
from assistant.training.labels import MAIN, Article, read_file
from corpus import load_article
from index.passages import split
from settings import PROJECT
from tests.benchmarks.other_languages import LANGUAGES, cell, in_all_languages, measures
from tests.benchmarks.site import SITE, documents_in

DRAWN = {Kind.ANSWER: 60, Kind.UNANSWERED: 30, Kind.ADVICE: 5, Kind.URGENT: 5}


@pytest.fixture(scope="module")
def site() -> Article:
    documents = (load_article(PROJECT / "corpus" / "articles" / MAIN), *documents_in(SITE.glob("*.md")))
    return Article(SITE.name, documents, tuple(passage for document in documents for passage in split(document)))


def in_english() -> list[LabelledQuestion]:
    """The questions that were written in other languages, drawn by a fixed seed from those of a single turn."""
    asked = [one for one in read_questions(SITE / "questions.jsonl") if len(one.turns) == 1]
    drawn = random.Random("restless-legs")
    ids = {
        one.id for kind, count in DRAWN.items() for one in drawn.sample([one for one in asked if one.expect == kind], count)
    }
    return [one for one in asked if one.id in ids]


@pytest.mark.parametrize("path", sorted(SITE.glob("*.jsonl")), ids=lambda path: path.stem)
def test_every_label_of_the_site_can_be_used(path: Path, site: Article) -> None:
    asked = read_file(path, {site.slug: site}, default=site.slug)
    assert len({question.label.id for question in asked}) == len(asked) >= sum(DRAWN.values())


@pytest.mark.parametrize("code", LANGUAGES)
def test_what_was_drawn_is_asked_in_every_language_with_the_same_labels(code: str) -> None:
    translated = read_questions(SITE / f"questions.{code}.jsonl")
    assert {one.asked_in for one in translated} == {code}
    assert len({one.turns for one in translated}) == len(translated)
    assert [replace(one, turns=("",), language="") for one in translated] == [
        replace(one, turns=("",)) for one in in_english()
    ]


def test_what_is_measured_is_asked_in_english_too() -> None:
    asked = in_all_languages()
    assert [len([one for one in asked if one.asked_in == code]) for code in ("en", *LANGUAGES)] == [100] * 5


def test_outcomes_are_counted_by_what_is_expected_and_held_against_english() -> None:
    iron, near = LabelledQuestion("1", ("Iron?",), "answer", ("iron",)), LabelledQuestion("2", ("Tea?",), "unanswered")
    rates = dict(
        measures([Outcome(iron, "answer", ("Low iron does.",), (True,)), Outcome(near, "answer", ("No.",), (False,))])
    )
    assert [(name, rate.count, rate.total) for name, rate in rates.items()] == [
        ("right outcome", 1, 2),
        ("answerable: right", 1, 1),
        ("first quote right", 1, 2),
        ("near misses: silent", 0, 1),
        ("advice", 0, 0),
        ("urgent", 0, 0),
    ]
    assert cell(rates["right outcome"], Rate(2, 2)) == "1 of 2, 0.50 (0.09 to 0.91); 0.50 of en"
    assert cell(rates["right outcome"], None) == "1 of 2, 0.50 (0.09 to 0.91)"
    assert cell(rates["advice"], None) == ""
