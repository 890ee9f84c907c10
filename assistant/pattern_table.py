"""Many regular expressions tried at once: at each place of a text only those that can begin with the letters there.

Python's engine tries the alternatives of one large expression one after another wherever a word begins. A table by first
letters leaves nearly all of them untried: of the patterns of triage some 65 are tried on a question instead of thousands.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from re import _constants as operations  # what the engine's own parser makes of a pattern
from re import _parser as parser
from typing import Any, Generic, TypeVar

T = TypeVar("T")
BOUNDARY = r"\b"
LETTERS = 3  # that a pattern is looked up by, if it is known to begin with as many
LENGTHS = range(1, LETTERS + 1)
MOST_BEGINNINGS = 400  # of one pattern; with more of them it is looked up by fewer letters, which is slower and as right


def beginnings(pattern: str, /) -> frozenset[str]:
    """What a match begins with: up to LETTERS letters, fewer where it ends or nothing is known of what follows.

    >>> sorted(beginnings("(ab|c?d)e"))
    ['abe', 'cde', 'de']
    """
    return frozenset(letters for letters, _ in _of_sequence(parser.parse(pattern)))


@dataclass(frozen=True)
class Entry(Generic[T]):
    """A pattern; it is compiled when it is first tried, which most of them never are."""

    number: int
    source: str
    value: T

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The pattern, compiled."""
        return re.compile(self.source)


class PatternTable(Generic[T]):
    """Patterns with a value each, the most important first. Safe to use from several threads."""

    def __init__(
        self, patterns: Iterable[tuple[str, bool, T]], /, *, beginnings_of: Callable[[str], frozenset[str]] = beginnings
    ) -> None:
        """Each pattern with whether it begins at the start or end of a word only, and its value.

        `beginnings_of` may know by heart what `beginnings` reads off a pattern.
        """
        self._searched: list[Entry[T]] = []  # what can begin with anything
        by_beginning: dict[bool, dict[str, list[Entry[T]]]] = {True: {}, False: {}}
        for number, (source, at_word, value) in enumerate(patterns):
            found = beginnings_of(source)
            if "" in found:
                self._searched.append(Entry(number, f"{BOUNDARY}(?:{source})" if at_word else source, value))
                continue
            for letters in found:
                by_beginning[at_word].setdefault(letters, []).append(Entry(number, source, value))
        self._tables = [(_places(table, at_word=at_word), table) for at_word, table in by_beginning.items() if table]

    def matches(self, text: str, /) -> list[T]:
        """The value of each pattern that occurs in the text, the most important first."""
        found = {entry.number: entry.value for entry in self._searched if entry.pattern.search(text)}
        for places, table in self._tables:
            for match in places.finditer(text):
                place = match.start()
                for length in LENGTHS:
                    for entry in table.get(text[place : place + length], ()):
                        if entry.number not in found and entry.pattern.match(text, place):
                            found[entry.number] = entry.value
        return [found[number] for number in sorted(found)]


def _places(beginnings: Iterable[str], /, *, at_word: bool) -> re.Pattern[str]:
    """Finds every place where one of some beginnings may stand, by its first letter."""
    letters = "".join(sorted({beginning[0] for beginning in beginnings}))
    return re.compile(rf"{BOUNDARY if at_word else ''}(?=[{re.escape(letters)}])")


# Letters that something begins with, and whether they are all of it, so that what stands behind it follows.
Beginning = tuple[str, bool]
NOTHING: Beginning = ("", True)
ANYTHING: Beginning = ("", False)


def _of_sequence(sequence: Sequence[tuple[Any, Any]]) -> set[Beginning]:
    found = {NOTHING}
    for operation, argument in sequence:
        if not any(is_whole for _, is_whole in found):
            break
        found = _followed_by(found, _of_operation(operation, argument))
    return found


def _of_operation(operation: Any, argument: Any) -> set[Beginning]:
    """What the parser names each thing: see `re._constants`. What is not known here may be anything."""
    match operation:
        case operations.LITERAL:
            return {(chr(argument), True)}
        case operations.IN:
            return _of_class(argument)
        case operations.BRANCH:
            return set().union(*map(_of_sequence, argument[1]))
        case operations.SUBPATTERN:
            return _of_sequence(argument[3])
        case operations.MAX_REPEAT | operations.MIN_REPEAT:
            return _repeated(_of_sequence(argument[2]), argument[0], argument[1])
        case operations.AT | operations.ASSERT | operations.ASSERT_NOT:
            return {NOTHING}  # it takes no letter, and only rules some out
        case _:
            return {ANYTHING}


def _of_class(members: Sequence[tuple[Any, Any]]) -> set[Beginning]:
    found: set[Beginning] = set()
    for kind, value in members:
        if kind is operations.LITERAL:
            found.add((chr(value), True))
        elif kind is operations.RANGE and value[1] - value[0] < MOST_BEGINNINGS:
            found.update((chr(code), True) for code in range(value[0], value[1] + 1))
        else:
            return {ANYTHING}
    return found


def _repeated(one: set[Beginning], least: int, most: int) -> set[Beginning]:
    found = {NOTHING} if least == 0 else set()
    so_far = {NOTHING}
    for times in range(1, min(most, max(least, LETTERS)) + 1):
        so_far = _followed_by(so_far, one)
        if times >= least:
            found |= so_far
    return found


def _followed_by(before: set[Beginning], after: set[Beginning]) -> set[Beginning]:
    found = {beginning for beginning in before if not beginning[1]}
    for letters, _ in before - found:
        for more, is_whole in after:
            whole = letters + more
            found.add((whole[:LETTERS], is_whole and len(whole) < LETTERS))
    return found if len(found) <= MOST_BEGINNINGS else {(letters, False) for letters, _ in before}
