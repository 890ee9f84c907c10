"""The clients of `make bench`: what is refused is not counted, and whoever is told to wait, waits."""

import asyncio
import os
import threading
import time
from collections.abc import Iterator
from itertools import islice
from typing import Self

import pytest

from tests.benchmarks.load import api, distinct, gradio_event, load, repeated
from tests.benchmarks.processes import memory

PID = os.getpid()


class Server:
    """Refuses its first requests, answers all others, and keeps what it was asked."""

    def __init__(self, refusals: int, *, retry_after: int = 1) -> None:
        self.refusals = refusals
        self.retry_after = retry_after
        self.requests: list[tuple[float, bytes]] = []
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self) -> None:
        listening = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = listening.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        listening.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
            self._loop.run_until_complete(asyncio.wait([task]))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                if b"Content-Length: " in head:
                    await reader.readexactly(int(head.partition(b"Content-Length: ")[2].split(b"\r\n")[0]))
                self.requests.append((time.perf_counter(), head.split(b"\r\n")[0]))
                writer.write(self._reply(head))
                await asyncio.sleep(0.002)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _reply(self, head: bytes) -> bytes:
        if len(self.requests) <= self.refusals:
            return b"HTTP/1.1 503 Busy\r\nretry-after: %d\r\ncontent-length: 2\r\n\r\nno" % self.retry_after
        if head.startswith(b"GET"):
            return b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nyes\r\n0\r\n\r\n"
        return b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nyes"


@pytest.fixture
def questions() -> Iterator[str]:
    return distinct(["Why?", "How?"])


def test_only_answers_count_and_a_refused_client_waits_as_long_as_it_is_told(questions: Iterator[str]) -> None:
    with Server(refusals=2) as server:
        found = load(server.port, PID, questions, way=api, clients=2, seconds=1.5)
    refused, first_answered = server.requests[1][0], server.requests[2][0]
    assert first_answered - refused >= 0.9
    answered = len(server.requests) - 2
    assert found["answers_a_second"] / found["refused_a_second"] == pytest.approx(answered / 2, rel=0.1)
    assert "failed_requests" not in found


def test_who_is_told_to_come_back_after_the_end_does_not_lengthen_it(questions: Iterator[str]) -> None:
    begun = time.perf_counter()
    with Server(refusals=10**6, retry_after=20) as server:
        found = load(server.port, PID, questions, way=api, clients=3, seconds=0.5)
    assert time.perf_counter() - begun < 10
    assert (found["answers_a_second"], found["wall_ms_p50"]) == (0, 0)


def test_a_question_through_a_page_of_gradios_is_answered_when_its_stream_has_ended(questions: Iterator[str]) -> None:
    with Server(refusals=0) as server:
        found = load(server.port, PID, questions, way=gradio_event, clients=1, seconds=0.3)
    methods = [head.split()[0] for _, head in server.requests]
    assert methods[:4] == [b"POST", b"GET", b"POST", b"GET"]
    assert methods.count(b"POST") == methods.count(b"GET")
    assert found["answers_a_second"] > 0


def test_distinct_questions_are_never_the_same_and_repeated_ones_are() -> None:
    asked = ["Why?", "How?"]
    assert list(islice(distinct(asked), 4)) == ["Why? (0)", "How? (0)", "Why? (1)", "How? (1)"]
    assert list(islice(repeated(asked), 3)) == ["Why?", "How?", "Why?"]


def test_shared_pages_count_in_part_only() -> None:
    own = memory("self")
    assert 0 < own.proportional <= own.resident
