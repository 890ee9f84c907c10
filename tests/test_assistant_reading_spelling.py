"""The nearest word, against symspellpy's own search."""

import random
import string

import pytest
from symspellpy import SymSpell, Verbosity

from assistant.reading.english_words import Vocabulary, english
from assistant.reading.spelling import Spelling

TRIED = 1_500


def misspelt(word: str, chance: random.Random) -> str:
    """The word with one to three letters left out, put in, changed or swapped."""
    letters = list(word)
    for _ in range(chance.randint(1, 3)):
        place, letter = chance.randrange(len(letters)), chance.choice(string.ascii_lowercase)
        letters[place : place + 2] = chance.choice(
            [
                letters[place + 1 : place + 2],
                [letter, *letters[place : place + 2]],
                [letter, *letters[place + 1 : place + 2]],
                letters[place : place + 2][::-1],
            ]
        )
        letters = letters or [letter]
    return "".join(letters)


@pytest.fixture(scope="module")
def oracle() -> SymSpell:
    speller = SymSpell(max_dictionary_edit_distance=2, prefix_length=6)
    common = english().common
    for word, count in zip(common.words, common.counts.tolist(), strict=True):
        speller.create_dictionary_entry(word, count)
    return speller


@pytest.mark.parametrize("edits", [1, 2])
def test_the_nearest_word_is_the_one_that_symspellpy_finds(edits: int, oracle: SymSpell) -> None:
    chance = random.Random(edits)
    words = [word for word in english().common.words if word.isalpha()]
    for word in chance.sample(words, TRIED):
        typed = misspelt(word, chance)
        found = oracle.lookup(typed, Verbosity.CLOSEST, max_edit_distance=edits)
        best = min(found, key=lambda item: (item.distance, -item.count, item.term)).term if found else None
        assert english().common.nearest(typed, edits=edits) == best, typed


def test_of_equally_near_words_the_most_common_is_meant_then_the_first() -> None:
    assert Vocabulary.of({"bold": 1, "cold": 3, "gold": 2}).nearest("hold", edits=1) == "cold"
    assert Vocabulary.of({"cold": 1, "bold": 1}).nearest("hold", edits=1) == "bold"
    assert Vocabulary.of({"cold": 1, "bowls": 9}).nearest("bowld", edits=2) == "bowls"


def test_no_word_is_near_in_an_empty_vocabulary_or_to_what_is_longer_than_all() -> None:
    assert Vocabulary.of({}).nearest("iron", edits=2) is None
    assert Vocabulary.of({"iron": 1}).nearest("i" * 900, edits=2) is None


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("wot makes it wose at nite", "what makes it worse at night"),
        ("does low irn matter", "does low iron matter"),
        ("do u know smth abt iron", "do you know something about iron"),
        ("does HRT matter", "does HRT matter"),
        ("does IRN matter", "does IRN matter"),
        ("is het wat ijzer doet", "is het wat ijzer doet"),
    ],
)
def test_short_forms_and_short_misspellings_are_read(typed: str, read: str) -> None:
    assert Spelling(["Low iron matters."]).correct(typed) == read


def test_two_neighbouring_letters_swapped_in_a_rare_word_are_put_right() -> None:
    assert Spelling(["iron"]).correct("can a lack of nurtients cause it") == "can a lack of nutrients cause it"
