"""What one connection, one address and all of them together may hold, before a single route sees them.

Flows in: bytes of strangers. Flows out: requests whose framing is small and whose sending takes seconds. uvicorn's protocol
reads a header without an end into memory and waits for ever for one that never ends; this one does not.

A request's framing is everything that is not its body: request line, headers, chunk sizes, their extensions, trailers.
A connection *waits* while nothing is being answered on it: it is silent, sends a request, or does not take its response.
When there are too many, whoever has waited longest is closed, so that there is always room for a newcomer: a flood of
silent connections pushes out its own.
"""

import asyncio
import functools
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from assistant.web.gate.rate_limit import UNKNOWN, address_of_host

MOST_FRAMING = 16 * 1024  # bytes a request
PIECE = 4 * 1024  # bytes; what is read is parsed in pieces, and the framing is measured after each
HEAD_SECONDS = 10.0  # from the first byte of a request, or the opening of the connection, to the end of the headers
BODY_SECONDS = 15.0  # from there to the end of the body; more than `BodyLimit` gives, so that its 408 can be sent
UNTAKEN_SECONDS = 30.0  # that a visitor may leave a response in our memory without taking a byte of it
LINGER_SECONDS = 2.0  # for a refusal to be read, while the rest of the request is thrown away
MOST_THROWN_AWAY = 256 * 1024  # bytes of a body that was refused; what is more is not even parsed
ANSWER_SECONDS = 15.0  # the longest that any honest answer takes
MOST_PIPELINED = 8  # requests that may be sent before the first is answered
MOST_PER_ADDRESS = 64  # connections; a browser opens 6, and a whole ward may share an address
MOST_CONNECTIONS = 1024
LONGEST_BACKLOG = 2048  # connections that wait to be accepted
MOST_DESCRIPTORS = 65_536  # more would only make a table larger
TOO_LARGE = b"What surrounds the request's body is larger than 16 KB."


@dataclass(frozen=True, slots=True)
class Room:
    """How many connections there may be, and how many may wait to be accepted: together less than the descriptors."""

    connections: int
    backlog: int

    @classmethod
    def for_descriptors(cls, limit: int, /) -> "Room":
        """Half for connections, a quarter for those that the kernel hands over at once, the rest for files.

        >>> Room.for_descriptors(1024)
        Room(connections=512, backlog=256)
        """
        return cls(min(MOST_CONNECTIONS, limit // 2), min(LONGEST_BACKLOG, limit // 4))


def make_room() -> Room:
    """Raise the limit of descriptors as far as this process may, and share them out."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MOST_DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, MOST_DESCRIPTORS)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        soft = most
    return Room.for_descriptors(MOST_DESCRIPTORS if soft == resource.RLIM_INFINITY else soft)


class Connections:
    """All connections of one server. `proxies` are addresses or networks that many visitors come through."""

    def __init__(self, room: Room, /, *, proxies: Sequence[str] = (), most_per_address: int = MOST_PER_ADDRESS) -> None:
        self._room = room
        self._proxies = [ip_network(proxy) for proxy in proxies]
        self._most_per_address = most_per_address
        self._waiting: dict[BoundedProtocol, None] = {}  # who has waited longest stands first
        self._answering: dict[BoundedProtocol, float] = {}  # since when; who began first stands first
        self._of: dict[str, dict[BoundedProtocol, None]] = {}  # by address, but for the proxies'
        self.pushed_out = 0  # connections that were closed to make room

    @property
    def protocol(self) -> Callable[..., asyncio.Protocol]:
        """What uvicorn makes for each connection."""
        return functools.partial(BoundedProtocol, self)

    def __len__(self) -> int:
        return len(self._waiting) + len(self._answering)

    def opened(self, one: "BoundedProtocol", /) -> None:
        """Take one in, and another out if there are too many; the new one if all others are being answered."""
        self._waiting[one] = None
        one.address = self._limited_address(one)
        if one.address:
            of_address = self._of.setdefault(one.address, {})
            of_address[one] = None
            if len(of_address) > self._most_per_address:
                self._push_out(next(other for other in of_address if other in self._waiting))
        if len(self) > self._room.connections:
            self._push_out(self._endless() or next(iter(self._waiting)))

    def waits(self, one: "BoundedProtocol", /) -> None:
        """Nothing is being answered on it any longer."""
        if self._answering.pop(one, None) is not None:
            self._waiting[one] = None

    def is_answered(self, one: "BoundedProtocol", /) -> None:
        """A whole request has arrived on it."""
        if one in self._waiting:
            del self._waiting[one]
            self._answering[one] = time.monotonic()

    def closed(self, one: "BoundedProtocol", /) -> None:
        """It is gone; saying so twice does no harm."""
        self._waiting.pop(one, None)
        self._answering.pop(one, None)
        of_address = self._of.get(one.address, {})
        of_address.pop(one, None)
        if not of_address:
            self._of.pop(one.address, None)

    def _push_out(self, one: "BoundedProtocol") -> None:
        self.pushed_out += 1
        self.closed(one)  # at once: that the transport says so may take a while
        one.transport.abort()

    def _endless(self) -> "BoundedProtocol | None":
        """If the newcomer alone waits: an answer that goes on longer than any honest one does."""
        if len(self._waiting) > 1:
            return None
        one, since = next(iter(self._answering.items()))
        return one if time.monotonic() - since > ANSWER_SECONDS else None

    def _limited_address(self, one: "BoundedProtocol") -> str:
        host = (one.client[0] if one.client else "").removeprefix("::ffff:")
        address = address_of_host(host)
        if address != UNKNOWN and any(ip_address(host) in network for network in self._proxies):
            return ""
        return address


class BoundedProtocol(HttpToolsProtocol):
    """uvicorn's protocol with limits of size and time. Every public method overrides one of its."""

    def __init__(self, connections_: Connections, /, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.address = ""  # whose bound it counts for
        self._all = connections_
        self._framing = 0  # bytes of the present request
        self._body_in_piece = 0
        self._is_whole = True  # no request is half sent
        self._is_body_missing = False
        self._thrown_away = 0  # bytes of its body, once it is refused
        self._untaken = 0  # bytes of a response, when they were last looked at
        self._is_refused = False  # whatever else comes is thrown away
        self._timers: dict[str, asyncio.TimerHandle] = {}

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """Count it, and begin to wait for a request."""
        super().connection_made(transport)
        self._all.opened(self)
        self._abort_after("sending", HEAD_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        """Count it no longer."""
        self._all.closed(self)
        for name in list(self._timers):
            self._stop(name)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse piece by piece, until the framing is too large."""
        if self._is_whole and "sending" not in self._timers:
            self._abort_after("sending", HEAD_SECONDS)  # the first byte of a request, or an empty line that is to seem one
        for start in range(0, len(data), PIECE):
            if self._is_refused or self.transport.is_closing():
                return
            piece = data[start : start + PIECE]
            self._body_in_piece = 0
            super().data_received(piece)
            self._framing += len(piece) - self._body_in_piece
            if self._framing > MOST_FRAMING or len(self.pipeline) > MOST_PIPELINED:
                self._refuse()
        if self._is_idle and self.timeout_keep_alive_task is None and not self._timers:  # the rest of a refused request came
            self.timeout_keep_alive_task = self.loop.call_later(self.timeout_keep_alive, self.timeout_keep_alive_handler)

    def on_message_begin(self) -> None:
        """A request begins."""
        self._is_whole = False
        if "sending" not in self._timers:
            self._abort_after("sending", HEAD_SECONDS)
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The head is there; what is missing is the body."""
        self._is_body_missing = True
        self._abort_after("sending", BODY_SECONDS)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """What is not framing."""
        self._body_in_piece += len(body)
        if self.cycle.response_complete:
            self._thrown_away += len(body)
            self._is_refused = self._thrown_away > MOST_THROWN_AWAY
        super().on_body(body)

    def on_message_complete(self) -> None:
        """A whole request has arrived."""
        self._stop("sending")
        self._framing = 0
        self._is_whole = True
        self._is_body_missing = False
        self._thrown_away = 0
        if not self._is_idle:
            self._all.is_answered(self)
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """The response is written, if perhaps not taken yet."""
        super().on_response_complete()
        if not self.cycle.response_complete:
            return  # that of an earlier request
        self._all.waits(self)
        if self._is_body_missing:  # it was refused before all of it came
            self._abort_after("sending", LINGER_SECONDS)
        elif self.transport.is_closing():
            self._watch_untaken()  # closing waits until all is taken

    def pause_writing(self) -> None:
        """The visitor does not take the response as quickly as it is made."""
        super().pause_writing()
        self._all.waits(self)
        self._watch_untaken()

    def resume_writing(self) -> None:
        """The visitor took some of it."""
        super().resume_writing()
        self._stop("untaken")
        if self.transport.is_closing():
            self._watch_untaken()
        if self._is_whole and not self._is_idle:
            self._all.is_answered(self)

    def timeout_keep_alive_handler(self) -> None:
        """No other request came; whoever is still taking the last response may go on."""
        super().timeout_keep_alive_handler()
        self._watch_untaken()

    def _refuse(self) -> None:
        """Say why, unless that would run into another response."""
        if self._is_idle or (self._is_body_missing and not self.cycle.response_started and not self.pipeline):
            head = b"content-type: text/plain\r\nconnection: close\r\ncontent-length: %d\r\n\r\n" % len(TOO_LARGE)
            self.transport.write(STATUS_LINE[431] + head + TOO_LARGE)
            if not self._is_idle:
                self.cycle.disconnected = True  # so that nothing else is written
                self.cycle.message_event.set()
        # To close at once would throw away what is on its way to the visitor, since more is coming from there.
        self._is_refused = True
        self._unset_keepalive_if_required()
        self._abort_after("sending", LINGER_SECONDS)

    @property
    def _is_idle(self) -> bool:
        """Whether nothing is being answered."""
        return self.cycle is None or bool(self.cycle.response_complete)

    def _watch_untaken(self) -> None:
        """Go on as long as some of the response is taken every while."""
        self._stop("untaken")
        self._untaken = self.transport.get_write_buffer_size()
        self._timers["untaken"] = self.loop.call_later(UNTAKEN_SECONDS, self._abort_if_untaken)

    def _abort_if_untaken(self) -> None:
        if 0 < self.transport.get_write_buffer_size() < self._untaken:
            self._watch_untaken()
        else:
            self.transport.abort()

    def _abort_after(self, name: str, seconds: float) -> None:
        self._stop(name)
        self._timers[name] = self.loop.call_later(seconds, self.transport.abort)

    def _stop(self, name: str) -> None:
        if timer := self._timers.pop(name, None):
            timer.cancel()
