"""The questions on offer and their topics in every language: fixed wording, `<code>/starters.toml`.

An offered wording is asked as its English original, so that both get the same answer. What has no translation, such as the
questions of another site, stays English.
"""

from collections.abc import Collection, Mapping
from functools import cache
from typing import NamedTuple

from assistant.languages import STARTERS, language_files
from assistant.languages.wording import DEFAULT_LANGUAGE, languages

_ENDS = " ?.!¿？؟。।"  # what may be left out at either end


class Original(NamedTuple):
    """The English question behind an offered wording, and the language to answer in."""

    question: str
    language: str


def translations(language: str, /) -> Mapping[str, str]:
    """The language's wordings by the English question or topic; none for English.

    >>> translations("de")["Medicines"]
    'Medikamente'
    """
    tables = language_files(STARTERS).get(language, {})
    return {**tables.get("questions", {}), **tables.get("topics", {})}


def offered(text: str, language: str, /) -> tuple[str, str]:
    """A question or a topic on offer as the reader sees it, and the language of that.

    >>> offered("Medicines", "de"), offered("Green tea", "de")
    (('Medikamente', 'de'), ('Green tea', 'en'))
    """
    translated = translations(language).get(text)
    return (text, DEFAULT_LANGUAGE) if translated is None else (translated, language)


def offered_among(questions: Collection[str], language: str, /) -> dict[str, str]:
    """Those of the questions that the language has a wording for, with it."""
    return {question: text for question, text in translations(language).items() if question in questions}


def original(turn: str, /) -> Original | None:
    """What an offered wording is asked as; `None` for any other turn.

    >>> original("qué es el síndrome de piernas inquietas")
    Original(question='What is Restless Legs Syndrome?', language='es')
    """
    return _originals().get(_bare(turn))


@cache
def _originals() -> Mapping[str, Original]:
    return {
        _bare(translated): Original(question, language if language in languages() else DEFAULT_LANGUAGE)
        for language, tables in language_files(STARTERS).items()
        for question, translated in tables["questions"].items()
    }


def _bare(text: str) -> str:
    return " ".join(text.casefold().replace("’", "'").split()).strip(_ENDS)
