"""Which words a passage holds: its stems as a set, and its content words in order as one string. Python and numpy only.

Flows in: headings, sentences and a question's words. Flows out: which passages hold them, and which hold two side by side.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Self

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
KEPT = 65_536  # passages, and words, that are read once and remembered: at most 130 MB
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class PassageWords:
    """The words of one passage.

    `stems` are those of the sentence and of its heading; `content` the stems of the sentence's words that are not COMMON, in
    order, each between spaces; `length` how many words the sentence has.
    """

    stems: frozenset[str]
    content: str
    length: int


@dataclass(frozen=True, slots=True)
class Words:
    """The words of n passages."""

    passages: Sequence[PassageWords]

    @classmethod
    def of(cls, headings: Iterable[str], sentences: Iterable[str], /) -> Self:
        """The words of passages, given the heading of each and its sentence."""
        return cls([passage_words(heading, sentence) for heading, sentence in zip(headings, sentences, strict=True)])

    @property
    def count(self) -> int:
        """How many passages there are."""
        return len(self.passages)

    @property
    def lengths(self) -> npt.NDArray[np.float32]:
        """How many words each sentence has (n,)."""
        return np.array([passage.length for passage in self.passages], np.float32)

    def holds(self, words: Sequence[str], /) -> npt.NDArray[np.float32]:
        """Whether each passage or its heading holds a form of each word (words, n)."""
        stems = [passage.stems for passage in self.passages]
        found = [asked in held for asked in map(stem, words) for held in stems]
        return np.array(found, np.bool_).reshape(len(words), self.count).astype(np.float32)

    def pairs(self, words: Sequence[str], /) -> npt.NDArray[np.float32]:
        """How many pairs of words side by side stand side by side in each sentence, common words left out (n,)."""
        contents = [passage.content for passage in self.passages]
        asked = [f" {first} {second} " for first, second in pairwise(map(stem, words))]
        found = [pair in content for pair in asked for content in contents]
        counts: npt.NDArray[np.float32] = np.array(found, np.float32).reshape(len(asked), self.count).sum(axis=0)
        return counts


def passage_words(heading: str, sentence: str, /) -> PassageWords:
    """Read one passage.

    >>> passage_words("Tea", "The teas are hot.").content
    ' tea hot '
    """
    words = words_of(sentence)
    stems = list(map(stem, words))
    content = " ".join(stemmed for word, stemmed in zip(words, stems, strict=True) if word not in COMMON)
    return PassageWords(frozenset(stems).union(map(stem, words_of(heading))), f" {content} ", len(words))


@lru_cache(KEPT)
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
