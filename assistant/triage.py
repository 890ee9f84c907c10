"""What is not looked up at all: danger to life, requests for personal advice, small talk.

Runs first and needs no index and no model, so that help appears even when everything else is down. The rules are
reviewed data (`triage.toml`); the order of the kinds is the order of the file: urgent before all else.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from assistant.answer import Answer, Kind
from assistant.question import normalise
from assistant.wording import wording


@dataclass(frozen=True, slots=True)
class Triage:
    """A kind that was recognised, and the key of the fixed wording that answers it."""

    kind: Kind
    wording: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A regular expression over the normalised question."""

    pattern: re.Pattern[str]
    outcome: Triage


def triage(question: str, /) -> Triage | None:
    """The outcome of the first rule that matches; `None`: look the question up.

    >>> triage("I want to die").wording
    'urgent.crisis'
    """
    text = normalise(question)
    return next((rule.outcome for rule in rules() if rule.pattern.search(text)), None)


@cache
def rules() -> tuple[Rule, ...]:
    """All rules, in the order in which they apply."""
    tables = tomllib.loads((files(__package__) / "triage.toml").read_text(encoding="utf-8"))
    return tuple(
        Rule(re.compile(pattern, re.IGNORECASE), Triage(Kind(kind), f"{kind}.{name}"))
        for kind, groups in tables.items()
        for name, patterns in groups.items()
        for pattern in patterns
    )


def urgent_help(question: str, /) -> Answer | None:
    """The answer to an urgent question, made without index or model; `None` if no rule calls it urgent."""
    outcome = triage(question)
    if outcome is None or outcome.kind is not Kind.URGENT:
        return None
    return Answer(Kind.URGENT, wording()[outcome.wording], citations=(), suggestions=(), confidence=1.0, index_version="")
