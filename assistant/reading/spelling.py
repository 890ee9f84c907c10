"""Corrects misspelt English words: first to words of the corpus and its field, then to common English words.

Flows in: the words of a corpus, a question. Flows out: the question with unknown words replaced. Only the
encoder reads the correction; triage, pages and counts keep what the visitor typed.

The English words and how frequent they are come from the list in symspellpy (W. Garbe, "SymSpell", MIT). The search for
the nearest word is RapidFuzz's. An edit is a letter that is missing, added, another, or swapped with its neighbour: optimal
string alignment, as in L. Boytsov, "Indexing methods for approximate dictionary searching", JEA 16 (2011), section 2.2.2.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Self

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist

from assistant.languages.detecting import language_of
from assistant.languages.wording import DEFAULT_LANGUAGE
from corpus.linear_patterns import question_pattern

SHORTEST = 4  # letters; shorter words have too many neighbours
LONG_FIELD_WORD, LONG_COMMON_WORD = 7, 8  # letters; from here on two edits are allowed, not one
# A word with at least this count in the word list is common enough to be meant.
COMMON = 5_000_000
WORD_LIST = "frequency_dictionary_en_82_765.txt"
WORD = question_pattern("[A-Za-z]+")


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
    """English words in lower case: all `known` ones with their counts, and the `common` ones, which corrections are chosen
    from."""

    known: Mapping[str, int]
    common: Vocabulary


class Spelling:
    """Corrects towards the words of some texts. Safe to call from several threads."""

    def __init__(self, texts: Iterable[str], /) -> None:
        found = {word for text in texts for word in map(str.lower, WORD.findall(text)) if len(word) >= SHORTEST}
        self._words = frozenset(found)
        self._field = Vocabulary.of(dict.fromkeys(found, 1))

    def correct(self, text: str, /, *, language: str | None = None) -> str:
        """The text with its unknown words corrected; text in other languages is unchanged.

        The language is detected only if it is not given and a word is unknown.

        >>> Spelling(["Low serum ferritin"]).correct("is feritin importent")
        'is ferritin important'
        """
        unknown = {word for word in WORD.findall(text) if not self._is_known(word.lower())}
        if not unknown or (language or language_of(text)) != DEFAULT_LANGUAGE:  # most questions hold no unknown word
            return text
        corrected: str = WORD.sub(lambda match: self._nearest_to(match[0]) if match[0] in unknown else match[0], text)
        return corrected

    def _is_known(self, lower: str) -> bool:
        return len(lower) < SHORTEST or lower in self._words or lower in english().known

    def _nearest_to(self, word: str) -> str:
        lower = word.lower()
        meant = self._field.nearest(lower, edits=_edits(lower, long=LONG_FIELD_WORD))
        if meant is None and word.islower():  # an unknown word with a capital is likely a name
            meant = english().common.nearest(lower, edits=_edits(lower, long=LONG_COMMON_WORD))
        return meant or word


def _edits(word: str, /, *, long: int) -> int:
    return 1 if len(word) < long else 2


@cache
def english() -> English:
    """The words of symspellpy's list."""
    lines = (files("symspellpy") / WORD_LIST).read_text(encoding="utf-8-sig").splitlines()
    counts = {word: int(count) for word, count in map(str.split, lines) if len(word) >= SHORTEST}
    common = {word: count for word, count in counts.items() if count >= COMMON}
    return English(counts, Vocabulary.of(common))


def how_common(word: str, /) -> int:
    """The count of a lower-case word in the list; 0 for one that it does not hold."""
    return english().known.get(word, 0)
