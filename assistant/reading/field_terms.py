"""What a visitor says and what the corpus and its field call it: reviewed data, `field_terms.toml`.

Flows in: a question, spelling corrected. Flows out: the question with one name for what has several, and the field's term
beside the visitor's word, so that the encoder reads both.
"""

import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import re2

from corpus.linear_patterns import question_pattern

FIELD_TERMS = Path(__file__).with_name("field_terms.toml")


@dataclass(frozen=True, slots=True)
class Group:
    """What is `said` for what it `means`. With `instead`, all of these are names of the very same thing."""

    means: str
    said: tuple[str, ...]
    instead: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """All of them."""
        return (self.means, *self.said)


@cache
def groups() -> tuple[Group, ...]:
    """The groups of `field_terms.toml`.

    Raises:
        ValueError: a word stands in two groups.
    """
    found = tomllib.loads(FIELD_TERMS.read_text(encoding="utf-8"))["group"]
    said = [word for group in found for word in group["said"]]
    if twice := {word for word in said if said.count(word) > 1}:
        raise ValueError(f"{FIELD_TERMS.name}: {min(twice)!r} stands in two groups")
    return tuple(Group(group["means"], tuple(group["said"]), group.get("instead", False)) for group in found)


class FieldTerms:
    """The field's terms, as some texts use them. Safe to call from several threads.

    >>> FieldTerms(["RLS is a disorder."]).explained("does amitriptyline cause Willis-Ekbom disease")
    'does amitriptyline (tricyclic antidepressant) cause RLS'
    """

    def __init__(self, texts: Iterable[str], /) -> None:
        """Read the texts, once."""
        used = {group.means: Counter[str]() for group in groups() if group.instead}
        for text in texts:
            for group in groups():
                if group.instead:
                    used[group.means].update(map(str.lower, _words(*group.names).findall(text)))
        self._own = {
            group.means: own for group in groups() if group.instead and (own := _most_used(group, used[group.means]))
        }

    def explained(self, text: str, /) -> str:
        """The text with the corpus's own name for each thing that has several, and with the term after each other word that
        has one, unless the text already holds the term."""
        for group in groups():
            own = self._own.get(group.means)
            if own is not None:
                text = _renamed(text, group, own)
        return _with_terms(text)


def names_what_has_several(text: str, /) -> bool:
    """Whether the text names something that has several names, such as the condition."""
    pattern = _words(*(name for group in groups() if group.instead for name in group.names))
    return pattern.search(text) is not None


def named_in(text: str, /) -> frozenset[str]:
    """What the text names of all that has several names, each under its first.

    >>> named_in("Does Willis-Ekbom disease come with renal anaemia?") == {"RLS", "anemia"}
    True
    """
    return frozenset(times_named(text))


def times_named(text: str, /) -> Counter[str]:
    """How often the text names each thing that has several names, under its first."""
    names = _first_names()
    return Counter(names[name.lower()] for name in _words(*names).findall(text))


@cache
def _first_names() -> dict[str, str]:
    return {name.lower(): group.means for group in groups() if group.instead for name in group.names}


def _most_used(group: Group, found: Counter[str]) -> str | None:
    """The name that is used most, of those that were found; none if none was."""
    used = max(group.names, key=lambda name: found[name.lower()])
    return used if found[used.lower()] else None


def _renamed(text: str, group: Group, own: str) -> str:
    """The text with one name for the thing; as it is if it holds two: then it asks about its names. One in brackets behind
    another is left out."""
    pattern, behind = _words(*group.names), _in_brackets(*group.names)
    shorter = behind.sub("", text)
    text = shorter if pattern.search(shorter) is not None else text
    found = {
        match[0].lower() for match in pattern.finditer(text) if not _is_part_of_a_word(text, match.start(), match.end())
    }
    if len(found) != 1:
        return text
    renamed: str = pattern.sub(lambda match: match[0] if _is_part_of_a_word(text, match.start(), match.end()) else own, text)
    return renamed


def _with_terms(text: str) -> str:
    def explained(match: Any) -> str:
        said: str = match[0]
        meaning = _meanings()[said.lower()]
        is_part = _is_part_of_a_word(text, match.start(), match.end())
        return said if is_part or _words(meaning).search(text) else f"{said} ({meaning})"

    found: str = _words(*_meanings()).sub(explained, text)
    return found


@cache
def _meanings() -> dict[str, str]:
    """What each lower-case word or phrase means that is explained, not replaced."""
    return {said: group.means for group in groups() if not group.instead for said in group.said}


def _either(words: Sequence[str]) -> str:
    """A pattern for any of the words, the longest first."""
    return "|".join(map(re2.escape, sorted(words, key=lambda word: (-len(word), word))))


def _is_part_of_a_word(text: str, start: int, end: int) -> bool:
    """Whether the span is part of a longer word: joined by a hyphen, or by a letter outside RE2's ASCII `\\w`."""
    return any(c.isalnum() or c in "_-" for c in text[max(0, start - 1) : start] + text[end : end + 1])


@cache
def _in_brackets(*words: str) -> Any:
    """Finds any of some words or phrases in brackets."""
    return question_pattern(rf" ?\((?:{_either(words)})\)", ignore_case=True)


@cache
def _words(*words: str) -> Any:
    """Finds any of some words or phrases."""
    return question_pattern(rf"\b(?:{_either(words)})\b", ignore_case=True)
