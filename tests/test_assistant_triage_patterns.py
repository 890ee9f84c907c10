import ast
import re
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assistant.triage.rules import GAP, Pattern, PatternSet, Phrases
from corpus.linear_patterns import PatternError
from settings import PROJECT

# Modules that a visitor's text goes through before anything is looked up. What backtracks has no place in them.
ON_THE_WAY = (
    "question",
    "reading/reader",
    "reading/spelling",
    "triage/disguises",
    "triage/rules",
)
SOURCES = ("a+b", r"\bcat", "c(d|e){2,3}", "^x", "b$", "[^.]{0,3}z", "dog")


@given(st.text("abcdexz. tog", max_size=40))
@example("cat ccdd dog.z")
@settings(max_examples=300, deadline=None)
def test_what_is_found_is_what_pythons_engine_finds(text: str) -> None:
    found = PatternSet(Pattern(source, source) for source in SOURCES).values(text)
    assert found == [source for source in SOURCES if re.search(source, text)]


def test_values_come_in_the_order_of_the_patterns() -> None:
    assert PatternSet([Pattern("b", 2), Pattern("a", 1)]).values("ab") == [2, 1]


def test_a_match_counts_only_outside_its_exceptions() -> None:
    risk = PatternSet([Pattern("suicide", "urgent", unless="suicide (rate|risk)")])
    assert risk.values("the suicide rate") == []
    assert risk.values("the suicide rate, and suicide") == ["urgent"]


def test_a_phrase_that_is_taken_out_leaves_a_gap_that_parts_what_stood_around_it() -> None:
    assert Phrases(["kind of", "sort of"]).taken_out("a kind of b") == f"a {GAP} b"
    assert Phrases([]).taken_out("a kind of b") == "a kind of b"


@pytest.mark.parametrize("source", ["(?=a)b", "(a)\\1", "a(", "(?<!a)b"])
def test_a_pattern_that_would_need_backtracking_is_refused_by_name(source: str) -> None:
    with pytest.raises(PatternError, match=re.escape(repr(source))):
        PatternSet([Pattern("a", 1), Pattern(source, 2)])


def test_half_a_character_neither_stops_a_search_nor_matches() -> None:
    assert PatternSet([Pattern("a", 1)]).values("\ud800 a") == [1]
    assert Phrases(["a"]).taken_out("\ud800") == "\ufffd"


def test_no_patterns_find_nothing() -> None:
    assert PatternSet([]).values("anything") == []


def test_a_pattern_that_backtracks_in_pythons_engine_is_linear_here() -> None:
    explosive = PatternSet([Pattern(r"\b(i )?((had |have |had had )*)+took", 1)])
    start = time.thread_time()
    assert explosive.values("i " + "had " * 5_000 + "x") == []
    assert time.thread_time() - start < 1


@pytest.mark.parametrize("module", ON_THE_WAY)
def test_nothing_that_backtracks_meets_a_visitors_text(module: str) -> None:
    tree = ast.parse((PROJECT / "assistant" / f"{module}.py").read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert "re" not in imported
