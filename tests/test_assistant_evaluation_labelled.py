"""assistant/evaluation/labelled.py: labelled questions are read, and answers held against them."""

import json
from pathlib import Path
from typing import Any

import pytest

from assistant.evaluation.labelled import LabelledQuestion, judge, read_questions
from corpus import ShownError
from settings import PROJECT


def question(id_: str, expect: str, *gold: str, also: tuple[str, ...] = (), style: str = "") -> LabelledQuestion:
    return LabelledQuestion(id_, ("?",), expect, gold, also, style)


def answer(kind: str, *quotes: str) -> dict[str, Any]:
    return {"kind": kind, "citations": [{"quote": quote} for quote in quotes]}


@pytest.mark.parametrize(
    ("labelled", "given_answer", "verdict"),
    [
        (question("1", "answer", "hot", "black"), answer("answer", "Coffee is black."), True),
        (question("1", "answer", "hot"), answer("answer", "Coffee is black.", "Tea is hot."), False),
        (question("1", "answer", "hot"), answer("unanswered"), False),
        (question("1", "answer", "hot", also=("unanswered",)), answer("unanswered"), True),
        (question("1", "unanswered", also=("answer",)), answer("answer", "Tea is hot."), False),
        (question("1", "safe"), answer("answer", "Tea is hot."), True),
        (question("1", "safe"), answer("advice"), True),
        (question("1", "safe"), None, False),
        (question("1", "chat"), {"kind": "chat"}, True),
    ],
)
def test_an_outcome_is_right_when_the_kind_is_and_the_first_quote_holds_gold(
    labelled: LabelledQuestion, given_answer: dict[str, Any] | None, verdict: object
) -> None:
    assert judge(labelled, given_answer).is_right is verdict


def test_a_question_is_counted_with_its_language_then_off_topic_then_what_it_expects() -> None:
    assert LabelledQuestion("O1", ("?",), "unanswered", language="de").group == "language"
    assert question("O1", "unanswered").group == "offtopic"
    assert question("O1", "answer").group == "answer"
    assert question("u1", "unanswered").group == "unanswered"


@pytest.mark.parametrize(
    ("language", "style", "code"),
    [("", "plain", "en"), ("pl", "plain", "pl"), ("", "other-language: hi", "hi"), ("ar", "other-language: ar", "ar")],
)
def test_the_language_asked_in_is_labelled_or_said_by_the_style(language: str, style: str, code: str) -> None:
    assert LabelledQuestion("1", ("?",), "answer", language=language, style=style).asked_in == code


def test_a_line_becomes_a_labelled_question(tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    row = {
        "id": "a1",
        "turns": ["Hi", "Why?"],
        "expect": "answer",
        "gold": ["hot"],
        "also": ["chat"],
        "style": "lay",
        "lang": "de",
    }
    path.write_text(f"{json.dumps(row)}\n\n" + '{"id": "c1", "turns": ["Hi\u2028"], "expect": "chat"}\n', encoding="utf-8")
    assert read_questions(path) == [
        LabelledQuestion("a1", ("Hi", "Why?"), "answer", ("hot",), ("chat",), "lay", "de"),
        LabelledQuestion("c1", ("Hi\u2028",), "chat"),
    ]


def test_the_projects_own_questions_can_be_read() -> None:
    assert len(read_questions(PROJECT / "tests" / "questions" / "dev.jsonl")) == 3137


@pytest.mark.parametrize(
    "line",
    [
        "not json",
        "[1, 2]",
        '"text"',
        '{"turns": ["Hi"], "expect": "chat"}',
        '{"id": "1", "expect": "chat"}',
        '{"id": "1", "turns": ["Hi"]}',
        '{"id": "1", "turns": "Hi", "expect": "chat"}',
        '{"id": "1", "turns": [], "expect": "chat"}',
        '{"id": "1", "turns": [7], "expect": "chat"}',
        '{"id": 1, "turns": ["Hi"], "expect": "chat"}',
        '{"id": "1", "turns": ["Hi"], "expect": "anwser"}',
        "[" * 100_000,
    ],
)
def test_a_line_that_is_no_labelled_question_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text('{"id": "1", "turns": ["Hi"], "expect": "chat"}\n' + line, encoding="utf-8")
    with pytest.raises(ShownError, match=r"questions\.jsonl:2 is not a labelled question"):
        read_questions(path)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.jsonl", tmp_path):
        with pytest.raises(ShownError, match="cannot be read"):
            read_questions(path)
    (tmp_path / "latin-1.jsonl").write_bytes('{"id": "é"}'.encode("latin-1"))
    with pytest.raises(ShownError, match=r"latin-1\.jsonl cannot be read"):
        read_questions(tmp_path / "latin-1.jsonl")
