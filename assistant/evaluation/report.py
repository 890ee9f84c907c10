"""`make evaluate`: ask every labelled question, print the figures, keep them as JSON and as a page."""

import shutil
import subprocess
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

from tqdm import tqdm

from assistant.assistant import Assistant
from assistant.evaluation import page
from assistant.evaluation.figures import FIGURES, declared
from assistant.evaluation.held_out import HeldOutRun
from assistant.evaluation.labelled import LabelledQuestion, Outcome, judge, read_questions
from assistant.evaluation.measures import measured, measured_held_out
from assistant.evaluation.risk_control import CONFIDENCE, ENOUGH, WANTED

NO_RUN = HeldOutRun("", ())
MOST_MISTAKES = 40
NO_TOPICS = "not measured: it needs questions on two topics or more; `make train` writes which topic each is on"
UNSEEN = "second-hand"  # the folder of questions that are never trained on
CURVE_STEPS = 11  # rows of the table of a curve
UNKNOWN: dict[str, Any] = {"files": [], "index": "", "date": "", "articles": [], "held out by language": {}}


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
    """How good the answers are, as plain values.

    Args:
        outcomes: what was asked now.
        article: the text that every quote must stand in.
        held_out: rows of questions that the model was not trained on.
        trained_on: the turns of those that it was.
        about: what a reader should know of this run: `files`, `index`, `date`, `articles`, the served slugs, `held out by
            language`, the rates of right outcomes of questions in a language that nothing was fitted on.
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
    """The turns of every labelled question in the files of a folder that training reads."""
    files = (path for path in folder.rglob("*.jsonl") if path.parent.name != UNSEEN)
    return {question.turns for path in files for question in read_questions(path)}


def as_text(found: dict[str, Any], /) -> str:
    """One figure a line: name, value, 95 % interval; and the bounds on quotes that do not answer."""
    lines = [_line(name, figure) for name, figure in found["figures"].items()]
    for name, rates in (("", found["right outcome by language"]), (", held out", found["held out by language"])):
        lines += ["", f"right outcome by language{name}:"] if rates else []
        lines += [f"  {_line(code, rate)} of {rate['total']}" for code, rate in rates.items()]
    lines += ["", "right outcome by style:"]
    lines += [f"  {_line(style, rate)} of {rate['total']}" for style, rate in found["right outcome by style"].items()]
    for name, own in found["held out"]["slices"].items():
        lines += ["", f"quotes that do not answer, held out, {name} ({wanted()}):"]
        lines += [f"  {_bound(row)}" for row in own["quotes that do not answer"]] or [f"  {NO_TOPICS}"]
    return "\n".join(lines)


def as_html(found: dict[str, Any], /) -> str:
    """The page."""
    functions = {"beside": beside, "declared": declared, "thinned": thinned, "wanted": wanted}
    words = {"most_mistakes": MOST_MISTAKES, "no_topics": NO_TOPICS}
    return page.render("evaluation/page.html", found=found, **words, **functions)


def wanted() -> str:
    """What is wanted of the quotes that do not answer."""
    return f"wanted: at most {WANTED:.0%} at {CONFIDENCE:.0%} confidence, with {ENOUGH:.0%} of the answerable answered"


def beside(columns: Iterable[Sequence[dict[str, Any]]], /) -> list[dict[str, Any]]:
    """Checked limits of several measurements, a row for each figure; an empty cell where it was not measured."""
    tables = [{row["figure"]: row for row in column} for column in columns]
    limits = {name: row["limit"] for table in tables for name, row in table.items()}
    ordered = [figure.name for figure in FIGURES if figure.name in limits]
    return [{"figure": n, "limit": limits[n], "cells": [table.get(n, {}) for table in tables]} for n in ordered]


def thinned(curve: Sequence[Sequence[float]], count: int = CURVE_STEPS, /) -> list[Sequence[float]]:
    """At most `count` points, evenly spread, the first and the last among them."""
    if len(curve) <= count:
        return list(curve)
    return [curve[round(step * (len(curve) - 1) / (count - 1))] for step in range(count)]


def save(found: dict[str, Any], /, *, folder: Path) -> Path:
    """Write `evaluation.html`, `evaluation.json` and the same named by commit; returns the path of the page."""
    path = page.save(found, as_html(found), folder / "evaluation.html")
    shutil.copyfile(path.with_suffix(".json"), folder / f"evaluation-{found['commit']}.json")
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


def _bound(row: dict[str, Any]) -> str:
    what_it_gives = f"{row['answered']:.1%} of the answerable answered, {row['risk']:.1%} of {row['quotes']} quotes wrong"
    verdict = "held" if row["held"] else "missed"
    where = f"target {row['target']:.0%}, quotes above {row['threshold']:.3f}" if row["target"] < 1 else "as it is"
    return f"{where}: {what_it_gives}, at most {row['bound']:.1%}: {verdict}"


def _line(name: str, figure: Any) -> str:
    if isinstance(figure, int):
        return f"{name}: {figure}"
    return f"{name}: {figure['value']:.3f}  [{figure['low']:.3f}, {figure['high']:.3f}]"
