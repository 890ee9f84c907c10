"""assistant/languages/terms.py: the condition's names and the article's terms are found in a text of any language."""

from collections.abc import Mapping
from typing import Any

import pytest

from assistant.languages import TERMS, language_files, terms
from assistant.languages.terms import terms_in, with_english_name

FILES: dict[str, dict[str, Any]] = {
    TERMS: {
        "en": {"condition": ["Restless Legs Syndrome", "RLS"]},
        "de": {"condition": ["unruhige Beine", "RLS"], "terms": {"Kaffee": "caffeine", "Eisenmangel": "iron deficiency"}},
        "tr": {"condition": ["huzursuz bacak sendromu"]},
        "ja": {"condition": ["むずむず脚症候群"]},
        "es": {"condition": ["síndrome de piernas inquietas"]},
    },
}


@pytest.fixture(autouse=True)
def files(monkeypatch: pytest.MonkeyPatch) -> None:
    real = language_files

    def own(name: str) -> Mapping[str, Mapping[str, Any]]:
        return FILES.get(name) or real(name)

    monkeypatch.setattr(terms, "language_files", own)


@pytest.mark.parametrize(
    ("language", "text", "english"),
    [
        ("de", "Was verursacht unruhige Beine?", "Was verursacht Restless Legs Syndrome?"),
        ("de", "UNRUHIGE BEINE und RLS", "Restless Legs Syndrome und Restless Legs Syndrome"),
        ("de", "Was ist ein RLSen oder beunruhigte Beine?", "Was ist ein RLSen oder beunruhigte Beine?"),
        ("tr", "huzursuz bacak sendromunun nedeni", "Restless Legs Syndrome nedeni"),
        ("ja", "なぜむずむず脚症候群になる", "なぜRestless Legs Syndromeになる"),
        ("es", "que es el sindrome de piernas inquietas", "que es el Restless Legs Syndrome"),
        ("pl", "co to jest", "co to jest"),
    ],
)
def test_the_name_of_the_condition_is_put_into_english(language: str, text: str, english: str) -> None:
    assert with_english_name(text, language) == english


def test_a_term_is_found_as_it_was_typed_with_its_english_word() -> None:
    assert terms_in("Hilft kaffee bei Eisenmangel?", "de") == {"kaffee": "caffeine", "Eisenmangel": "iron deficiency"}
    assert terms_in("Kaffeetasse", "de") == {}
    assert terms_in("Kaffee", "xx") == {}
