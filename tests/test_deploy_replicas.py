"""What nginx does with replicas that are dead, starting, or have too much to do."""

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant import Assistant
from assistant.web import create_server
from assistant.web.gate.admission import Admission
from assistant.web.gate.rate_limit import RateLimit
from assistant.web.process.lifecycle import Application
from assistant.web.process.live import LiveAssistant
from tests.browsers import URGENT
from tests.ending import join
from tests.nginx import Replicas, nginx_before, until

QUESTION = {"turns": ["How is iron linked to dopamine?"]}
VERDICT = {"answer": "unanswered", "version": "20261123T000000Z-abcdef", "verdict": "wrong"}


@dataclass
class Standing:
    """An application at a port of this process, and the paths that were asked of it."""

    app: ASGIApp
    asked: list[str] = field(default_factory=list)
    port: int = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            self.asked.append(scope["path"])
        await self.app(scope, receive, send)


@contextmanager
def standing(*apps: ASGIApp) -> Iterator[list[Standing]]:
    """Applications that listen, while the block lasts."""
    replicas = [Standing(app) for app in apps]
    with ExitStack() as stack:
        for replica in replicas:
            listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            replica.port = listener.getsockname()[1]
            server = uvicorn.Server(uvicorn.Config(replica, log_level="warning", timeout_graceful_shutdown=1))
            thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
            thread.start()
            stack.callback(join, thread)
            stack.callback(setattr, server, "should_exit", True)
            until(lambda: server.started)  # noqa: B023
        yield replicas


@dataclass
class Dying:
    """A replica that reads what it is asked and breaks off, and how often that was."""

    port: int = 0
    read: int = 0


@contextmanager
def dying() -> Iterator[Dying]:
    """One of them, while the block lasts."""
    found = Dying()

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            found.read += bool(self.request.recv(65536))

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        found.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield found
        server.shutdown()
        join(thread)


@contextmanager
def starting() -> Iterator[list[Standing]]:
    """The application while its index loads, which takes as long as the block."""
    is_over = threading.Event()

    def load() -> FastAPI:
        assert is_over.wait(200)
        return FastAPI()

    with standing(Application(load, on_change=lambda _state: None)) as replicas:
        try:
            yield replicas
        finally:
            is_over.set()


@contextmanager
def nginx_and_visitor(replicas: list[Standing], folder: Path) -> Iterator[httpx.Client]:
    with nginx_before([replica.port for replica in replicas], folder) as nginx, nginx.client() as visitor:
        yield visitor


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.3.4", "127.0.5.6"])  # each keeps a replica of its own for the page
def test_a_replica_that_is_starting_is_passed_over(replicas: Replicas, tmp_path: Path, address: str) -> None:
    with starting() as (new,), nginx_before([new.port, *replicas.ports], tmp_path) as nginx:
        with nginx.client(address) as visitor:
            asked = [visitor.post("/api/ask", json=QUESTION) for _ in range(8)]
            loaded = [visitor.get(path) for path in ("/", "/widget.js", "/site/chat/main.js", "/privacy") for _ in range(2)]
        assert {response.status_code for response in asked + loaded} == {200}
        assert new.asked  # it was met, and what it said was not passed on


def test_while_every_replica_is_starting_help_stays_within_reach(tmp_path: Path) -> None:
    with starting() as new, nginx_and_visitor(new, tmp_path) as visitor:
        refused = visitor.post("/api/ask", json=QUESTION)
        assert refused.status_code == 503
        assert "112, 911 or 999" in refused.json()["remedy"]
        assert visitor.post("/api/ask", json={"turns": [URGENT]}).json()["kind"] == "urgent"


def test_a_question_that_is_refused_for_overload_does_not_run_round_the_fleet(assistant: Assistant, tmp_path: Path) -> None:
    full = Admission(RateLimit(0), at_once=1, most_waiting=-1)  # with room for none it has too much to do, always
    busy = create_server(LiveAssistant(assistant), admission=full)
    with standing(busy, busy, busy) as fleet, nginx_and_visitor(fleet, tmp_path) as visitor:
        refused = visitor.post("/api/ask", json=QUESTION)
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "2")
        assert "Too many people" in refused.json()["error"]  # its own words
        assert sum(len(replica.asked) for replica in fleet) == 1


def test_a_question_that_a_dying_replica_had_got_is_answered_by_the_next(replicas: Replicas, tmp_path: Path) -> None:
    with dying() as dead, nginx_before([dead.port, *replicas.ports], tmp_path) as nginx, nginx.client() as visitor:
        statuses = {visitor.post("/api/ask", json=QUESTION).status_code for _ in range(6)}
        assert dead.read > 0
        assert statuses == {200}


def test_a_verdict_that_a_dying_replica_may_have_written_down_is_not_given_twice(tmp_path: Path) -> None:
    with dying() as one, dying() as other, nginx_before([one.port, other.port], tmp_path) as nginx:
        with nginx.client() as visitor:
            assert visitor.post("/api/feedback", json=VERDICT).status_code == 503
        assert one.read + other.read == 1
