"""Whether a question stands for itself or leans on the turns before it, by its own words alone; and what it leans on.

The rules are reviewed data, `languages/<code>/triage.toml`, [follow_up]. What names one of the field's things stands
for itself, and so does what no rule knows: "is it common" is asked of the corpus's subject, whatever was asked before.
"""

from collections.abc import Sequence
from enum import Enum

from assistant.answer import Kind
from assistant.question import Question
from assistant.reading.field_terms import names_what_has_several
from assistant.triage.rules import FOLLOW_UP, rules

LONGEST = 12  # words; a longer question says what it is about
NO_CONTEXT = frozenset({Kind.CHAT, Kind.URGENT})  # kinds of turns that explain no "it"
TOLD = "chat.more"  # wording of small talk that tells something: "my wife died" explains who "she" is


class Leaning(Enum):
    """How much a question needs the turns before it."""

    NOT = "not"
    PERHAPS = "perhaps"  # "and B12?", "do those help": read with them where it says little alone
    WHOLLY = "wholly"  # "why?", "which one is that?"


def leaning(question: Question, /) -> Leaning:
    """How much a question needs the turns before it.

    >>> from assistant.question import read
    >>> [leaning(read(text)).value for text in ("Why?", "And B12?", "Why does RLS get worse?")]
    ['wholly', 'perhaps', 'not']
    """
    if len(question.plain.split()) > LONGEST or names_what_has_several(question.text):
        return Leaning.NOT
    keys = rules(*FOLLOW_UP).keys(question.plain)
    return Leaning(keys[0].removeprefix("follow_up.")) if keys else Leaning.NOT


def in_context(question: Question, earlier: Sequence[Question], /) -> Question:
    """The question after the turn that it leans on, if there is one: the last of the earlier ones (oldest first) that is no
    small talk. If that one leans too, it is read with the one before it.
    """
    asked = [turn for turn in earlier if _explains(turn)]
    if not asked or leaning(question) is Leaning.NOT:
        return question
    last = asked[-1]
    leans_too = len(asked) > 1 and leaning(last) is not Leaning.NOT
    return question.after(f"{asked[-2].text} {last.text}" if leans_too else last.text)


def _explains(turn: Question) -> bool:
    return turn.triage is None or turn.triage.kind not in NO_CONTEXT or turn.triage.wording == TOLD
