"""Patterns for what strangers wrote: RE2 searches in time that grows with the text's length, and with nothing else.

Python's `re` goes back and tries again, so a text can be made that holds it for minutes. RE2 (R. Cox, "Regular Expression
Matching in the Wild", 2010) never does, and lets other threads run while it searches. What stays on `re` in this package is
one class with one repeat, or parts that no character can belong to two of: there is nothing to go back to.

RE2 knows no look-around and no back-references; its `\\b`, `\\d`, `\\s` and `\\w` are ASCII's.
Syntax: https://github.com/google/re2/wiki/Syntax
"""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import re2

# Bytes that RE2 may use for one pattern: it keeps what texts have needed, forgets all of it when full, and then grows slow,
# though never more than linear. Few patterns read an article of up to a million letters, in a process that soon ends; a
# server holds thousands, for questions of a few hundred letters.
ARTICLE_MEMORY, QUESTION_MEMORY = 64 * 2**20, 2**20
# Patterns whose pieces one automaton looks for. RE2 gives it eight megabytes; those of all languages need more.
MOST_TOGETHER = 256
LONE_SURROGATE = re.compile("[\ud800-\udfff]")

Match = Any  # re2's own, which it does not export; it has the methods of `re.Match`


class PatternError(ValueError):
    """RE2 does not take a pattern."""


class LinearPattern:
    """A pattern with the methods of `re.Pattern`. Half a surrogate pair, which UTF-8 cannot write, counts as U+FFFD."""

    def __init__(self, source: str, /, *, memory: int = ARTICLE_MEMORY, has_groups: bool = True) -> None:
        """Compile it.

        Args:
            source: in RE2's syntax.
            memory: bytes that it may use.
            has_groups: keep what the groups of a match hold, which costs more than the search.

        Raises:
            PatternError: RE2 cannot search for it in linear time; the message names it.
        """
        try:
            self._pattern = re2.compile(source, _options(memory, has_groups=has_groups))
        except re2.error as error:
            raise _refused(source, error) from None

    def search(self, text: str, /) -> Match | None:
        """The first match anywhere."""
        return self._pattern.search(_encodable(text))

    def match(self, text: str, /) -> Match | None:
        """The match at the beginning."""
        return self._pattern.match(_encodable(text))

    def fullmatch(self, text: str, /) -> Match | None:
        """The match of the whole text."""
        return self._pattern.fullmatch(_encodable(text))

    def finditer(self, text: str, /) -> Iterator[Match]:
        """All matches, from left to right, none over another."""
        return iter(self._pattern.finditer(_encodable(text)))

    def findall(self, text: str, /) -> list[str]:
        """The texts of all matches, for a pattern without groups."""
        return list(self._pattern.findall(_encodable(text)))

    def sub(self, replacement: str | Callable[[Match], str], text: str, /) -> str:
        """The text with every match replaced."""
        return str(self._pattern.sub(replacement, _encodable(text)))


def question_pattern(source: str, /, *, ignore_case: bool = False, has_groups: bool = False) -> LinearPattern:
    """A pattern for questions: in their memory, and without the groups of a match unless they are wanted.

    Raises:
        PatternError: RE2 does not take it; the message names it.
    """
    return LinearPattern(f"(?i:{source})" if ignore_case else source, memory=QUESTION_MEMORY, has_groups=has_groups)


class PatternFilter:
    """Many patterns that are sought together, by RE2's `Filter`: only those whose indispensable pieces of text are there.

    RE2's `Set`, one automaton of all patterns, took 25 ms on the worst question of 1,000 letters where this takes 5, since
    no two such texts share its states.
    """

    def __init__(self, sources: Iterable[str], /, *, memory: int) -> None:
        """Compile them, each with that many bytes.

        Raises:
            PatternError: RE2 does not take one; the message names it.
        """
        options = _options(memory, has_groups=False)
        self._filters: list[Any] = []
        for number, source in enumerate(sources):
            if number % MOST_TOGETHER == 0:
                self._filters.append(re2.Filter())
            try:
                self._filters[-1].Add(source, options)
            except re2.error as error:
                raise _refused(source, error) from None
        for together in self._filters:
            together.Compile()

    def found(self, text: str, /) -> list[int]:
        """The numbers of the patterns that match somewhere, counted from 0 in the order in which they were given."""
        encodable = _encodable(text)
        return sorted(
            part * MOST_TOGETHER + number
            for part, together in enumerate(self._filters)
            for number in together.Match(encodable) or ()
        )


def _options(memory: int, *, has_groups: bool) -> Any:
    options = re2.Options()
    options.max_mem = memory
    options.never_capture = not has_groups
    options.log_errors = False
    return options


def _refused(source: str, error: Exception) -> PatternError:
    return PatternError(f"RE2 does not take the pattern {source!r} ({error}). Write it without look-around.")


def _encodable(text: str) -> str:
    return text if text.isascii() else LONE_SURROGATE.sub("\ufffd", text)
