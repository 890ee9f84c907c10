"""Danger to life as natives type it, and sentences that only sound like it, in every language.

`tests/samples/danger/<code>.toml`: the rules were mended on `tuned` and hold all of it; `measured` was written afterwards
and only measures them, so that no rule may be mended on it without new sentences in its place. No native speaker has
checked them.
"""

import tomllib
from functools import cache

import pytest

from assistant.evaluation.labelled import read_questions
from assistant.languages import TRIAGE, language_files
from assistant.question import read
from assistant.triage.disguises import plain_text
from assistant.triage.rules import CALM, FOLLOW_UP, GENTLE, PERSONAL, TAKEN_BACK, URGENT, PatternSet, patterns
from settings import PROJECT

SENTENCES = PROJECT / "tests" / "samples" / "danger"
CHECKED = sorted(path.stem for path in SENTENCES.glob("*.toml"))
OF_EACH = 20  # sentences of each sort in each half
# Of the measured half: the least share of dangers that are caught, and the largest of harmless ones that alarm.
WORST_LANGUAGE, ALL_LANGUAGES = (0.45, 0.15), (0.7, 0.1)


@cache
def sentences(language: str, /) -> dict[str, dict[str, list[str]]]:
    """The sentences of a language, by half and sort."""
    return tomllib.loads((SENTENCES / f"{language}.toml").read_text(encoding="utf-8"))


def is_urgent(sentence: str, /) -> bool:
    return read(sentence).help_key is not None


def shares(languages: list[str], /) -> tuple[float, float]:
    """Of the measured half of these languages: the share of dangers caught, and that of harmless sentences that alarm."""
    found = {
        sort: [is_urgent(sentence) for language in languages for sentence in sentences(language)["measured"][sort]]
        for sort in ("urgent", "harmless")
    }
    caught, alarmed = (sum(found[sort]) for sort in ("urgent", "harmless"))
    print(
        f"\n{', '.join(languages)}: {caught} of {len(found['urgent'])} caught, {alarmed} of {len(found['harmless'])} alarmed"
    )
    return caught / len(found["urgent"]), alarmed / len(found["harmless"])


def test_every_language_but_english_and_signs_has_both_halves() -> None:
    assert set(CHECKED) == language_files(TRIAGE).keys() - {"en", "emoji"}
    for language in CHECKED:
        both = sentences(language)
        assert {half: {sort: len(set(texts)) for sort, texts in sorts.items()} for half, sorts in both.items()} == {
            half: {"urgent": OF_EACH, "harmless": OF_EACH} for half in ("tuned", "measured")
        }, language
        tuned, measured = ({text for texts in both[half].values() for text in texts} for half in ("tuned", "measured"))
        assert not tuned & measured


@pytest.mark.parametrize("language", CHECKED)
def test_what_the_rules_were_mended_on_is_sorted_rightly(language: str) -> None:
    tuned = sentences(language)["tuned"]
    assert [sentence for sentence in tuned["urgent"] if not is_urgent(sentence)] == []
    assert [sentence for sentence in tuned["harmless"] if is_urgent(sentence)] == []


@pytest.mark.parametrize("language", CHECKED)
def test_what_was_written_afterwards_is_caught_no_worse_than_it_was(language: str) -> None:
    caught, alarmed = shares([language])
    assert caught >= WORST_LANGUAGE[0]
    assert alarmed <= WORST_LANGUAGE[1]


def test_what_was_written_afterwards_is_caught_in_all_languages_together() -> None:
    caught, alarmed = shares(CHECKED)
    assert caught >= ALL_LANGUAGES[0]
    assert alarmed <= ALL_LANGUAGES[1]


def test_rules_in_cyrillic_letters_which_fold_to_latin_ones_find_nothing_in_english() -> None:
    tables = (*URGENT, *GENTLE, *FOLLOW_UP, *PERSONAL, *CALM, *TAKEN_BACK)
    folded = PatternSet([pattern for pattern in patterns(*tables) if pattern.language in ("ru", "uk")])
    rows = read_questions(PROJECT / "tests" / "questions" / "dev.jsonl")
    english = [turn for row in rows if row.asked_in == "en" for turn in row.turns]
    assert len(english) > 2_000
    assert {turn: found for turn in english if (found := folded.values(plain_text(turn)))} == {}
