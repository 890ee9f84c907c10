"""A message in the reader's language. Every line is fixed wording, so this looks lines up and translates nothing.

A line may be filled with what the corpus or the visitor calls something (`FILLED`): topics on offer are known in every
language, anything else stays as it is.

A message may begin with care: help lines, or a gentle offer. An empty line ends that part.
"""

from collections.abc import Mapping
from dataclasses import replace

from assistant.answer import Answer
from assistant.languages.starters import offered
from assistant.languages.wording import DEFAULT_LANGUAGE, languages, wording

TOPICS = "{topics}"
FILLED = ("{word}", TOPICS)
Lines = list[tuple[str, str]]  # each with its language


def message_lines(answer: Answer, language: str, /, *, site: str = "") -> Lines:
    """The lines of its message, each with its language; English lines become those of the reader's language."""
    text, english = wording(language, site), wording(DEFAULT_LANGUAGE, site)
    translations = {line: text[key] for key, line in reversed(list(english.items()))}
    number = f"{english['urgent.number']}: "
    lines = [
        translations.get(line)
        or (
            f"{text['urgent.number']}: {line.removeprefix(number)}"
            if line.startswith(number)
            else _filled(line, translations, language)
        )
        for line in answer.message.split("\n")
    ]
    return [(_language_of_line(line, language, site), line) for line in lines]


def care_and_message(lines: Lines, /) -> tuple[Lines, Lines]:
    """The lines before the first empty line, and those after it; without one, all lines are the message.

    >>> care_and_message([("en", "Call."), ("en", ""), ("en", "The article says:")])
    ([('en', 'Call.')], [('en', 'The article says:')])
    """
    at = next((at for at, (_, line) in enumerate(lines) if not line), None)
    return ([], lines) if at is None else (lines[:at], lines[at + 1 :])


def said_in(answer: Answer, language: str, /, *, site: str = "") -> tuple[Answer, str]:
    """The answer with its message in the reader's language, and the language of the result."""
    lines = message_lines(answer, language, site=site)
    return replace(answer, message="\n".join(line for _, line in lines)), lines[0][0]


def _language_of_line(line: str, expected: str, site: str) -> str:
    candidates = (expected, *languages())
    return next((code for code in candidates if _is_said_in(wording(code, site), line)), expected)


def _is_said_in(text: Mapping[str, str], line: str) -> bool:
    """Whether a wording has the line, as it stands or filled."""
    filled = (each for place in FILLED for each in text.values() if _filling(line, each, place) is not None)
    return line in text.values() or any(filled)


def _filled(line: str, translations: Mapping[str, str], language: str) -> str:
    """The translation of the line that this one was filled from; the line itself if there is none."""
    for place in FILLED:
        for english, translated in translations.items():
            if (said := _filling(line, english, place)) is not None:
                topics = ", ".join(offered(topic, language)[0] for topic in said.split(", "))
                return translated.replace(place, topics if place == TOPICS else said)
    return line


def _filling(line: str, text: str, place: str) -> str | None:
    """What a line has in the place of a text; `None` if it was not filled from it."""
    before, is_there, after = text.partition(place)
    is_from_it = is_there and len(line) >= len(before) + len(after) and line.startswith(before) and line.endswith(after)
    return line[len(before) : len(line) - len(after)] if is_from_it else None
