"""Help first: what a person in danger or distress is told, whom they can call, and how long the help stays in sight.

Fixed wording and reviewed lines (`help_lines.toml`); no index, no model. A message with care has two parts,
parted by an empty line: the care, then the usual message.
"""

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from assistant.answer import Answer, Kind
from assistant.languages.wording import wording
from assistant.question import Question, read
from corpus import ShownError

PART = "\n\n"  # between care and message
ANYWHERE = "INT"
POISON = "urgent.poison"
UNSURE = Kind.URGENT.wording  # found by the learned judgement, not by a rule
# Wording key → the sort of help lines.
LINES_FOR = {"urgent.crisis": "crisis", UNSURE: "crisis", POISON: "poison"}
MOST_JUDGED = 6  # earlier turns that the learned judgement reads; the rules read all
SHORT = 5  # words; a longer turn that nothing answers is a question of its own


def urgent_help(text: str, /, *, region: str = ANYWHERE) -> Answer | None:
    """Help when nothing else works: the urgent answer if the rules call the text urgent, else `None`."""
    question = read(text)
    key = question.help_key
    return None if key is None else urgent_answer(key, question.help_language, region=region)


def urgent_answer(key: str, language: str, /, *, region: str, index_version: str = "") -> Answer:
    """The answer to an urgent question: the wording of `key` in its language, then the lines of the region."""
    text = wording(language)
    lines = [text[key], *help_lines(region, key, emergency_label=text["urgent.number"])]
    return Answer(Kind.URGENT, "\n".join(lines), (), (), confidence=1.0, index_version=index_version)


def kind_word(language: str, /, *, region: str) -> list[str]:
    """Lines for somebody who is exhausted, frightened or alone: one warm sentence, and a help line as an offer."""
    text = wording(language)
    return [text["gentle.message"], text["gentle.offer"], *lines_of(region, "crisis")]


def still_in_sight(key: str, language: str, /, *, region: str, is_taken_back: bool = False) -> list[str]:
    """Lines for the turns after an urgent one, in the language of the question; `key` is that of the urgent wording."""
    text = wording(language)
    # A poisoned person may feel well for hours, so the whole wording is repeated unless nothing was swallowed after all.
    is_whole = key == POISON and not is_taken_back
    anywhere = [text["urgent.anywhere"]] if region == ANYWHERE and not is_whole else []
    first = text[key] if is_whole else text["urgent.still"]
    return [first, *anywhere, *help_lines(region, key, emergency_label=text["urgent.number"])]


def with_care(answer: Answer, lines: Sequence[str], /) -> Answer:
    """The answer with these lines as its care, in place of any it had."""
    message = answer.message.rpartition(PART)[2]
    return replace(answer, message=PART.join(["\n".join(lines), message]))


def is_help(answer: Answer, /) -> bool:
    """Whether an answer is urgent help, or has care before anything else it says."""
    return answer.kind is Kind.URGENT or PART in answer.message


def help_lines(region: str, wording_key: str, /, *, emergency_label: str) -> list[str]:
    """Lines such as `Samaritans: 116 123` to show below urgent wording; the emergency number is first.

    For an unknown region, the wording itself holds the numbers of the larger regions.
    """
    lines = [] if region == ANYWHERE else [f"{emergency_label}: {regions()[region]['emergency']}"]
    return lines + lines_of(region, LINES_FOR.get(wording_key, ""))


def lines_of(region: str, sort: str, /) -> list[str]:
    """The `crisis` or the `poison` lines of a region; none of any other sort."""
    return [f"{helper['name']}: {helper.get('number') or helper['web']}" for helper in regions()[region].get(sort, [])]


def check_region(region: str, /) -> str:
    """The region, checked.

    Raises:
        ShownError: it has no help lines; the remedy lists the regions that have.
    """
    if region not in regions():
        raise ShownError(f"REGION={region!r} has no help lines.", remedy=f"Choose one of {', '.join(regions())}.")
    return region


@cache
def regions() -> dict[str, dict[str, Any]]:
    """The table of each region, by its code."""
    return tomllib.loads((files(__package__) / "help_lines.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Shadow:
    """Help given earlier: the key of its wording, whether every turn since then leans on it, and whether one plainly took
    the danger back."""

    key: str
    is_near: bool
    is_taken_back: bool = False

    def falls_on(self, turn: Question, kind: Kind, /) -> bool:
        """Whether a turn that alone would get this kind still belongs to the help: "ok", "what should I do"."""
        return self.is_near and leans(turn, kind)


def shadow_over(earlier: Sequence[Question], kind_of: Callable[[Question], Kind], /) -> Shadow | None:
    """The last help given in these turns (oldest first), if any; `kind_of` judges a turn by itself."""
    found: Shadow | None = None
    for place, turn in enumerate(earlier):
        key = turn.help_key
        if key is None and place >= len(earlier) - MOST_JUDGED and kind_of(turn) is Kind.URGENT:
            key = UNSURE if found is None else found.key  # a guess does not replace what a rule knew
        if key is not None:
            found = Shadow(key, is_near=True)
        elif found is not None and turn.takes_back:
            found = replace(found, is_near=False, is_taken_back=True)
        elif found is not None and found.is_near:  # a guess may have been a joke: the next turn gets its own answer
            found = Shadow(found.key, is_near=found.key != UNSURE and leans(turn, kind_of(turn)))
    return found


def leans(turn: Question, kind: Kind, /) -> bool:
    """Whether a turn adds nothing of its own: small talk, a request for advice, a few words without an answer."""
    return kind in {Kind.CHAT, Kind.ADVICE} or (kind is Kind.UNANSWERED and len(turn.text.split()) <= SHORT)
