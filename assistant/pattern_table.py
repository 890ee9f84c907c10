"""Many regular expressions tried at once: at each place of a text only those that can begin with the letter there.

Python's engine tries the alternatives of one large expression one after another wherever a word begins. A table by first
letters leaves most of them untried: on labelled questions the rules of triage take a fifth of the time.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from re import _compiler as compiler  # type: ignore[attr-defined]  # the engine's own: each pattern is parsed once only
from re import _constants as operations
from re import _parser as parser
from typing import Any, Generic, TypeVar

T = TypeVar("T")
BOUNDARY = re.compile(r"\b")
MOST_LETTERS = 200  # of a class that is spelled out; a larger one may as well be any letter


class PatternTable(Generic[T]):
    """Patterns with a value each, the most important first. Safe to use from several threads."""

    def __init__(self, patterns: Iterable[tuple[str, bool, T]], /) -> None:
        """Each pattern with whether it begins at the start or end of a word only, and its value."""
        self._at_words: dict[str, list[tuple[int, re.Pattern[str], T]]] = {}
        self._anywhere: dict[str, list[tuple[int, re.Pattern[str], T]]] = {}
        self._searched: list[tuple[int, re.Pattern[str], T]] = []
        for number, (source, at_word, value) in enumerate(patterns):
            parsed = parser.parse(source)
            letters = _first_letters(parsed)
            if letters is None:
                self._searched.append((number, re.compile(rf"\b(?:{source})" if at_word else source), value))
                continue
            entry = number, compiler.compile(parsed), value
            for letter in letters:
                (self._at_words if at_word else self._anywhere).setdefault(letter, []).append(entry)

    def matches(self, text: str, /) -> Iterator[T]:
        """The value of each pattern that occurs in the text, the most important first."""
        found: dict[int, T] = {}
        for table, places in ((self._at_words, _boundaries(text)), (self._anywhere, range(len(text)))):
            for place in places if table else ():
                for number, pattern, value in table.get(text[place], ()):
                    if number not in found and pattern.match(text, place):
                        found[number] = value
        found |= {number: value for number, pattern, value in self._searched if pattern.search(text)}
        yield from (found[number] for number in sorted(found))


def first_letters(pattern: str, /) -> frozenset[str] | None:
    """Every letter that what the pattern matches can begin with; `None`: any, or nothing at all.

    >>> sorted(first_letters("(ab|c?d)e"))
    ['a', 'c', 'd']
    """
    return _first_letters(parser.parse(pattern))


def _first_letters(parsed: Sequence[tuple[Any, Any]]) -> frozenset[str] | None:
    letters, may_be_empty = _of_sequence(parsed)
    return None if may_be_empty else letters


def _boundaries(text: str) -> list[int]:
    return [match.start() for match in BOUNDARY.finditer(text) if match.start() < len(text)]


First = tuple[frozenset[str] | None, bool]  # the letters, None for any; and whether nothing need be there
ANY: First = (None, True)


def _of_sequence(sequence: Sequence[tuple[Any, Any]]) -> First:
    found: frozenset[str] = frozenset()
    for operation, argument in sequence:
        letters, may_be_empty = _of_operation(operation, argument)
        if letters is None:
            return ANY
        found |= letters
        if not may_be_empty:
            return found, False
    return found, True


def _of_operation(operation: Any, argument: Any) -> First:
    """What the parser names each thing: see `re._constants`. What is not known here may be any letter."""
    match operation:
        case operations.LITERAL:
            return frozenset(chr(argument)), False
        case operations.IN:
            return _of_class(argument)
        case operations.BRANCH:
            return _either([_of_sequence(branch) for branch in argument[1]])
        case operations.SUBPATTERN:
            return _of_sequence(argument[3])
        case operations.MAX_REPEAT | operations.MIN_REPEAT:
            letters, may_be_empty = _of_sequence(argument[2])
            return letters, may_be_empty or argument[0] == 0
        case operations.AT | operations.ASSERT | operations.ASSERT_NOT:
            return frozenset(), True  # it takes no letter, and only rules some out
        case _:
            return ANY


def _of_class(members: Sequence[tuple[Any, Any]]) -> First:
    found: set[str] = set()
    for kind, value in members:
        if kind is operations.LITERAL:
            found.add(chr(value))
        elif kind is operations.RANGE and value[1] - value[0] < MOST_LETTERS:
            found.update(map(chr, range(value[0], value[1] + 1)))
        else:
            return ANY
    return frozenset(found), False


def _either(branches: Sequence[First]) -> First:
    sets = [letters for letters, _ in branches]
    if any(letters is None for letters in sets):
        return ANY
    return frozenset().union(*(letters for letters in sets if letters)), any(may_be_empty for _, may_be_empty in branches)
