"""What the patterns of triage begin with, kept in a file: to read it off all of them takes 70 ms of every start.

A pattern is known by its hash, so that one which was changed is read anew and never mistaken; a test tells when to renew the
file: `python -m assistant.training.beginnings`.
"""

import json
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from importlib.resources import files

from assistant.pattern_table import beginnings

FILE = "beginnings.json"  # in `triage_rules`
DIGITS = 16  # of a hash: two of a thousand patterns are alike once in 10 ** 13 sets of rules


def beginnings_of(pattern: str, /) -> frozenset[str]:
    """The same as `pattern_table.beginnings`, from the file if it stands there."""
    known = _kept().get(key_of(pattern))
    return beginnings(pattern) if known is None else frozenset(known)


def as_file(patterns: Iterable[str], /) -> str:
    """The text of the file for some patterns."""
    found = {key_of(pattern): sorted(beginnings(pattern)) for pattern in patterns}
    lines = [f"{json.dumps(key)}: {json.dumps(found[key], ensure_ascii=False)}" for key in sorted(found)]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def key_of(pattern: str, /) -> str:
    """What a pattern is known by."""
    return sha256(pattern.encode()).hexdigest()[:DIGITS]


@cache
def _kept() -> dict[str, list[str]]:
    text = (files(__package__) / "triage_rules" / FILE).read_text(encoding="utf-8")
    kept: dict[str, list[str]] = json.loads(text)
    return kept
