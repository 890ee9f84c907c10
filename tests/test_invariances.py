"""What should not matter does not: the condition's name, case, politeness, a typo, what was asked before.

After M. T. Ribeiro et al., "Beyond Accuracy: Behavioral Testing of NLP Models with CheckList", ACL 2020: labelled questions
are varied, and an answer holds if kind and first quote stay the same, or if it is right anyway.
"""

import random
import re
import tomllib
from collections.abc import Callable

import pytest

from assistant import Answer, Assistant, Kind
from assistant.evaluation.labelled import LabelledQuestion, judge, read_questions
from settings import PROJECT
from tests.second_hand import QUESTIONS, names_it, renamed, second_hand

# The share of varied questions whose answer must hold: raise one when the assistant holds more.
BOUNDS = {
    "named RLS": 1.0,
    "named restless legs": 1.0,
    "named restless leg syndrome": 1.0,
    "named Willis-Ekbom disease": 1.0,
    "named twitchy legs at night": 1.0,
    "named it": 0.98,
    "named this": 0.96,
    "after other turns": 1.0,
    "lower case": 1.0,
    "upper case": 1.0,
    "no final punctuation": 1.0,
    "more final punctuation": 1.0,
    "greeted": 1.0,
    "thanked": 0.96,
    "please": 1.0,
    "quick question": 1.0,
    "of somebody": 0.94,
    "American or British": 1.0,
    "one typo": 0.93,
    "keywords": 0.94,
}
# What never matters to the plainest question on each fact.
EXACT = (
    "lower case",
    "upper case",
    "no final punctuation",
    "more final punctuation",
    "greeted",
    "please",
    "after other turns",
)

PLAINEST = tomllib.loads((PROJECT / "tests" / "samples" / "plainest.toml").read_text(encoding="utf-8"))["facts"]
SEED = 2020
SAMPLE = 50
MOST_WORDS = 12  # of a plain question
EARLIER = ("Hello", "Is asthma hereditary?", "Which vitamins are linked to RLS?", "what should I take for it", "caffeine?")
SPELLINGS = {"anemia": "anaemia", "anemic": "anaemic", "uremia": "uraemia", "signaling": "signalling"}
SPELLINGS |= {british: american for american, british in SPELLINGS.items()}
SPELLED = re.compile(rf"\b({'|'.join(SPELLINGS)})\b", re.IGNORECASE)
LONG_WORD = re.compile(r"\b[a-z]{6,}\b")
LITTLE_WORD = re.compile(r"\b(is|are|do|does|did|can|could|the|a|an|there|any|you|tell me|please) ", re.IGNORECASE)


def bare(text: str) -> str:
    return text.rstrip(" ?.!")


def one_typo(text: str) -> str:
    """Two neighbouring letters inside the longest word change places."""
    word = max(LONG_WORD.findall(text), key=len, default="")
    return text.replace(word, word[:2] + word[3:4] + word[2:3] + word[4:], 1)


def named(name: str) -> Callable[[str], str]:
    return lambda text: renamed(text, name) if names_it(text) else text


VARIATIONS: dict[str, Callable[[str], str]] = {
    **{name: named(name.removeprefix("named ")) for name in BOUNDS if name.startswith("named ")},
    "after other turns": lambda text: text,
    "lower case": str.lower,
    "upper case": str.upper,
    "no final punctuation": bare,
    "more final punctuation": lambda text: f"{bare(text)}???",
    "greeted": lambda text: f"Hi! {text}",
    "thanked": lambda text: f"Thanks. {text}",
    "please": lambda text: f"{bare(text)}, please?",
    "quick question": lambda text: f"quick question: {text}",
    "of somebody": lambda text: f"my mum has it, {text}",
    "American or British": lambda text: SPELLED.sub(lambda word: SPELLINGS[word.group().lower()], text),
    "one typo": one_typo,
    "keywords": lambda text: bare(LITTLE_WORD.sub("", text)),
}


def varied(name: str, text: str) -> tuple[str, ...]:
    """The turns of a variation of a question."""
    earlier = EARLIER[: 1 + len(text) % len(EARLIER)] if name == "after other turns" else ()
    return (*earlier, VARIATIONS[name](text))


@pytest.fixture(scope="module")
def plain_questions() -> list[LabelledQuestion]:
    """All short labelled questions that the article answers, in plain words, in an order drawn by chance."""
    own = [question for path in sorted((QUESTIONS / "own").glob("*.jsonl")) for question in read_questions(path)]
    found = [q for q in own if q.style == "plain"] + list(second_hand("plain"))
    short = [q for q in found if q.expect == Kind.ANSWER and len(q.turns) == 1 and len(q.turns[0].split()) <= MOST_WORDS]
    random.Random(SEED).shuffle(short)
    return short


@pytest.mark.parametrize("name", BOUNDS)
def test_answers_hold_when_what_does_not_matter_varies(
    assistant: Assistant, plain_questions: list[LabelledQuestion], name: str
) -> None:
    concerned = [q for q in plain_questions if varied(name, q.turns[0]) != q.turns][:SAMPLE]
    changed = [turns for q in concerned if not holds(assistant, q, turns := varied(name, q.turns[0]))]
    assert len(changed) <= (1 - BOUNDS[name]) * len(concerned), "\n".join(map(str, changed))


def holds(assistant: Assistant, question: LabelledQuestion, turns: tuple[str, ...]) -> bool:
    answer, before = assistant.ask(turns), assistant.ask(question.turns)
    return first(answer) == first(before) or judge(question, answer.as_dict()).is_right


def first(answer: Answer) -> tuple[str, list[str]]:
    return answer.kind, [citation.quote for citation in answer.citations[:1]]


@pytest.mark.parametrize("name", EXACT)
def test_the_plainest_question_on_each_fact_holds_whatever_is_added(assistant: Assistant, name: str) -> None:
    asked = {fact["forms"][0].format(it="RLS"): tuple(fact["gold"]) for fact in PLAINEST.values()}
    questions = [LabelledQuestion(text, (text,), Kind.ANSWER, gold) for text, gold in asked.items()]
    changed = [q.id for q in questions if not holds(assistant, q, varied(name, q.id))]
    assert not changed, "\n".join(changed)
