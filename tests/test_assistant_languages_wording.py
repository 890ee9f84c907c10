"""assistant/languages/wording.py and its files: every language says everything."""

import string

import pytest

from assistant.answer import RECOGNISED, Kind
from assistant.languages.wording import DEFAULT_LANGUAGE, languages, wording
from assistant.triage.rules import GENTLE, OTHERS, URGENT, patterns

QUESTION_ERROR_CODES = ("empty_question", "too_long", "not_text")


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_the_default_language_is_there() -> None:
    assert DEFAULT_LANGUAGE in languages()
    assert wording() == wording(DEFAULT_LANGUAGE)


@pytest.mark.parametrize("language", languages())
def test_every_language_has_the_same_keys_with_the_same_placeholders(language: str) -> None:
    expected = {key: placeholders(text) for key, text in wording().items()}
    assert {key: placeholders(text) for key, text in wording(language).items()} == expected


@pytest.mark.parametrize("language", languages())
def test_no_text_is_empty_or_has_white_space_around_it(language: str) -> None:
    assert [key for key, text in wording(language).items() if not text or text != text.strip()] == []


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_answer_has_its_wording(kind: Kind) -> None:
    assert [key for key in wording() if key.startswith(f"{kind}.")]


def test_every_rule_of_triage_has_its_wording() -> None:
    keys = {pattern.value for pattern in patterns(*URGENT, *OTHERS, *GENTLE)}
    assert keys - {"gentle.grief"} <= set(wording())  # grief gets the kind word of `gentle.message`


def test_what_the_learned_router_recognises_has_its_wording_of_the_same_kind() -> None:
    assert {kind.wording for kind in RECOGNISED} <= set(wording())
    assert [kind.wording.split(".")[0] for kind in RECOGNISED] == list(RECOGNISED)


@pytest.mark.parametrize("code", QUESTION_ERROR_CODES)
def test_every_fault_of_a_question_has_its_wording_on_the_page(code: str) -> None:
    assert wording()[f"page.{code}"]


def test_wording_cannot_be_changed_by_who_reads_it() -> None:
    with pytest.raises(TypeError):
        wording()["answer.one"] = "I think:"  # type: ignore[index]


def test_an_unknown_language_is_refused_with_those_there_are() -> None:
    with pytest.raises(KeyError, match=r"no wording in 'xx'; there is .*en"):
        wording("xx")


def test_urgent_wording_names_an_emergency_number() -> None:
    urgent = {pattern.value for pattern in patterns(*URGENT)} | {Kind.URGENT.wording}
    assert len(urgent) > 1
    assert [key for key in urgent for number in ("112", "911", "999") if number not in wording()[key]] == []
