"""`make evaluate`: ask every labelled question, print the figures, keep them as JSON and as a page with pictures."""

import json
import subprocess
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from tqdm import tqdm

from assistant.assistant import Assistant
from assistant.evaluation import LabelledQuestion, Outcome, judge, read_questions
from assistant.judged import HeldOutRun
from assistant.report.measures import measured, measured_held_out
from assistant.report.page import page

NO_RUN = HeldOutRun("", ())
UNKNOWN: dict[str, Any] = {"files": [], "index": "", "date": "", "articles": []}


def ask_all(assistant: Assistant, questions: Sequence[LabelledQuestion], /) -> list[Outcome]:
    """Answer every question, with a progress bar on anything over two seconds."""
    return [
        judge(question, assistant.ask(question.turns).as_dict())
        for question in tqdm(questions, desc="Asking", unit="question", delay=2)
    ]


def report(
    outcomes: Sequence[Outcome],
    /,
    *,
    article: str,
    held_out: HeldOutRun = NO_RUN,
    trained_on: Collection[tuple[str, ...]] = (),
    **about: Any,
) -> dict[str, Any]:
    """Everything that is known of how good the answers are, as plain values.

    Args:
        outcomes: what was asked now.
        article: the text that every quote must stand in.
        held_out: rows of questions that the model was not trained on.
        trained_on: the turns of those that it was.
        about: what a reader should know of this run: `files`, `index`, `date`, and `articles`, the slugs that are served.
    """
    return {
        **UNKNOWN,
        **about,
        "commit": commit(),
        "seen in training": sum(outcome.question.turns in trained_on for outcome in outcomes),
        **measured(outcomes, article=article),
        "held out": measured_held_out(held_out, articles=about.get("articles", ())),
    }


def turns_in(folder: Path, /) -> set[tuple[str, ...]]:
    """The turns of every labelled question in the files of a folder."""
    return {question.turns for path in folder.rglob("*.jsonl") for question in read_questions(path)}


def as_text(found: dict[str, Any], /) -> str:
    """One figure a line: name, value, 95 % interval."""
    lines = [_line(name, figure) for name, figure in found["figures"].items()]
    lines += ["", "right outcome by style:"]
    lines += [f"  {_line(style, rate)} of {rate['total']}" for style, rate in found["right outcome by style"].items()]
    return "\n".join(lines)


def save(found: dict[str, Any], /, *, folder: Path) -> Path:
    """Write `evaluation.json`, the same named by commit, and `evaluation.html`; returns the path of the page."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(found, ensure_ascii=False, indent=1) + "\n"
    for name in ("evaluation", f"evaluation-{found['commit']}"):
        (folder / f"{name}.json").write_text(text, encoding="utf-8")
    path = folder / "evaluation.html"
    path.write_text(page(found), encoding="utf-8")
    return path


def commit() -> str:
    """The commit of the checkout, marked when there are changes on top; `unknown` outside one."""
    try:
        told = subprocess.run(
            ["git", "describe", "--always", "--dirty", "--exclude=*"],  # noqa: S607  git is found on PATH everywhere
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return told.stdout.strip()


def _line(name: str, figure: Any) -> str:
    if isinstance(figure, int):
        return f"{name}: {figure}"
    return f"{name}: {figure['value']:.3f}  [{figure['low']:.3f}, {figure['high']:.3f}]"
