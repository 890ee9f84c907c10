"""A client of an RLS assistant in one file: copy it, or import it. Python 3.9 or newer, nothing else.

>>> import rls_assistant
>>> answer = rls_assistant.ask("https://rls.example.org", "How is iron linked to dopamine?")  # doctest: +SKIP
>>> for citation in answer["citations"]: print(citation["quote"], citation["url"])  # doctest: +SKIP

Show a quote as it is, with its link. An answer whose `kind` is "urgent" or "advice" is final: show its `message` as it is.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

LARGEST_ANSWER = 1024 * 1024  # bytes


class AssistantError(Exception):
    """There is no answer. `status` is HTTP's, 0 if nothing came; `retry_after` is in seconds, 0 if waiting will not help."""

    def __init__(self, message: str, *, remedy: str = "", status: int = 0, retry_after: int = 0) -> None:
        super().__init__(f"{message} {remedy}".strip())
        self.message = message
        self.remedy = remedy
        self.status = status
        self.retry_after = retry_after


def ask(
    url: str,
    question: str | Sequence[str],
    *,
    articles: Sequence[str] | None = None,
    language: str | None = None,
    timeout: float = 15.0,
) -> dict[str, Any]:
    """The answer object: kind, message, citations, suggestions, confidence, index_version.

    Args:
        url: address of the assistant, such as https://rls.example.org.
        question: the question, or all that was asked, oldest first.
        articles: names of the articles that may be quoted; left out: all.
        language: the reader's, such as "de", for fixed wording.
        timeout: seconds.

    Relative links to the assistant's own article pages become whole addresses.

    Raises:
        AssistantError: there is no answer; it says why, and for how long to wait.
    """
    if urlsplit(url).scheme not in {"http", "https"}:
        raise ValueError(f"{url!r} is no web address.")
    turns = [question] if isinstance(question, str) else list(question)
    asked = {"turns": turns, "articles": None if articles is None else list(articles), "language": language}
    body = json.dumps({name: value for name, value in asked.items() if value is not None}).encode()
    address = f"{url.rstrip('/')}/api/ask"
    request = urllib.request.Request(address, data=body, headers={"Content-Type": "application/json"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=timeout) as response:  # noqa: S310
            answer: dict[str, Any] = json.loads(response.read(LARGEST_ANSWER))
    except urllib.error.HTTPError as error:
        raise _refused(error) from None
    except (OSError, ValueError) as error:
        raise AssistantError(f"{url} gives no answer: {error}.", remedy="Check the address and try again.") from error
    for citation in answer["citations"]:
        if citation["url"].startswith("/"):
            citation["url"] = url.rstrip("/") + citation["url"]
    return answer


def _refused(error: urllib.error.HTTPError) -> AssistantError:
    try:
        said = json.loads(error.read(LARGEST_ANSWER))
        message, remedy = str(said["error"]), str(said["remedy"])
    except (ValueError, KeyError, TypeError, OSError):
        message, remedy = f"The server answers {error.code}.", ""
    waiting = error.headers.get("Retry-After", "")
    return AssistantError(message, remedy=remedy, status=error.code, retry_after=int(waiting) if waiting.isdigit() else 0)
