"""Servers under load: ours with and without its page and in both precisions, and what everybody writes first.

What is measured of each: from the start of the process to its first answer and its first page, memory before and after the
load, and what it carries at 1, 16 and 64 clients, through the route of its API and through its page.
"""

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from itertools import product
from pathlib import Path
from typing import Any

from settings import PROJECT
from tests.benchmarks.contenders import ONE_THREAD, Figures
from tests.benchmarks.load import OK, Way, api, distinct, gradio_event, load, page, repeated
from tests.benchmarks.processes import memory, processor_seconds

CLIENTS = (1, 16, 64)
KINDS = ("distinct", "repeated", "page")  # of load
STARTS = 3  # of each server
SLOWEST_START = 120.0  # seconds
LOOK_EVERY = 0.02  # seconds
QUESTION = "How is iron linked to dopamine?"


@dataclass(frozen=True, slots=True)
class Served:
    """A server: how it is started, and what it answers. `loads` names what is asked of it: way, which questions, clients."""

    command: Callable[[int], list[str]]
    environment: dict[str, str]
    loads: tuple[tuple[str, Way, str, Sequence[int]], ...]
    has_api: bool = True
    has_page: bool = True


@dataclass(frozen=True, slots=True)
class Running:
    """A server that answers, and what it took until then."""

    port: int
    pid: int
    start: Figures


def all_servers(folder: Path, about: Figures, /) -> dict[str, Served]:
    """By the names under which they are told."""
    model, passages = about["model"], str(folder / "passages.json")
    both = (("distinct", api, "distinct", CLIENTS), ("repeated", api, "repeated", CLIENTS))
    found = {}
    for precision in about["exports"]:
        for is_on in (True, False):
            own = {
                "INDEX_DIR": str(folder / "index"),
                "PAGE": "on" if is_on else "off",
                "PRECISION": precision,
                "RATE_LIMIT": "0",  # all clients have one address here
                "FEEDBACK_FILE": str(folder / "feedback"),
            }
            through_page = (("page", page, "distinct", CLIENTS),) if is_on else ()
            name = f"ours, {precision}{'' if is_on else ', PAGE=off'}"
            found[name] = Served(_app, own, both + through_page, has_page=is_on)
    naive = (("distinct", api, "distinct", CLIENTS), ("repeated", api, "repeated", CLIENTS[-1:]))
    found["naive FastAPI"] = Served(_naive("naive_server", passages, model), {}, naive, has_page=False)
    events = (("page", gradio_event, "distinct", CLIENTS),)
    found["naive Gradio"] = Served(_naive("naive_page", passages, model), {}, events, has_api=False)
    return found


def _app(_port: int) -> list[str]:
    return ["app.py"]


def _naive(module: str, passages: str, model: str) -> Callable[[int], list[str]]:
    return lambda port: ["-m", f"tests.benchmarks.peers.{module}", passages, model, str(port)]


def measure_servers(servers: dict[str, Served], questions: Sequence[str], /, *, seconds: float, rounds: int) -> Figures:
    """Everything about every server by name, or `failed` with the reason.

    They are started one by one, and loaded in turn while all of them are up, so that what else the machine does meets all.
    """
    found = {name: _told(name, _starts(served)) for name, served in servers.items()}
    with ExitStack() as stack:
        running: dict[str, Running] = {}
        for name, served in servers.items():
            try:
                running[name] = stack.enter_context(_running(served))
            except (OSError, RuntimeError) as error:
                found[name] = _failed(error)
        asked = {name: {"distinct": distinct(questions), "repeated": repeated(questions)} for name in running}
        for kind, clients, _ in product(KINDS, CLIENTS, range(rounds)):
            for name, server in running.items():
                for own, way, which, at_once in servers[name].loads:
                    if own == kind and clients in at_once and "failed" not in found[name]:
                        _keep_best(found, name, f"{kind}_{clients}", server, asked[name][which], way, clients, seconds)
        for name, server in running.items():
            if "failed" not in found[name]:
                found[name]["memory_after_load_mb"] = memory(server.pid).resident
                _told(name, found[name])
    return found


def _starts(served: Served) -> Figures:
    """The best of a few starts, for everybody alike."""
    starts: list[Figures] = []
    try:
        for _ in range(STARTS):
            with _running(served) as server:
                starts.append(server.start)
    except (OSError, RuntimeError) as error:
        return _failed(error)
    return {name: round(min(row[name] for row in starts), 2) for name in starts[0]}


def _keep_best(
    found: Figures, name: str, key: str, server: Running, asked: Iterator[str], way: Way, clients: int, seconds: float
) -> None:
    """Load a server, and keep what it carried if that is more than in the rounds before."""
    try:
        carried = load(server.port, server.pid, asked, way=way, clients=clients, seconds=seconds)
    except OSError as error:
        found[name] = _failed(error)
        return
    best = found[name].get(key)
    if best is None or carried["answers_a_second"] > best["answers_a_second"]:
        found[name][key] = carried


def _failed(error: Exception) -> Figures:
    return {"failed": f"{type(error).__name__}: {error}"[:200]}


def _told(name: str, figures: Figures) -> Figures:
    print(name, figures, flush=True)
    return figures


@contextmanager
def _running(served: Served) -> Iterator[Running]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = ONE_THREAD | served.environment | {"PORT": str(port), "HOST": "127.0.0.1"}
    command = [sys.executable, *served.command(port)]
    with tempfile.TemporaryFile("w+") as said:
        begun = time.perf_counter()
        process = subprocess.Popen(command, env=environment, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=said)
        try:
            start = _started(served, port, process, begun)
            if start is None:
                said.seek(0)
                raise RuntimeError(f"it does not serve: {said.read().strip()[-150:]}")
            used = memory(process.pid)
            yield Running(port, process.pid, start | {"memory_mb": used.resident, "memory_shared_mb": used.proportional})
        finally:
            process.kill()
            process.wait()


def _started(served: Served, port: int, process: "subprocess.Popen[bytes]", begun: float) -> Figures | None:
    """Seconds until everything that it should serve was served; `None` if it ended before, or takes too long."""
    wanted: dict[str, Callable[[int], bool]] = {"first_answer": _answers} if served.has_api else {}
    wanted |= {"first_page": _shows} if served.has_page else {}
    start: Figures = {}
    while len(start) < 2 * len(wanted):
        if process.poll() is not None or time.perf_counter() - begun > SLOWEST_START:
            return None
        for name, is_there in wanted.items():
            if f"{name}_s" not in start and is_there(port):
                start[f"{name}_s"] = time.perf_counter() - begun
                start[f"{name}_processor_s"] = processor_seconds(process.pid)
        time.sleep(LOOK_EVERY)
    return start


def _answers(port: int) -> bool:
    return _got(port, "POST", "/api/ask", f'{{"turns": ["{QUESTION}"]}}')


def _shows(port: int) -> bool:
    return _got(port, "GET", "/", None)


def _got(port: int, method: str, path: str, body: str | None) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=SLOWEST_START)
    headers: dict[str, Any] = {"Content-Type": "application/json"} if body else {}
    try:
        connection.request(method, path, body, headers)
        return connection.getresponse().status == OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
