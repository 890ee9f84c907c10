"""Corrects misspelt English words: first to words of the corpus and its field, then to common English words. Short forms of
texting are said in full.

Flows in: the words of a corpus, a question. Flows out: the question with unknown words replaced. Only the
encoder reads the correction; triage, pages and counts keep what the visitor typed.
"""

from collections.abc import Iterable

from assistant.languages.detecting import language_of
from assistant.languages.wording import DEFAULT_LANGUAGE
from assistant.reading.english_words import SHORTEST, Vocabulary, english, is_english
from corpus.linear_patterns import question_pattern

LONG_FIELD_WORD, LONG_COMMON_WORD = 7, 8  # letters; from here on two edits are allowed, not one
SHORTEST_FIELD_WORD = 3  # letters of a word that may be one of the field with a letter left out: "irn"
WORD = question_pattern("[A-Za-z]+")
# What is typed for a word, as no misspelling is near to it. "wat" is Dutch, but only what is English is corrected.
SHORT_FORMS = {
    short: word
    for word, typed in {
        "what": "wat wot wht",
        "what's": "wats wots whts",
        "night": "nite nyt",
        "nights": "nites",
        "tonight": "tonite",
        "something": "smth smthn sth sumthing sumthin",
        "because": "cuz bcuz becuz bcos coz",
        "people": "ppl",
        "about": "abt",
        "with": "wid wiv",
        "worse": "wrose wose wors",
        "which": "wich wch",
        "when": "wen",
        "would": "wud",
        "could": "cud",
        "should": "shud",
        "your": "ur",
        "you": "u",
        "though": "tho",
        "through": "thru",
        "really": "rly",
        "please": "plz pls",
        "that": "dat",
        "this": "dis",
        "the": "da",
    }.items()
    for short in typed.split()
}


class Spelling:
    """Corrects towards the words of some texts. Safe to call from several threads."""

    def __init__(self, texts: Iterable[str], /) -> None:
        every = {word for text in texts for word in map(str.lower, WORD.findall(text))}
        found = {word for word in every if len(word) >= SHORTEST}
        self._words = frozenset(every)
        self._field = Vocabulary.of(dict.fromkeys(found, 1))

    def correct(self, text: str, /, *, language: str | None = None) -> str:
        """The text with its unknown words corrected; text in other languages is unchanged.

        The language is detected only if it is not given and a word is unknown.

        >>> Spelling(["Low serum ferritin"]).correct("is feritin importent at nite")
        'is ferritin important at night'
        """
        unknown = {word for word in WORD.findall(text) if not self._is_known(word)}
        if not unknown or (language or language_of(text)) != DEFAULT_LANGUAGE:  # most questions hold no unknown word
            return text
        corrected: str = WORD.sub(lambda match: self._nearest_to(match[0]) if match[0] in unknown else match[0], text)
        return corrected

    def _is_known(self, word: str) -> bool:
        lower = word.lower()
        if lower in SHORT_FORMS:
            return lower in self._words
        if len(lower) < SHORTEST:  # with capitals it is a name, or an abbreviation
            return len(lower) < SHORTEST_FIELD_WORD or not word.islower() or lower in self._words or is_english(lower)
        return lower in self._words or lower in english().known

    def _nearest_to(self, word: str) -> str:
        lower = word.lower()
        if lower in SHORT_FORMS:
            return SHORT_FORMS[lower]
        meant = self._field.nearest(lower, edits=_edits(lower, long=LONG_FIELD_WORD))
        if meant is None and len(lower) >= SHORTEST and word.islower():  # an unknown word with a capital is likely a name
            meant = self._unswapped(lower) or english().common.nearest(lower, edits=_edits(lower, long=LONG_COMMON_WORD))
        return meant or word

    def _unswapped(self, word: str) -> str | None:
        """The one known word, however rare, that a longer word is with two neighbouring letters swapped: "nurtients"."""
        pairs = range(len(word) - 1) if len(word) >= LONG_FIELD_WORD else ()
        swapped = {word[:at] + word[at + 1] + word[at] + word[at + 2 :] for at in pairs}
        known = sorted(one for one in swapped if one in self._words or one in english().known)
        return known[0] if len(known) == 1 else None


def _edits(word: str, /, *, long: int) -> int:
    return 1 if len(word) < long else 2
