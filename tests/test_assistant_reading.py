"""What the encoder reads of a question: spelling put right, the field's names beside the visitor's, the turn before."""

import random
import tomllib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import field_terms
from assistant.field_terms import meanings, with_field_terms
from assistant.reading import QuestionReader
from assistant.spelling import English, Spelling
from assistant.vocabulary import Vocabulary
from corpus import load_corpus
from settings import PROJECT

ARTICLE = [document.text for document in load_corpus(PROJECT / "corpus" / "articles")]


@pytest.fixture(scope="module")
def reader() -> QuestionReader:
    return QuestionReader(ARTICLE)


def test_a_question_is_read_with_the_turn_before_it_and_no_other(reader: QuestionReader) -> None:
    assert reader.read(["What is tea?"]) == "What is tea?"
    assert reader.read(["What is milk?", "What is tea?", "Is it hot?"]) == "Is it hot? [SEP] What is tea?"


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("is feritin low in restles legs syndrom", "is ferritin low in restless legs syndrome"),
        ("can antihistermines triger it", "can antihistamines trigger it"),
        ("does perkinsons go with it", "does parkinson go with it"),
        ("amitryptiline at night?", "amitriptyline (tricyclic antidepressant) at night?"),
        ("is dopemine importent", "is dopamine important"),
    ],
)
def test_misspelt_words_are_read_as_the_corpus_and_the_field_spell_them(
    reader: QuestionReader, typed: str, read: str
) -> None:
    assert reader.read([typed]) == read


@pytest.mark.parametrize(
    "text",
    [
        "Does gabapentin help?",  # a real drug that neither the article nor the list of English words knows
        "What did Ekbom write?",
        "¿Qué medicamentos pueden provocar piernas inquietas?",
        "Welche Medikamente lösen unruhige Beine aus?",
        "What does the article say about labour and colour and anaesthetics?",
        "RLS in CKD4 pts w/ eGFR<30",
        "",
        "?!",
        "𝓻𝓵𝓼 \u200b \U0001f9b5",
    ],
)
def test_names_british_spellings_and_other_languages_are_left_alone(text: str) -> None:
    assert Spelling(ARTICLE).correct(text) == text


@given(st.text(max_size=200))
def test_any_text_is_read_without_error_and_always_alike(text: str) -> None:
    reader = QuestionReader(["Low serum ferritin"])
    assert reader.read([text]) == reader.read([text])


def test_words_of_the_corpus_are_never_changed() -> None:
    spelling = Spelling(ARTICLE)
    assert [spelling.correct(text) for text in ARTICLE] == ARTICLE


def test_a_word_is_known_or_not() -> None:
    known = English(np.array(["iron", "zinc"], dtype=np.bytes_), Vocabulary.of({}))
    assert [word for word in ("iron", "zinc", "aaaa", "zzzz", "iro", "irons") if known.knows(word)] == ["iron", "zinc"]


def test_the_order_of_the_texts_changes_no_correction() -> None:
    words = sorted({word for text in ARTICLE for word in text.split()})
    shuffled = random.Random(1).sample(words, len(words))
    typed = "feritin dopemine recepters kidny iorn deficency narves symptons"
    assert Spelling(words).correct(typed) == Spelling(shuffled).correct(typed)


def test_a_meaning_is_said_once() -> None:
    assert with_field_terms("haemodialysis") == "haemodialysis (dialysis)"
    assert with_field_terms("is haemodialysis a kind of dialysis") == "is haemodialysis a kind of dialysis"
    assert with_field_terms("Anafranil or ELAVIL?").count("(tricyclic antidepressant)") == 2


def test_only_whole_words_have_a_meaning() -> None:
    assert with_field_terms("tcasomething subtca CKD-like") == "tcasomething subtca CKD-like"


def test_every_group_is_lower_case_sourced_and_stands_once() -> None:
    groups = tomllib.loads(field_terms.FILE.read_text(encoding="utf-8"))["group"]
    assert all(set(group) == {"means", "said", "source"} and group["source"] for group in groups)
    assert all(said == said.lower().strip() for said in meanings())
    assert len(meanings()) == sum(len(group["said"]) for group in groups)
