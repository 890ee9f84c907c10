"""Rules for what is not looked up: danger to life, requests for advice, small talk; and for who needs a kind word.

They run first and need no index and no model, so help appears even when everything else is down. They are reviewed data,
`languages/<code>/triage.toml`. Urgent goes first. They must seldom be wrong; what they miss is left to the learned router.

RE2 searches for them in linear time. It has no look-around, so what a match must not be is an exception beside it. Its
`\\b`, `\\w` and `\\d` know ASCII only, and so does what folding leaves of Latin letters.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar

from assistant.answer import RECOGNISED, Kind
from assistant.languages import TRIAGE, language_files
from assistant.triage.disguises import ends_of, fold_letters, undisguised_texts
from corpus.linear_patterns import QUESTION_MEMORY, LinearPattern, Match, PatternFilter, question_pattern

T = TypeVar("T")
GAP = " ; "  # replaces a phrase that was taken out; no pattern matches across it
# Poison and emergency go before crisis: poison and bleeding cannot wait.
KEYS = (
    *("urgent.poison", "urgent.emergency", "urgent.crisis", "advice.message"),
    # What is asked of the article goes before what is asked of the assistant, and both before small talk.
    *("chat.author", "chat.date", "chat.length", "chat.article", "chat.sources", "chat.reliable", "chat.reviewed"),
    *("chat.not_advice", "chat.person", "chat.about", "chat.ability", "chat.goodbye", "chat.how", "chat.greeting"),
    *("chat.thanks", "chat.sorry", "chat.ok", "chat.there", "chat.praise", "chat.love", "chat.rude", "chat.believed"),
    *("chat.tired", "chat.hard", "chat.bored", "chat.laugh", "chat.joke", "chat.outside", "chat.again", "chat.unclear"),
    *("chat.wait", "chat.keys", "chat.more"),
    *("gentle.message", "gentle.grief", "follow_up.wholly", "follow_up.perhaps", "personal.about_oneself"),
    *("calm.complaint", "calm.exaggeration", "taken_back.plainly"),
)
# Tables of a file. "gentle" is no kind of answer: it puts a kind word before any answer. Nor are "follow_up", which
# tells what leans on the turns before, "personal", which tells who asks about himself, "calm", which tells an everyday
# complaint, and "taken_back", which takes back the danger that was told before.
URGENT, OTHERS = (Kind.URGENT.value,), tuple(kind.value for kind in RECOGNISED if kind is not Kind.URGENT)
GENTLE = ("gentle",)
FOLLOW_UP, PERSONAL = ("follow_up",), ("personal",)
CALM, TAKEN_BACK = ("calm",), ("taken_back",)


@dataclass(frozen=True, slots=True)
class Pattern(Generic[T]):
    """`match` is searched for once each `unless` is taken out of the text; `value` is what a match means.

    `language` is the code of the language whose file it stands in.
    """

    match: str
    value: T
    unless: str = ""
    language: str = ""


class PatternSet(Generic[T]):
    """Patterns that are searched for together. Safe to use from several threads.

    >>> PatternSet([Pattern("a+b", 1), Pattern("cd", 2, unless="cde")]).values("xaab cde")
    [1]
    """

    def __init__(self, patterns: Iterable[Pattern[T]], /) -> None:
        """Compile them.

        Raises:
            PatternError: one cannot be compiled; the message names it.
        """
        self._patterns = patterns = list(patterns)
        self._filter = PatternFilter([pattern.match for pattern in patterns], memory=QUESTION_MEMORY)
        # By number: what is taken out, and the pattern searched for after that.
        self._exceptions = {
            number: (Phrases([pattern.unless]), question_pattern(pattern.match))
            for number, pattern in enumerate(patterns)
            if pattern.unless
        }

    def values(self, text: str, /) -> list[T]:
        """The value of each pattern that the text holds, in the order of the patterns."""
        return [pattern.value for pattern in self.found(text)]

    def found(self, text: str, /) -> list[Pattern[T]]:
        """Each pattern that the text holds, in their order."""
        return [self._patterns[number] for number in self._filter.found(text) if self._stands(number, text)]

    def _stands(self, number: int, text: str) -> bool:
        if number not in self._exceptions:
            return True
        exceptions, pattern = self._exceptions[number]
        left = exceptions.taken_out(text)
        return left == text or pattern.search(left) is not None


class Phrases:
    """Phrases that are taken out of a text before it is searched."""

    def __init__(self, sources: Iterable[str], /, *, unless: Iterable[str] = ()) -> None:
        self._pattern, self._unless = _any_of(sources), _any_of(unless)

    def taken_out(self, text: str, /) -> str:
        """The text with a gap in the place of each phrase; one that holds an `unless` stays."""
        return text if self._pattern is None else self._pattern.sub(self._left, text)

    def _left(self, found: Match) -> str:
        phrase = str(found[0])
        return GAP if self._unless is None or self._unless.search(phrase) is None else phrase


def _any_of(sources: Iterable[str]) -> LinearPattern | None:
    joined = "|".join(f"(?:{source})" for source in sources)
    return question_pattern(joined) if joined else None


@dataclass(frozen=True, slots=True)
class Triage:
    """A recognised kind, and the key of the fixed wording that answers it.

    `languages` are those whose rules found it: what they find is often too short for its language to be recognised.
    """

    kind: Kind
    wording: str
    languages: tuple[str, ...] = ()

    @property
    def is_urgent(self) -> bool:
        """Whether help must come first."""
        return self.kind is Kind.URGENT


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of some tables in all languages, over folded text. `harmless` phrases are taken out first, and before rules
    of danger what is `told` of a film or of years ago."""

    patterns: PatternSet[str]
    harmless: Phrases
    told: Sequence[Phrases]

    def keys(self, text: str, /) -> list[str]:
        """The keys of the wording that folded text calls for, in the order in which they apply."""
        return list(dict.fromkeys(pattern.value for pattern in self.found(text)))

    def found(self, text: str, /) -> list[Pattern[str]]:
        """The patterns that folded text matches, in the order in which they apply."""
        text = self.harmless.taken_out(text)
        for told in self.told:
            text = told.taken_out(text)
        return self.patterns.found(text)


def triage(text: str, /) -> Triage | None:
    """The outcome of the first matching rule, in the order of `KEYS`; `None` if no rule matches.

    >>> triage("I want to die").wording
    'urgent.crisis'
    """
    readings = undisguised_texts(ends_of(text))
    return triage_of(readings, plain=readings[0])


def triage_of(readings: Sequence[str], /, *, plain: str) -> Triage | None:
    """The same for a text's undisguised readings: any may be urgent; only the `plain` one is read for other kinds."""
    found = next(filter(None, map(rules(*URGENT).found, readings)), None) or rules(*OTHERS).found(plain)
    if not found:
        return None
    key = found[0].value
    said_in = (pattern.language for pattern in found if pattern.value == key)
    return Triage(Kind(key.split(".")[0]), key, tuple(dict.fromkeys(said_in)))


def tells_of_distress(plain: str, /) -> bool:
    """Whether the rules find somebody who is exhausted, frightened or alone; `plain` as above.

    >>> tells_of_distress("nobody believes me and i cry every night")
    True
    """
    return bool(rules(*GENTLE).keys(plain))


def asks_about_oneself(plain: str, /) -> bool:
    """Whether somebody asks about himself or his own people; `plain` as above.

    >>> asks_about_oneself("can my antidepressant cause rls"), asks_about_oneself("can you tell me what rls is")
    (True, False)
    """
    return bool(rules(*PERSONAL).keys(plain))


def is_tired(plain: str, /) -> bool:
    """Whether the rules find exhaustion, fright or loneliness, which are often taken for danger, and not grief alone, which
    may hide it; `plain` as above."""
    return "gentle.message" in rules(*GENTLE).keys(plain)


def complains_calmly(plain: str, /) -> bool:
    """Whether this is an everyday complaint or holds an exaggeration, which are often taken for danger; `plain` as above.

    >>> complains_calmly("me da siempre en la noche, por que sera")
    True
    """
    return bool(rules(*CALM).keys(plain))


def exaggerates(plain: str, /) -> bool:
    """Whether the rules find an exaggeration such as "dying of boredom" in another language; `plain` as above.

    >>> exaggerates("me muero de sueno jaja"), exaggerates("me quiero morir")
    (True, False)
    """
    return "calm.exaggeration" in rules(*CALM).keys(plain)


def takes_back(plain: str, /) -> bool:
    """Whether the danger told before is plainly taken back; `plain` as above.

    >>> takes_back("sorry that was last month"), takes_back("does it get worse")
    (True, False)
    """
    return bool(rules(*TAKEN_BACK).keys(plain))


def make_rules() -> None:
    """Compile all rules, in a third of a second, so that no visitor waits for them."""
    for tables in (URGENT, OTHERS, GENTLE, FOLLOW_UP, PERSONAL, CALM, TAKEN_BACK):
        rules(*tables)


@cache
def rules(*tables: str) -> Rules:
    """The rules of some tables. Made once."""
    return Rules(PatternSet(patterns(*tables)), Phrases(harmless(*tables)), _told() if tables == URGENT else ())


def _told() -> tuple[Phrases, ...]:
    """What is told of a film or of years ago, in each language, unless its words of the present stand in it."""
    found = []
    for file in language_files(TRIAGE).values():
        told, present = (
            [_source(one, file) for one in file.get("harmless", {}).get(name, ())] for name in ("told", "present")
        )
        found += [Phrases(told, unless=present)] if told else []
    return tuple(found)


def patterns(*tables: str) -> list[Pattern[str]]:
    """The patterns of some tables in all languages, in the order in which they apply, with the keys of their wording."""
    found = [
        pattern
        for language, file in language_files(TRIAGE).items()
        for table in tables
        for pattern in _patterns_of(file, table, language)
    ]
    return sorted(found, key=lambda pattern: KEYS.index(pattern.value))


def harmless(*tables: str) -> list[str]:
    """The phrases that are taken out before the patterns of some tables are searched for; of danger, exaggerations too."""
    return [
        _source(source, file)
        for file in language_files(TRIAGE).values()
        for table in tables
        for source in (
            *file.get("harmless", {}).get(table, ()),
            *(file.get("calm", {}).get("exaggeration", ()) if (table,) == URGENT else ()),
        )
    ]


def _patterns_of(file: Mapping[str, Any], table: str, language: str) -> Iterator[Pattern[str]]:
    for name, entries in file.get(table, {}).items():
        for entry in entries:
            match, unless = (entry, "") if isinstance(entry, str) else (entry["match"], entry["unless"])
            unless = unless.replace("<match>", f"(?:{match})")
            yield Pattern(_source(match, file), f"{table}.{name}", _source(unless, file) if unless else "", language)


def _source(pattern: str, file: Mapping[str, Any]) -> str:
    """The pattern for RE2: names spelled out, letters folded like the question's, at the start of a word or of the text."""
    pattern = _fold_pattern(_spelled_out(pattern, file.get("words", {})))
    is_anchored = pattern.startswith(("^", "(?:^")) or not file["language"]["spaces"]
    return pattern if is_anchored else rf"\b(?:{pattern})"


def _spelled_out(pattern: str, words: Mapping[str, str]) -> str:
    """A pattern with each `<name>` replaced by its words, which may hold names too."""
    before = ""
    while before != pattern:
        before = pattern
        for name, alternatives in words.items():
            pattern = pattern.replace(f"<{name}>", f"(?:{alternatives})")
    return pattern


def _fold_pattern(pattern: str) -> str:
    """The pattern, folded except for escapes such as `\\W`, where case matters."""
    first, *rest = pattern.split("\\")
    return fold_letters(first) + "".join(f"\\{piece[:1]}{fold_letters(piece[1:])}" for piece in rest)
