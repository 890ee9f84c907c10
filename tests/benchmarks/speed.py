"""`make bench`: ours, the bare floor, naive servers and what a user would pick instead, side by side in one run.

    python -m tests.benchmarks.speed                  # peers are installed on demand into .venv-bench/
    python -m tests.benchmarks.speed --peer chroma    # these only
    python -m tests.benchmarks.speed --page-of tests/benchmarks/results/speed-1a2b3c4.json    # its page and plots anew

Leaves `results/speed-COMMIT.json`, and of it the page `results/DATE-speed.md` with its plots. A contender that fails has its
reason in its row, and the others run all the same.
"""

import json
import os
import platform
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from settings import PROJECT
from tests.benchmarks.contenders import ONE_THREAD, Figures, measure_all, peer_names
from tests.benchmarks.page import RESULTS, write_page
from tests.benchmarks.servers import all_servers, measure_servers

ROUNDS = 2
SECONDS = 2.5  # of load at each number of clients

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def main(
    peer: Annotated[list[str] | None, typer.Option(help="only these peers")] = None,
    rounds: Annotated[int, typer.Option(min=1, help="of everything but the starts of servers")] = ROUNDS,
    seconds: Annotated[float, typer.Option(min=0.5, help="of load at each number of clients")] = SECONDS,
    page_of: Annotated[Path | None, typer.Option(help="measure nothing: write the page of these results")] = None,
) -> None:
    """Measure, keep the results, write their page."""
    file = page_of or _measure(peer if peer is not None else peer_names(), rounds=rounds, seconds=seconds)
    print(f"Kept as {file}, explained in {write_page(file)}")


def _measure(peers: list[str], *, rounds: int, seconds: float) -> Path:
    found = _about()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run([sys.executable, "-m", "tests.benchmarks.material", name], env=ONE_THREAD, cwd=PROJECT, check=True)
        about = json.loads((folder / "about.json").read_text(encoding="utf-8"))
        questions = json.loads((folder / "given.json").read_text(encoding="utf-8"))["questions"]
        found |= {"questions": len(questions), "rounds": rounds, "seconds": seconds}
        found |= {"int8": about["int8"], "export_mb": about["export_mb"], "peers": peers}
        found["in_process"] = measure_all(peers, folder, about, rounds=rounds)
        found["stages"] = {precision: _stages(folder, precision) for precision in about["exports"]}
        found["servers"] = measure_servers(all_servers(folder, about), questions, seconds=seconds, rounds=rounds)
    found["load_average_after"] = _load_average()
    file = RESULTS / f"speed-{found['commit']}.json"
    file.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return file


def _stages(folder: Path, precision: str) -> Figures:
    command = [sys.executable, "-m", "tests.benchmarks.stages", str(folder / "index"), str(folder / "given.json")]
    environment = ONE_THREAD | {"PRECISION": precision}
    ended = subprocess.run(command, env=environment, cwd=PROJECT, capture_output=True, text=True)
    if ended.returncode:
        return {"failed": (ended.stderr.strip().splitlines() or ["no word of why"])[-1][:200]}
    figures: Figures = json.loads(ended.stdout.splitlines()[-1])
    print(precision, figures, flush=True)
    return figures


def _about() -> dict[str, Any]:
    describe = ["git", "describe", "--always", "--dirty", "--exclude=*"]
    return {
        "commit": subprocess.run(describe, capture_output=True, text=True, cwd=PROJECT).stdout.strip() or "unknown",
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "cores": os.cpu_count(),
        "processor": _processor(),
        "load_average": _load_average(),
    }


def _load_average() -> list[float]:
    return [round(load, 1) for load in os.getloadavg()]


def _processor() -> str:
    """As the system calls it, and what of it matters to int8."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    told = dict(line.split(":", 1) for line in lines if ":" in line)
    names = {key.strip(): value.strip() for key, value in told.items()}
    flags = names.get("flags", "").split()
    able = [flag for flag in ("avx2", "avx512f", "avx512_vnni", "avx_vnni") if flag in flags]
    return f"{names.get('model name', platform.machine())} ({', '.join(able)})"


if __name__ == "__main__":
    app()
