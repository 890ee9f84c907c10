"""`python -m assistant`: ask a question, list the settings, check a deployment, tell what visitors ask for in vain."""

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from tqdm import tqdm

from assistant.answer import Answer, Kind
from assistant.assistant import Assistant
from assistant.doctor import Finding, Status
from assistant.doctor.machine import examine_listening, examine_machine
from assistant.doctor.public_address import examine_public_address
from assistant.evaluation.held_out import read_held_out
from assistant.evaluation.labelled import read_questions
from assistant.evaluation.report import NO_RUN, as_text, ask_all, report, save, turns_in
from assistant.gaps import report as gaps_report
from assistant.gaps.recorder import WEEKS_KEPT, read_counts, today_utc
from assistant.languages.wording import wording
from assistant.question import LONGEST_QUESTION, QuestionError, check_turns
from assistant.suggestions import MOST_QUESTIONS
from assistant.triage.urgent import ANYWHERE, PART, check_region, urgent_help
from corpus import ShownError, command_line
from index import current_version
from index.stores import Engines
from settings import PROJECT, Settings

RESULTS = PROJECT / "tests" / "benchmarks" / "results"
HELD_OUT, OTHER_LANGUAGES = RESULTS / "held-out.json", RESULTS / "other-languages.json"

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
        if (help_ := urgent_help(turns[-1], region=_region())) is None:
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
def evaluate(
    questions: list[Path],
    *,
    folder: Annotated[Path, typer.Option("--report", help="where the report is kept")] = PROJECT / "reports",
) -> None:
    """Score labelled question files; the report is kept as a page and as JSON."""
    held_out = read_held_out(HELD_OUT) if HELD_OUT.is_file() else NO_RUN
    labelled = [question for path in questions for question in read_questions(path)]
    assistant = Assistant.load()
    article = "\n\n".join(document.text for document in assistant.version.documents.values())
    found = report(
        ask_all(assistant, labelled),
        article=article,
        held_out=held_out,
        trained_on=turns_in(PROJECT / "tests" / "questions"),  # what `make train` reads
        articles=list(assistant.version.documents),
        files=[path.name for path in questions],
        index=assistant.version.name,
        date=date.today().isoformat(),
        **{"held out by language": _held_out_by_language()},
    )
    page = save(found, folder=folder)  # before anything is printed: `| head` must not cost the report
    print(as_text(found))
    print(f"\nKept as {_shown(page)}")


@app.command()
def doctor(*, as_json: Annotated[bool, typer.Option("--json", help="print one object")] = False) -> None:
    """Check this deployment: model, index, permissions, disk, clock, and PUBLIC_URL as visitors see it.

    One line a check; exit code 1 if anything failed.
    """
    findings = []
    for finding in _examined(Settings.from_environment()):
        findings.append(finding)
        if not as_json:
            print(finding, flush=True)
    is_well = all(finding.status is not Status.FAIL for finding in findings)
    if as_json:
        print(json.dumps({"is_well": is_well, "checks": [asdict(finding) for finding in findings]}, ensure_ascii=False))
    raise typer.Exit(0 if is_well else 1)


@app.command()
def gaps(
    *,
    weeks: Annotated[int, typer.Option(min=1, max=WEEKS_KEPT, help="how many weeks back")] = 12,
    folder: Annotated[Path, typer.Option("--report", help="where the page is kept")] = PROJECT / "reports",
    as_json: Annotated[bool, typer.Option("--json", help="print one object")] = False,
) -> None:
    """Tell which subjects visitors asked for in vain, as a table and as a page; counted if RECORD_GAPS is on."""
    counts = read_counts(Settings.from_environment().gaps_file, is_needed=True)
    found = gaps_report.gaps_report(counts, weeks=weeks, today=today_utc())
    page = gaps_report.save(found, folder=folder)
    if as_json:
        print(json.dumps(found, ensure_ascii=False))
        return
    print(gaps_report.as_text(found))
    print(f"\nKept as {_shown(page)}")


def _held_out_by_language() -> dict[str, Any]:
    """What `python -m assistant.training other-languages` measured, if it was committed."""
    found = json.loads(OTHER_LANGUAGES.read_text(encoding="utf-8")) if OTHER_LANGUAGES.is_file() else {}
    return dict(found.get("by language", {}))


def _examined(in_force: Settings) -> Iterator[Finding]:
    yield from examine_machine(
        model=in_force.model,
        corpus_dir=in_force.corpus_dir,
        index_dir=in_force.index_dir,
        feedback_file=in_force.feedback_file,
        region=in_force.region,
        engines=Engines.of(in_force.index_store, in_force.milvus),
    )
    yield examine_listening(in_force.host, proxies=in_force.proxies)
    try:
        published = current_version(in_force.index_dir)
    except ShownError:
        published = ""  # said already
    yield from examine_public_address(in_force.public_url, allowed_origins=in_force.allowed_origins, published=published)


def _region() -> str:
    """Whose numbers are shown when nothing else works: anywhere's, if not even the settings do."""
    try:
        region = Settings.from_environment().region
        check_region(region)
    except ShownError:
        return ANYWHERE
    return region


def _shown(value: object) -> str:
    return str(value).removeprefix(f"{PROJECT}/")


def _ask_many() -> None:
    rows = list(_read_rows())
    assistant = Assistant.load()
    for row in tqdm(rows, desc="Asking", unit="question", delay=2, disable=None):
        print(json.dumps({"id": row.get("id"), **_answer(assistant, row["turns"]).as_dict()}, ensure_ascii=False))


def _answer(assistant: Assistant, turns: list[str]) -> Answer:
    """An answer to every question of a batch: one that cannot be asked must not cost the others theirs."""
    try:
        return assistant.ask(turns)
    except QuestionError as error:
        message = wording()[f"page.{error.code}"].format(limit=f"{LONGEST_QUESTION:,}")
        return Answer(Kind.CHAT, message, (), assistant.starters()[:MOST_QUESTIONS], 1.0, assistant.version.name)


def _read_rows() -> Iterator[dict[str, Any]]:
    """Every line, read before the first is answered, so that a malformed one leaves nothing half written."""
    for number, line in enumerate(sys.stdin.buffer, 1):
        if not line.strip():
            continue
        try:
            row = _checked(json.loads(line))
        except (ValueError, KeyError, TypeError, RecursionError):
            raise QuestionError(
                f'line {number} is not an object like {{"id": "1", "turns": ["…"]}}.',
                remedy="Correct the line.",
                code="not_text",
            ) from None
        yield row


def _checked(row: Any) -> dict[str, Any]:
    """A row whose turns are a list of strings, and whose id can be written back: half a character could not."""
    turns = row["turns"]
    if not isinstance(turns, list) or not turns or not all(isinstance(turn, str) for turn in turns):
        raise TypeError(turns)
    json.dumps(row.get("id"), ensure_ascii=False).encode("utf-8")
    return dict(row)


def _as_text(answer: Answer) -> str:
    care, _, message = answer.message.rpartition(PART)
    lead, *limits = message.split("\n") if answer.citations else [message]  # how far quotes hold is said after them
    lines = [*([care, ""] if care else []), lead]
    for citation in answer.citations:
        lines += ["", f"  {citation.n}. “{citation.quote}”", f"     {citation.section} · {citation.url}"]
    lines += ["", *limits] if limits else []
    if answer.suggestions:
        lines += ["", "You can also ask:", *(f"  - {suggestion}" for suggestion in answer.suggestions)]
    return "\n".join(lines)


if __name__ == "__main__":
    command_line.run(app, name="python -m assistant")
