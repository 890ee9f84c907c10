"""Values → HTML for the desk's pages; everything escaped, so that an article or a visitor's words bring no markup."""

import re
from collections import Counter
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from assistant.refresh.report import ORDER, word_changes
from desk.reading import Side

WORD = re.compile(r"\s+|[^\W_]+|[^\w\s]|_")


def html(template: str, /, **values: Any) -> Markup:
    """The HTML of a template, named without its ending; another template may hold it."""
    return Markup(_environment.get_template(f"{template}.html").render(**values))  # noqa: S704  the template escapes


def notice(text: str, /, *, is_error: bool = False, command: str = "") -> str:
    """A line on what was done, or why not, with the command that does the same."""
    return html("notice", text=text, is_error=is_error, command=command) if text else ""


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
_environment.globals.update(marked=marked, word_changes=word_changes, order=ORDER)
