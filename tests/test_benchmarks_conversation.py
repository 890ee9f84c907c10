"""tests/benchmarks/conversation.py: what its measures count, on assistants that always err in one way."""

import random
from collections.abc import Sequence

import pytest

from assistant import Answer, Kind
from assistant.answer import Citation
from assistant.evaluation.labelled import LabelledQuestion, Outcome
from tests.benchmarks.conversation import leaves_out, names, of_file, shows_all, steadiness
from tests.second_hand import NAMES, names_it, renamed, second_hand

IRON = LabelledQuestion("1", ("Can low iron cause RLS?",), "answer", ("iron",), topic="iron")
EARLIER = [[LabelledQuestion("2", ("Hello",), "chat", topic="chat")]]


def answer(kind: Kind, quote: str = "", message: str = "") -> Answer:
    cited = (Citation(1, quote, "tea", "Tea", "Tea", 0, len(quote), "", 1.0),) if quote else ()
    return Answer(kind, message, cited, (), 1.0, "")


def forgetful(turns: Sequence[str]) -> Answer:
    """Answers what comes first, and nothing that comes later."""
    return answer(Kind.ANSWER, "Low iron does.") if len(turns) == 1 else answer(Kind.UNANSWERED, message="No.")


def abbreviated(turns: Sequence[str]) -> Answer:
    """Knows the condition by its abbreviation alone."""
    return answer(Kind.ANSWER, "Low iron does.") if "RLS" in turns[-1] else answer(Kind.UNANSWERED)


def test_answers_that_change_after_other_turns_are_counted() -> None:
    rows = dict(steadiness(forgetful, [IRON], EARLIER, random.Random(0)))
    assert [rate.value for name, rate in rows.items() if "name the condition" in name] == [1, 0, 1]
    rows = dict(steadiness(lambda turns: forgetful(turns[-1:]), [IRON], EARLIER, random.Random(0)))
    assert [rate.value for name, rate in rows.items() if "name the condition" in name] == [0, 0, 0]


def test_a_question_is_right_under_every_name_only_if_under_each() -> None:
    rows = dict(names(abbreviated, [IRON]))
    assert [rate.count for rate in rows.values()] == [True, *[False] * (len(NAMES) - 1), False]


def test_a_refusal_of_what_is_answerable_and_a_quote_for_a_near_miss_are_counted() -> None:
    near = LabelledQuestion("3", ("Coffee?",), "unanswered")
    rows = dict(of_file("plain", [Outcome(IRON, "advice"), Outcome(near, "answer", ("Low iron does.",), (False,))]))
    assert rows["plain questions: declined as advice, of answerable"].value == 1
    assert rows["plain near misses: answered with a quote"].value == 1
    assert rows["plain questions: right, of all"].value == 0


def test_a_whole_answer_shows_every_cause_and_leaves_out_the_one_excluded() -> None:
    gold = ("Certain drugs", "Kidney failure")
    whole = LabelledQuestion("4", ("What causes it?",), "answer", gold, topic="whole")
    assert shows_all(Outcome(whole, "answer", gold, (True, True)))
    assert not shows_all(Outcome(whole, "answer", gold[:1], (True,)))
    inverted = LabelledQuestion("5", ("What else than drugs?",), "answer", gold[1:], topic="whole without medicines")
    assert leaves_out(Outcome(inverted, "answer", gold[1:], (True,)))
    assert not leaves_out(Outcome(inverted, "answer", gold[::-1], (True, False)))


@pytest.mark.parametrize("stem", ["plain", "follow-ups", "real", "whole"])
def test_there_are_questions_to_ask(stem: str) -> None:
    assert len(second_hand(stem)) > 80


@pytest.mark.parametrize(
    ("text", "renamed_to_it"),
    [
        ("Is RLS hereditary?", "Is it hereditary?"),
        ("restless leg symptoms", "it symptoms"),
        ("Can iron cause Willis-Ekbom disease?", "Can iron cause it?"),
        ("What is restless legs syndrome?", "What is it?"),
    ],
)
def test_the_condition_is_found_under_all_its_names(text: str, renamed_to_it: str) -> None:
    assert names_it(text)
    assert renamed(text, "it") == renamed_to_it
