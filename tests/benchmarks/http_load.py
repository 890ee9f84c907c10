"""Questions over kept connections, at little cost to the client, who shares the machine with what it measures."""

import asyncio
import itertools
import json
import random
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from tests.stress.questions import QUESTIONS

OK = 200
CONNECTIONS_AN_ADDRESS = 40
_numbers = itertools.count()
Reply = tuple[int, float]  # status, 0 if the connection broke; seconds from the moment when it was to be asked


@dataclass
class Place:
    """Where questions go, and the connections there that are free."""

    url: str
    trusted: ssl.SSLContext | None = None

    def __post_init__(self) -> None:
        self._free: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
        self._opened = 0

    async def ask(self, question: str, /, *, due: float) -> Reply:
        """Ask on a free connection, or a new one."""
        body = json.dumps({"turns": [question]}).encode()
        head = f"POST /api/ask HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        try:
            reader, writer = self._free.pop() if self._free else await self._open()
            writer.write(head + body)
            answered = (await reader.readuntil(b"\r\n\r\n")).lower()
            length = int(answered.split(b"content-length: ", 1)[1].split(b"\r\n", 1)[0])
            await reader.readexactly(length)
        except (OSError, asyncio.IncompleteReadError, IndexError):
            return 0, time.perf_counter() - due
        self._free.append((reader, writer))
        return int(answered[9:12]), time.perf_counter() - due

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection; nginx lets an address have 60 of them, so after some it is another visitor's."""
        place = urlsplit(self.url)
        self._opened += 1
        own = (f"127.0.7.{1 + self._opened // CONNECTIONS_AN_ADDRESS}", 0)
        return await asyncio.open_connection(place.hostname, place.port, ssl=self.trusted, local_addr=own)

    def close(self) -> None:
        """Drop the connections."""
        for _, writer in self._free:
            writer.close()


async def steadily(place: Place, questions: Iterator[str], /, *, clients: int, seconds: float) -> list[Reply]:
    """So many clients, each asking again as soon as it is answered."""
    replies: list[Reply] = []
    until = time.perf_counter() + seconds

    async def go_on_asking() -> None:
        while (now := time.perf_counter()) < until:
            replies.append(await place.ask(next(questions), due=now))

    await asyncio.gather(*(go_on_asking() for _ in range(clients)))
    place.close()
    return replies


async def at_random(place: Place, questions: Iterator[str], /, *, a_second: float, seconds: float) -> list[Reply]:
    """Independent visitors: so many questions a second, whether or not answers come."""
    chance = random.Random(1)
    begun = time.perf_counter()
    due = begun
    asked: list[asyncio.Task[Reply]] = []
    while (due := due + chance.expovariate(a_second)) < begun + seconds:
        if (wait := due - time.perf_counter()) > 0:
            await asyncio.sleep(wait)
        asked.append(asyncio.create_task(place.ask(next(questions), due=due)))
    replies = await asyncio.gather(*asked)
    place.close()
    return replies


def new_questions() -> Iterator[str]:
    """Labelled questions without end, no two of them the same in this process: a number is added."""
    for turns in itertools.cycle(QUESTIONS):
        yield f"{turns[-1]} {next(_numbers)}"


def partly_repeated(share: float, /) -> Iterator[str]:
    """New questions, and such a share of one that was asked before."""
    chance = random.Random(2)
    new = new_questions()
    while True:
        yield "How is iron linked to dopamine?" if chance.random() < share else next(new)
