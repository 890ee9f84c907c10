"""What a language calls the condition and the article's terms, in English.

Reviewed data, `terms.toml` of a language's folder: `condition`, what visitors call it, and `[terms]`, the article's terms,
each with the English word that it uses. A language may lack it.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache

import re2

from assistant.languages import TERMS, TRIAGE, language_files
from assistant.languages.wording import DEFAULT_LANGUAGE
from corpus.linear_patterns import LinearPattern, question_pattern

WORD = re.compile(r"[^\W_]+")
MOST_OTHER_WORDS = 3  # of a search, beside its terms: "does it", "what is"
SAYS_LITTLE = frozenset({"legs", "causes", "symptoms", "treatment"})  # each alone is no search on one subject
LONGEST_ENDING = 4  # letters that a language may put behind a name of several words: "sendromunun"


def with_english_name(text: str, language: str, /) -> str:
    """The text with the condition's English name in the place of the language's own, so that labels name it alike.

    >>> with_english_name("what are jumpy legs", "en")
    'what are Restless Legs Syndrome'
    """
    parts, end = [], 0
    for start, last in _spans(text, language, _condition(language)):
        parts += [text[end:start], _condition(DEFAULT_LANGUAGE)[0]]
        end = last
    return "".join([*parts, text[end:]])


def terms_in(text: str, language: str, /) -> Mapping[str, str]:
    """The article's terms that a text names in its own language, each with the English word.

    >>> terms_in("is it the meds", "en")
    {'meds': 'medications'}
    """
    english = {_folded(own): word for own, word in language_files(TERMS).get(language, {}).get("terms", {}).items()}
    found = (text[start:end] for start, end in _spans(text, language, tuple(english)))
    return {own: english[_folded(own)] for own in found if _folded(own) in english}


def as_search(text: str, language: str, /) -> str:
    """The English words of a short question that names hardly more than the article's terms, and the condition's name if it
    names that; empty if it says more.

    >>> as_search("the meds?", "en"), as_search("the meds I had for two years", "en")
    ('medications', '')
    """
    if not _has_spaces(language):  # what else it says cannot be counted in words
        return ""
    named = terms_in(text, language)
    condition, kept = list(_spans(text, language, _condition(language))), list(text)
    for start, end in (*condition, *_spans(text, language, tuple(map(_folded, named)))):
        kept[start:end] = " " * (end - start)
    meant = [word for word in dict.fromkeys(named.values()) if word not in SAYS_LITTLE]
    if not meant or len(WORD.findall("".join(kept))) > MOST_OTHER_WORDS:
        return ""
    return " and ".join([*meant, *(_condition(DEFAULT_LANGUAGE)[:1] if condition else ())])


def _condition(language: str) -> tuple[str, ...]:
    return tuple(language_files(TERMS).get(language, {}).get("condition", ()))


def _has_spaces(language: str) -> bool:
    return bool(language_files(TRIAGE).get(language, {}).get("language", {}).get("spaces", True))


def _spans(text: str, language: str, names: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """Where a text holds any of some names, from left to right: whole words, of several words with a short ending too."""
    if not names:
        return
    folded, end = _folded(text), 0
    for match in _pattern(names).finditer(folded):
        last = _end_of_word(folded, *match.span()) if _has_spaces(language) else match.end()
        if match.start() >= end and last:
            yield match.start(), last
            end = last


@cache
def _pattern(names: tuple[str, ...]) -> LinearPattern:
    """Finds any of some names, the longest first."""
    folded = sorted({_folded(name) for name in names}, key=lambda name: (-len(name), name))
    return question_pattern("|".join(map(re2.escape, folded)))


def _end_of_word(text: str, start: int, end: int) -> int:
    """Where the word ends that the span begins, with a short ending; 0 if the span begins inside a word or is too little of
    one."""
    if start and text[start - 1].isalnum():
        return 0
    most = LONGEST_ENDING if " " in text[start:end] or "-" in text[start:end] else 0
    last = next((place for place in range(end, len(text)) if not text[place].isalnum()), len(text))
    return last if last - end <= most else 0


def _folded(text: str) -> str:
    """The text in lower case without accents, letter for letter."""
    return "".join(unicodedata.normalize("NFD", letter.lower())[0] for letter in text)
