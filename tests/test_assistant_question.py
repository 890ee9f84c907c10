"""assistant/question.py: what can be answered, and what is said about what cannot."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import question as question_module
from assistant.question import LONGEST_QUESTION, MOST_TURNS, QuestionError, check_turns, read

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


def test_a_question_carries_along_what_was_found_out_about_it() -> None:
    question = read("  ¿Qué medicamentos\npueden provocarlo? ")
    assert (question.text, question.language, question.triage) == ("¿Qué medicamentos pueden provocarlo?", "es", None)
    assert read("k1ll m y s e l f").triage == read("I want to die").triage
    assert read("nobody believes me and i cry every night").is_distressed
    assert not read("Hello").is_distressed


def test_an_answer_depends_on_the_question_and_on_what_it_is_read_after() -> None:
    assert read("And iron?").turns == ("And iron?",)
    assert read("And iron? ").after("What is  it?").turns == ("What is it?", "And iron?")
    assert read("And iron?").after("What is it?").triage == read("And iron?").triage


@pytest.mark.parametrize(
    ("text", "is_personal"),
    [
        ("Can my iron cause it?", True),
        ("i have low ferritin, does it matter", True),
        ("Is it worse for my mother?", True),
        ("Does iron cause it?", False),
        ("My question is what causes RLS", False),
        ("Tell me what causes RLS", False),
    ],
)
def test_who_asks_about_himself_or_his_own_people_is_known(text: str, *, is_personal: bool) -> None:
    assert read(text).is_personal is is_personal


def test_of_a_turn_that_is_too_long_the_end_is_read_and_the_rules_read_both_ends() -> None:
    question = read("i want to die " + "why " * LONGEST_QUESTION)
    assert question.triage == read("i want to die").triage
    assert len(question.text) < LONGEST_QUESTION


def test_letters_that_are_spaced_out_are_read_with_the_white_space_that_was_sent() -> None:
    assert read("k i l l   m y s e l f").triage == read("kill myself").triage is not None


def test_a_text_is_undisguised_and_its_language_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def noted(name: str, real: Callable[..., object]) -> Callable[..., object]:
        return lambda text, **options: (seen.append(name), real(text, **options))[1]  # type: ignore[func-returns-value]

    for name in ("undisguised_texts", "recognised"):
        monkeypatch.setattr(question_module, name, noted(name, getattr(question_module, name)))
    question = read("Can iron help?")
    assert seen == ["undisguised_texts"]  # an answer that is kept needs no language
    assert question.language == question.language == "en"
    assert seen == ["undisguised_texts", "recognised"]


@given(ANY_TEXT)
def test_any_text_is_read_without_error_and_always_alike(text: str) -> None:
    assert read(text) == read(text)
