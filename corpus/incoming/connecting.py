"""Connecting to an address that was judged: a host is resolved once, and each of its addresses must be public.

The connection goes to the very number that was judged, so that a name that resolves differently the next time gains nothing.
"""
# ruff: noqa: ARG002 - httpcore hands each call its timeout; the deadline of the whole fetch is the shorter one

import socket
import ssl
import time
from collections.abc import Callable, Iterable

import httpcore

from corpus.errors import CorpusError

Resolve = Callable[[str, int], list[str]]


class JudgedConnections(httpcore.NetworkBackend):
    """Connects to an address only after judging it, and lets no read or write outlive the deadline."""

    def __init__(self, resolve: Resolve, may_connect: Callable[[str], bool], deadline: float) -> None:
        self._resolve = resolve
        self._may_connect = may_connect
        self._deadline = deadline
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Resolve, judge, connect.

        Raises:
            CorpusError: the host was not found, or one of its addresses is not public.
        """
        try:
            addresses = self._resolve(host.strip("[]"), port)
        except (OSError, UnicodeError):
            raise CorpusError(f"{shown(host)} was not found.", remedy="Check the address.") from None
        refused = next((address for address in addresses if not self._may_connect(address)), None)
        if refused is not None or not addresses:
            raise CorpusError(
                f"{shown(host)} is at {refused}, which is not a public address.", remedy="Only public sites are fetched."
            )
        stream = self._sockets.connect_tcp(
            addresses[0], port, timeout=_left(self._deadline), local_address=local_address, socket_options=socket_options
        )
        return _TimedStream(stream, self._deadline)


class _TimedStream(httpcore.NetworkStream):
    """A connection with one deadline for all that happens on it; a server that sends a byte a second gains nothing."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, timeout=_left(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, timeout=_left(self._deadline))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, timeout=_left(self._deadline))
        return _TimedStream(stream, self._deadline)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


def resolve(host: str, port: int) -> list[str]:
    """Every address of a host, as numbers, in the system's order.

    Raises:
        OSError: the host has none.
        UnicodeError: it is no name at all.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[0]) for *_, place in found))


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.ReadTimeout
    return left


def shown(url: str, /) -> str:
    """An address for a message: short, on one line, nothing invisible in it."""
    return "".join(letter if letter.isprintable() else "�" for letter in url[:120])
