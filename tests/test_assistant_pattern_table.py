"""A table finds what trying every pattern everywhere finds."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import kept_beginnings
from assistant.kept_beginnings import FILE, as_file, beginnings_of
from assistant.pattern_table import PatternTable, beginnings
from assistant.triage import rules
from settings import PROJECT

PATTERNS = [
    *(
        "ab+",
        "(ab|c?d)e",
        "[a-c]d",
        "(a|) ?b",
        "(?!ab)a.",
        "(?=a)[ab]c",
        "(?<=a)b",
        "a??b",
        "(?:)",
        r"\d+a",
        r"a\b",
        ".b",
        " a",
    ),
    *("[^a]b", "(a{0,2}b){1,2}c", "ü|é", "$"),
]


@given(text=st.text("abcde é1ü٣.", max_size=12), start=st.sampled_from([r"\b", ""]))
def test_a_table_finds_exactly_what_each_pattern_finds_by_itself(text: str, start: str) -> None:
    table = PatternTable((pattern, bool(start), pattern) for pattern in PATTERNS)
    assert list(table.matches(text)) == [one for one in PATTERNS if re.search(f"{start}(?:{one})", text)]


@pytest.mark.parametrize(
    ("pattern", "letters"),
    [
        ("abcd", "abc"),
        ("a?b", "ab b"),
        ("(x|yz)w", "xw yzw"),
        ("[a-c]", "a b c"),
        ("(?!no)n", "n"),
        ("a{2,3}", "aa aaa"),
        ("(ab)*c", "aba abc c"),
        (r"ab\d", "ab"),
        ("a[^b]c", "a"),
        (r"\d", ""),
        (".", ""),
        ("a*", " a aa aaa"),
        ("[a-z][a-z]", " ".join("abcdefghijklmnopqrstuvwxyz")),
        (r"[\x00-\uffff]", ""),
    ],
)
def test_what_a_match_can_begin_with(pattern: str, letters: str) -> None:
    assert beginnings(pattern) == frozenset(letters.split(" "))


def test_what_is_kept_of_the_rules_of_triage_is_what_is_read_off_them() -> None:
    kept = (PROJECT / "assistant" / "triage_rules" / FILE).read_text(encoding="utf-8")
    assert kept == as_file(pattern for rule in rules() for pattern in rule.patterns), (
        "python -m assistant.training.beginnings"
    )


def test_a_pattern_that_was_changed_is_read_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_beginnings, "_kept", lambda: {kept_beginnings.key_of("abc"): ["by heart"]})
    assert beginnings_of("abc") == {"by heart"}
    assert beginnings_of("abd") == {"abd"}
