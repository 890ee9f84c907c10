"""What the assistant says: one of five kinds, fixed wording, and quotes that are slices of an article.

The JSON form is the public contract of the project; a field is never renamed.
"""

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from index import Passage


class Kind(StrEnum):
    """The five kinds of answer."""

    ANSWER = "answer"  # the article says it: one to three citations
    UNANSWERED = "unanswered"  # the article does not say
    ADVICE = "advice"  # a personal decision, declined
    URGENT = "urgent"  # life may be in danger: help, and nothing else
    CHAT = "chat"  # greetings, what this is, what it can do


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a question; a higher score is better."""

    passage: Passage
    score: float


@dataclass(frozen=True, slots=True)
class Citation:
    """A quote and where it stands: `quote` is `text[start:end]` of the article's canonical text."""

    n: int
    quote: str
    article: str
    title: str
    section: str
    start: int
    end: int
    url: str
    score: float


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. It has citations exactly when its kind is `answer`."""

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
        return asdict(self)

    def as_json(self) -> str:
        """The contract's JSON object on one line; the same answer is the same bytes."""
        return json.dumps(self.as_dict(), ensure_ascii=False)
