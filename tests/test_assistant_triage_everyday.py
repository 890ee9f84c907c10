"""Everyday words for danger and for not being able to go on, in every language that the rules know.

The sentences are in `tests/samples/everyday/`, one file a language, by the level that a native speaker would hear.
"""

import tomllib
from functools import cache

import pytest

from assistant.answer import Kind
from assistant.languages import TRIAGE, language_files
from assistant.question import read
from settings import PROJECT

SENTENCES = PROJECT / "tests" / "samples" / "everyday"
LEVELS = ("urgent", "gentle", "harmless")
LEAST = 12  # sentences of each level in each language
CHECKED = sorted(path.stem for path in SENTENCES.glob("*.toml"))


@cache
def sentences(language: str, /) -> dict[str, list[str]]:
    """The sentences of each level."""
    return tomllib.loads((SENTENCES / f"{language}.toml").read_text(encoding="utf-8"))


def level_of(sentence: str, /) -> str:
    question = read(sentence)
    if question.triage is not None and question.triage.kind is Kind.URGENT:
        return "urgent"
    return "gentle" if question.is_distressed else "harmless"


def test_every_language_of_the_rules_has_sentences_to_be_held_against() -> None:
    assert set(language_files(TRIAGE)) == set(CHECKED)
    levels = {language: LEVELS if language != "emoji" else ("urgent", "harmless") for language in CHECKED}
    few = [
        (language, level)
        for language in CHECKED
        for level in levels[language]
        if len(set(sentences(language)[level])) < LEAST
    ]
    assert few == []


@pytest.mark.parametrize(
    ("language", "level"), [(language, level) for language in CHECKED for level in sentences(language)], ids=str
)
def test_everyday_sentences_are_sorted_as_a_native_speaker_sorts_them(language: str, level: str) -> None:
    assert {sentence: found for sentence in sentences(language)[level] if (found := level_of(sentence)) != level} == {}
