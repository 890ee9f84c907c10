"""assistant/evaluation/report.py: what `make evaluate` prints and keeps."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from markupsafe import escape

from assistant import Assistant
from assistant.evaluation.figures import Rate
from assistant.evaluation.held_out import HeldOutRun, Judged
from assistant.evaluation.labelled import LabelledQuestion, Outcome, read_questions
from assistant.evaluation.report import NO_TOPICS, UNSEEN, as_html, as_text, ask_all, commit, report, save, turns_in, wanted
from settings import PROJECT

TEA = "Tea is hot."
GOOD = Outcome(LabelledQuestion("a1", ("Is tea hot?",), "answer", ("hot",), style="plain"), "answer", (TEA,), (True,))
BAD = Outcome(LabelledQuestion("a2", ("Tea?",), "answer", ("hot",), style="lay"), "answer", ("It is.",), (False,))
CHAT = Outcome(LabelledQuestion("c1", ("Hi",), "chat", style="lay"), "chat")


def test_a_report_gives_each_figure_with_its_interval_overall_and_by_style() -> None:
    found = report([GOOD, BAD, CHAT], article=TEA)
    low, high = Rate(2, 3).interval
    assert found["questions"] == 3
    assert found["figures"]["right outcome, all"] == {
        "value": pytest.approx(2 / 3),
        "low": pytest.approx(low, abs=1e-4),
        "high": pytest.approx(high, abs=1e-4),
        "total": 3,
    }
    assert found["figures"]["quotes not in the article"] == 1
    assert {style: rate["total"] for style, rate in found["right outcome by style"].items()} == {"lay": 2, "plain": 1}


def test_a_report_lists_what_went_wrong() -> None:
    assert report([GOOD, BAD, CHAT], article=TEA)["wrong"] == [
        {
            "id": "a2",
            "expect": "answer",
            "got": "answer",
            "confidence": 1.0,
            "question": ("Tea?",),
            "quote": ("It is.",),
        }
    ]


def test_the_text_has_one_figure_a_line() -> None:
    lines = as_text(report([GOOD, BAD, CHAT], article=TEA)).splitlines()
    assert lines[0] == "right outcome, all: 0.667  [0.208, 0.939]"
    assert "quotes not in the article: 1" in lines
    assert lines[-3:] == [
        "right outcome by style:",
        "  lay: 0.500  [0.095, 0.905] of 2",
        "  plain: 1.000  [0.207, 1.000] of 1",
    ]


def test_the_text_has_a_row_a_language_with_its_interval_asked_now_and_held_out() -> None:
    german = Outcome(
        LabelledQuestion("g1", ("Ist Tee heiß?",), "answer", ("hot",), language="de"), "answer", (TEA,), (True,)
    )
    about: dict[str, Any] = {"held out by language": {"de": Rate(1, 2).as_dict()}}
    lines = as_text(report([GOOD, german], article=TEA, **about)).splitlines()
    now, later = lines.index("right outcome by language:"), lines.index("right outcome by language, held out:")
    assert lines[now + 1 : now + 3] == ["  de: 1.000  [0.207, 1.000] of 1", "  en: 1.000  [0.207, 1.000] of 1"]
    assert lines[later + 1] == "  de: 0.500  [0.095, 0.905] of 2"


def test_a_printed_figure_is_rounded_once() -> None:
    # 4/19 is 0.21053: of its four-digit form 0.2105 three digits would print 0.210.
    outcomes = [CHAT] * 4 + [BAD] * 15
    assert as_text(report(outcomes, article=TEA)).startswith("right outcome, all: 0.211 ")


def test_a_report_is_kept_as_a_page_and_as_the_numbers_it_is_drawn_from(tmp_path: Path) -> None:
    found = report([GOOD, BAD], article=TEA)
    path = save(found, folder=tmp_path / "new folder" / "reports")
    assert path.read_text(encoding="utf-8") == as_html(found)
    for name in ("evaluation", f"evaluation-{commit()}"):
        assert json.loads((path.parent / f"{name}.json").read_text(encoding="utf-8")) == json.loads(json.dumps(found))


def test_questions_that_were_trained_on_are_counted() -> None:
    trained = read_questions(PROJECT / "tests" / "questions" / "dev.jsonl")[0]
    asked = [Outcome(trained, "chat"), Outcome(LabelledQuestion("new", ("Never asked in training?",), "chat"), "chat")]
    assert report(asked, article=TEA, trained_on=turns_in(PROJECT / "tests" / "questions"))["seen in training"] == 1


def test_questions_kept_for_measuring_are_not_counted_as_trained_on(tmp_path: Path) -> None:
    for folder in ("own", UNSEEN):
        (tmp_path / folder).mkdir()
        row = {"id": "1", "turns": [folder], "expect": "chat"}
        (tmp_path / folder / "questions.jsonl").write_text(json.dumps(row), encoding="utf-8")
    assert turns_in(tmp_path) == {("own",)}


def test_the_commit_is_the_checkouts() -> None:
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=PROJECT, capture_output=True, text=True)
    if head.returncode:
        assert commit() == "unknown"
    else:
        assert head.stdout.startswith(commit().removesuffix("-dirty"))


def test_every_question_is_asked_with_all_its_turns_in_order(assistant: Assistant) -> None:
    questions = [
        LabelledQuestion("1", ("Hello",), "chat"),
        LabelledQuestion("2", ("How is iron linked to dopamine?", "I want to die"), "urgent"),
        LabelledQuestion("3", ("How is iron linked to dopamine?",), "answer", ("co-factor for tyrosine hydroxylase",)),
    ]
    outcomes = ask_all(assistant, questions)
    assert [(outcome.question.id, outcome.kind, outcome.hits) for outcome in outcomes] == [
        ("1", "chat", ()),
        ("2", "urgent", ()),
        ("3", "answer", (True,)),
    ]


def test_the_bound_on_quotes_that_do_not_answer_is_printed_for_each_held_out_slice() -> None:
    def asked_of(article: str, topics: int) -> list[Judged]:
        own = ("en", "answer", "answer", True, True, 0.9, 0.9, True, "", ())
        return [Judged(f"{article}{n}", article, *own, f"t{n % topics}") for n in range(100)]

    rows = (*asked_of("tea", 20), *asked_of("rust", 1))
    found = report([GOOD], article=TEA, held_out=HeldOutRun("a run", rows), articles=["tea"])
    lines = as_text(found).splitlines()
    first = lines.index(f"quotes that do not answer, held out, this article, new topics ({wanted()}):")
    assert wanted() == "wanted: at most 5% at 95% confidence, with 60% of the answerable answered"
    assert lines[first + 2] == (
        "  target 5%, quotes above 0.000: 100.0% of the answerable answered, 0.0% of 100 quotes wrong, at most 3.0%: held"
    )
    assert lines[first + 4] == "  as it is: 100.0% of the answerable answered, 0.0% of 100 quotes wrong, at most 3.0%: held"
    assert lines[-2:] == [f"quotes that do not answer, held out, articles left out ({wanted()}):", f"  {NO_TOPICS}"]
    text = as_html(found)
    assert "✓ held" in text
    assert escape(NO_TOPICS.capitalize()) in text
