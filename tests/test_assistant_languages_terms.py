"""assistant/languages/*/terms.toml: what visitors call the condition, and the article's terms in English."""

import pytest

from assistant.languages import TRIAGE, language_files

TERMS = language_files("terms.toml")
WITHOUT_WORDS = {"emoji"}
ENGLISH = set(TERMS["de"]["terms"].values())


def test_every_language_with_words_has_terms() -> None:
    assert TERMS.keys() == language_files(TRIAGE).keys() - WITHOUT_WORDS


@pytest.mark.parametrize("language", sorted(TERMS))
def test_the_condition_has_several_names_and_its_abbreviation(language: str) -> None:
    names = TERMS[language]["condition"]
    assert len(set(names)) == len(names) >= 8
    assert "RLS" in names
    assert [name for name in names if name != " ".join(name.split()) or not name] == []


@pytest.mark.parametrize("language", sorted(set(TERMS) - {"en"}))
def test_every_language_names_the_same_terms(language: str) -> None:
    terms = TERMS[language]["terms"]
    assert set(terms.values()) == ENGLISH
    assert len(ENGLISH) > 50
    assert [word for word in terms if word != " ".join(word.split()) or not word] == []


@pytest.mark.parametrize("language", sorted(TERMS))
def test_no_term_is_a_name_of_the_condition(language: str) -> None:
    assert not {*map(str.casefold, TERMS[language]["condition"])} & {*map(str.casefold, TERMS[language]["terms"])}
