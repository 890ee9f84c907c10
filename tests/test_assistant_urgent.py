"""assistant/urgent.py: help when nothing else works, in the question's language, with whom to call."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.answer import Kind
from assistant.help_lines import ANYWHERE, help_lines, regions
from assistant.urgent import urgent_answer, urgent_help
from assistant.wording import wording
from settings import PROJECT

CRISIS = "I want to kill myself"


def test_the_lines_of_the_region_stand_below_the_wording() -> None:
    answer = urgent_answer(CRISIS, "urgent.crisis", region="GB")
    assert answer.message.split("\n") == [wording()["urgent.crisis"], "Emergency number: 999", "Samaritans: 116 123"]


@pytest.mark.parametrize("region", regions())
@pytest.mark.parametrize("key", ["urgent.crisis", "urgent.poison", "urgent.emergency", "urgent.unsure"])
def test_every_region_shows_its_wording_then_its_lines_and_nothing_else(region: str, key: str) -> None:
    answer = urgent_answer(CRISIS, key, region=region)
    lines = help_lines(region, key, emergency_label=wording()["urgent.number"])
    assert answer.message.split("\n") == [wording()[key], *lines]
    assert (answer.kind, answer.citations, answer.suggestions) == (Kind.URGENT, (), ())


def test_what_may_be_urgent_shows_a_crisis_line_as_well() -> None:
    assert urgent_answer("?", "urgent.unsure", region="US").message.endswith("988 Suicide & Crisis Lifeline: 988")


@pytest.mark.parametrize(
    ("question", "language", "label"),
    [("Ich will nicht mehr leben", "de", "Notruf"), ("quiero morir", "es", "emergencia"), ("死にたい", "ja", "")],
)
def test_help_comes_in_the_language_of_the_question(question: str, language: str, label: str) -> None:
    answer = urgent_help(question, region="DE")
    assert answer is not None
    text, number, *_ = answer.message.split("\n")
    assert text == wording(language)["urgent.crisis"] != wording()["urgent.crisis"]
    assert number == f"{wording(language)['urgent.number']}: 112"
    assert label in number


def test_help_is_for_anywhere_when_the_region_is_not_known() -> None:
    answer = urgent_help(CRISIS)
    assert answer is not None
    assert answer == urgent_help(CRISIS, region=ANYWHERE)
    assert answer.message.startswith(wording()["urgent.crisis"])
    assert (answer.confidence, answer.index_version) == (1.0, "")


@pytest.mark.parametrize("question", ["hello", "Should I take iron?", "What causes RLS?", ""])
def test_what_no_rule_calls_urgent_gets_no_help(question: str) -> None:
    assert urgent_help(question) is None


def test_the_version_that_was_served_is_named() -> None:
    assert urgent_answer(CRISIS, "urgent.crisis", region="US", index_version="v1").index_version == "v1"


def test_help_needs_no_index_and_loads_no_model(tmp_path: Path) -> None:
    program = "from assistant.urgent import urgent_help; print(urgent_help('I want to die', region='US').message)"
    env = {**os.environ, "INDEX_DIR": str(tmp_path / "nowhere"), "MODEL": str(tmp_path / "no model")}
    ended = subprocess.run([sys.executable, "-c", program], cwd=PROJECT, env=env, capture_output=True, text=True)
    assert ended.stdout.startswith(wording()["urgent.crisis"]), ended.stderr
