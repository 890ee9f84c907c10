"""The words of English, and how common each is: symspellpy's list (W. Garbe, "SymSpell", MIT).

The search for the nearest word is RapidFuzz's. An edit is a letter that is missing, added, another, or swapped with its
neighbour: optimal string alignment, as in L. Boytsov, "Indexing methods for approximate dictionary searching", JEA 16
(2011), section 2.2.2.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Self

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

SHORTEST = 4  # letters; shorter words have too many neighbours
# A word with at least this count in the word list is common enough to be meant.
COMMON = 5_000_000
WORD_LIST = "frequency_dictionary_en_82_765.txt"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words in order; `counts` (n,) say how common each is."""

    words: tuple[str, ...]
    counts: npt.NDArray[np.int64]

    @classmethod
    def of(cls, counts: Mapping[str, int], /) -> Self:
        """The words of these counts, sorted."""
        words = tuple(sorted(counts))
        return cls(words, np.array([counts[word] for word in words], dtype=np.int64))

    def nearest(self, word: str, /, *, edits: int) -> str | None:
        """The word with the fewest edits, ties by count, then by order; `None` if every word needs more.

        >>> Vocabulary.of({"iron": 1, "irons": 2}).nearest("irn", edits=1)
        'iron'
        """
        distances = cdist([word], self.words, scorer=OSA.distance, score_cutoff=edits, dtype=np.uint8)[0]  # or one more
        places = np.flatnonzero(distances == distances.min(initial=edits))
        return self.words[places[np.argmax(self.counts[places])]] if len(places) else None  # the first of the most common


@dataclass(frozen=True, slots=True)
class English:
    """English words in lower case: all `known` ones with their counts, the `common` ones, which corrections are chosen from,
    and the `short` ones of less than SHORTEST letters, which are never corrected."""

    known: Mapping[str, int]
    common: Vocabulary
    short: frozenset[str]


@cache
def english() -> English:
    """The words of symspellpy's list."""
    lines = (files("symspellpy") / WORD_LIST).read_text(encoding="utf-8-sig").splitlines()
    every = {word: int(count) for word, count in map(str.split, lines)}
    counts = {word: count for word, count in every.items() if len(word) >= SHORTEST}
    common = {word: count for word, count in counts.items() if count >= COMMON}
    return English(counts, Vocabulary.of(common), frozenset(every.keys() - counts.keys()))


def how_common(word: str, /) -> int:
    """The count of a lower-case word in the list; 0 for one that it does not hold."""
    return english().known.get(word, 0)


def is_english(word: str, /) -> bool:
    """Whether the list holds a lower-case word."""
    return word in english().short if len(word) < SHORTEST else word in english().known
