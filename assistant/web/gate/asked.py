"""What a request asks, whatever its form: turns to answer, and the text that is read for danger before anything is refused.

Flows in: a request's body, whole or, of one that is too large, its first and last part. Flows out: an `Asked`.
"""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote_plus

from fastapi import Request

from assistant.languages.wording import DEFAULT_LANGUAGE
from assistant.question import MOST_TURNS, QuestionError, last_words
from assistant.web.gate.body import LARGEST_BODY, is_cut, read_json
from assistant.web.gate.preferred import preferred
from corpus.linear_patterns import QUESTION_MEMORY, LinearPattern

FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 200
_ESCAPE = LinearPattern(r"\\u[0-9a-fA-F]{4}|\\.", memory=QUESTION_MEMORY)
_ESCAPED = {"\\n": "\n", "\\t": " ", "\\r": " ", "\\b": "", "\\f": ""}


class TooLargeError(QuestionError):
    """The body was larger than is read; what was read of it told of no danger."""


@dataclass(frozen=True, slots=True)
class Asked:
    """`turns` and `articles` are as they were sent, whatever they are; `language` is the reader's.

    `text` is what may tell of danger: the last turn, or all of a body that holds no turns. `error` says what is wrong with
    the body itself.
    """

    turns: Any
    articles: Any
    language: str
    text: str
    error: QuestionError | None = None


async def read_asked(request: Request, /) -> Asked:
    """Read a request's body. Never fails: what is wrong with it stands in the value."""
    if is_cut(request.scope):
        message = f"The request is larger than {LARGEST_BODY} bytes."
        too_large = TooLargeError(message, remedy="Ask in fewer words.", code="too_long")
        return Asked((), None, DEFAULT_LANGUAGE, unescaped(await request.body()), too_large)
    try:
        return asked_by(await read_json(request))
    except (ValueError, KeyError, TypeError):
        remedy = 'Send {"turns": ["your question"]} as JSON.'
        error = QuestionError("The request holds no question.", remedy=remedy, code="not_text")
        return Asked((), None, DEFAULT_LANGUAGE, unescaped(await request.body()), error)


def asked_by(body: Any, /) -> Asked:
    """What a value of JSON asks.

    Raises:
        KeyError, TypeError: it has no turns.
    """
    turns = body["turns"]
    language = preferred(str(body.get("language")), "")
    text = last_words(turns) or json.dumps(turns, ensure_ascii=False)
    return Asked(turns, body.get("articles"), language, text)


async def read_form(request: Request, /) -> Asked | None:
    """Read what the page's own form sent, for browsers without scripts; `None` if the body is no form."""
    if not request.headers.get("Content-Type", "").startswith(FORM):
        return None
    body = (await request.body()).decode(errors="replace")
    if is_cut(request.scope):
        too_large = TooLargeError("The form is too large.", remedy="Ask in fewer words.", code="too_long")
        return Asked((), None, DEFAULT_LANGUAGE, unquote_plus(body), too_large)
    try:
        fields = parse_qs(body, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        error = QuestionError("The form has too many fields.", remedy="Send the page's own form.", code="not_text")
        return Asked((), None, DEFAULT_LANGUAGE, unquote_plus(body), error)
    language = preferred(fields.get("language", [""])[0], "")
    question = fields.get("question", [""])[0].replace("\r\n", "\n")
    turns = [*fields.get("turns", [])[1 - MOST_TURNS :], question]
    return Asked(turns, None, language, question)


def unescaped(body: bytes) -> str:
    """The text of a body that may be a piece of JSON, its escapes undone."""
    return _ESCAPE.sub(lambda match: _character(match[0]), body.decode(errors="replace"))


def _character(escape: str) -> str:
    is_code = len(escape) == len(r"\u0041")
    return chr(int(escape[2:], 16)) if is_code else _ESCAPED.get(escape, escape[1:])
