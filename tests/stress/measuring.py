"""A server to be stressed, its memory, and a place for what was measured."""

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from corpus import load_corpus
from index import build, load_encoder, open_version
from index.published.model import export_if_missing
from settings import PROJECT
from tests.browsers import PageServer, serving

RESULTS = PROJECT / "tests" / "benchmarks" / "results"


@contextmanager
def published_index() -> Iterator[Path]:
    """An index of the project's own corpus, built, exported and published."""
    with tempfile.TemporaryDirectory() as folder:
        index_dir = Path(folder) / "index"
        encoder = load_encoder("all-MiniLM-L6-v2")
        built = build(load_corpus(PROJECT / "corpus" / "articles"), encoder=encoder, index_dir=index_dir)
        export_if_missing(encoder, open_version(index_dir, built.version), index_dir)
        yield index_dir


@contextmanager
def server() -> Iterator[PageServer]:
    """`app.py` as it is, on an index of the project's own corpus, without limits for the address of all the clients."""
    with (
        published_index() as index_dir,
        tempfile.TemporaryDirectory() as folder,
        serving(
            ["app.py"], index_dir=index_dir, feedback_file=Path(folder) / "feedback.jsonl", TRUSTED_PROXIES="127.0.0.1"
        ) as found,
    ):
        yield found


def megabytes(server: PageServer) -> float:
    """Resident memory of the server's processes: the one that watches, and the one that serves."""
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text(encoding="ascii").split()
    return _megabytes(server.pid) + sum(map(_megabytes, map(int, children)))


def _megabytes(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    (line,) = [line for line in status.splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) / 1024


def keep(name: str, figures: dict[str, Any], /, *, file_name: str = "stress.json") -> None:
    """Print the figures and keep them with date, commit, and how busy the machine was besides."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, cwd=PROJECT
    ).stdout.strip()
    row = {
        "measured": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "commit": commit,
        "cores": os.cpu_count(),
        "load_average": [round(load, 1) for load in os.getloadavg()],
        **figures,
    }
    print(json.dumps(row, indent=2))
    file = RESULTS / file_name
    kept = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    file.write_text(json.dumps(kept | {name: row}, indent=2) + "\n", encoding="utf-8")
