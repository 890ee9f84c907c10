"""Words as numbers, counted once when they are indexed, so that a question reads no text. Python and numpy only.

A word counts by its stem, and a stem by a hash of 30 bits: of a hundred thousand stems one in ten thousand is taken for
another, which moves a share of common words by as much as one rare word would.
"""

import re
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TypeVar
from zlib import crc32

import numpy as np
import numpy.typing as npt

COMMON = frozenset(
    "a about after again all also am an and any are as at be because been before being between both but by can could "
    "did do does doing for from get gets give had has have having he her here him his how i if in into is isn it its "
    "just kind know like made make makes many may me mean means might more most much my no not of off on one only or "
    "other our out over own really s say says see she so some something sort still such t tell than that the their "
    "them then there these they thing things this those to too under up us use used very was way we well were what "
    "when where which while who whom why will with would you your please explain article whats".split()
)
CONTENT = 1  # flag of a word of the sentence that is not COMMON
SENTENCE = 2  # flag of a word of the sentence, and not of its heading
FLAGS = CONTENT | SENTENCE
KEPT = 65_536  # codes of words that are remembered
Codes = npt.NDArray[np.uint32]
Integers = npt.NDArray[np.int64]
Number = TypeVar("Number", bound=np.generic)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of n passages, heading first, packed: `codes` (W,) in reading order, `starts` (n,) the first of each.

    A code is a stem's hash with two flags in its lowest bits.
    """

    codes: Codes
    starts: Integers

    def of(self, rows: Sequence[int] | Integers, /) -> "Words":
        """The words of some passages."""
        return Words(*gathered(self.codes, self.starts, rows))

    @property
    def owner(self) -> Integers:
        """The passage that each word belongs to (W,)."""
        return np.repeat(np.arange(len(self.starts)), np.diff(self.starts, append=len(self.codes)))


def gathered(
    packed: npt.NDArray[Number], starts: Integers, rows: Sequence[int] | Integers, /
) -> tuple[npt.NDArray[Number], Integers]:
    """Of things packed one after the other, that begin at `starts`, some: packed again, and where each begins.

    >>> gathered(np.array([5, 6, 7, 8]), np.array([0, 1, 3]), [2, 0])
    (array([8, 5]), array([0, 1]))
    """
    chosen = np.asarray(rows, dtype=np.int64)
    first = starts[chosen]
    sizes = np.append(starts[1:], len(packed))[chosen] - first
    new = np.cumsum(sizes) - sizes
    return packed[np.arange(sizes.sum()) + np.repeat(first - new, sizes)], new


@dataclass(frozen=True, slots=True)
class WordMatches:
    """Words of n passages, ready to be asked about: stems and the passage of each, all and content words alone."""

    count: int
    lengths: npt.NDArray[np.float32]  # (n,) words of the sentence
    stems: Codes
    owner: Integers
    content: Codes
    content_owner: Integers

    @classmethod
    def of(cls, words: Words, /) -> "WordMatches":
        """Read the flags once."""
        count, owner, stems = len(words.starts), words.owner, words.codes & ~np.uint32(FLAGS)
        is_content = (words.codes & CONTENT) > 0
        lengths = np.bincount(owner, weights=(words.codes & SENTENCE) > 0, minlength=count).astype(np.float32)
        return cls(count, lengths, stems, owner, stems[is_content], owner[is_content])

    def holds(self, words: Sequence[str], /) -> npt.NDArray[np.float32]:
        """Whether each passage or its heading holds a form of each word (words, n)."""
        found = np.zeros((len(words), self.count), np.float32)
        for row, word in enumerate(words):
            found[row, self.owner[self.stems == stem_code(word)]] = 1
        return found

    def pairs(self, words: Sequence[str], /) -> npt.NDArray[np.float32]:
        """How many pairs of words side by side stand side by side in each sentence, common words left out (n,)."""
        found = np.zeros(self.count, np.float32)
        is_same = self.content_owner[:-1] == self.content_owner[1:]
        for first, second in pairwise(map(stem_code, words)):
            both = is_same & (self.content[:-1] == first) & (self.content[1:] == second)
            found[self.content_owner[:-1][both]] += 1  # once each, however often it is named
        return found


def packed_words(headings: Iterable[str], sentences: Iterable[str], /) -> Words:
    """The words of passages.

    >>> packed_words(["Tea"], ["It is hot."]).starts.tolist()
    [0]
    """
    codes, starts = array("I"), array("q")  # a million passages have 26 million words
    before: list[int] = []
    last = None
    for heading, sentence in zip(headings, sentences, strict=True):
        starts.append(len(codes))
        if heading != last:
            before, last = [stem_code(word) for word in words_of(heading)], heading
        codes.extend(before)
        codes.extend(_flagged(word) for word in words_of(sentence))
    return Words(np.array(codes, dtype=np.uint32), np.array(starts, dtype=np.int64))


@lru_cache(KEPT)
def _flagged(word: str) -> int:
    return stem_code(word) | SENTENCE | (CONTENT if word not in COMMON else 0)


@lru_cache(KEPT)
def stem_code(word: str, /) -> int:
    """The number of a word's stem, without flags.

    >>> stem_code("causes") == stem_code("caused")
    True
    """
    return crc32(stem(word).encode("utf-8")) & ~FLAGS


def stem(word: str, /) -> str:
    """A light stem.

    >>> stem("causes") == stem("caused") == stem("causing")
    True
    """
    for ending in ("ations", "ation", "ingly", "ings", "ing", "edly", "ies", "ied", "ed", "es", "ly", "s", "e", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def words_of(text: str, /) -> list[str]:
    """Lower-case words.

    >>> words_of("Low B12?")
    ['low', 'b12']
    """
    return re.findall(r"[^\W_]+", text.lower())
