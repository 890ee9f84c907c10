"""The questions of `tests/questions/second-hand/`, which only measure, and the condition's names in them."""

import re
from functools import cache

from assistant.evaluation.labelled import LabelledQuestion, read_questions
from assistant.evaluation.report import UNSEEN, turns_in
from settings import PROJECT

QUESTIONS = PROJECT / "tests" / "questions"
NAMES = ("RLS", "restless legs", "restless leg syndrome", "Restless Legs Syndrome", "Willis-Ekbom disease", "it")
NAME = re.compile(r"\b(restless[ -]legs?( syndrome)?|rls|willis[ -]ekbom( disease)?|wed)\b", re.IGNORECASE)


@cache
def second_hand(stem: str, /) -> tuple[LabelledQuestion, ...]:
    """The questions of one of its files: plain, follow-ups, real or whole."""
    return tuple(read_questions(QUESTIONS / UNSEEN / f"{stem}.jsonl"))


@cache
def trained_on() -> frozenset[tuple[str, ...]]:
    """The turns that training reads, as `plainly` has them."""
    return frozenset(plainly(turns) for turns in turns_in(QUESTIONS))


def plainly(turns: tuple[str, ...], /) -> tuple[str, ...]:
    """Turns without what no visitor would call a difference: case and final punctuation."""
    return tuple(turn.casefold().strip(" ?.!") for turn in turns)


def names_it(text: str, /) -> bool:
    """Whether a question names the condition once, so that another name can stand there."""
    return len(NAME.findall(text)) == 1


def renamed(text: str, name: str, /) -> str:
    """The question with another name of the condition.

    >>> renamed("Is RLS hereditary?", "it")
    'Is it hereditary?'
    """
    return NAME.sub(name, text)
