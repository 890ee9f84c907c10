"""Misspelt English words put right: first towards the words of the corpus and of its field, then towards common English.

Flows in: the words of a corpus, a question. Flows out: the question with unknown words replaced. Only what the encoder
reads is corrected; what is shown, matched by the triage rules or counted is what the visitor typed.

The English words and how frequent they are come with symspellpy (W. Garbe, "SymSpell", MIT).
"""

import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from symspellpy import SymSpell, Verbosity

from assistant.language import language_of
from assistant.wording import DEFAULT_LANGUAGE

SHORTEST = 4  # letters; shorter words have too many neighbours
LONG_FIELD_WORD, LONG_COMMON_WORD = 7, 8  # letters from which on two edits are forgiven, not one
# Counts of the word list from which on a word is common enough to be what was meant.
COMMON = 5_000_000
FARTHEST = 2  # edits
PREFIX = 6  # letters that symspellpy indexes: less memory than its default of 7, the same words found
WORD = re.compile(r"[A-Za-z]+")


class Spelling:
    """Corrects towards the words of some texts. Safe to call from several threads."""

    def __init__(self, texts: Iterable[str], /) -> None:
        found = {word for text in texts for word in map(str.lower, WORD.findall(text)) if len(word) >= SHORTEST}
        self._words = frozenset(found)
        self._field = _speller(dict.fromkeys(sorted(found), 1))

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
        return len(lower) < SHORTEST or lower in self._words or lower in _english()

    def _nearest_to(self, word: str) -> str:
        lower = word.lower()
        meant = _nearest(self._field, lower, long=LONG_FIELD_WORD)
        if meant is None and word.islower():  # an unknown word with a capital is likely a name
            meant = _nearest(_common(), lower, long=LONG_COMMON_WORD)
        return meant or word


def _nearest(speller: SymSpell, word: str, /, *, long: int) -> str | None:
    edits = 1 if len(word) < long else FARTHEST
    found = speller.lookup(word, Verbosity.CLOSEST, max_edit_distance=edits)
    return min(found, key=lambda item: (item.distance, -item.count, item.term)).term if found else None


def _speller(counts: dict[str, int], /) -> SymSpell:
    speller = SymSpell(max_dictionary_edit_distance=FARTHEST, prefix_length=PREFIX)
    for word, count in counts.items():
        speller.create_dictionary_entry(word, count)
    return speller


@cache
def _english() -> dict[str, int]:
    """How often each English word was counted."""
    lines = (files("symspellpy") / "frequency_dictionary_en_82_765.txt").read_text(encoding="utf-8-sig").splitlines()
    return {word: int(count) for word, count in map(str.split, lines)}


@cache
def _common() -> SymSpell:
    return _speller({word: count for word, count in _english().items() if count >= COMMON and len(word) >= SHORTEST})
