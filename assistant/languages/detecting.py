"""Recognises the language of a question: which one it is answered in, and whether the English reading is right for it.

Two signs suffice alone. The script: whoever writes Cyrillic does not ask in English. A sign that one language alone writes,
such as "¿". Two others do not. py3langid (Lui and
Baldwin, "langid.py: An Off-the-shelf Language Identification Tool", ACL 2012), limited to the supported languages, and
believed from a probability of 0.8. Words: those of a language's own folder against those of English, for questions of a few
words, and for Hindi in Latin letters, which py3langid does not know. Names of the condition say nothing.

Where the signs disagree the question may be read either way: `Reading.EITHER`.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from threading import Lock
from typing import Any

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from assistant.languages import STARTERS, TERMS, TRIAGE, WORDING, language_files
from assistant.languages.wording import DEFAULT_LANGUAGE, languages, unfilled
from assistant.reading.english_words import how_common, is_english

CERTAIN = 0.8  # probability that a language other than English needs
LIKELY = 0.5  # from which py3langid's best guess is worth a second reading
# Of a question's words: so many must be a language's own, by share and by number, and so few English.
OWN_SHARE, FEW_ENGLISH = 0.5, 0.34
ONE_LETTER = ("a", "i")  # English words; "e o parkinson" has others
FEW_WORDS = 3  # of a question whose language is hard to tell from another: then it is the reader's
SOME_OWN, MOST_ENGLISH, SURE_OWN = 0.25, 0.5, 3
EVERYWHERE = 3  # languages; a word of so many is nobody's own: "dopamin"
TOO_ENGLISH = 1_000_000  # count in the list of English words; a commoner one is no other language's own
SHARE_OF_SCRIPT = 0.02  # of a folder's wording: its scripts are those with more
WORD = re.compile(r"[^\W\d_]{2,}")
PLACE = re.compile(r"\{\w+\}")
LATIN = "LATIN"
_loading = Lock()


class Reading(Enum):
    """Which encoder reads a question: the English one, the multilingual one, or whichever is surer."""

    ENGLISH = "English"
    OTHER = "other"
    EITHER = "either"


@dataclass(frozen=True, slots=True)
class Recognised:
    """The `language` that answers are worded in, a supported one; the folder whose terms a question uses, as `written`; and
    the `reading`. A language without a folder is read, and answered in English."""

    language: str
    written: str
    reading: Reading


ENGLISH = Recognised(DEFAULT_LANGUAGE, DEFAULT_LANGUAGE, Reading.ENGLISH)


def language_of(question: str, /, *, among: Sequence[str] = ()) -> str:
    """The code of a supported language; English unless it is surely another. See `recognised`.

    >>> language_of("¿Qué medicamentos pueden provocarlo?")
    'es'
    >>> language_of("gracias", among=["es"])
    'es'
    """
    found = recognised(question, among=among)
    return found.language if found.reading is Reading.OTHER else DEFAULT_LANGUAGE


def recognised(question: str, /, *, among: Sequence[str] = (), reader: str = DEFAULT_LANGUAGE) -> Recognised:
    """The language of a question. In doubt it counts as one of those `among` which the rules know the words in, else as
    English that may be read either way.

    `reader` is the language in which the page is shown: it tips the scale where nothing else does.
    """
    script = _script(question)
    if script and script != LATIN:
        return _by_script(question, script, among, reader)
    best, probability = language_model().classify(question)
    known = [code for code in among if _spoken(code)]
    if unknown := _unknown_to_model(question):
        return _read(unknown, Reading.OTHER)
    if signed := next((code for sign, code in _signs().items() if sign in question), ""):
        return _read(signed, Reading.OTHER)
    if best != DEFAULT_LANGUAGE and probability >= CERTAIN:
        own, words = _own_words(question), list(map(str.lower, WORD.findall(question)))
        is_few = len(words) <= FEW_WORDS and reader != DEFAULT_LANGUAGE
        is_readers = own[reader] > own[best] or (is_few and own[reader] == own[best])
        best = (
            reader if is_readers else best
        )  # after Spanish turns "causa anemia o al reves?" is no Italian, "por que?" no Portuguese
        is_read_in_both = all(word in ONE_LETTER or (len(word) > 1 and is_english(word)) for word in words)
        return Recognised(best, best, Reading.EITHER if is_read_in_both else Reading.OTHER)
    if known and DEFAULT_LANGUAGE not in known and not _is_plainly_english(question):
        return _read(best if best in known else known[0], Reading.OTHER)
    return _by_words(question, best, probability, reader)


def _is_plainly_english(question: str) -> bool:
    """Whether a question of more than a few words has mostly English ones: a rule of another language found it by chance."""
    words = list(map(str.lower, WORD.findall(question)))
    return len(words) > SURE_OWN and sum(map(is_english, words)) > MOST_ENGLISH * len(words)


def _unknown_to_model(question: str) -> str:
    """The way of writing that most of the words are of, such as "hi-latn", which py3langid takes for any language."""
    words = set(map(str.lower, WORD.findall(question)))
    own = Counter(code for word in words for code in _whose().get(word, ()) if "-" in code)
    code, count = next(iter(own.most_common(1)), ("", 0))
    share = count / max(1, len(words))
    return code if (count > 1 and share >= OWN_SHARE) or (count >= SURE_OWN and share >= SOME_OWN) else ""


def _by_words(question: str, best: str, probability: float, reader: str) -> Recognised:
    words = {word for word in map(str.lower, WORD.findall(question)) if word not in words_for_the_condition()}
    if not words:
        return ENGLISH if reader == DEFAULT_LANGUAGE else _read(reader, Reading.EITHER)
    own = _own_words(question)
    code = max(sorted(own), key=lambda code: (own[code], code == reader, code == best), default=best)
    english, share = sum(map(is_english, words)) / len(words), own[code] / len(words)
    if english <= FEW_ENGLISH and share >= OWN_SHARE and own[code] > 1:
        return _read(code, Reading.OTHER)
    if english <= MOST_ENGLISH and share >= SOME_OWN and own[code] >= SURE_OWN:
        return _read(code, Reading.OTHER)
    is_unknown = english <= FEW_ENGLISH and len(words) >= SURE_OWN
    is_unknown |= best != DEFAULT_LANGUAGE and share >= OWN_SHARE and own[code] > 1  # "la carence en fer"
    if is_unknown or (english <= MOST_ENGLISH and (own[code] or (best != DEFAULT_LANGUAGE and probability >= LIKELY))):
        return _read(code if own[code] else best, Reading.OTHER if own[code] and code == reader else Reading.EITHER)
    is_likely_english = best == DEFAULT_LANGUAGE and probability >= CERTAIN
    return ENGLISH if reader == DEFAULT_LANGUAGE or is_likely_english else _read(reader, Reading.EITHER)


def _own_words(question: str) -> Counter[str]:
    """How many of the question's words are a language's own, by its code; names of the condition are nobody's."""
    words = {word for word in map(str.lower, WORD.findall(question)) if word not in words_for_the_condition()}
    return Counter(code for word in words for code in _whose().get(word, ()))


def _read(code: str, reading: Reading) -> Recognised:
    """A language by its folder; a way of writing that has no wording is answered in the language that it writes."""
    return Recognised(_spoken(code) or DEFAULT_LANGUAGE, code, reading)


def _spoken(code: str) -> str:
    """The supported language that a folder's words are of; empty if there is none."""
    return next((spoken for spoken in (code, code.partition("-")[0]) if spoken in languages()), "")


def _by_script(question: str, script: str, among: Sequence[str], reader: str) -> Recognised:
    """A question in another script than Latin: likely one of the languages that use it, of few words the reader's. No such
    question is English."""
    codes = [code for code in languages() if script in _scripts()[code]]
    codes = [code for code in codes if code in among] or codes
    if not codes:
        return Recognised(DEFAULT_LANGUAGE, "", Reading.OTHER)
    signed = next((code for sign, code in _signs().items() if sign in question.lower() and code in codes), "")
    is_readers = reader in codes and len(WORD.findall(question)) <= FEW_WORDS
    ranked = (code for code, _ in language_model().rank(question) if code in codes)
    return _read(signed or (reader if is_readers else next(ranked, codes[0])), Reading.OTHER)


def _script(text: str) -> str:
    """The script of most of a text's letters, as Unicode names it; empty without letters."""
    scripts = Counter(map(_script_of, filter(str.isalpha, text)))
    return max(scripts, key=lambda script: scripts[script], default="")


@cache
def _script_of(letter: str) -> str:
    return unicodedata.name(letter, "UNKNOWN").split()[0].split("-")[0]


@cache
def _scripts() -> Mapping[str, frozenset[str]]:
    """The scripts of each supported language, as its wording is written."""
    found = {}
    for code in languages():
        letters = Counter(_script_of(letter) for text in unfilled(code).values() for letter in text if letter.isalpha())
        found[code] = frozenset(script for script, count in letters.items() if count >= SHARE_OF_SCRIPT * letters.total())
    return found


@cache
def _whose() -> Mapping[str, tuple[str, ...]]:
    """The languages in Latin letters whose own a word is: it stands in their folder, and is no common word of English."""
    owners: dict[str, set[str]] = {}
    for code in {*language_files(WORDING), *language_files(TERMS)} - {DEFAULT_LANGUAGE}:
        for word in _words_of(code):
            if how_common(word) < TOO_ENGLISH:
                owners.setdefault(word, set()).add(code)
    return {word: tuple(sorted(codes)) for word, codes in owners.items() if len(codes) < EVERYWHERE}


def _words_of(code: str) -> Iterator[str]:
    terms, starters = language_files(TERMS).get(code, {}), language_files(STARTERS).get(code, {})
    parts = [list(terms.get("terms", {})), starters.get("questions", {})]
    if "-" not in code:  # the wording of a way of writing holds too much English: "quote copy ho gaya"
        parts.append(language_files(WORDING).get(code, {}))
    parts.append(language_files(TRIAGE).get(code, {}).get("language", {}).get("common", ""))
    for text in _texts(parts):
        yield from map(str.lower, WORD.findall(PLACE.sub("", text)))


@cache
def _signs() -> Mapping[str, str]:
    """The signs that only one of the supported languages writes, such as "¿"."""
    tables = {code: file.get("language", {}) for code, file in language_files(TRIAGE).items()}
    return {sign: code for code, table in tables.items() for sign in table.get("signs", "")}


def _texts(entry: Any) -> Iterator[str]:
    """All texts in a table, however deep."""
    if isinstance(entry, str):
        yield entry
    elif isinstance(entry, Mapping | list):
        for part in entry.values() if isinstance(entry, Mapping) else entry:
            yield from _texts(part)


@cache
def words_for_the_condition() -> frozenset[str]:
    """The words of its names, in lower case. Every language uses them, so they tell none."""
    names = [name for file in language_files(TERMS).values() for name in file.get("condition", ())]
    return frozenset(word for name in names for word in map(str.lower, WORD.findall(name)))


def language_model() -> LanguageIdentifier:
    """The recogniser of the supported languages. Loaded once, in half a second, even if several threads ask at once.

    Raises:
        ValueError: py3langid does not know a supported language.
    """
    with _loading:
        return _narrowed_model()


@cache
def _narrowed_model() -> LanguageIdentifier:
    model = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    model.set_languages([code for code in languages() if "-" not in code])  # a way of writing is told by its words
    narrowed = (model.nb_ptc, model.nb_pc, model.nb_classes, model.tk_nextmove, model.tk_output)
    return LanguageIdentifier(*narrowed, tk_row=model.tk_row, norm_probs=True)  # frees 24 MB of other languages
