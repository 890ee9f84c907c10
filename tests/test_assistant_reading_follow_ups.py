"""assistant/reading/follow_ups.py: which questions lean on the turns before them, and on which of these."""

import pytest

from assistant.question import read
from assistant.reading.follow_ups import LONGEST, Leaning, in_context, leaning

IRON = read("Does iron deficiency cause RLS?")


@pytest.mark.parametrize(
    "text",
    [
        *("Why?", "How so?", "Which ones?", "Who else?", "What else?", "Like what?", "For example?", "Is that certain?"),
        *("How much?", "The second one?", "What are those?", "Which of them is worst?", "Can you explain that?"),
        *("tell me more about that", "what does that mean"),
    ],
)
def test_what_cannot_be_read_alone_leans_wholly(text: str) -> None:
    assert leaning(read(text)) is Leaning.WHOLLY


@pytest.mark.parametrize(
    "text",
    [
        *("And B12?", "What about coffee?", "How about tea?", "Do those help at night?", "Does the first one hurt?"),
        *("Why does it do that?", "Can they be treated?", "iron?", "Low ferritin?", "What does it do?"),
        *("but is iron enough at night", "is treating it enough for most people"),
    ],
)
def test_what_may_be_about_what_was_said_leans_perhaps(text: str) -> None:
    assert leaning(read(text)) is Leaning.PERHAPS


@pytest.mark.parametrize(
    "text",
    [
        *("Why does RLS get worse at night?", "What causes it?", "Is it common?", "Can iron deficiency cause it?"),
        *("How many people have it at my age?", "And what about those with RLS?", "why restless legs"),
        "do those medicines also make my legs move at night when i sleep badly",
    ],
)
def test_what_stands_for_itself_does_not_lean(text: str) -> None:
    assert leaning(read(text)) is Leaning.NOT


def test_a_long_question_says_what_it_is_about() -> None:
    short = "and " + "iron " * (LONGEST - 1)
    assert leaning(read(short)) is Leaning.PERHAPS
    assert leaning(read(f"{short} iron")) is Leaning.NOT


def test_a_question_that_leans_is_read_after_the_turn_before_it() -> None:
    assert in_context(read("Why?"), [read("What is tea?"), IRON]).turns == (IRON.text, "Why?")


def test_a_turn_that_leans_too_is_read_with_the_one_before_it_and_no_other() -> None:
    assert in_context(read("Why?"), [IRON, read("And B12?")]).before == f"{IRON.text} And B12?"
    assert in_context(read("Why?"), [IRON, read("And B12?"), read("And tea?")]).before == "And B12? And tea?"
    assert in_context(read("Why?"), [read("And B12?")]).before == "And B12?"


def test_small_talk_and_urgent_turns_explain_nothing() -> None:
    for turn in ("thanks", "hello", "I want to die"):
        assert in_context(read("And B12?"), [IRON, read(turn)]).before == IRON.text
        alone = read("And B12?")
        assert in_context(alone, [read(turn)]) is alone


def test_a_declined_question_explains_what_follows_it() -> None:
    asked = read("Should I take iron tablets?")
    assert in_context(read("Why?"), [asked]).before == asked.text


def test_a_question_that_stands_for_itself_has_no_context() -> None:
    whole = read("Why does RLS get worse at night?")
    assert in_context(whole, [IRON]) is whole
    alone = read("Why?")
    assert in_context(alone, []) is alone
