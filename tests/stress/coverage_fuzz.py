"""Atheris, led by coverage, on everything that reads a question before the index does: `coverage_fuzz FOLDER -runs=N`."""

import sys

import atheris  # type: ignore[import-untyped]

atheris.enabled_hooks.add("RegEx")  # what a pattern looks for is tried
with atheris.instrument_imports(include=["assistant.question", "assistant.triage.disguises", "assistant.triage.rules"]):
    from assistant.languages.detecting import language_of
    from assistant.question import LONGEST_QUESTION, QuestionError, check_turns
    from assistant.triage.disguises import undisguised_texts
    from assistant.triage.rules import triage


def read_question(data: bytes) -> None:
    """No text whatever raises anything but `QuestionError`."""
    text = data.decode("utf-8", "surrogateescape")[:LONGEST_QUESTION]
    try:
        (question,) = check_turns([text])
    except QuestionError:
        return
    undisguised_texts(question)
    triage(question)
    language_of(question)


atheris.Setup(sys.argv, read_question)
atheris.Fuzz()
