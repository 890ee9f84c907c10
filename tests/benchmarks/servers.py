"""Servers: ours with and without its page, and what everybody writes first.

Measured from the start of the process to its first answer and its first page, and its memory after some questions.
"""

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

from settings import PROJECT
from tests.benchmarks.contenders import ONE_THREAD, Figures, lowest
from tests.benchmarks.processes import memory, processor_seconds

SLOWEST_START = 120.0  # seconds
LOOK_EVERY = 0.02  # seconds
ASKED = 50  # questions before memory is read
OK = 200


@dataclass(frozen=True, slots=True)
class Served:
    """A server: how it is started, given a port, and what it serves."""

    command: Callable[[int], list[str]]
    environment: dict[str, str]
    has_api: bool = True
    has_page: bool = True


def all_servers(folder: Path, about: Figures, /) -> dict[str, Served]:
    """By the names under which they are told."""
    own = {"INDEX_DIR": str(folder / "index"), "RATE_LIMIT": "0", "FEEDBACK_FILE": str(folder / "feedback")}
    given = [str(folder / "given.json"), about["model"]]
    return {
        "ours": Served(_ours, own | {"PAGE": "on"}),
        "ours, PAGE=off": Served(_ours, own | {"PAGE": "off"}, has_page=False),
        "naive FastAPI": Served(
            lambda port: ["-m", "tests.benchmarks.peers.naive_server", *given, str(port)], {}, has_page=False
        ),
        "naive Gradio": Served(
            lambda port: ["-m", "tests.benchmarks.peers.naive_page", *given, str(port)], {}, has_api=False
        ),
    }


def _ours(_port: int) -> list[str]:
    return ["-c", "import app; app.main()"]  # without the process that watches it, which nobody else has


def measure_servers(servers: dict[str, Served], questions: Sequence[str], /, *, rounds: int) -> dict[str, Figures]:
    """Figures of every server by name, or `failed` with the reason; all of them in turn, so many rounds."""
    found: dict[str, list[Figures]] = {}
    for _ in range(rounds):
        for name, served in servers.items():
            try:
                figures = _measured(served, questions)
            except (OSError, RuntimeError, httpx.HTTPError) as error:
                figures = {"failed": f"{type(error).__name__}: {error}"[:200]}
            print(name, figures, flush=True)
            found.setdefault(name, []).append(figures)
    return {name: lowest(rows) for name, rows in found.items()}


def _measured(served: Served, questions: Sequence[str]) -> Figures:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = ONE_THREAD | served.environment | {"PORT": str(port), "HOST": "127.0.0.1"}
    with tempfile.TemporaryFile("w+") as said, httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
        begun = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, *served.command(port)], env=environment, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=said
        )
        try:
            figures = _started(served, client, questions[0], process, begun)
            if figures is None:
                said.seek(0)
                raise RuntimeError(f"it does not serve: {said.read().strip()[-150:]}")
            if served.has_api:
                for question in questions[:ASKED]:
                    client.post("/api/ask", json={"turns": [question]})
            return figures | {"memory_mb": memory(process.pid).resident}
        finally:
            process.kill()
            process.wait(timeout=20)


def _started(
    served: Served, client: httpx.Client, question: str, process: "subprocess.Popen[bytes]", begun: float
) -> Figures | None:
    """Seconds until all that it should serve was served; `None` if it ended before, or takes too long."""
    wanted: dict[str, Callable[[], httpx.Response]] = {}
    if served.has_api:
        wanted["first_answer"] = lambda: client.post("/api/ask", json={"turns": [question]})
    if served.has_page:
        wanted["first_page"] = lambda: client.get("/")
    start: Figures = {}
    while len(start) < 2 * len(wanted):
        if process.poll() is not None or time.perf_counter() - begun > SLOWEST_START:
            return None
        for name, ask in wanted.items():
            if f"{name}_s" not in start and _is_there(ask):
                start[f"{name}_s"] = round(time.perf_counter() - begun, 2)
                start[f"{name}_processor_s"] = round(processor_seconds(process.pid), 2)
        time.sleep(LOOK_EVERY)
    return start


def _is_there(ask: Callable[[], httpx.Response]) -> bool:
    try:
        return ask().status_code == OK
    except httpx.HTTPError:
        return False
