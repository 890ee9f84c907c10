"""Values → HTML for the desk's pages; everything escaped, so that an article or a visitor's words bring no markup."""

import re
import time
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from assistant.refresh.report import ORDER, word_changes
from corpus import ShownError
from desk.reading import Side
from desk.versions import OF_FIELDS

KINDS = {
    "answer": "An answer",
    "unanswered": "No answer: the articles do not say it",
    "advice": "No answer: it asks for advice",
    "urgent": "Help for somebody in danger",
    "chat": "Small talk",
}
OUTCOMES = {
    "answer": "the first sentence below answers it",
    "lost": "another sentence answers it",
    "unanswered": "the articles do not say it",
    "advice": "it asks for advice",
    "urgent": "it tells of danger",
    "chat": "it is small talk",
}
COMMAND = re.compile(r"`|(?:^|\s)--[a-z]")
WORD = re.compile(r"\s+|[^\W_]+|[^\w\s]|_")


def html(template: str, /, **values: Any) -> Markup:
    """The HTML of a template, named without its ending; another template may hold it."""
    return Markup(_environment.get_template(f"{template}.html").render(**values))  # noqa: S704  the template escapes


def notice(text: str, /, *, is_error: bool = False, command: str = "") -> str:
    """A line on what was done, or why not, with the command that does the same; the page tells the newest aloud."""
    told = {"text": text, "is_error": is_error, "command": command, "said": now()}
    return html("notice", **told) if text else ""


def refusal(error: ShownError, /) -> str:
    """Why something was not done, and what to do; a remedy that speaks of commands is folded away."""
    message, remedy = error.message[:1].upper() + error.message[1:], error.remedy
    if COMMAND.search(remedy):
        return notice(message, is_error=True, command=remedy)
    return notice(f"{message} {remedy}".strip(), is_error=True)


def now() -> int:
    """What a message is told apart by from those before it: milliseconds."""
    return time.time_ns() // 1_000_000


def built(version: str, /) -> str:
    """What a version is called among people: when it was built.

    >>> built("20261130T170704Z-af02f5")
    '30 November 2026, 17:07:04 UTC'
    """
    try:
        when = datetime.strptime(version.partition("-")[0], "%Y%m%dT%H%M%S%z")
    except ValueError:
        return version
    return f"{when.day} {when:%B %Y, %H:%M:%S} UTC"


def named(fields: Sequence[str], /) -> str:
    """What changed of an article beside its text."""
    return ", ".join(OF_FIELDS.get(name, name) for name in fields)


def marked(side: Side, /) -> tuple[Markup, Markup]:
    """Both sides of a row; the words that one of them has more often are marked.

    >>> marked(Side("Take 5 mg.", "Take 50 mg.", same=False))[1]
    Markup('Take <mark>50</mark> mg.')
    """
    left, right = WORD.findall(side.original), WORD.findall(side.text)
    return _marked(left, right), _marked(right, left)


def _marked(words: list[str], others: list[str]) -> Markup:
    """The words that occur more often here than there, each time they do: a "not" too few is seen."""
    here, there = (Counter(word.casefold() for word in side) for side in (words, others))
    pieces = [
        Markup("<mark>{}</mark>").format(word)
        if word[0].isalnum() and here[word.casefold()] > there[word.casefold()]
        else Markup.escape(word)
        for word in words
    ]
    return Markup("").join(pieces)


_environment = Environment(
    loader=PackageLoader("desk"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
_environment.globals.update(
    marked=marked,
    built=built,
    kinds=KINDS,
    has_command=COMMAND.search,
    outcomes=OUTCOMES,
    named=named,
    word_changes=word_changes,
    order=ORDER,
)
