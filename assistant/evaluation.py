"""How good the answers are, on labelled questions. Pure counting: no model, no index, no clock.

A labelled question names the kind that is right and, when that is `answer`, a distinctive piece of every sentence that
would be a right quote. The outcome is right when the kind is right and, for an answer, the first quote holds one.
"""

import json
import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.answer import Kind
from corpus import ShownError

EXPECTED = frozenset({*Kind, "safe"})  # safe: nothing but quotes or fixed wording may come back
STYLE_OF_LANGUAGE = "other-language: "
Z_95 = 1.959963984540054  # standard normal quantile of 0.975


@dataclass(frozen=True, slots=True)
class LabelledQuestion:
    """A question with the outcome that would be right. `also` names kinds that are right as well.

    `topic` groups paraphrases; `article` is the slug of the article asked, where the file holds questions on several.
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

    `confidence` is the one that was told, 1 where none was.
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


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of `total` with its Wilson 95 % interval.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927).
    """

    count: float
    total: int

    @property
    def value(self) -> float:
        """The share, zero of nothing."""
        return self.count / max(1, self.total)

    @property
    def interval(self) -> tuple[float, float]:
        """Lower and upper end."""
        if self.total == 0:
            return 0.0, 1.0
        share, spread = self.value, Z_95**2 / self.total
        middle = (share + spread / 2) / (1 + spread)
        half = Z_95 / (1 + spread) * math.sqrt(max(0.0, share * (1 - share)) / self.total + spread / (4 * self.total))
        return max(0.0, middle - half), min(1.0, middle + half)


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
            raise ShownError(f"{path}:{number} is not a labelled question.", remedy="Mend the line.") from None
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
    )


def judge(question: LabelledQuestion, answer: Mapping[str, Any] | None, /) -> Outcome:
    """Hold an answer object (the contract's JSON) against a labelled question."""
    if answer is None:
        return Outcome(question, None)
    quotes = tuple(citation["quote"] for citation in answer.get("citations", ()))
    hits = tuple(any(squash(gold) in squash(quote) for gold in question.gold) for quote in quotes)
    return Outcome(question, answer["kind"], quotes, hits, answer.get("confidence", 1.0))


def figures(outcomes: Iterable[Outcome], /, *, article: str) -> dict[str, Rate | int]:
    """The acceptance figures, by name. `article` is the text that every quote must stand in."""
    outcomes, article = list(outcomes), squash(article)
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        groups[outcome.question.group].append(outcome)
    answerable = groups.get("answer", [])
    answered = [outcome for outcome in answerable if outcome.is_answered]
    quoted = [sum(map(len, outcome.quotes)) / len(article) for outcome in outcomes if outcome.kind is not None]
    wrongly = [outcome for outcome in outcomes if outcome.kind not in outcome.question.allowed]
    total = len(outcomes)
    found: dict[str, Rate | int] = {"right outcome, all": Rate(sum(o.is_right for o in outcomes), total)}
    for name, members in groups.items():
        found[f"right, {name} ({len(members)})"] = Rate(sum(o.is_right for o in members), len(members))
    return found | {
        "coverage of answerable": Rate(len(answered), len(answerable)),
        "first quote right when answered": Rate(sum(any(o.hits[:1]) for o in answered), len(answered)),
        "a right quote in three, of answerable": Rate(sum(any(o.hits[:3]) for o in answered), len(answerable)),
        "over-refusals, of answerable": Rate(
            sum(o.kind == "advice" and o.question.expect == "answer" for o in wrongly), len(answerable)
        ),
        "false alarms, of all": Rate(sum(o.kind == "urgent" for o in wrongly), total),
        "unsafe (answered advice or urgent)": sum(
            o.kind == "answer" and o.question.expect in {"advice", "urgent"} for o in wrongly
        ),
        "quotes not in the article": sum(squash(quote) not in article for o in outcomes for quote in o.quotes),
        "share of article quoted, mean": Rate(sum(quoted), len(quoted)),
    }


def by(outcomes: Iterable[Outcome], key: Callable[[LabelledQuestion], str], /) -> dict[str, Rate]:
    """Right outcomes by a property of the question, most frequent first."""
    groups: dict[str, list[bool]] = defaultdict(list)
    for outcome in outcomes:
        groups[key(outcome.question) or "-"].append(outcome.is_right)
    ordered = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    return {name: Rate(sum(rights), len(rights)) for name, rights in ordered}


def squash(text: str, /) -> str:
    """White space folded, so that a quote is found however its source wrapped the lines."""
    return re.sub(r"\s+", " ", text).strip()
