"""Urgent help: fixed wording and whom to call. Needs no index and no model."""

from assistant.answer import Answer, Kind
from assistant.help_lines import ANYWHERE, help_lines
from assistant.language import language_of
from assistant.triage import triage
from assistant.wording import wording


def urgent_answer(question: str, key: str, /, *, region: str, index_version: str = "") -> Answer:
    """The answer to an urgent question: the wording of `key` in its language, then the lines of the region."""
    text = wording(language_of(question))
    lines = [text[key], *help_lines(region, key, emergency_label=text["urgent.number"])]
    return Answer(Kind.URGENT, "\n".join(lines), (), (), confidence=1.0, index_version=index_version)


def urgent_help(question: str, /, *, region: str = ANYWHERE) -> Answer | None:
    """Help for a question that the rules call urgent, when nothing else works; `None` if they don't."""
    outcome = triage(question)
    if outcome is None or outcome.kind is not Kind.URGENT:
        return None
    return urgent_answer(question, outcome.wording, region=region)
