"""index/encoding/pieces.py: words out of word pieces, whatever the tokenizer."""

import math
from pathlib import Path

import pytest

from index.encoding import Word
from index.encoding.pieces import RAREST, Vocabulary
from index.encoding.sentence_transformer import SentenceTransformerEncoder
from tests.small_models import KINDS, LONGEST, small_model

TEXTS = [
    "The iron in the brain is low at night.",
    "What is the cause of the restless legs?",
    "Tea and the leaves: the tea is green.",
    "Low iron. Low iron? Restless legs!",
    "The quick brown fox jumps over the lazy dog, as ever.",
]


@pytest.fixture(scope="module", params=KINDS)
def vocabulary(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    folder = tmp_path_factory.mktemp("models") / request.param
    return Vocabulary.from_file(small_model(folder, TEXTS, kind=request.param) / "tokenizer.json")


def words_of(vocabulary: Vocabulary, text: str) -> tuple[tuple[Word, ...], bool]:
    return vocabulary.words(vocabulary.read(text))


def test_words_are_whole_and_small_and_have_every_row_once(vocabulary: Vocabulary) -> None:
    words, follows = words_of(vocabulary, "Is low Iron, then, unheard?")
    letters = [word.text for word in words if any(map(str.isalnum, word.text))]
    assert letters == ["is", "low", "iron", "then", "unheard"]
    assert [word.first for word in words] == [0, *(word.end for word in words[:-1])]
    assert words[-1].end == len(vocabulary.read("Is low Iron, then, unheard?").ids) - 2
    assert not follows


def test_a_word_that_the_vocabulary_does_not_hold_is_rarer_than_any_that_it_holds(vocabulary: Vocabulary) -> None:
    (_, the, iron, unheard), _ = words_of(vocabulary, "is the iron unheard")  # bytes: after a space
    assert the.rarity == 0
    assert 0 < iron.rarity <= 1 < unheard.rarity
    assert unheard.end - unheard.first > 1


def test_words_are_those_of_the_last_turn_which_is_read_first(vocabulary: Vocabulary) -> None:
    words, follows = words_of(vocabulary, "low iron? [SEP] the brain")
    assert [word.text for word in words if word.text] == ["low", "iron"]
    assert follows
    alone = vocabulary.read("low iron?").tokens
    assert vocabulary.read("low iron? [SEP] the brain").tokens.count(alone[-1]) == 2  # one token between, one at the end


def test_a_text_without_words_has_none(vocabulary: Vocabulary) -> None:
    assert words_of(vocabulary, "") == ((), False)
    assert words_of(vocabulary, "[SEP] iron") == ((), True)
    assert vocabulary.own(len(vocabulary.read("").ids)) == slice(1, 1)


def test_a_copy_cuts_off_where_it_is_told(vocabulary: Vocabulary, tmp_path: Path) -> None:
    vocabulary.save(tmp_path / "tokenizer.json")
    short = Vocabulary.copy_of(vocabulary._tokenizer, longest=7)
    assert len(short.read("the " * 100).ids) == 7 < 100 < len(vocabulary.read("the " * 100).ids)
    assert (tmp_path / "tokenizer.json").stat().st_size > LONGEST


def test_rarity_is_the_rank_in_the_real_vocabulary(encoder: SentenceTransformerEncoder) -> None:
    (low, iron, haemodialysis, mark), follows = words_of(encoder.vocabulary, "Low iron HAEMODIALYSIS?")
    assert [low.text, iron.text, haemodialysis.text, mark.text] == ["low", "iron", "haemodialysis", ""]
    assert low.rarity == pytest.approx(math.log(2659 - 1995) / math.log(RAREST))  # "the" has 1996
    assert iron.rarity == pytest.approx(math.log(3707 - 1995) / math.log(RAREST))
    assert (haemodialysis.first, haemodialysis.end, haemodialysis.rarity) == (2, 7, 1.15)
    assert not follows
