"""From what came in to turns that can be answered: strings, oldest first, the last one being the question."""

import unicodedata
from collections.abc import Sequence

from corpus import ShownError

LONGEST_QUESTION = 1_000  # characters
MOST_TURNS = 50
MOST_READ = 2  # turns; the one before tells what "it" and "those" stand for


class QuestionError(ShownError):
    """The question is empty, too long, or not text. `code` names the page's wording for it."""

    def __init__(self, message: str, /, *, remedy: str, code: str) -> None:
        super().__init__(message, remedy=remedy)
        self.code = code


def check_turns(turns: object, /) -> tuple[str, ...]:
    """The turns, if they can be answered.

    Raises:
        QuestionError: what is wrong with them.
    """
    if isinstance(turns, str) or not isinstance(turns, Sequence) or not all(isinstance(turn, str) for turn in turns):
        raise QuestionError(
            "A question must be text.", remedy='Send {"turns": ["your question"]}, a list of strings.', code="not_text"
        )
    if not turns or not _visible(turns[-1]):
        raise QuestionError("The question is empty.", remedy="Type a question and send it again.", code="empty_question")
    if len(turns) > MOST_TURNS:
        raise QuestionError(
            f"The conversation has {len(turns)} turns; at most {MOST_TURNS} are read.",
            remedy="Send the last few turns only.",
            code="too_long",
        )
    if (longest := max(map(len, turns))) > LONGEST_QUESTION:
        raise QuestionError(
            f"The question has {longest:,} characters; at most {LONGEST_QUESTION:,} are read.",
            remedy="Ask it in fewer words.",
            code="too_long",
        )
    if any("\ud800" <= character <= "\udfff" for turn in turns for character in turn):
        raise QuestionError(
            "A question must be text; this one holds half a character.", remedy="Type it again.", code="not_text"
        )
    return tuple(turns)


def read_turns(turns: Sequence[str], /) -> tuple[str, ...]:
    """What of the turns has a say in the answer: the last two, whatever white space is between their words.

    >>> read_turns(["Hello", "What is  it?", "\\nAnd iron? "])
    ('What is it?', 'And iron?')
    """
    return tuple(" ".join(turn.split()) for turn in turns[-MOST_READ:])


def _visible(text: str) -> bool:
    return any(not unicodedata.category(character).startswith(("C", "Z")) for character in text)
