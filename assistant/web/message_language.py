"""A message in the language of whoever reads it. Every line of it is fixed wording, so that nothing is translated here."""

from dataclasses import replace

from assistant.answer import Answer
from assistant.wording import languages, wording


def message_lines(answer: Answer, language: str, /) -> list[tuple[str, str]]:
    """The lines of its message, each with its language. What is said in English is said in the reader's language."""
    translations = {line: wording(language)[key] for key, line in reversed(list(wording().items()))}
    lines = [translations.get(line, line) for line in answer.message.split("\n")]
    return [(_language_of_line(line, language), line) for line in lines]


def said_in(answer: Answer, language: str, /) -> tuple[Answer, str]:
    """The answer with its message in the reader's language, and the language that its message is now in."""
    lines = message_lines(answer, language)
    return replace(answer, message="\n".join(line for _, line in lines)), lines[0][0]


def _language_of_line(line: str, expected: str) -> str:
    candidates = (expected, *languages())
    return next((code for code in candidates if line in wording(code).values()), expected)
