"""`make bench`: ours, the bare floor, naive servers and what a user would pick instead, side by side in one run.

    PYTHONPATH=benchmark python -m tests.benchmarks.speed    # peers are installed on demand into .venv-bench/
    … --peer chroma                                          # these only; --peer '' for none

Leaves `results/speed-COMMIT.json`, and of it the page `results/DATE-speed.md`. A contender that fails has its reason in its
row, and the others run all the same.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from settings import PROJECT
from tests.benchmarks.contenders import BARE, FLOOR, ONE_THREAD, OURS, Figures, measure_all, peer_names
from tests.benchmarks.servers import all_servers, measure_servers

RESULTS = PROJECT / "tests" / "benchmarks" / "results"
ROUNDS = 3
PAGE = """\
# Speed and size, {date}

Commit {commit}, {cores} cores, load average {load_average} before and {load_average_after} after. One thread each, the
article's passages, {questions} visitors' questions of {letters} letters on average that no rule of triage settles. Peers do
retrieval alone, with the published weights; ours does everything. The lowest of {rounds} rounds counts, for everybody alike.
A peer's first answer includes encoding the passages. Memory is resident.

## Against what was aimed at

{aims}

## In one process

{in_process}

## Where the time of a question goes

Median processor milliseconds of {questions} questions.

{stages}

## As a server

From the start of the process; memory after 50 questions.

{servers}
"""

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@dataclass(frozen=True, slots=True)
class Aim:
    """A ratio of two figures of one run that should be at most `limit`."""

    what: str
    limit: float
    ours: tuple[str, str, str]  # part of the results, row, figure
    other: tuple[str, str, str]

    def ratio(self, found: Figures, /) -> float | None:
        """Ours to the other's; `None` if either was not measured."""
        ours, other = (found[part].get(row, {}).get(figure) for part, row, figure in (self.ours, self.other))
        return ours / other if ours is not None and other else None


PROCESS, SERVERS = "in_process", "servers"
QUESTION, START, MEMORY = "processor_ms_p50", "first_answer_s", "memory_mb"
AIMS = (
    Aim("processor time of a question, of the bare script's", 0.65, (PROCESS, OURS, QUESTION), (PROCESS, BARE, QUESTION)),
    Aim(
        "the same, of the exported model's and its vectors' alone",
        1.5,
        (PROCESS, OURS, QUESTION),
        (PROCESS, FLOOR, QUESTION),
    ),
    Aim(
        "start to the first answer, with page, of the bare script's", 0.55, (SERVERS, "ours", START), (PROCESS, BARE, START)
    ),
    Aim("memory with page, of the bare script's", 0.60, (SERVERS, "ours", MEMORY), (PROCESS, BARE, MEMORY)),
)


@app.command()
def main(
    peer: Annotated[list[str] | None, typer.Option(help="only these peers")] = None,
    rounds: Annotated[int, typer.Option(min=1, help="of everything")] = ROUNDS,
) -> None:
    """Measure, keep the results, write their page."""
    found = _measure([name for name in (peer_names() if peer is None else peer) if name], rounds=rounds)
    file = RESULTS / f"speed-{found['commit']}.json"
    file.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    to = file.with_name(f"{found['date']}-speed.md")
    to.write_text(page(found), encoding="utf-8")
    print(f"Kept as {file}, told in {to}")


def page(found: Figures, /) -> str:
    """The results as Markdown."""
    tables = {
        "aims": table(("ratio", "aim", "here"), ((aim.what, f"≤ {aim.limit:g}", _told(aim.ratio(found))) for aim in AIMS)),
        "in_process": _rows(found["in_process"]),
        "stages": table(("stage", "ms"), (found["stages"].get("processor_ms") or found["stages"]).items()),
        "servers": _rows(found["servers"]),
    }
    return PAGE.format(**found | tables)


def table(head: Sequence[str], rows: Iterable[Sequence[Any]], /) -> str:
    """A table of Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def _rows(rows: dict[str, Figures]) -> str:
    figures = list(dict.fromkeys(name for row in rows.values() for name in row))
    return table(("", *figures), ((name, *(row.get(figure, "") for figure in figures)) for name, row in rows.items()))


def _told(ratio: float | None) -> str:
    return "not measured" if ratio is None else f"{ratio:.2f}"


def _measure(peers: list[str], *, rounds: int) -> Figures:
    found = _about() | {"rounds": rounds, "peers": peers}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run([sys.executable, "-m", "tests.benchmarks.material", name], env=ONE_THREAD, cwd=PROJECT, check=True)
        about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
        questions = json.loads((folder / "given.json").read_text(encoding="utf-8"))["questions"]
        found |= {"questions": len(questions), "letters": about["letters"]}
        found["in_process"] = measure_all(peers, folder, about, rounds=rounds)
        found["stages"] = _stages(folder)
        found["servers"] = measure_servers(all_servers(folder, about), questions, rounds=rounds)
    return found | {"load_average_after": _load_average()}


def _stages(folder: Path) -> Figures:
    command = [sys.executable, "-m", "tests.benchmarks.stages", str(folder / "index"), str(folder / "given.json")]
    ended = subprocess.run(command, env=ONE_THREAD, cwd=PROJECT, capture_output=True, text=True)
    if ended.returncode:
        return {"failed": (ended.stderr.strip().splitlines() or ["no word of why"])[-1][:200]}
    figures: Figures = json.loads(ended.stdout.splitlines()[-1])
    return figures


def _about() -> Figures:
    describe = ["git", "describe", "--always", "--dirty", "--exclude=*"]
    return {
        "commit": subprocess.run(describe, capture_output=True, text=True, cwd=PROJECT).stdout.strip() or "unknown",
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "cores": os.cpu_count(),
        "load_average": _load_average(),
    }


def _load_average() -> float:
    return round(os.getloadavg()[0], 1)


if __name__ == "__main__":
    app()
