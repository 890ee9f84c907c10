"""assistant/languages/*/terms.toml: what visitors call the condition, and the article's terms in English."""

import pytest

from assistant.languages import TERMS as TERMS_FILE
from assistant.languages import TRIAGE, language_files
from assistant.languages.terms import as_search

TERMS = language_files(TERMS_FILE)
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


def test_a_search_is_a_short_question_that_names_little_but_terms() -> None:
    assert as_search("¿y el hierro?", "es") == "iron"
    assert as_search("kansızlık huzursuz bacak", "tr") == "anemia and Restless Legs Syndrome"
    assert as_search("¿cuánto hierro hay que tomar al día según su médico?", "es") == ""
    assert as_search("las piernas", "es") == ""
    assert as_search("铁", "zh") == ""
