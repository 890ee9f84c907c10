"""`python -m assistant`: ask a question, list the settings."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from tqdm import tqdm

from assistant.answer import Answer
from assistant.assistant import Assistant
from assistant.evaluation import read_questions
from assistant.evaluation_report import as_text, ask_all, report, save
from assistant.question import QuestionError, check_turns
from assistant.urgent import urgent_help
from corpus import ShownError, command_line
from settings import PROJECT, Settings

app = typer.Typer(help="Ask the assistant.", no_args_is_help=True, add_completion=False, rich_markup_mode=None)


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument(help="the question; left out with --jsonl")] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="print the answer object")] = False,
    jsonl: Annotated[bool, typer.Option("--jsonl", help='read {"id", "turns"} lines from standard input')] = False,
) -> None:
    """Answer one question, or many."""
    if jsonl:
        _ask_many()
        return
    turns = check_turns([question or ""])
    try:
        answer = Assistant.load().ask(turns)
    except ShownError:
        if (help_ := urgent_help(turns[-1])) is None:
            raise
        answer = help_  # help first, whatever else is broken
    print(answer.as_json() if as_json else _as_text(answer))


@app.command()
def settings() -> None:
    """Print every setting: environment variable, value in force, default, meaning."""
    in_force = Settings.from_environment()
    for name, field in Settings.model_fields.items():
        value = getattr(in_force, name)
        is_default = value == field.default
        default = "" if is_default else f"(default {_shown(field.default)}) "
        print(f"{name.upper()}={_shown(value)}  {default}{field.description}")


@app.command()
def evaluate(questions: list[Path]) -> None:
    """Score labelled question files; the report is kept in reports/, named by commit."""
    labelled = [question for path in questions for question in read_questions(path)]
    assistant = Assistant.load()
    article = "\n\n".join(document.text for document in assistant.version.documents.values())
    found = report(ask_all(assistant, labelled), article=article)
    print(as_text(found))
    print(f"\nKept as {_shown(save(found, folder=PROJECT / 'reports'))}")


def _shown(value: object) -> str:
    return str(value).removeprefix(f"{PROJECT}/")


def _ask_many() -> None:
    rows = list(_read_rows())
    assistant = Assistant.load()
    for row in tqdm(rows, desc="Asking", unit="question", delay=2, disable=None):
        print(json.dumps({"id": row.get("id"), **assistant.ask(row["turns"]).as_dict()}, ensure_ascii=False))


def _read_rows() -> Iterator[dict[str, Any]]:
    """Every line, checked before the first is answered, so that a bad one leaves nothing half written."""
    for number, line in enumerate(sys.stdin.buffer, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            check_turns(row["turns"])
            json.dumps(row.get("id"), ensure_ascii=False).encode("utf-8")  # half a character could not be written back
        except QuestionError as error:
            raise QuestionError(f"line {number}: {error.message}", remedy=error.remedy, code=error.code) from None
        except (ValueError, KeyError, TypeError, RecursionError):
            raise QuestionError(
                f'line {number} is not an object like {{"id": "1", "turns": ["…"]}}.', remedy="Mend it.", code="not_text"
            ) from None
        yield row


def _as_text(answer: Answer) -> str:
    lines = [answer.message]
    for citation in answer.citations:
        lines += ["", f"  {citation.n}. “{citation.quote}”", f"     {citation.section} · {citation.url}"]
    if answer.suggestions:
        lines += ["", "You can also ask:", *(f"  - {suggestion}" for suggestion in answer.suggestions)]
    return "\n".join(lines)


if __name__ == "__main__":
    command_line.run(app, name="python -m assistant")
