"""A table finds what trying every pattern everywhere finds."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.pattern_table import PatternTable, first_letters

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
        ("abc", "a"),
        ("a?b", "ab"),
        ("(x|yz)w", "xy"),
        ("[a-c]", "abc"),
        ("(?!no)n", "n"),
        (r"\d", None),
        ("[^a]", None),
        (".", None),
        ("a*", None),
        ("(a|)", None),
        (r"[\x00-\uffff]", None),
    ],
)
def test_the_letters_that_a_match_can_begin_with(pattern: str, letters: str | None) -> None:
    assert first_letters(pattern) == (None if letters is None else frozenset(letters))
