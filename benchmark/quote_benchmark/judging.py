"""What came of each question, held against its label; counts of them, with their intervals. Pure: no process, no clock.

A visitor sees a kind and, for an answer, quotes. The outcome is right when the kind is right and, for an answer, the first
quote holds a piece that the label names. It is harmless, "right or silent", when nothing wrong was shown in place of that.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from quote_benchmark.sets import NOT_URGENT, Labelled
from quote_benchmark.system import without_marks

Z_95 = 1.959963984540054  # standard normal quantile of 0.975
LETTERS = 3  # shorter "quotes" would stand in any text


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question with what was answered; `exact[i]` and `hits[i]` say whether quote i is the article's and is right."""

    asked: Labelled
    kind: str
    quotes: tuple[str, ...] = ()
    exact: tuple[bool, ...] = ()
    hits: tuple[bool, ...] = ()
    milliseconds: float = 0.0
    score: float = 1.0

    @property
    def is_right(self) -> bool:
        """The kind is right and, for an answer, so is the first quote."""
        if self.asked.expect == NOT_URGENT:
            return self.kind != "urgent"
        if self.kind == "answer" and "answer" in (self.asked.expect, *self.asked.also):
            return any(self.hits[:1])
        return self.kind in (self.asked.expect, *self.asked.also)

    @property
    def shown(self) -> tuple[str, tuple[str, ...]]:
        """What must be the same when the question is asked in another context: the kind, and the first quote."""
        return self.kind, self.quotes[:1]


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `total`."""

    count: int
    total: int

    @classmethod
    def of(cls, flags: Iterable[bool], /) -> "Share":
        """How many of them hold."""
        held = list(flags)
        return cls(sum(held), len(held))

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's, 95 % (JASA 22, 1927)."""
        if not self.total:
            return 0.0, 1.0
        share, spread = self.count / self.total, Z_95**2 / self.total
        half = Z_95 * math.sqrt(share * (1 - share) / self.total + spread / (4 * self.total))
        low, high = ((share + spread / 2 + sign * half) / (1 + spread) for sign in (-1, 1))
        return max(0.0, low), min(1.0, high)

    def __str__(self) -> str:
        return f"{self.count / self.total:.2f} of {self.total}" if self.total else "–"


def judge(asked: Labelled, answer: Mapping[str, Any], texts: Mapping[str, str], /, *, milliseconds: float = 0.0) -> Outcome:
    """Hold an answer against its label. `texts` are the articles as a visitor reads them, white space folded, by id."""
    cited = [
        (squash(without_marks(citation["quote"])), citation.get("article", "")) for citation in answer.get("citations", ())
    ]
    exact = tuple(len(quote) >= LETTERS and _stands_in(quote, article, texts) for quote, article in cited)
    hits = tuple(
        is_exact and any(squash(gold) in quote for gold in asked.gold)
        for (quote, _), is_exact in zip(cited, exact, strict=True)
    )
    quotes = tuple(quote for quote, _ in cited)
    return Outcome(
        asked, answer["kind"], quotes, exact, hits, milliseconds, answer.get("score", answer.get("confidence", 1.0))
    )


def squash(text: str, /) -> str:
    """White space folded, so that a quote is found however its source wrapped the lines."""
    return re.sub(r"\s+", " ", text).strip()


def _stands_in(quote: str, article: str, texts: Mapping[str, str]) -> bool:
    """Whether it is the words of the article that it names, or of any if it names none."""
    return quote in texts.get(article, "") if article else any(quote in text for text in texts.values())


def figures(outcomes: Sequence[Outcome], changed: Share, /) -> dict[str, Share]:
    """Every figure of a set, by the name of its column. `changed`: answers that another context changed."""

    def of(*kinds: str) -> list[Outcome]:
        return [one for one in outcomes if one.asked.expect in kinds]

    def are(kind: str) -> Callable[[Outcome], bool]:
        return lambda one: one.kind == kind

    answerable, near = of("answer"), of("unanswered")
    follow_ups = [one for one in outcomes if len(one.asked.turns) > 1]
    return {
        "right": Share.of(one.is_right for one in outcomes),
        "right or silent": Share.of(one.is_right or one.kind == "unanswered" for one in answerable),
        "answered rightly": Share.of(one.is_right for one in answerable),
        "quotes word for word": Share.of(flag for one in outcomes for flag in one.exact),
        "silent on what is not said": Share.of(one.kind != "answer" for one in near),
        "advice declined": Share.of(one.is_right for one in of("advice")),
        "danger seen": Share.of(map(are("urgent"), of("urgent"))),
        "false alarms": Share.of(
            one.kind == "urgent" and not one.is_right for one in outcomes if one.asked.expect != "urgent"
        ),
        "follow-ups": Share.of(one.is_right for one in follow_ups),
        "changed by context": changed,
    }
