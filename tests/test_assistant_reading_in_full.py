"""assistant/reading/in_full.py: the questions that a follow-up may stand for."""

import pytest

from assistant.reading.in_full import MOST_SUBJECTS, in_full, points_back, subjects_of

KNOWN = frozenset("antihistamines primary secondary iron brain dopamine kidneys cmt kidney failure b12 ferritin".split())


def said(text: str, before: str) -> tuple[str, ...]:
    return in_full(text, before, KNOWN.__contains__)


@pytest.mark.parametrize(
    ("before", "text", "in_words"),
    [
        ("bad kidneys are a cause?", "what do they have to do with legs", "what do bad kidneys have to do with legs"),
        ("what does low brain iron do", "how is that linked to sleep", "how is low brain iron linked to sleep"),
        (
            "Is CMT linked to RLS?",
            "what is its other name, and what does it do",
            "what is its other name, and what does CMT do",
        ),
        ("can antihistamines make it worse", "and do their makers know", "and do antihistamines makers know"),
    ],
)
def test_a_pronoun_stands_for_what_the_turn_before_was_about(before: str, text: str, in_words: str) -> None:
    assert in_words in said(text, before)


@pytest.mark.parametrize(
    ("before", "text", "in_words"),
    [
        ("can iron cause it", "and B12?", "can B12 cause it"),
        ("What causes secondary RLS?", "what about the primary?", "What causes primary RLS?"),
        ("Does kidney failure trigger RLS?", "same for low ferritin as well?", "Does low ferritin trigger RLS?"),
    ],
)
def test_and_with_another_subject_asks_the_turn_before_of_that_one(before: str, text: str, in_words: str) -> None:
    assert in_words in said(text, before)


def test_the_other_of_two_is_named() -> None:
    assert said("what about the other type", "when does primary rls start") == (
        "what about secondary",
        "when does secondary rls start",
    )


def test_what_names_nothing_or_follows_nothing_is_not_put_in_full() -> None:
    assert said("why?", "can iron cause it") == ()
    assert said("and what do they do?", "hello there") == ()
    assert said("and one two three four five six?", "can iron cause it") == ()


def test_of_a_turn_about_many_things_few_are_tried() -> None:
    assert len(subjects_of("iron, b12, dopamine, ferritin, kidneys?", KNOWN.__contains__)) == MOST_SUBJECTS


def test_it_may_mean_the_condition_and_they_may_not() -> None:
    assert not points_back("and how common is it")
    assert points_back("what do they do")
    assert points_back("is that dangerous")
