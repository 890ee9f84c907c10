"""Contenders that answer in one process: ours, the bare floor, the script that everybody writes first, other products.

Each runs in a process of its own, with one thread and its own packages, several rounds of all of them in turn. What other
work on the machine adds is never negative, so the lowest of the rounds counts, for everybody alike.
"""

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from quote_benchmark.environments import environment_variables, python_with
from settings import PROJECT

PEERS = PROJECT / "tests" / "benchmarks" / "peers"
ENVIRONMENTS = PROJECT / ".venv-bench"
ONE_THREAD = environment_variables()
OURS, FLOOR, BARE = "ours", "bare_onnx", "bare_sentence_transformers"
LONGEST = 300  # seconds for one contender
Figures = dict[str, Any]


def peer_names() -> list[str]:
    """What a user would pick instead; each has a list of packages."""
    return sorted(path.stem for path in PEERS.glob("*.txt"))


def measure_all(peers: Sequence[str], folder: Path, about: Figures, /, *, rounds: int) -> dict[str, Figures]:
    """Figures of every contender by name, or `failed` with the reason."""
    models = {OURS: folder / "index", FLOOR: Path(about["export"])} | dict.fromkeys((BARE, *peers), Path(about["model"]))
    found: dict[str, list[Figures]] = {}
    for _ in range(rounds):
        for name, model in models.items():
            figures = _measured(name, model, folder / "given.json", is_peer=name in peers)
            print(name, figures, flush=True)
            found.setdefault(name, []).append(figures)
    return {name: lowest(rows) for name, rows in found.items()}


def lowest(rows: Sequence[Figures], /) -> Figures:
    """Each figure as it was in its best round; a contender that failed in one has failed.

    >>> lowest([{"ms": 3, "mb": 5}, {"ms": 4, "mb": 2}])
    {'ms': 3, 'mb': 2}
    """
    failed = [row for row in rows if "failed" in row]
    return failed[0] if failed else {name: min(row[name] for row in rows) for name in rows[0]}


def python_of(peer: str, /) -> Path:
    """The interpreter of a peer's own environment, made on demand; torch and whatever else fits are shared with ours."""
    (own,) = (PROJECT / ".venv").resolve().glob("lib/python*/site-packages")
    lines = (PROJECT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    torch = [line.split()[0] for line in lines if line.startswith("torch==")]
    return python_with(PEERS / f"{peer}.txt", ENVIRONMENTS / peer, also=torch, beside=own)


def _measured(module: str, model: Path, given: Path, *, is_peer: bool) -> Figures:
    environment = ONE_THREAD | {"PYTHONPATH": str(PROJECT) if module == OURS else ""}
    try:
        python = python_of(module) if is_peer else sys.executable
        command = [python, PEERS / "measure.py", module, model, given, str(time.time())]
        ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=LONGEST)
    except (OSError, subprocess.SubprocessError) as error:
        return {"failed": f"{type(error).__name__}: {error}"[:200]}
    if ended.returncode:
        return {"failed": (ended.stderr.strip().splitlines() or ["no word of why"])[-1][:200]}
    figures: Figures = json.loads(ended.stdout.splitlines()[-1])
    return figures
