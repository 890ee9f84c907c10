"""What the encoder reads of a question: without courtesies, spelling put right, one name for the condition, in context."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.reading.reader import LONGEST, MOST_PIECES, QuestionReader, pieces_of, without_courtesies
from assistant.reading.spelling import Spelling
from corpus import load_corpus
from settings import PROJECT

ARTICLE = [document.text for document in load_corpus(PROJECT / "corpus" / "articles")]


@pytest.fixture(scope="module")
def reader() -> QuestionReader:
    return QuestionReader(ARTICLE)


def test_a_question_is_read_by_itself_or_after_what_it_leans_on(reader: QuestionReader) -> None:
    assert reader.readings("What is tea?").in_context == "What is tea"
    assert reader.readings("Is it hot?", "What is tea?").in_context == "Is it hot [SEP] What is tea"
    assert reader.readings("Is it hot?", "What is tea?").pieces == ("Is it hot",)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("is feritin low in restles legs syndrom", "is ferritin low in RLS"),
        ("can antihistermines triger it", "can antihistamines trigger it"),
        ("does perkinsons go with it", "does parkinson go with it"),
        ("amitryptiline at night?", "amitriptyline (tricyclic antidepressant) at night"),
        ("is dopemine importent", "is dopamine important"),
    ],
)
def test_misspelt_words_are_read_as_the_corpus_and_the_field_spell_them(
    reader: QuestionReader, typed: str, read: str
) -> None:
    assert reader.readings(typed).in_context == reader.as_read(typed) == read


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
    assert reader.readings(text) == reader.readings(text)


def test_words_of_the_corpus_are_never_changed() -> None:
    spelling = Spelling(ARTICLE)
    assert [spelling.correct(text) for text in ARTICLE] == ARTICLE


def test_the_order_of_the_texts_changes_no_correction() -> None:
    words = sorted({word for text in ARTICLE for word in text.split()})
    shuffled = random.Random(1).sample(words, len(words))
    typed = "feritin dopemine recepters kidny iorn deficency narves symptons"
    assert Spelling(words).correct(typed) == Spelling(shuffled).correct(typed)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("My legs hurt. I cannot sleep!", ["My legs hurt.", "I cannot sleep!"]),
        ("what is rls", ["what is rls"]),
        ("2.5 mg at 8", ["2.5 mg at 8"]),
        ("腿麻。睡不着。", ["腿麻。", "睡不着。"]),
        ("one\ntwo", ["one", "two"]),
        ("", [""]),
    ],
)
def test_a_message_is_read_sentence_by_sentence(text: str, pieces: list[str]) -> None:
    assert pieces_of(text) == pieces


def test_a_run_on_is_read_in_windows_that_overlap_and_leave_no_word_out() -> None:
    words = [f"w{number}" for number in range(100)]
    windows = pieces_of(" ".join(words))
    assert all(len(window.split()) <= LONGEST for window in windows)
    assert [word for word in words if not any(word in window.split() for window in windows)] == []
    assert set(windows[0].split()) & set(windows[1].split())


@given(st.text(max_size=400))
def test_every_letter_of_a_text_stands_in_a_piece(text: str) -> None:
    letters = {letter for letter in text if not letter.isspace()}
    assert letters <= set("".join(pieces_of(text)))


def test_a_text_of_any_length_has_few_pieces_from_both_its_ends() -> None:
    pieces = pieces_of("first. " + "more. " * 10_000 + "last.")
    assert (len(pieces), pieces[0], pieces[-1]) == (MOST_PIECES, "first.", "last.")


def test_what_is_read_alone_and_in_context_is_put_right_in_both(reader: QuestionReader) -> None:
    found = reader.readings("is feritin low?", "does dopemine matter")
    assert (found.in_context, found.pieces) == ("is ferritin low [SEP] does dopamine matter", ("is ferritin low",))
    assert reader.readings("What is tea? Is feritin hot?").pieces == ("What is tea", "Is ferritin hot")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Hi! Quick question: can iron help, please?", "can iron help"),
        ("fine. kidneys?", "kidneys"),
        ("Hello, what causes RLS?", "what causes RLS"),
        ("hey there what is rls", "what is rls"),
        ("Good morning. Is RLS inherited?", "Is RLS inherited"),
        ("thanks! and is it common?", "and is it common"),
        ("Thank you very much, does iron matter?", "does iron matter"),
        ("please tell me if iron matters", "iron matters"),
        ("Could you tell me what causes RLS?", "what causes RLS"),
        ("can you explain to me why iron matters", "why iron matters"),
        ("Do you know if tea is bad", "tea is bad"),
        ("does anybody know whether it is inherited?", "it is inherited"),
        ("just wondering, is it common", "is it common"),
        ("I was wondering if coffee matters.", "coffee matters"),
        ("I'd like to know what dopamine does", "what dopamine does"),
        ("Sorry, one question: who wrote it?", "who wrote it"),
        ("um, is it the iron", "is it the iron"),
        ("what causes RLS please", "what causes RLS"),
        ("is iron low? Thanks in advance!", "is iron low"),
        ("What is RLS???", "What is RLS"),
        ("Is it the iron, thank you so much.", "Is it the iron"),
        ("¿Qué es? Hola", "¿Qué es? Hola"),
        ("Well, what helps?", "what helps"),
        ("well water and legs", "well water and legs"),
        ("right leg only", "right leg only"),
        ("high ferritin", "high ferritin"),
        ("pleasant tea", "pleasant tea"),
        ("Is a dose of 2.5 mg ok for iron", "Is a dose of 2.5 mg ok for iron"),
    ],
)
def test_courtesies_around_a_question_are_not_read(typed: str, kept: str) -> None:
    assert without_courtesies(typed) == kept


@pytest.mark.parametrize("text", ["Hi there!", "Thanks!", "please?", "ok thanks", "Hello, can you tell me", "?!", ""])
def test_a_text_of_nothing_but_courtesies_stays(text: str) -> None:
    assert without_courtesies(text) == text


@given(st.text(max_size=80) | st.lists(st.sampled_from(["hi", "please", "iron", "?", "thanks", ", "])).map(" ".join))
def test_what_is_kept_of_any_text_is_a_piece_of_it(text: str) -> None:
    kept = without_courtesies(text)
    assert kept in text
    assert bool(kept) == bool(text)


def test_a_question_with_and_without_courtesies_is_read_alike(reader: QuestionReader) -> None:
    plain = reader.readings("what causes restless legs").in_context
    for typed in ("Hi, what causes RLS?", "what causes Willis-Ekbom disease please", "Do you know what causes RLS?!"):
        assert reader.readings(typed).in_context == plain
