import json
import time
import unicodedata
from collections.abc import Iterator
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.triage.disguises import normalise, plain_text, undisguised_texts

CONFUSABLES = files("confusable_homoglyphs") / "confusables.json"
MOST_READINGS = 12  # two ways of writing, each plain, turned round, squeezed, and with four ways of reading its signs
NOT_MEANT = {"ſ", "ͺ"}  # the long s is an s, whatever it looks like, and the iota below a letter is no letter
SCRIPTS = {"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU", "CANADIAN", "DESERET", "TIFINAGH"}


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("ｋｉｌｌ", "kill"),
        ("ki\u200bll", "kill"),
        ("k\u034fi\u00adll", "kill"),
        ("kіll", "kill"),  # Cyrillic і
        ("dιe", "die"),  # Greek iota
        ("ΚΙLL", "kill"),  # Greek capitals
        ("🅺🅸🅻🅻", "kill"),
        ("ⓚⓘⓛⓛ", "kill"),
        ("ᴋɪʟʟ", "kill"),
        ("k̷̢͈i̴̲l̵͎l̶̪", "kill"),
        ("CAN’T", "cant"),
        ("self-harm", "self harm"),
        ("não quero", "nao quero"),
        ("zabić się", "zabic sie"),
        ("أريد", "اريد"),
        ("साँस", "सांस"),
        ("藥", "药"),
    ],
)
def test_a_disguise_or_an_accent_folds_away(typed: str, folded: str) -> None:
    assert plain_text(typed) == folded


@pytest.mark.parametrize("text", ["がんばって", "मैं मरना चाहता हूं", "パイプ", "हिंदी"])
def test_marks_that_make_another_letter_stay(text: str) -> None:
    assert plain_text(text) == text


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("k1ll mys3lf", "kill myself"),
        ("su1c1de", "suicide"),
        ("d!e", "die"),
        ("h@rm", "harm"),
        ("ki11", "kill"),
        ("k i l l   m y s e l f", "kill myself"),
        ("k.i.l.l", "kill"),
        ("s-u-i-c-i-d-e", "suicide"),
        ("diiiie", "die"),
        ("killlll", "kill"),
        ("d 1 e", "d 1 e"),
    ],
)
def test_one_of_the_readings_is_what_was_meant(typed: str, meant: str) -> None:
    assert meant in undisguised_texts(typed)


def test_the_table_of_look_alikes_agrees_with_unicodes_confusables() -> None:
    """Every letter that UTS #39 takes for one Latin letter is folded to it; `i` and `l`, both a stroke, count as one."""
    wrong = {}
    for letter, letters in latin_look_alikes():
        folded = plain_text(letter).replace("i", "l")
        if folded not in {other.replace("i", "l") for other in letters}:
            wrong[letter] = (unicodedata.name(letter), folded, letters)
    assert wrong == {}


def latin_look_alikes() -> Iterator[tuple[str, set[str]]]:
    """Letters of living scripts beside the ASCII letters that each can be taken for, in lower case."""
    alike: dict[str, set[str]] = {}
    for character, others in json.loads(CONFUSABLES.read_text(encoding="utf-8")).items():
        for other in others:
            alike.setdefault(character, set()).add(other["c"])
            alike.setdefault(other["c"], set()).add(character)
    for character, others in alike.items():
        if len(character) == 1 and character.isalpha() and unicodedata.name(character, "").split(" ")[0] in SCRIPTS:
            letters = {other.lower() for other in others if len(other) == 1 and other.isascii() and other.isalpha()}
            if letters and not character.isascii() and character not in NOT_MEANT:
                yield character, letters


def test_the_first_reading_keeps_digits_so_that_b12_stays_b12() -> None:
    assert undisguised_texts("Is B12 low?")[0] == "is b12 low?"


def test_an_ordinary_question_has_one_reading() -> None:
    assert undisguised_texts("What causes restless legs?") == ("what causes restless legs?",)


def test_normalising_keeps_case_and_accents() -> None:
    assert normalise("Ｎão\u200b  my’s") == "Não my's"


@given(st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_folding_takes_any_text_and_folding_twice_changes_nothing(text: str) -> None:
    once = plain_text(text)
    assert plain_text(plain_text(once)) == plain_text(once)
    assert 1 <= len(undisguised_texts(text)) <= MOST_READINGS


@pytest.mark.parametrize("unit", ["a", "1a", "a ", "a!", "k.", "!", "і", "a1 "])
def test_a_thousand_hostile_characters_do_not_stall_the_folding(unit: str) -> None:
    text = (unit * 1000)[:1000]
    undisguised_texts(text)
    start = time.process_time()
    for _ in range(5):
        undisguised_texts(text)
    assert (time.process_time() - start) / 5 < 0.1


@pytest.mark.timing
@pytest.mark.parametrize("unit", ["a", "1a", "a ", "a!", "k.", "!", "і", "a1 "])
def test_a_thousand_hostile_characters_fold_in_ten_milliseconds(unit: str) -> None:
    text = (unit * 1000)[:1000]
    undisguised_texts(text)
    start = time.process_time()
    for _ in range(5):
        undisguised_texts(text)
    assert (time.process_time() - start) / 5 < 0.010
