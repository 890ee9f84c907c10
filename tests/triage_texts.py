"""Texts that are hard on patterns, made of the rules' own words: what a backtracking engine would try again and again.

Flows in: the patterns of triage and a seed. Flows out: texts of up to 1,000 characters: each alternative repeated, matches
that break off before their end, run-ons of pieces of several rules, in every language that has rules.
"""

import random
from collections.abc import Iterator
from re import _constants as operations
from re import _parser as parser
from typing import Any

from assistant.triage.rules import CALM, FOLLOW_UP, GENTLE, OTHERS, PERSONAL, TAKEN_BACK, URGENT, harmless, patterns

LONGEST = 1_000  # characters
MOST_REPEATS = 40
OF_A_CATEGORY = {
    operations.CATEGORY_SPACE: " ",
    operations.CATEGORY_DIGIT: "1",
    operations.CATEGORY_NOT_WORD: " ",
}


def hard_texts(count: int, /, *, seed: int) -> Iterator[str]:
    """So many texts; the same seed gives the same ones."""
    chance = random.Random(seed)
    tables = (*URGENT, *OTHERS, *GENTLE, *FOLLOW_UP, *PERSONAL, *CALM, *TAKEN_BACK)
    sources = [*harmless(*tables), *(source for p in patterns(*tables) for source in (p.match, p.unless) if source)]
    parsed = [parser.parse(source) for source in sources]
    for _ in range(count):
        yield chance.choice([_repeated, _half, _run_on, _alternatives])(parsed, chance)[:LONGEST]


def _repeated(parsed: list[Any], chance: random.Random) -> str:
    piece = _match(chance.choice(parsed), chance, long=chance.random() < 0.5) or "x"
    return piece[: chance.randint(1, len(piece))] * LONGEST


def _half(parsed: list[Any], chance: random.Random) -> str:
    piece = _match(chance.choice(parsed), chance, long=True)
    return (piece[: max(1, len(piece) * 2 // 3)] + chance.choice([" ", " x ", "\x01", "、", ""])) * LONGEST


def _run_on(parsed: list[Any], chance: random.Random) -> str:
    pieces: list[str] = []
    while len("".join(pieces)) < LONGEST:
        piece = _match(chance.choice(parsed), chance, long=chance.random() < 0.2)
        pieces.append(piece[chance.randint(0, len(piece) // 2) :] + " ")
    return "".join(pieces)


def _alternatives(parsed: list[Any], chance: random.Random) -> str:
    """One pattern, its repeats filled with one alternative as often as fits."""
    sequence = chance.choice(parsed)
    return "".join(_match(sequence, chance, long=True) + chance.choice(["", " "]) for _ in range(30))


def _match(sequence: Any, chance: random.Random, *, long: bool) -> str:
    return "".join(_piece(operation, argument, chance, long=long) for operation, argument in sequence)


def _piece(operation: Any, argument: Any, chance: random.Random, *, long: bool) -> str:
    match operation:
        case operations.LITERAL:
            return chr(argument)
        case operations.NOT_LITERAL | operations.ANY:
            return chance.choice("xa ")
        case operations.IN:
            kind, value = chance.choice(argument)
            if kind is operations.RANGE:
                return chr(chance.randint(*value))
            return chr(value) if kind is operations.LITERAL else OF_A_CATEGORY.get(value, "a")
        case operations.BRANCH:
            return _match(chance.choice(argument[1]), chance, long=long)
        case operations.SUBPATTERN:
            return _match(argument[3], chance, long=long)
        case operations.MAX_REPEAT | operations.MIN_REPEAT:
            least, most, repeated = argument
            times = min(most, least + MOST_REPEATS) if long else chance.randint(least, min(most, least + 2))
            return "".join(_match(repeated, chance, long=long and times < 3) for _ in range(times))
        case _:
            return ""
