"""The nearest word, against symspellpy's own search, and the committed English words."""

import random
import string
from pathlib import Path

import numpy as np
import pytest
from symspellpy import SymSpell, Verbosity
from symspellpy.editdistance import DistanceAlgorithm, EditDistance

from assistant.spelling import ENGLISH, english
from assistant.training.english_words import english_words, save
from assistant.vocabulary import Vocabulary, edits_between, is_among
from settings import PROJECT

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
    for word, count in zip(common.words.tolist(), common.counts.tolist(), strict=True):
        speller.create_dictionary_entry(word.decode(), count)
    return speller


@pytest.mark.parametrize("edits", [1, 2])
def test_the_nearest_word_is_the_one_that_symspellpy_finds(edits: int, oracle: SymSpell) -> None:
    chance = random.Random(edits)
    words = [word.decode() for word in english().common.words.tolist() if word.isalpha()]
    for word in chance.sample(words, TRIED):
        typed = misspelt(word, chance)
        if is_among(typed, english().common.words):
            continue
        found = oracle.lookup(typed, Verbosity.CLOSEST, max_edit_distance=edits)
        best = min(found, key=lambda item: (item.distance, -item.count, item.term)).term if found else None
        assert english().common.nearest(typed, edits=edits) == best, typed


def test_edits_are_counted_as_symspellpy_counts_them() -> None:
    chance, compare = random.Random(3), EditDistance(DistanceAlgorithm.DAMERAU_OSA).compare
    for _ in range(200):
        word, *others = ("".join(chance.choices("abc", k=chance.randint(1, 7))) for _ in range(8))
        table = np.array(others, dtype=np.bytes_)
        letters = table.view(np.uint8).reshape(len(table), table.itemsize)
        lengths = np.array(list(map(len, others)), np.int16)
        counted = edits_between(np.frombuffer(word.encode(), np.uint8), letters, lengths)
        assert counted.tolist() == [compare(word, other, 10) for other in others]


def test_of_equally_near_words_the_most_common_is_meant_then_the_first() -> None:
    assert Vocabulary.of({"bold": 1, "cold": 3, "gold": 2}).nearest("hold", edits=1) == "cold"
    assert Vocabulary.of({"cold": 1, "bold": 1}).nearest("hold", edits=1) == "bold"
    assert Vocabulary.of({"cold": 1, "bowls": 9}).nearest("bowld", edits=2) == "bowls"


def test_no_word_is_near_in_an_empty_vocabulary_or_to_what_is_longer_than_all() -> None:
    assert Vocabulary.of({}).nearest("iron", edits=2) is None
    assert Vocabulary.of({"iron": 1}).nearest("i" * 900, edits=2) is None


def test_a_word_is_among_others_or_not() -> None:
    words = np.array(["iron", "zinc"], dtype=np.bytes_)
    assert [is_among(word, words) for word in ("iron", "zinc", "aaaa", "zzzz", "iro", "irons")] == [True] * 2 + [False] * 4


def test_the_committed_words_are_what_the_program_that_makes_them_makes(tmp_path: Path) -> None:
    save(english_words(), tmp_path / ENGLISH)
    made, committed = np.load(tmp_path / ENGLISH), np.load(PROJECT / "assistant" / "learned" / ENGLISH)
    assert made.files == committed.files
    assert all(np.array_equal(made[name], committed[name]) for name in made.files)
