"""assistant/web/process/connections.py: uvicorn with its limits before a small application, attacked over sockets."""

import asyncio
import contextlib
import resource
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPResponse
from typing import Any, cast

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send

from assistant.web.gate.body import BodyLimit
from assistant.web.process import connections as limits
from assistant.web.process.connections import MOST_FRAMING, BoundedProtocol, Connections, Room, make_room
from tests.attacks import CHUNKED, ENDLESS, GET, is_closed, send
from tests.ending import join

LARGE = 8 * 2**20  # bytes of a response
LOCAL, NEIGHBOUR = "127.0.0.1", "127.0.0.2"


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Says how long the body is; /large is more than kernels buffer, /slow takes a second, /never has no end."""
    length = len((await receive()).get("body", b""))
    if scope["path"] in {"/slow", "/never"}:
        await asyncio.sleep(1 if scope["path"] == "/slow" else 60)
    body = b"x" * LARGE if scope["path"] == "/large" else b"%d" % length
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})


@dataclass
class Running:
    port: int
    connections: Connections
    server: uvicorn.Server

    def open(self, begin: bytes = b"", *, source: str = LOCAL) -> socket.socket:
        one = socket.create_connection(("127.0.0.1", self.port), 5, source_address=(source, 0))
        one.sendall(begin)
        return one

    def is_served(self, *, source: str = LOCAL) -> bool:
        with self.open(GET, source=source) as one:
            return one.recv(100).startswith(b"HTTP/1.1 200")


Serve = Callable[..., Running]


@pytest.fixture
def serve() -> Iterator[Serve]:
    with contextlib.ExitStack() as stack:

        def start(room: Room | None = None, **options: Any) -> Running:
            connections = Connections(room or Room(100, 100), **options)
            config = uvicorn.Config(
                BodyLimit(application), http=cast("Any", connections.protocol), ws="none", log_config=None, lifespan="off"
            )
            server = uvicorn.Server(config)
            listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
            thread.start()

            def stop() -> None:
                server.should_exit = server.force_exit = True
                join(thread)

            stack.callback(stop)
            until(lambda: server.started)
            return Running(listener.getsockname()[1], connections, server)

        yield start


@pytest.fixture(params=["uvloop", "asyncio"], autouse=True)
def loop(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    factory = {"uvloop": "uvicorn.loops.uvloop:uvloop_loop_factory", "asyncio": "uvicorn.loops.asyncio:asyncio_loop_factory"}
    monkeypatch.setitem(uvicorn.config.LOOP_FACTORIES, "auto", factory[request.param])


def until(is_so: Callable[[], bool], seconds: float = 5) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.01)


def quicker(monkeypatch: pytest.MonkeyPatch, **seconds: float) -> None:
    for name, value in seconds.items():
        monkeypatch.setattr(limits, name, value)


def response(one: socket.socket) -> tuple[int, bytes]:
    """Status and body of the next response."""
    one.settimeout(5)
    with HTTPResponse(one) as found:
        found.begin()
        return found.status, found.read()


@pytest.mark.parametrize("kind", ENDLESS)
def test_what_has_no_end_is_thrown_away_and_its_connection_closed(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    quicker(monkeypatch, LINGER_SECONDS=0.3)
    running = serve()
    begin, piece = ENDLESS[kind]
    before = resident()
    with running.open(begin) as one:
        send(one, piece, megabytes=90)
        until(lambda: is_closed(one))
    assert resident() - before < 30
    assert running.is_served()


@pytest.mark.parametrize("kind", ["header", "headers", "address", "chunk extension"])
def test_whoever_sends_more_than_16_kb_around_a_body_is_told_so(serve: Serve, kind: str) -> None:
    begin, piece = ENDLESS[kind]
    with serve().open(begin + piece[: MOST_FRAMING + 4_096]) as one:
        assert one.recv(200).startswith(b"HTTP/1.1 431 Request Header Fields Too Large\r\n")


def test_a_head_of_fifteen_kilobytes_and_a_body_in_chunks_are_taken(serve: Serve) -> None:
    running = serve()
    with running.open(b"GET / HTTP/1.1\r\nX: " + b"a" * 15_000 + b"\r\n\r\n") as one:
        assert response(one) == (200, b"0")
        one.sendall(CHUNKED + b"400\r\n%b\r\n" % (b"a" * 1_024) * 30 + b"0\r\n\r\n")
        assert response(one) == (200, b"30720")
        for _ in range(20):  # what is kept alive begins to count anew
            one.sendall(b"GET / HTTP/1.1\r\nX: " + b"a" * 1_000 + b"\r\n\r\n")
            assert response(one) == (200, b"0")


@pytest.mark.parametrize("size", [40_000, 200_000])
def test_a_body_that_is_refused_costs_the_next_request_nothing_if_all_of_it_comes(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    quicker(monkeypatch, LINGER_SECONDS=0.5)
    running = serve()
    with running.open(b"POST /elsewhere HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % size) as one:
        assert response(one)[0] == 413
        one.sendall(b"a" * size)
        time.sleep(0.7)
        one.sendall(GET)
        assert response(one) == (200, b"0")
        (protocol,) = cast("set[BoundedProtocol]", running.server.server_state.connections)
        until(lambda: protocol.timeout_keep_alive_task is not None)


def test_a_few_requests_sent_at_once_are_answered_in_order(serve: Serve) -> None:
    posts = [b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n%b" % (n, b"a" * n) for n in range(1, 6)]
    with serve().open(b"".join(posts)) as one:
        said = b""
        while said.count(b"HTTP/1.1 200") < 5 or not said.endswith(b"5"):
            more = one.recv(1_000)
            assert more, said
            said += more
    assert [line[-1:] for line in said.split(b"HTTP/1.1 200")[1:]] == [b"1", b"2", b"3", b"4", b"5"]


@pytest.mark.parametrize("begin", [b"", b"GET / HT", b"\r\n", GET + b"GET", CHUNKED, CHUNKED + b"1;"])
def test_whoever_says_nothing_or_dawdles_is_closed(serve: Serve, monkeypatch: pytest.MonkeyPatch, begin: bytes) -> None:
    quicker(monkeypatch, HEAD_SECONDS=0.4, BODY_SECONDS=0.4)
    with serve().open(begin) as one:
        begun = time.monotonic()
        until(lambda: is_closed(one))
        assert time.monotonic() - begun >= 0.3


@pytest.mark.parametrize("dribble", [b"a", b"\r\n"])
def test_a_byte_now_and_then_does_not_keep_a_connection(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, dribble: bytes
) -> None:
    quicker(monkeypatch, HEAD_SECONDS=0.5)
    running = serve()
    with running.open(GET) as one:
        assert response(one)
        begun = time.monotonic()
        with contextlib.suppress(OSError):
            while not is_closed(one) and time.monotonic() - begun < 4:
                one.sendall(dribble)
                time.sleep(0.05)
        assert time.monotonic() - begun < 2


def test_between_two_requests_a_connection_may_rest_longer_than_a_head_may_take(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    quicker(monkeypatch, HEAD_SECONDS=0.2)
    with serve().open(GET) as one:
        assert response(one)
        time.sleep(0.5)
        one.sendall(GET)
        assert response(one) == (200, b"0")


def test_a_response_that_nobody_takes_is_given_up_and_one_that_is_taken_slowly_is_not(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    quicker(monkeypatch, UNTAKEN_SECONDS=0.4)
    running = serve()
    large = b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n"
    with running.open(large) as ignoring, running.open(large) as slow, running.open(large[:-2]) as closing:
        closing.sendall(b"Connection: close\r\n\r\n")
        taken = 0
        while taken < LARGE:
            more = slow.recv(400_000)
            assert more, taken
            taken += len(more)
            time.sleep(0.05)
        until(lambda: len(running.connections) == 1)  # the slow one
        assert is_closed(ignoring)


def test_a_flood_of_silent_connections_pushes_out_its_own_and_lets_everybody_else_in(serve: Serve) -> None:
    running = serve(Room(20, 20), proxies=["127.0.0.1"])
    with contextlib.ExitStack() as stack:
        answering = stack.enter_context(running.open(b"GET /slow HTTP/1.1\r\nHost: a\r\n\r\n"))
        time.sleep(0.2)
        flood = [stack.enter_context(running.open(n % 2 * b"GET / HTTP/1.1\r\nX: ")) for n in range(100)]
        until(lambda: running.connections.pushed_out >= 81)
        assert len(running.connections) <= 20
        assert running.is_served()
        assert answering.recv(200).startswith(b"HTTP/1.1 200")
        until(lambda: sum(map(is_closed, flood)) >= 80)


def test_one_address_has_so_many_connections_and_a_trusted_proxy_as_many_as_it_likes(serve: Serve) -> None:
    running = serve(proxies=["127.0.0.2/31"], most_per_address=5)
    with contextlib.ExitStack() as stack:
        own = [stack.enter_context(running.open()) for _ in range(9)]
        theirs = [stack.enter_context(running.open(source=NEIGHBOUR)) for _ in range(9)]
        until(lambda: len(running.connections) == 5 + 9)
        until(lambda: [is_closed(one) for one in own] == [True] * 4 + [False] * 5)
        assert not any(map(is_closed, theirs))
        assert running.is_served()


def test_answers_that_never_end_make_room_once_they_are_older_than_any_honest_one(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    running = serve(Room(4, 4))
    with contextlib.ExitStack() as stack:
        for _ in range(4):
            stack.enter_context(running.open(b"GET /never HTTP/1.1\r\nHost: a\r\n\r\n"))
        time.sleep(0.3)
        with running.open(GET) as late, contextlib.suppress(ConnectionError):
            assert late.recv(200) == b""
        quicker(monkeypatch, ANSWER_SECONDS=0.1)
        assert running.is_served()


def test_whatever_was_opened_is_forgotten_when_it_is_closed(serve: Serve) -> None:
    running = serve()
    for begin in (b"", GET, b"nonsense\r\n\r\n", GET * 3, CHUNKED):
        running.open(begin).close()
    until(lambda: len(running.connections) == 0)
    assert running.connections._of == {}


def test_descriptors_are_left_for_files_however_many_connections_wait() -> None:
    for limit in (256, 1024, 4096, 2**20):
        room = Room.for_descriptors(limit)
        assert room.connections + room.backlog <= limit * 3 / 4
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (300, hard))
        assert make_room().connections > 150
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] > 300
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def resident() -> float:
    """Megabytes of this process, the server's thread among it."""
    with open("/proc/self/statm", encoding="ascii") as numbers:  # noqa: PTH123
        return int(numbers.read().split()[1]) * resource.getpagesize() / 2**20
