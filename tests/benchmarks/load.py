"""Clients that ask one question after another, so many at once, for so many seconds.

Everybody is given the same chance: a client waits for its answer before it asks again; one that is told to come back later
(503 with `Retry-After`) waits as long as it is told, and then asks its next question. Only answers are counted, what was
refused stands beside them. The clients share the cores with the server, so they are light (one event loop, no library for
HTTP), and what they used is told as well.
"""

import asyncio
import itertools
import json
import re
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import uvloop

from tests.benchmarks.processes import processor_seconds

LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
RETRY_AFTER = re.compile(rb"retry-after: *(\d+)", re.IGNORECASE)
END_OF_CHUNKS = b"0\r\n\r\n"
OK, REFUSED = 200, (429, 503)
REPEATED = 20  # questions that are asked over and over
PATIENCE = 30.0  # seconds for the last answers, after which whoever has none is not counted

# A question → what is sent for its answer, one request after the other.
Way = Callable[[str], list[bytes]]


def api(question: str, /) -> list[bytes]:
    """`POST /api/ask`."""
    return [_post("/api/ask", {"turns": [question]})]


def page(question: str, /) -> list[bytes]:
    """What the chat page's script sends when a visitor asks."""
    return [_post("/api/reply", {"turns": [question], "language": "en"}, "text/plain;charset=UTF-8")]


_sessions = itertools.count()


def gradio_event(question: str, /) -> list[bytes]:
    """What a page of Gradio's own sends: the event, and the request for the stream that brings its result."""
    session = f"bench{next(_sessions)}"
    event = {"data": [question], "fn_index": 0, "trigger_id": None, "event_data": None, "session_hash": session}
    stream = f"GET /gradio_api/queue/data?session_hash={session} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    return [_post("/gradio_api/queue/join", event), stream.encode()]


def _post(path: str, body: dict[str, Any], media_type: str = "application/json") -> bytes:
    data = json.dumps(body).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {media_type}\r\nContent-Length: {len(data)}\r\n\r\n"
    return head.encode() + data


def distinct(questions: Sequence[str], /) -> Iterator[str]:
    """Never the same twice: a number makes each one new, and costs every contender the same. One for all of a server."""
    return (f"{question} ({number})" for number in itertools.count() for question in questions)


def repeated(questions: Sequence[str], /) -> Iterator[str]:
    """A few over and over."""
    return itertools.cycle(questions[:REPEATED])


@dataclass(slots=True)
class Tally:
    """What became of the questions."""

    seconds: list[float] = field(default_factory=list)  # of each one that was answered
    refused: int = 0
    failed: int = 0


class Client(asyncio.Protocol):
    """One visitor, on one connection."""

    def __init__(self, questions: Iterator[str], way: Way, tally: Tally, *, until: float) -> None:
        self._questions, self._way, self._tally, self._until = questions, way, tally, until
        self._requests: list[bytes] = []
        self._received = bytearray()
        self._asked_at = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own, which is none by its class
        self._ask()

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, _, body = self._received.partition(b"\r\n\r\n")
        length = LENGTH.search(head)
        if (len(body) < int(length[1])) if length else not body.endswith(END_OF_CHUNKS):
            return
        self._received.clear()
        self._settle(int(head[9:12]), head)

    def connection_lost(self, _error: Exception | None) -> None:
        if not self.done.done():
            self._tally.failed += 1
            self.done.set_result(None)

    def _ask(self) -> None:
        if time.perf_counter() >= self._until:
            self._leave()
            return
        self._requests = self._way(next(self._questions))
        self._asked_at = time.perf_counter()
        self._transport.write(self._requests.pop(0))

    def _come_back(self, after: float) -> None:
        """Ask again, unless all is over by then."""
        if time.perf_counter() + after >= self._until:
            self._leave()
        else:
            asyncio.get_running_loop().call_later(after, self._ask)

    def _leave(self) -> None:
        self.done.set_result(None)
        self._transport.close()

    def _settle(self, status: int, head: bytes | bytearray) -> None:
        if status == OK and self._requests:
            self._transport.write(self._requests.pop(0))
            return
        if status == OK:
            self._tally.seconds.append(time.perf_counter() - self._asked_at)
        elif status in REFUSED:
            self._tally.refused += 1
            told = RETRY_AFTER.search(head)
            self._come_back(int(told[1]) if told else 1)
            return
        else:
            self._tally.failed += 1
        self._ask()


def load(port: int, pid: int, questions: Iterator[str], /, *, way: Way, clients: int, seconds: float) -> dict[str, Any]:
    """What a server carries: answers a second, its processor time for each, how long they took (p50 and p95)."""
    tally, server, own, begun = Tally(), processor_seconds(pid), time.process_time(), time.perf_counter()
    until = begun + seconds
    lasted = max(until, uvloop.run(_run(port, clients, lambda: Client(questions, way, tally, until=until)))) - begun
    answered = len(tally.seconds)
    spread = statistics.quantiles(tally.seconds, n=20) if answered > 1 else [0.0] * 19
    found: dict[str, Any] = {
        "answers_a_second": round(answered / lasted, 1),
        "server_processor_ms_an_answer": round((processor_seconds(pid) - server) / max(1, answered) * 1e3, 2),
        "wall_ms_p50": round(spread[9] * 1e3, 1),
        "wall_ms_p95": round(spread[18] * 1e3, 1),
        "refused_a_second": round(tally.refused / lasted, 1),
        "clients_share_of_a_core": round((time.process_time() - own) / lasted, 2),
    }
    return found | ({"failed_requests": tally.failed} if tally.failed else {})


async def _run(port: int, clients: int, client: Callable[[], Client]) -> float:
    """Until every client has its last answer; the time at which the last one had it."""
    loop = asyncio.get_running_loop()
    made = [(await loop.create_connection(client, "127.0.0.1", port))[1] for _ in range(clients)]
    await asyncio.wait([one.done for one in made], timeout=PATIENCE)
    return time.perf_counter()
