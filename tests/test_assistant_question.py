"""assistant/question.py: what can be answered, and what is said about what cannot."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.question import LONGEST_QUESTION, MOST_TURNS, QuestionError, check_turns

ANY_TEXT = st.text(st.characters(exclude_categories=()))  # half characters (surrogates) and controls as well
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(ANY_TEXT, inner),
)


@pytest.mark.parametrize(
    ("turns", "code", "remedy"),
    [
        (None, "not_text", "a list of strings"),
        ("What is RLS?", "not_text", "a list of strings"),
        (b"What is RLS?", "not_text", "a list of strings"),
        (7, "not_text", "a list of strings"),
        (True, "not_text", "a list of strings"),
        ({"turns": ["What is RLS?"]}, "not_text", "a list of strings"),
        ({}, "not_text", "a list of strings"),
        ([7], "not_text", "a list of strings"),
        ([None], "not_text", "a list of strings"),
        ([["What is RLS?"]], "not_text", "a list of strings"),
        ([None, "What is RLS?"], "not_text", "a list of strings"),
        (["half a character: \ud83d"], "not_text", "Type it again"),
        (["half a character: \ud83d", "What is RLS?"], "not_text", "Type it again"),
        ([], "empty_question", "Type a question"),
        ([""], "empty_question", "Type a question"),
        ([" \t\r\n\u00a0\u3000"], "empty_question", "Type a question"),
        (["\u200b\ufeff\u2060\u00ad"], "empty_question", "Type a question"),
        (["\x00\x07"], "empty_question", "Type a question"),
        (["What is RLS?", " "], "empty_question", "Type a question"),
        (["a" * (LONGEST_QUESTION + 1)], "too_long", "fewer words"),
        (["a" * (LONGEST_QUESTION + 1), "What is RLS?"], "too_long", "fewer words"),
        (["why?"] * (MOST_TURNS + 1), "too_long", "last few turns"),
    ],
)
def test_turns_that_cannot_be_answered_are_refused_with_a_code_and_a_remedy(turns: Any, code: str, remedy: str) -> None:
    with pytest.raises(QuestionError) as caught:
        check_turns(turns)
    assert caught.value.code == code
    assert remedy in caught.value.remedy
    assert str(caught.value) == f"{caught.value.message} {caught.value.remedy}"


def test_a_refusal_names_the_length_it_found_and_the_one_that_is_read() -> None:
    with pytest.raises(QuestionError, match=r"1,001 characters; at most 1,000"):
        check_turns(["a" * 1_001])
    with pytest.raises(QuestionError, match=r"51 turns; at most 50"):
        check_turns(["why?"] * 51)


@pytest.mark.parametrize(
    "turns",
    [["?"], ["a" * LONGEST_QUESTION], ["why?"] * MOST_TURNS, ("Was ist RLS?",), ["", "What is RLS?"], ["😀"], ["不"]],
)
def test_turns_up_to_the_limits_are_kept_exactly(turns: list[str] | tuple[str, ...]) -> None:
    assert check_turns(turns) == tuple(turns)


@given(ANY_JSON | st.lists(ANY_TEXT))
def test_any_json_value_is_either_kept_as_it_is_or_refused_with_a_question_error(value: Any) -> None:
    try:
        turns: tuple[str, ...] | QuestionError = check_turns(value)
    except QuestionError as error:
        turns = error
    if isinstance(turns, QuestionError):
        assert turns.code in {"empty_question", "too_long", "not_text"}
        assert turns.message
        assert turns.remedy
    else:
        assert turns == tuple(value)
        assert turns[-1].strip()
        "".join(turns).encode("utf-8")  # what is kept can be sent anywhere
