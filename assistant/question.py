"""A question as one value: its text, its readings, its triage and its language, each found once.

Flows in: turns, oldest first, the last one being the question. Flows out: a `Question`, or why it cannot be answered.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from assistant.languages.detecting import Reading, Recognised, recognised
from assistant.languages.wording import DEFAULT_LANGUAGE
from assistant.triage.disguises import ends_of, undisguised_texts
from assistant.triage.rules import (
    Triage,
    asks_about_oneself,
    complains_calmly,
    is_tired,
    takes_back,
    tells_of_distress,
    triage_of,
)
from corpus import ShownError

LONGEST_QUESTION = 1_000  # characters
MOST_TURNS = 50
LAST_SPOKEN = 4  # earlier turns that tell the language of help


class QuestionError(ShownError):
    """The question is empty, too long, or not text. `code` names the page's wording for it."""

    def __init__(self, message: str, /, *, remedy: str, code: str) -> None:
        super().__init__(message, remedy=remedy)
        self.code = code


@dataclass(frozen=True)
class Question:
    """One turn, as it is read: `text` has single spaces between its words, and of a very long one its end.

    `before` is what it leans on, read in the same way, which tells what "it" and "those" stand for; `None` if it stands for
    itself. `plain` is the text as most rules read it, `triage` what the rules say of it, in whatever disguise it came.
    `reader` is the language of the page on which it was asked. Language and distress are found on first use, since a kept
    answer needs neither; hence no slots.
    """

    text: str
    plain: str
    triage: Triage | None
    before: str | None = None
    reader: str = DEFAULT_LANGUAGE
    settled: Recognised | None = None  # what its language turned out to be

    @property
    def help_key(self) -> str | None:
        """The key of the urgent wording if the rules find danger, else `None`."""
        return self.triage.wording if self.triage is not None and self.triage.is_urgent else None

    @cached_property
    def recognised(self) -> Recognised:
        """Its language, as far as that can be told."""
        among = () if self.triage is None else self.triage.languages
        return self.settled or recognised(self.text, among=among, reader=self.reader)

    @property
    def language(self) -> str:
        """The code of the language in which it is answered: English unless it is surely another."""
        return self.recognised.language if self.recognised.reading is Reading.OTHER else DEFAULT_LANGUAGE

    @property
    def help_language(self) -> str:
        """The code of the language of help: where it cannot be told, that of the page or of the turns before."""
        found = self.recognised
        return found.language if found.reading is Reading.OTHER or found.language == self.reader else DEFAULT_LANGUAGE

    def in_other_language(self) -> "Question":
        """The same question, which turned out not to be in English."""
        return replace(self, settled=replace(self.recognised, reading=Reading.OTHER))

    @cached_property
    def is_distressed(self) -> bool:
        """Whether the rules find somebody who is exhausted, frightened or alone."""
        return tells_of_distress(self.plain)

    @cached_property
    def is_everyday(self) -> bool:
        """Whether the rules find no more than an everyday complaint."""
        return complains_calmly(self.plain)

    @cached_property
    def is_known(self) -> bool:
        """Whether the rules know what it tells, so that a guess of danger must be sure."""
        return self.is_everyday or (self.is_distressed and is_tired(self.plain))

    @cached_property
    def takes_back(self) -> bool:
        """Whether it plainly takes back the danger told before: "it was a joke"."""
        return takes_back(self.plain)

    @cached_property
    def is_personal(self) -> bool:
        """Whether somebody asks about himself or his own people."""
        return asks_about_oneself(self.plain)

    @property
    def turns(self) -> tuple[str, ...]:
        """The turns that the answer depends on, oldest first."""
        return (self.text,) if self.before is None else (self.before, self.text)

    def after(self, before: str, /) -> "Question":
        """The same question in the context of the turns before it."""
        return replace(self, before=_spaced(before))


def read(turn: str, /, *, reader: str = DEFAULT_LANGUAGE) -> Question:
    """A turn by itself, on a page in the reader's language. Any text is accepted: rules read it before `check_turns` does.

    >>> read("Can  iron help?\\n").text
    'Can iron help?'
    """
    sent, text = ends_of(turn), _spaced(turn)
    readings = as_read = undisguised_texts(text)
    if sent != text:  # spaces matter where letters are spaced out
        readings = (*undisguised_texts(sent), *as_read)
    return Question(text, as_read[0], triage_of(readings, plain=as_read[0]), reader=reader)


def check_turns(turns: object, /) -> tuple[str, ...]:
    """The turns, checked.

    Raises:
        QuestionError: they cannot be answered; the message says why.
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
    if (longest := len(turns[-1])) > LONGEST_QUESTION:  # earlier turns may be longer: the rules read them
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


def last_words(turns: object, /) -> str:
    """The text of the last turn, whatever is wrong with the turns; of a very long one its first and last part.

    >>> last_words(["hello", None, "I want to die"])
    'I want to die'
    """
    last = turns[-1] if isinstance(turns, Sequence) and turns and not isinstance(turns, str) else turns
    return ends_of(last) if isinstance(last, str) else ""


def spoken_before(turns: object, reader: str, /) -> str:
    """The language of the last turns before the last one, whatever is wrong with them; the reader's if it is not told.

    >>> spoken_before(["Warum zucken meine Beine abends so?", "overdose"], "en")
    'de'
    """
    earlier = turns[:-1] if isinstance(turns, Sequence) and not isinstance(turns, str) else ()
    texts = [_spaced(turn) for turn in earlier[-LAST_SPOKEN:] if isinstance(turn, str)]
    found = (one for one in map(recognised, reversed(texts)) if one.reading is Reading.OTHER)
    return next((one.language for one in found), reader)


def _spaced(turn: str) -> str:
    return " ".join(turn[-LONGEST_QUESTION:].split())


def _visible(text: str) -> bool:
    return any(not unicodedata.category(character).startswith(("C", "Z")) for character in text)
