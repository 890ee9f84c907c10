"""`make evaluate`: ask every labelled question, print the figures, keep them as JSON named by commit."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tqdm import tqdm

from assistant.assistant import Assistant
from assistant.evaluation import LabelledQuestion, Outcome, Rate, by_style, figures, judge


def ask_all(assistant: Assistant, questions: Sequence[LabelledQuestion], /) -> list[Outcome]:
    """Answer every question, with a progress bar on anything over two seconds."""
    return [
        judge(question, assistant.ask(question.turns).as_dict())
        for question in tqdm(questions, desc="Asking", unit="question", delay=2)
    ]


def report(outcomes: Sequence[Outcome], /, *, article: str) -> dict[str, Any]:
    """Every figure with its interval, overall and by style, as plain values."""
    return {
        "questions": len(outcomes),
        "figures": {name: _plain(figure) for name, figure in figures(outcomes, article=article).items()},
        "right outcome by style": {style: _plain(rate) for style, rate in by_style(outcomes).items()},
        "wrong": [
            {"id": o.question.id, "expect": o.question.expect, "got": o.kind, "quote": o.quotes[:1]}
            for o in outcomes
            if not o.is_right
        ],
    }


def as_text(found: dict[str, Any], /) -> str:
    """One figure a line: name, value, 95 % interval."""
    lines = [_line(name, figure) for name, figure in found["figures"].items()]
    lines += ["", "right outcome by style:"]
    lines += [f"  {_line(style, rate)} of {rate['total']}" for style, rate in found["right outcome by style"].items()]
    return "\n".join(lines)


def save(found: dict[str, Any], /, *, folder: Path) -> Path:
    """Write `evaluation-<commit>.json` and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"evaluation-{commit()}.json"
    path.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
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


def _plain(figure: Rate | int) -> Any:
    if isinstance(figure, int):
        return figure
    low, high = figure.interval
    return {"value": figure.value, "low": low, "high": high, "total": figure.total}  # rounded once, when printed


def _line(name: str, figure: Any) -> str:
    if isinstance(figure, int):
        return f"{name}: {figure}"
    return f"{name}: {figure['value']:.3f}  [{figure['low']:.3f}, {figure['high']:.3f}]"
