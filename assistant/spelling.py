"""Misspelt English words put right: first towards the words of the corpus and of its field, then towards common English.

Flows in: the words of a corpus, a question. Flows out: the question with unknown words replaced. Only what the encoder
reads is corrected; what is shown, matched by the triage rules or counted is what the visitor typed.

The English words and how frequent they are come from symspellpy (W. Garbe, "SymSpell"), packed by `assistant.prepared`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import Self

import numpy as np
import numpy.typing as npt

from assistant.language import language_of
from assistant.prepared import Arrays, prepared
from assistant.vocabulary import Vocabulary
from assistant.wording import DEFAULT_LANGUAGE

SHORTEST = 4  # letters; shorter words have too many neighbours
LONG_FIELD_WORD, LONG_COMMON_WORD = 7, 8  # letters from which on two edits are forgiven, not one
# Counts of the word list from which on a word is common enough to be what was meant.
COMMON = 5_000_000
ENGLISH = "english"
FORMAT = 1  # bump when what is prepared changes
WORD = re.compile(r"[A-Za-z]+")


@dataclass(frozen=True, slots=True)
class English:
    """English words: all that are `known`, in order, and the `common` ones, which a misspelt word may stand for."""

    known: npt.NDArray[np.bytes_]
    common: Vocabulary

    @classmethod
    def of(cls, arrays: Arrays, /) -> Self:
        """The words of their arrays.

        Raises:
            KeyError, ValueError: they are none, or do not fit one another.
        """
        known, common, counts = (arrays[name] for name in ("known", "common", "counts"))
        kinds = known.dtype.kind, common.dtype.kind, counts.dtype.kind
        if kinds != ("S", "S", "i") or known.ndim != 1 or common.ndim != 1 or counts.shape != common.shape:
            raise ValueError("its arrays are not those of English words")
        return cls(known, Vocabulary(tuple(word.decode("ascii") for word in common.tolist()), counts))

    def knows(self, word: str, /) -> bool:
        """Whether this is an English word, in lower-case ASCII letters."""
        sought = word.encode("ascii")
        place = int(np.searchsorted(self.known, np.bytes_(sought)))
        return place < len(self.known) and bool(self.known[place] == sought)


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
        return len(lower) < SHORTEST or lower in self._words or english().knows(lower)

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
    key = f"symspellpy {version('symspellpy')}, from {SHORTEST} letters and {COMMON:,} on, format {FORMAT}"
    return prepared(ENGLISH, key, read=English.of)
