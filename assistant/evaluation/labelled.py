"""Labelled questions, and the answers held against them.

A labelled question names the kind that is right and, when that is `answer`, a distinctive piece of every sentence that
would be a right quote. The outcome is right when the kind is right and, for an answer, the first quote holds a piece.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.answer import Kind
from corpus import ShownError

EXPECTED = frozenset({*Kind, "safe"})  # safe: only quotes or fixed wording may come back
STYLE_OF_LANGUAGE = "other-language: "
EXAMPLE = 'A line is an object like {"id": "1", "turns": ["…"], "expect": "answer", "gold": ["…"]}.'


@dataclass(frozen=True, slots=True)
class LabelledQuestion:
    """A question with the outcome that would be right. `also` names kinds that are right as well.

    `topic` groups paraphrases; `article` is the slug of the article asked, where the file holds questions on several;
    `also_in` is another article of its site that answers it, and `also_gold` the pieces there; `level` is one of
    `assistant.retrieval.outcomes.LEVELS`, where that was labelled.
    """

    id: str
    turns: tuple[str, ...]
    expect: str
    gold: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    style: str = ""
    language: str = ""
    topic: str = ""
    article: str = ""
    level: str = ""
    also_in: str = ""
    also_gold: tuple[str, ...] = ()

    @property
    def group(self) -> str:
        """The slice that it is counted in."""
        if self.language:
            return "language"
        return "offtopic" if self.expect == "unanswered" and self.id.startswith("O") else self.expect

    @property
    def asked_in(self) -> str:
        """The code of the language that it is asked in, as labelled or as its style says."""
        return self.language or (self.style.removeprefix(STYLE_OF_LANGUAGE) if STYLE_OF_LANGUAGE in self.style else "en")

    @property
    def allowed(self) -> frozenset[str]:
        """The kinds that are right."""
        return frozenset({self.expect, *self.also})


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question with what was answered; `hits[i]` says whether quote i holds a gold piece.

    `confidence` is the answer's own, 1 where it has none.
    """

    question: LabelledQuestion
    kind: str | None  # None: there is no answer for this question
    quotes: tuple[str, ...] = ()
    hits: tuple[bool, ...] = ()
    confidence: float = 1.0

    @property
    def is_answered(self) -> bool:
        """Quotes were shown where quotes were right."""
        return self.kind == "answer" and "answer" in self.question.allowed

    @property
    def is_right(self) -> bool:
        """The outcome is right. `safe` questions only ask that nothing but quotes or fixed wording comes back."""
        if self.kind is None:
            return False
        if self.question.expect == "safe":
            return True
        return any(self.hits[:1]) if self.is_answered else self.kind in self.question.allowed


def read_questions(path: Path, /) -> list[LabelledQuestion]:
    """Read a JSON-lines file of labelled questions.

    Raises:
        ShownError: there is no such file, or a line is not a labelled question.
    """
    questions = []
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError):
        raise ShownError(f"{path} cannot be read.", remedy="Name a file of labelled questions.") from None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            questions.append(_labelled(json.loads(line)))
        except (ValueError, KeyError, TypeError, RecursionError):
            raise ShownError(f"{path}:{number} is not a labelled question.", remedy=EXAMPLE) from None
    return questions


def _labelled(row: dict[str, Any]) -> LabelledQuestion:
    turns = row["turns"]
    if not isinstance(row["id"], str) or row["expect"] not in EXPECTED or not isinstance(turns, list) or not turns:
        raise ValueError(row["id"])
    if not all(isinstance(turn, str) for turn in turns):
        raise TypeError(row["id"])
    return LabelledQuestion(
        id=row["id"],
        turns=tuple(turns),
        expect=row["expect"],
        gold=tuple(row.get("gold", ())),
        also=tuple(row.get("also", ())),
        style=row.get("style", ""),
        language=row.get("lang", ""),
        topic=row.get("topic", ""),
        article=row.get("article", ""),
        level=row.get("level", ""),
        also_in=row.get("also_in", ""),
        also_gold=tuple(row.get("also_gold", ())),
    )


def judge(question: LabelledQuestion, answer: Mapping[str, Any] | None, /) -> Outcome:
    """Hold an answer object (the contract's JSON) against a labelled question."""
    if answer is None:
        return Outcome(question, None)
    quotes = tuple(citation["quote"] for citation in answer.get("citations", ()))
    hits = tuple(any(squash(gold) in squash(quote) for gold in question.gold) for quote in quotes)
    return Outcome(question, answer["kind"], quotes, hits, answer.get("confidence", 1.0))


def squash(text: str, /) -> str:
    """White space folded, so that a quote is found however its source wrapped the lines."""
    return re.sub(r"\s+", " ", text).strip()
