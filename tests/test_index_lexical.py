"""index/lexical.py: which words a passage holds, held against what a reader would count."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.lexical import COMMON, Words, stem, words_of

some_words = st.lists(st.sampled_from("tea teas the iron ironing leg legs is restless hot".split()), max_size=8)
texts = st.lists(st.tuples(some_words.map(" ".join), some_words.map(" ".join)), min_size=1, max_size=6)


def slow_pairs(sentence: str, asked: list[str]) -> int:
    stems = [stem(word) for word in words_of(sentence) if word not in COMMON]
    return sum(pair in set(pairwise(stems)) for pair in pairwise(map(stem, asked)))


@given(texts=texts, asked=st.lists(st.sampled_from(["teas", "iron", "leg", "the", "unicorn", ""]), max_size=6))
def test_matches_are_those_of_sets_of_strings(texts: list[tuple[str, str]], asked: list[str]) -> None:
    found = Words.of(*zip(*texts, strict=True))
    stems = [{stem(word) for word in words_of(f"{heading} {sentence}")} for heading, sentence in texts]
    assert found.holds(asked).tolist() == [[stem(word) in row for row in stems] for word in asked]
    assert found.pairs(asked).tolist() == [slow_pairs(sentence, asked) for _, sentence in texts]
    assert found.lengths.tolist() == [len(words_of(sentence)) for _, sentence in texts]


def test_passages_without_words_hold_none() -> None:
    found = Words.of(["", "..."], ["—", "The of."])
    assert found.holds(["tea", ""]).tolist() == [[0, 0], [0, 0]]
    assert found.pairs(["tea", "", ""]).tolist() == [0, 0]
    assert found.lengths.tolist() == [0, 2]


@pytest.mark.parametrize(
    ("word", "stemmed"), [("causes", "caus"), ("legs", "leg"), ("is", "is"), ("iron", "iron"), ("families", "famil")]
)
def test_endings_are_taken_off_long_words_only(word: str, stemmed: str) -> None:
    assert stem(word) == stemmed


@given(st.text())
def test_words_are_lower_case_letters_and_digits_of_any_script(text: str) -> None:
    words = words_of(text)
    assert all(word and "_" not in word and not any(map(str.isspace, word)) for word in words)
    assert words_of(" ".join(words)) == words or any(word != word.lower() for word in words)


def test_common_words_are_written_as_words_are_read() -> None:
    assert sorted(COMMON) == sorted({word for common in COMMON for word in words_of(common)})
