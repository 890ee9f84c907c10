"""Misspelt English words put right: first towards the words of the corpus and of its field, then towards common English.

Flows in: the words of a corpus, a question. Flows out: the question with unknown words replaced. Only what the encoder
reads is corrected; what is shown, matched by the triage rules or counted is what the visitor typed.

The English words and how frequent they are come from symspellpy (W. Garbe, "SymSpell", MIT), packed.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files

import numpy as np

from assistant.language import language_of
from assistant.vocabulary import Vocabulary, Words, is_among
from assistant.wording import DEFAULT_LANGUAGE

SHORTEST = 4  # letters; shorter words have too many neighbours
LONG_FIELD_WORD, LONG_COMMON_WORD = 7, 8  # letters from which on two edits are forgiven, not one
# Counts of the word list from which on a word is common enough to be what was meant.
COMMON = 5_000_000
ENGLISH = "english.npz"  # made by `python -m assistant.training.english_words`
WORD = re.compile(r"[A-Za-z]+")


@dataclass(frozen=True, slots=True)
class English:
    """English words: all that are `known`, in order, and the `common` ones, which a misspelt word may stand for."""

    known: Words
    common: Vocabulary


class Spelling:
    """Corrects towards the words of some texts. Safe to call from several threads."""

    def __init__(self, texts: Iterable[str], /) -> None:
        found = {word for text in texts for word in map(str.lower, WORD.findall(text)) if len(word) >= SHORTEST}
        self._words = frozenset(found)
        self._field = Vocabulary.of(dict.fromkeys(found, 1))

    def correct(self, text: str, /) -> str:
        """The text with its unknown words put right; text in another language than English as it is.

        >>> Spelling(["Low serum ferritin"]).correct("is feritin importent")
        'is ferritin important'
        """
        unknown = {word for word in WORD.findall(text) if not self._is_known(word.lower())}
        if not unknown or language_of(text) != DEFAULT_LANGUAGE:  # in this order: most questions hold no unknown word
            return text
        return WORD.sub(lambda match: self._nearest_to(match[0]) if match[0] in unknown else match[0], text)

    def _is_known(self, lower: str) -> bool:
        return len(lower) < SHORTEST or lower in self._words or is_among(lower, english().known)

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
    """The words that are committed with the code."""
    with as_file(files("assistant.learned") / ENGLISH) as path, np.load(path, allow_pickle=False) as arrays:
        return English(arrays["known"], Vocabulary.packed(arrays["common"], arrays["counts"]))
