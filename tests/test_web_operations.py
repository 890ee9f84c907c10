"""The whole program in a process of its own: how it starts, what it says about itself, what it never says, how it ends."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

import app
from assistant.languages.wording import wording
from settings import PROJECT
from tests.browsers import FAULT, SLOW, THREE, URGENT, free_port

CANARY = "xylophone-7319"
ADDRESS = "198.51.100.77"
START_SECONDS = 150


@dataclass
class Process:
    """The program with everything that it writes in one folder."""

    child: subprocess.Popen[bytes]
    client: httpx.Client
    metrics_url: str
    folder: Path

    def wait_until_ready(self) -> None:
        until = time.monotonic() + START_SECONDS
        while self.status("/readyz") != 200:
            assert time.monotonic() < until
            assert self.child.poll() is None, self.output
            time.sleep(0.1)

    def status(self, path: str) -> int:
        try:
            return self.client.get(path).status_code
        except httpx.HTTPError:
            return 0

    @property
    def output(self) -> str:
        return (self.folder / "output").read_text(encoding="utf-8")


@contextmanager
def running(folder: Path, index_dir: Path, **environment: str) -> Iterator[Process]:
    (folder / "tmp").mkdir()
    port, metrics_port = free_port(), free_port()
    own = {"PORT": port, "METRICS_PORT": metrics_port, "INDEX_DIR": index_dir, "FEEDBACK_FILE": folder / "feedback.jsonl"}
    own |= {"TMPDIR": folder / "tmp", "RATE_LIMIT": 0, "TRUSTED_PROXIES": "127.0.0.1", **environment}
    with (folder / "output").open("wb") as output:
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.rehearsed_server"],
            env={**os.environ, **{name: str(value) for name, value in own.items()}},
            cwd=PROJECT,
            stdout=output,
            stderr=output,
        )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            yield Process(child, client, f"http://127.0.0.1:{metrics_port}/metrics", folder)
    finally:
        child.kill()
        child.wait(timeout=20)


@pytest.fixture(scope="module")
def process(real_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    with running(tmp_path_factory.mktemp("process"), real_index) as process:
        yield process


def test_while_it_loads_it_lives_is_not_ready_and_gives_urgent_help(process: Process) -> None:
    until = time.monotonic() + START_SECONDS
    while process.status("/livez") != 200:
        assert time.monotonic() < until
        time.sleep(0.02)
    ready = process.client.get("/readyz")
    assert (ready.status_code, ready.json()) == (503, {"status": "loading"})
    help_ = process.client.post("/api/ask", json={"turns": [URGENT]})
    assert (help_.status_code, help_.json()["kind"]) == (200, "urgent")
    for refused in (process.client.post("/api/ask", json={"turns": [THREE]}), process.client.get("/")):
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
        assert refused.json()["error"] == "The assistant is starting."
    page = process.client.get("/", headers={"Accept": "text/html,*/*;q=0.8"})
    assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
    assert '<meta http-equiv="refresh" content="5">' in page.text
    assert '<a href="tel:112">112</a>' in page.text
    german = process.client.get("/", headers={"Accept": "text/html", "Accept-Language": "de"}).text
    assert wording("de")["urgent.in_case"] in german
    process.wait_until_ready()


def test_the_metrics_are_at_an_address_of_their_own_and_count(process: Process) -> None:
    process.wait_until_ready()
    process.client.post("/api/ask", json={"turns": [THREE]})
    process.client.post("/api/ask", json={"turns": [URGENT]})
    process.client.post("/api/ask", json={"turns": [""]})
    text = httpx.get(process.metrics_url).text
    for line in (
        'rls_answers_total{kind="answer"} 1.0',
        'rls_answers_total{kind="urgent"} 1.0',
        'rls_refused_total{reason="empty_question"} 1.0',
        "rls_answer_seconds_count 2.0",
        "rls_questions_pending 0.0",
        "rls_threads_stuck 0.0",
        "rls_reload_failures_total 0.0",
        f'rls_index_info{{version="{process.client.get("/version").json()["index_version"]}"}} 1.0',
    ):
        assert line in text.splitlines()
    assert process.client.get("/metrics").status_code == 404


def test_every_figure_of_the_dashboard_is_one_that_is_served(process: Process) -> None:
    process.wait_until_ready()
    dashboard = (PROJECT / "deploy" / "grafana" / "rls-assistant.json").read_text(encoding="utf-8")
    asked_for = set(re.findall(r"rls_\w+", " ".join(re.findall(r'"expr": "((?:[^"\\]|\\.)*)"', dashboard))))
    served = httpx.get(process.metrics_url).text
    assert len(asked_for) >= 8
    assert [name for name in asked_for if f"\n# TYPE {re.sub('_(bucket|count|sum)$', '', name)} " not in f"\n{served}"] == []


def test_what_a_visitor_types_and_where_from_stands_nowhere_not_even_after_errors(
    process: Process, real_index: Path
) -> None:
    process.wait_until_ready()
    client, headers = process.client, {"X-Forwarded-For": ADDRESS, "User-Agent": CANARY, "Referer": f"http://x/{CANARY}"}
    bodies: list[bytes] = [
        json.dumps({"turns": turns, "language": language}).encode()
        for turns in ([CANARY], [f"{FAULT} {CANARY}"], [CANARY * 100], CANARY, [CANARY, ""], [f"{CANARY}\ud83d"], [[CANARY]])
        for language in ("de", CANARY)
    ]
    bodies += [CANARY.encode(), f'{{"turns": ["{CANARY}"'.encode(), f"[{CANARY}".encode() * 4_000]
    statuses = set()
    for path in ("/api/ask", "/api/feedback", "/gradio_api/queue/join", f"/{CANARY}", f"/articles/{CANARY}"):
        statuses |= {client.post(path, content=body, headers=headers).status_code for body in bodies}
        statuses.add(client.get(path, params={"turns": CANARY, "session_hash": CANARY}, headers=headers).status_code)
    assert {200, 404, 413, 422, 500} <= statuses
    port = client.base_url.port
    assert port
    for raw in (f"{CANARY} / HTTP/1.1\r\n\r\n", f"POST /api/ask HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{CANARY}"):
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(raw.encode())
            connection.settimeout(1)
    time.sleep(0.5)
    told = {
        str(file): file.read_bytes() for top in (process.folder, real_index) for file in top.rglob("*") if file.is_file()
    }
    told |= {name: Path(f"/proc/{process.child.pid}/{name}").read_bytes() for name in ("cmdline", "comm", "environ")}
    told |= {path: client.get(path).content for path in ("/livez", "/readyz", "/version", "/")}
    told["metrics"] = httpx.get(process.metrics_url).content
    assert 'error": "builtins.ValueError"' in process.output, "the fault must be in the log, or this proves nothing"
    assert [where for where, what in told.items() if CANARY.encode() in what or ADDRESS.encode() in what] == []


def test_every_line_of_the_log_is_json(process: Process) -> None:
    process.wait_until_ready()
    lines = [line for line in process.output.splitlines() if not line.startswith("Serving on")]
    assert lines
    for line in lines:
        assert {"time", "level", "logger", "message"} <= set(json.loads(line))


def test_told_to_stop_it_turns_newcomers_away_and_loses_no_answer_in_flight(process: Process) -> None:
    process.wait_until_ready()
    port = process.client.base_url.port
    assert port
    with ThreadPoolExecutor(2) as threads, httpx.Client(base_url=process.client.base_url, timeout=30) as other:
        slow = threads.submit(process.client.post, "/api/ask", json={"turns": [SLOW]})
        time.sleep(0.3)
        process.child.send_signal(signal.SIGTERM)
        told = time.monotonic()
        time.sleep(0.3)
        ready = other.get("/readyz")
        assert (ready.status_code, ready.json()) == (503, {"status": "draining"})
        assert other.post("/api/ask", json={"turns": [THREE]}).status_code == 200
        time.sleep(max(0.0, told + 1.1 - time.monotonic()))  # a busy machine has taken its part of the two seconds already
        late = threads.submit(other.post, "/api/ask", json={"turns": [SLOW]})  # ends after the listener has closed
        assert (slow.result().status_code, late.result().status_code) == (200, 200)
    assert process.child.wait(timeout=20) == 0
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


def test_interrupted_at_the_keyboard_it_ends_at_once_and_says_nothing(real_index: Path, tmp_path: Path) -> None:
    with running(tmp_path, real_index, PAGE="off") as process:
        process.wait_until_ready()
        process.child.send_signal(signal.SIGINT)
        assert process.child.wait(timeout=10) == 0
        assert "Traceback" not in process.output
        assert "uncaught" not in process.output


@pytest.mark.parametrize(
    ("environment", "lines"),
    [
        ({"PORT": "zero", "RATE_LIMIT": "-1"}, ["PORT='zero' cannot be used", "RATE_LIMIT='-1' cannot be used"]),
        ({"TRUSTED_PROXIES": "10.0.0.1, nginx"}, ["TRUSTED_PROXIES='10.0.0.1, nginx' cannot be used: 'nginx' does not"]),
        ({"PUBLIC_URL": "example.org"}, ["PUBLIC_URL='example.org' cannot be used: it must be like https://"]),
        ({"REGION": "ATLANTIS"}, ["REGION='ATLANTIS'"]),
        ({"ALLOWED_ORIGINS": "ftp://x"}, ["ALLOWED_ORIGINS='ftp://x' cannot be used"]),
        ({"HOST": "192.0.2.1"}, ["HOST='192.0.2.1' and PORT="]),
    ],
)
def test_a_bad_setting_ends_the_start_at_once_with_one_clear_line_each(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], lines: list[str]
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit) as ended:
        app.main()
    said = str(ended.value.code).splitlines()
    assert len(said) == len(lines)
    for line, expected in zip(said, lines, strict=True):
        assert line.startswith(expected)


def test_a_port_that_is_taken_ends_the_start_at_once_with_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        monkeypatch.setenv("PORT", port := str(taken.getsockname()[1]))
        with pytest.raises(SystemExit, match=f"PORT={port} cannot be used: Address already in use. Set another port"):
            app.main()


def test_what_goes_wrong_while_it_loads_ends_it_with_one_clear_line(real_index: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        own = {"INDEX_DIR": str(real_index), "PORT": str(free_port()), "PAGE": "off", "METRICS_PORT": port}
        found = subprocess.run(
            [sys.executable, "app.py"], env={**os.environ, **own}, cwd=PROJECT, capture_output=True, text=True, timeout=150
        )
    lines = [line for line in found.stderr.splitlines() if not line.startswith('{"time"')]
    assert (found.returncode, len(lines)) == (1, 1)
    assert f"METRICS_PORT={port} cannot be used" in lines[0]
