"""`python -m assistant`: what it prints, its exit codes, and errors of one line."""

import json
import os
import shutil
import subprocess
import sys
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from assistant import Assistant
from assistant.__main__ import app
from settings import PROJECT, Settings
from tests.command_lines import Outcome, Run, assert_one_line_error, runner

IRON = "How is iron linked to dopamine?"
COMMAND = [sys.executable, "-m", "assistant"]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], real_index: Path, tmp_path: Path) -> Run:
    """Run the command line on the real index in this process, as `__main__` does."""
    monkeypatch.setenv("INDEX_DIR", str(real_index))
    monkeypatch.chdir(tmp_path)

    return runner(monkeypatch, capsys, app, "assistant")


def test_an_answer_is_printed_with_its_quote_section_link_and_what_to_ask_next(run: Run, assistant: Assistant) -> None:
    outcome = run("ask", IRON)
    answer = assistant.ask([IRON])
    assert (outcome.exit_code, outcome.error) == (0, "")
    assert outcome.out.splitlines() == [
        answer.message,
        "",
        *(
            line
            for n, citation in enumerate(answer.citations, 1)
            for line in (*f"  {n}. “{citation.quote}”".split("\n"), f"     {citation.section} · {citation.url}", "")
        ),
        "You can also ask:",
        *(f"  - {suggestion}" for suggestion in answer.suggestions),
    ]


def test_json_prints_the_answer_object_on_one_line(run: Run, assistant: Assistant) -> None:
    assert run("ask", "--json", IRON).out == f"{assistant.ask([IRON]).as_json()}\n"


def test_jsonl_answers_each_line_with_its_id_in_order(run: Run, assistant: Assistant) -> None:
    rows: list[dict[str, Any]] = [
        {"id": "b", "turns": [IRON]},
        {"id": 7, "turns": ["Can kidney failure lead to RLS?", "How does that affect the legs?"]},
        {"id": {"any": ["thing"]}, "turns": ["Hello"]},
        {"turns": ["Should I take iron?"]},
    ]
    given = "\n\n".join(json.dumps(row) for row in rows).encode()
    outcome = run("ask", "--jsonl", given=given)
    assert (outcome.exit_code, outcome.error) == (0, "")
    answers = [json.loads(line) for line in outcome.out.splitlines()]
    expected = [{"id": row.get("id"), **json.loads(assistant.ask(row["turns"]).as_json())} for row in rows]
    assert answers == expected
    assert [next(iter(answer)) for answer in answers] == ["id"] * 4


def test_jsonl_of_nothing_prints_nothing(run: Run) -> None:
    assert run("ask", "--jsonl", given=b"\n \n") == Outcome(0, "", "")


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("", "empty"),
        (" \u200b ", "empty"),
        ("why " * 300, "1,200 characters"),
        ("\udcff", "empty"),
        ("a\udcff", "must be text"),
    ],
)
def test_a_question_that_cannot_be_answered_is_one_line_on_standard_error(run: Run, question: str, part: str) -> None:
    assert_one_line_error(run("ask", question), part)
    assert_one_line_error(run("ask", "--json", question), part)


def test_no_question_at_all_is_an_empty_one(run: Run) -> None:
    assert_one_line_error(run("ask"), "The question is empty. Type a question")


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        (b"not json", ["line 2 is not an object", "Correct the line"]),
        (b"\xff\xfe\xfd", ["line 2 is not an object"]),
        (b"[" * 100_000, ["line 2 is not an object"]),
        (b"9" * 5_000, ["line 2 is not an object"]),
        (b"null", ["line 2 is not an object"]),
        (b'["Hello"]', ["line 2 is not an object"]),
        (b'{"id": "2"}', ["line 2 is not an object"]),
        (b'{"id": "\\ud83d", "turns": ["Hello"]}', ["line 2 is not an object"]),
        (b'{"id": "2", "turns": "Hello"}', ["line 2 is not an object"]),
        (b'{"id": "2", "turns": [7]}', ["line 2 is not an object"]),
        (b'{"id": "2", "turns": []}', ["line 2 is not an object"]),
    ],
)
def test_a_malformed_line_is_named_and_nothing_is_answered(run: Run, line: bytes, parts: list[str]) -> None:
    good = b'{"id": "1", "turns": ["Hello"]}\n'
    assert_one_line_error(run("ask", "--jsonl", given=good + line + b"\n" + good), *parts)


@pytest.mark.parametrize(
    ("question", "part"),
    [(" ", "Please type a question"), ("a" * 1_001, "1,000 characters"), ("half \\ud83d", "only read text")],
)
def test_a_question_of_a_batch_that_cannot_be_asked_says_so_and_costs_no_other_its_answer(
    run: Run, question: str, part: str
) -> None:
    good = '{"id": "1", "turns": ["Hello"]}'
    outcome = run("ask", "--jsonl", given=f'{good}\n{{"id": "2", "turns": ["{question}"]}}\n{good}\n'.encode())
    rows = [json.loads(line) for line in outcome.out.splitlines()]
    assert (outcome.exit_code, [row["id"] for row in rows]) == (0, ["1", "2", "1"])
    assert part in rows[1]["message"]
    assert rows[0] == rows[2]


@pytest.mark.parametrize("damage", [None, b"nonsense\n", b"20260101T000000Z-abcdef\n"])
def test_a_missing_or_damaged_index_says_what_to_run(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, damage: bytes | None
) -> None:
    monkeypatch.setenv("INDEX_DIR", str(tmp_path))
    if damage is not None:
        (tmp_path / "CURRENT").write_bytes(damage)
    assert_one_line_error(run("ask", IRON), "Run `python -m index build`.")
    assert_one_line_error(run("ask", "--jsonl", given=b'{"id": "1", "turns": ["Hello"]}'), "Run `python -m index build`.")


def test_urgent_help_is_given_without_an_index_or_usable_settings(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("INDEX_DIR", str(tmp_path / "nowhere"))
    assert "112" in run("ask", "I want to kill myself").out
    monkeypatch.setenv("PORT", "seven")
    outcome = run("ask", "--json", "I want to kill myself")
    answer = json.loads(outcome.out)
    assert (outcome.exit_code, outcome.error) == (0, "")
    assert (answer["kind"], answer["citations"], answer["suggestions"]) == ("urgent", [], [])


def test_without_an_index_urgent_help_names_the_numbers_of_the_region_in_force(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("INDEX_DIR", str(tmp_path / "nowhere"))
    monkeypatch.setenv("REGION", "GB")
    assert "Samaritans: 116 123" in run("ask", "I want to kill myself").out
    monkeypatch.setenv("REGION", "ATLANTIS")
    assert "112" in run("ask", "I want to kill myself").out


def test_every_setting_is_printed_with_its_value_and_meaning(run: Run, real_index: Path) -> None:
    lines = run("settings").out.splitlines()
    assert len(lines) == len(Settings.model_fields)
    for line, (name, field) in zip(lines, Settings.model_fields.items(), strict=True):
        assert line.startswith(f"{name.upper()}=")
        assert line.endswith(str(field.description))
    (index_dir,) = (line for line in lines if line.startswith("INDEX_DIR="))
    assert index_dir.startswith(f"INDEX_DIR={real_index}  (default index/versions) ")


def test_an_unusable_setting_is_one_line_on_standard_error(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "seven")
    assert_one_line_error(run("settings"), "PORT='seven' cannot be used")


@pytest.mark.parametrize("arguments", [("--help",), ("ask", "--help"), ("settings", "--help"), ("evaluate", "--help")])
def test_help_is_printed(run: Run, arguments: tuple[str, ...]) -> None:
    outcome = run(*arguments)
    assert (outcome.exit_code, outcome.error) == (0, "")
    assert "python -m assistant" in outcome.out


def test_a_question_file_that_is_not_there_is_one_line_on_standard_error(run: Run) -> None:
    assert_one_line_error(run("evaluate", "missing.jsonl"), "missing.jsonl cannot be read")


# --- in processes of their own ---------------------------------------------------------------------------------------


def environment(index_dir: Path, hash_seed: int = 0) -> dict[str, str]:
    return {**os.environ, "INDEX_DIR": str(index_dir), "PYTHONHASHSEED": str(hash_seed)}


@pytest.mark.slow
def test_five_hundred_questions_asked_in_two_processes_get_identical_bytes(real_index: Path, assistant: Assistant) -> None:
    with (PROJECT / "tests" / "questions" / "dev.jsonl").open("rb") as lines:
        asked = list(islice(lines, 0, 3000, 6))
    processes = [
        subprocess.Popen(
            [*COMMAND, "ask", "--jsonl"],
            cwd=PROJECT,
            env=environment(real_index, hash_seed=seed),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for seed in (1, 2)
    ]
    for process in processes:  # both are fed before either is waited for, so that they run side by side
        assert process.stdin
        process.stdin.write(b"".join(asked))
        process.stdin.close()
        process.stdin = None
    (first, first_error), (second, second_error) = (process.communicate(timeout=150) for process in processes)
    assert [process.returncode for process in processes] == [0, 0], first_error + second_error
    assert first == second

    answers = [json.loads(line) for line in first.splitlines()]
    assert [answer["id"] for answer in answers] == [json.loads(line)["id"] for line in asked]
    assert len(answers) == 500
    quotes = [citation for answer in answers for citation in answer["citations"]]
    assert len(quotes) > 100
    for quote in quotes:
        assert assistant.version.documents[quote["article"]].text[quote["start"] : quote["end"]] == quote["quote"]


def test_a_bad_line_ends_the_process_with_exit_code_two(real_index: Path) -> None:
    given = '{"id": "1", "turns": ["Hello"]}\n{"id": "2", "turns": ["é'.encode("latin-1")
    ended = subprocess.run(
        [*COMMAND, "ask", "--jsonl"], cwd=PROJECT, env=environment(real_index), input=given, capture_output=True
    )
    assert (ended.returncode, ended.stdout) == (2, b"")
    assert ended.stderr.startswith(b"line 2 ")
    assert ended.stderr.count(b"\n") == 1


def test_evaluate_prints_the_figures_and_keeps_the_report(real_index: Path, tmp_path: Path) -> None:
    project = tmp_path / "a copy outside any checkout"
    for package in ("assistant", "corpus", "index"):
        shutil.copytree(PROJECT / package, project / package, ignore=shutil.ignore_patterns("versions", "__pycache__"))
    shutil.copy(PROJECT / "settings.py", project)
    rows = [
        {"id": "1", "turns": [IRON], "expect": "answer", "gold": ["co-factor for tyrosine hydroxylase"], "style": "plain"},
        {"id": "2", "turns": ["Hello"], "expect": "urgent", "style": "lay"},
    ]
    questions = tmp_path / "my questions.jsonl"
    questions.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    ended = subprocess.run(
        [*COMMAND, "evaluate", questions], cwd=project, env=environment(real_index), capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stderr
    page, kept = project / "reports" / "evaluation.html", project / "reports" / "evaluation-unknown.json"
    assert ended.stdout.startswith("right outcome, all: 0.500  [")
    assert ended.stdout.endswith(f"Kept as {page.relative_to(project)}\n")
    assert "Out of sample" in page.read_text(encoding="utf-8")
    report = json.loads(kept.read_text(encoding="utf-8"))
    assert report["figures"]["right outcome, all"]["value"] == 0.5
    assert [wrong["id"] for wrong in report["wrong"]] == ["2"]
