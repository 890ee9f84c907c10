"""What is not looked up at all: danger to life, requests for personal advice, small talk.

Runs first and needs no index and no model, so that help appears even when everything else is down. The rules are
reviewed data, one file a language in `assistant/triage_rules/`; urgent goes before all else. They are the part that must
seldom be wrong: what they miss is left to the learned router.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from assistant.answer import Kind
from assistant.kept_beginnings import beginnings_of
from assistant.matching_text import fold_letters, undisguised_texts
from assistant.pattern_table import PatternTable

# Poison and emergency before crisis: what has been swallowed or is bleeding cannot wait.
KEYS = (
    *("urgent.poison", "urgent.emergency", "urgent.crisis", "advice.message"),
    *("chat.about", "chat.ability", "chat.goodbye", "chat.greeting", "chat.thanks"),
)


@dataclass(frozen=True, slots=True)
class Triage:
    """A kind that was recognised, and the key of the fixed wording that answers it."""

    kind: Kind
    wording: str


@dataclass(frozen=True, slots=True)
class Rule:
    """All patterns of one key in one language, over folded text."""

    patterns: tuple[str, ...]
    at_word: bool  # whether they begin where a word does
    script: re.Pattern[str]  # a letter of it must occur
    harmless: re.Pattern[str] | None  # taken out of the text first
    outcome: Triage


def triage(question: str, /) -> Triage | None:
    """The outcome of the first rule that matches, in the order of `KEYS`; `None`: look the question up.

    >>> triage("I want to die").wording
    'urgent.crisis'
    """
    readings = undisguised_texts(question)
    urgent = [rule.outcome for reading in readings for rule in _matching(reading, is_urgent=True)]
    if urgent:
        return min(urgent, key=lambda outcome: KEYS.index(outcome.wording))
    return next((rule.outcome for rule in _matching(readings[0], is_urgent=False)), None)


def _matching(text: str, /, *, is_urgent: bool) -> list[Rule]:
    """The rules of one sort that folded text calls for, in the order in which they apply."""
    found = []
    for harmless, table in _tables(is_urgent=is_urgent):
        left = harmless.sub(" ; ", text) if harmless else text
        found += [rule for rule in table.matches(left) if rule.script.search(left)]
    return sorted(found, key=lambda rule: KEYS.index(rule.outcome.wording))


@cache
def _tables(*, is_urgent: bool) -> tuple[tuple[re.Pattern[str] | None, PatternTable[Rule]], ...]:
    """What is harmless, and the patterns that are tried on the rest: one table for all rules that agree on it."""
    chosen = [rule for rule in rules() if (rule.outcome.kind is Kind.URGENT) == is_urgent]
    return tuple(
        (
            harmless,
            PatternTable(
                ((source, rule.at_word, rule) for rule in chosen if rule.harmless is harmless for source in rule.patterns),
                beginnings_of=beginnings_of,
            ),
        )
        for harmless in dict.fromkeys(rule.harmless for rule in chosen)
    )


@cache
def rules() -> tuple[Rule, ...]:
    """All rules, in the order in which they apply. Made once."""
    folder = files(__package__) / "triage_rules"
    tables = [tomllib.loads(path.read_text(encoding="utf-8")) for path in folder.iterdir() if path.name.endswith(".toml")]
    found = [rule for table in tables for rule in _rules_of(table)]
    return tuple(sorted(found, key=lambda rule: KEYS.index(rule.outcome.wording)))


def _rules_of(table: Mapping[str, Any]) -> list[Rule]:
    """The rules of one file; its form is explained at the head of `triage_rules/en.toml`."""
    language, words = table["language"], {name: str(pattern) for name, pattern in table.get("words", {}).items()}
    at_word, script = bool(language["spaces"]), re.compile(str(language["script"]))

    def spelled_out(patterns: Sequence[str]) -> tuple[str, ...]:
        return tuple(_spelled_out(pattern, words) for pattern in patterns)

    harmless = {
        kind: re.compile((r"\b" if at_word else "") + f"(?:{'|'.join(spelled_out(patterns))})")
        for kind, patterns in table.get("harmless", {}).items()
    }
    return [
        Rule(spelled_out(patterns), at_word, script, harmless.get(kind), Triage(Kind(kind), f"{kind}.{name}"))
        for kind in ("urgent", "advice", "chat")
        for name, patterns in table.get(kind, {}).items()
    ]


def _spelled_out(pattern: str, words: Mapping[str, str]) -> str:
    """A pattern with each `<name>` replaced by the words of that name, and letters folded as the question's are."""
    while (
        spelled := re.sub(r"(?<![?P])<(\w+)>", lambda match: f"(?:{_by_first_letter(words[match[1]])})", pattern)
    ) != pattern:
        pattern = spelled
    return _fold_pattern(pattern)


def _by_first_letter(alternatives: str) -> str:
    """`mum|son|mam` as `m(?:um|am)|son`, which the engine goes through faster. Lists with inner groups stay as they are.

    >>> _by_first_letter("mum|son|mam")
    'm(?:um|am)|s(?:on)'
    """
    if not re.fullmatch(r"[a-z][a-z ]+(?:\|[a-z][a-z ]+)*", alternatives):
        return alternatives
    words = alternatives.split("|")
    letters = dict.fromkeys(word[0] for word in words)
    return "|".join(f"{first}(?:{'|'.join(word[1:] for word in words if word[0] == first)})" for first in letters)


def _fold_pattern(pattern: str) -> str:
    """Folded but for escapes such as `\\W`, whose letter's case has a meaning."""
    return re.sub(
        r"\\[A-Z]|(?:\\[^A-Z]|[^\\])+", lambda m: m[0] if re.fullmatch(r"\\[A-Z]", m[0]) else fold_letters(m[0]), pattern
    )
