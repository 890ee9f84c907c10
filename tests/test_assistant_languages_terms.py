"""assistant/languages/terms.py: a language's names of the condition, its terms, and its wording of what is on offer."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from assistant.languages import STARTERS, TERMS, language_files, terms
from assistant.languages.terms import offered_as, starters_in, terms_in, topics_in, with_english_name

FILES: dict[str, dict[str, Any]] = {
    TERMS: {
        "en": {"condition": ["Restless Legs Syndrome", "RLS"]},
        "de": {"condition": ["unruhige Beine", "RLS"], "terms": {"Kaffee": "caffeine", "Eisenmangel": "iron deficiency"}},
        "tr": {"condition": ["huzursuz bacak sendromu"]},
        "ja": {"condition": ["むずむず脚症候群"]},
        "es": {"condition": ["síndrome de piernas inquietas"]},
    },
    STARTERS: {"de": {"questions": {"What is RLS?": "Was ist RLS?"}, "topics": {"Nutrition": "Ernährung"}}},
}


@pytest.fixture(autouse=True)
def files(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    real = language_files

    def own(name: str) -> Mapping[str, Mapping[str, Any]]:
        return FILES.get(name) or real(name)

    monkeypatch.setattr(terms, "language_files", own)
    terms._offered.cache_clear()
    yield
    terms._offered.cache_clear()


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


def test_a_wording_on_offer_leads_to_its_original_however_it_is_typed() -> None:
    assert offered_as(" was ist  rls ") == ("What is RLS?", "de")
    assert offered_as("What is RLS?") is None
    assert starters_in("de") == {"What is RLS?": "Was ist RLS?"}
    assert topics_in("de") == {"Nutrition": "Ernährung"}
    assert starters_in("fr") == {}
