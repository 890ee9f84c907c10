"""What the assistant says: one of a few kinds, fixed wording, and quotes that are slices of an article.

The JSON form is the public contract of the project; a field is never renamed.
"""

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self

from index import Passage

FEW_CITATIONS = 3  # of an answer, best first
MOST_CITATIONS = 8  # of one to a question about the whole topic, in the article's order
MOST_JOINED = MOST_CITATIONS + FEW_CITATIONS  # of one to several questions, of which one is about the whole topic


class Kind(StrEnum):
    """The kinds of answer, declared only here: training, figures and pages read this list.

    `number` is a kind's place among the learned outcomes. Add a new kind at the end, then run `make train`.
    `wording` is the key of the text for a kind that the learned router recognised and no rule did; it is empty for kinds
    that depend on the corpus.
    """

    number: int
    wording: str

    def __new__(cls, name: str, wording: str = "", /) -> Self:
        """A kind is its name: the contract's `kind`."""
        kind = str.__new__(cls, name)
        kind._value_ = name
        kind.number, kind.wording = len(cls.__members__), wording
        return kind

    ANSWER = "answer"  # the article says it: with citations
    UNANSWERED = "unanswered"  # the article does not say
    ADVICE = "advice", "advice.message"  # a personal decision, declined
    URGENT = "urgent", "urgent.unsure"  # life may be in danger: help, and nothing else
    CHAT = "chat", "chat.about"  # greetings, what this is, what it can do


RECOGNISED = tuple(kind for kind in Kind if kind.wording)  # by the question itself: by a rule, or by the learned router


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a question; a higher score is better."""

    passage: Passage
    score: float


@dataclass(frozen=True, slots=True)
class Citation:
    """A quote and where it stands: `quote` is `text[start:end]` of the article's canonical text.

    `made_of` is "list" or "table" where the quote's words were joined from one; else it is empty, and not in the JSON.
    """

    n: int
    quote: str
    article: str
    title: str
    section: str
    start: int
    end: int
    url: str
    score: float
    made_of: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. It has citations exactly when its kind is `answer`; more than `FEW_CITATIONS` list a whole topic.

    `message` is lines. Those before an empty line care for the reader. Of the rest the first leads to the citations, and the
    others say how far those hold.
    """

    kind: Kind
    message: str
    citations: tuple[Citation, ...]
    suggestions: tuple[str, ...]
    confidence: float
    index_version: str

    def __post_init__(self) -> None:
        if (self.kind is Kind.ANSWER) != bool(self.citations):
            raise ValueError(f"kind {self.kind} with {len(self.citations)} citations")

    def as_dict(self) -> dict[str, Any]:
        """The contract's JSON object."""
        said = asdict(self)
        for citation in said["citations"]:
            if not citation["made_of"]:
                del citation["made_of"]
        return said

    def as_json(self) -> str:
        """The contract's JSON object on one line; the same answer is the same bytes."""
        return json.dumps(self.as_dict(), ensure_ascii=False)
