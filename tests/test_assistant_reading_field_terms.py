"""assistant/reading/field_terms.py: the corpus's own name for what has several, the field's term beside a visitor's."""

import tomllib

import pytest

from assistant.reading.field_terms import FIELD_TERMS, FieldTerms, groups, names_what_has_several
from corpus import load_corpus
from settings import PROJECT

ARTICLE = [document.text for document in load_corpus(PROJECT / "corpus" / "articles")]
NAMES = [(group.means, name) for group in groups() if group.instead for name in group.names]
LONG = ["Restless legs syndrome is a disorder. Who has restless legs syndrome (RLS) sleeps badly."]
SHORT = ["RLS is a disorder. Who has restless legs syndrome (RLS) sleeps badly."]


@pytest.mark.parametrize(("texts", "own"), [(LONG, "restless legs syndrome"), (SHORT, "RLS")])
def test_the_name_that_the_corpus_uses_most_takes_the_place_of_any_other(texts: list[str], own: str) -> None:
    terms = FieldTerms(texts)
    for name in ("RLS", "rls", "Willis-Ekbom disease", "Restless Leg Syndrome", "jumpy legs", own):
        assert terms.explained(f"what causes {name} at night") == f"what causes {own} at night"


@pytest.mark.parametrize(("means", "name"), NAMES)
def test_every_name_is_read_as_the_one_that_the_corpus_has(means: str, name: str) -> None:
    assert FieldTerms([means]).explained(f"what is {name} like") == f"what is {means} like"
    assert names_what_has_several(f"what is {name.upper()} like")


def test_the_projects_article_calls_it_rls() -> None:
    terms = FieldTerms(ARTICLE)
    assert terms.explained("who discovered willis ekbom disease") == "who discovered RLS"
    assert terms.explained("is haemodialysis to blame for anaemia") == "is dialysis to blame for anemia"


@pytest.mark.parametrize(
    "text", ["is RLS the same as Willis-Ekbom disease", "why is WED called RLS", "is haemodialysis a kind of dialysis"]
)
def test_who_says_two_names_asks_about_the_names(text: str) -> None:
    assert FieldTerms(ARTICLE).explained(text) == text


def test_a_name_said_twice_is_one_name() -> None:
    assert FieldTerms(SHORT).explained("jumpy legs, why jumpy legs") == "RLS, why RLS"


@pytest.mark.parametrize("text", ["what causes Willis-Ekbom disease", "is haemodialysis bad", "RLS or restless legs"])
def test_what_another_corpus_does_not_name_keeps_the_visitors_name(text: str) -> None:
    assert FieldTerms(["Tea is hot."]).explained(text) == text
    assert FieldTerms([]).explained(text) == text


def test_a_name_within_a_word_is_none() -> None:
    terms = FieldTerms(SHORT)
    for text in ("the wedding", "an RLS-like thing", "non-RLS", "éRLS"):
        assert terms.explained(text) == text


def test_a_meaning_is_said_once() -> None:
    terms = FieldTerms(ARTICLE)
    assert terms.explained("amitriptyline") == "amitriptyline (tricyclic antidepressant)"
    assert terms.explained("is Elavil a tricyclic antidepressant") == "is Elavil a tricyclic antidepressant"
    assert terms.explained("Anafranil or ELAVIL?").count("(tricyclic antidepressant)") == 2


def test_only_whole_words_have_a_meaning() -> None:
    assert FieldTerms(ARTICLE).explained("tcasomething subtca CKD-like") == "tcasomething subtca CKD-like"


@pytest.mark.parametrize("text", ["Does iron matter?", "what is it", "", "a wedding", "RLS-like"])
def test_most_things_have_one_name(text: str) -> None:
    assert names_what_has_several(text) == (text == "RLS-like")


def test_every_group_is_lower_case_sourced_and_stands_once() -> None:
    found = tomllib.loads(FIELD_TERMS.read_text(encoding="utf-8"))["group"]
    assert all(set(group) - {"instead"} == {"means", "said", "source"} and group["source"] for group in found)
    said = [word for group in groups() for word in group.said]
    assert all(word == word.lower().strip() for word in said)
    assert len(set(said)) == len(said)
    assert not {group.means for group in groups() if not group.instead} & set(said)
