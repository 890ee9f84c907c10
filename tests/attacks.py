"""What strangers may do to a server through its sockets, for quick tests and for `python -m tests.stress connections`."""

import contextlib
import json
import socket
import time
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException

from tests.browsers import URGENT

GET = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
CHUNKED = b"POST /api/ask HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
BODY = b"POST /api/ask HTTP/1.1\r\nHost: a\r\nContent-Length: 30000\r\n\r\n{"
# How each begins, and what it then repeats for ever.
ENDLESS = {
    "header": (b"GET / HTTP/1.1\r\nHost: a\r\nX: ", b"a" * 65_536),
    "headers": (b"GET / HTTP/1.1\r\nHost: a\r\n", b"X: 0123456789abcdef\r\n" * 3_000),
    "address": (b"GET /", b"a" * 65_536),
    "empty lines": (b"", b"\r\n" * 32_768),
    "chunk extension": (CHUNKED + b"1;", b"a" * 65_536),
    "chunks of a byte": (CHUNKED, b"1\r\na\r\n" * 10_000),
    "trailers": (CHUNKED + b"1\r\na\r\n0\r\n", b"X: 0123456789abcdef\r\n" * 3_000),
    "chunk": (CHUNKED + b"5f5e100\r\n", b"a" * 65_536),
    "declared body": (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 104857600\r\n\r\n", b"a" * 65_536),
    "pipelined requests": (b"", b"GET /never HTTP/1.1\r\nHost: a\r\n\r\n" * 1_000),
}
EVENT = (
    b"POST /gradio_api/queue/join HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: 86\r\n\r\n"
    b'{"data": [], "fn_index": 0, "trigger_id": 1, "session_hash": "ghost", "event_data": 7}'
)
SILENT = {"nothing": b"", "half a head": b"GET /livez HTTP/1.1\r\nHost: a\r\nX: ", "half a body": BODY}
FLOODS = {
    "stream of no session": b"GET /gradio_api/queue/data?session_hash=ghost HTTP/1.0\r\n\r\n",
    "malformed event": EVENT,
    "malformed request": b"nonsense\r\n\r\n",
    "upgrade": b"GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade, close\r\nUpgrade: websocket\r\n\r\n",
}


def is_closed(one: socket.socket) -> bool:
    """Whether the other side has ended it; what it said before is read."""
    one.settimeout(0.001)
    try:
        while one.recv(65_536):
            pass
    except TimeoutError:
        return False
    except OSError:
        return True
    return True


def send(one: socket.socket, piece: bytes, /, *, megabytes: int) -> None:
    """So much, or until the other side has had enough."""
    with contextlib.suppress(OSError):
        for _ in range(megabytes * 1_000_000 // len(piece)):
            one.sendall(piece)


def endless(port: int, kind: str, /, *, megabytes: int) -> None:
    """One connection without an end."""
    begin, piece = ENDLESS[kind]
    with socket.create_connection(("127.0.0.1", port), 10) as one:
        one.sendall(begin)
        send(one, piece, megabytes=megabytes)


@contextlib.contextmanager
def silent(port: int, kind: str, /, *, count: int) -> Iterator[list[socket.socket]]:
    """So many connections that say nothing, or begin and do not go on."""
    with contextlib.ExitStack() as stack:
        opened = []
        for _ in range(count):
            one = stack.enter_context(socket.create_connection(("127.0.0.1", port), 10))
            with contextlib.suppress(OSError):  # closed already
                one.sendall(SILENT[kind])
            opened.append(one)
        yield opened


def flood_log(port: int, kind: str, /, *, count: int) -> None:
    """So many requests that go wrong."""
    for _ in range(count):
        with socket.create_connection(("127.0.0.1", port), 10) as one, contextlib.suppress(OSError):
            one.sendall(FLOODS[kind])
            while one.recv(65_536):
                pass


def seconds_to_help(port: int, /) -> float:
    """What an urgent question takes on a connection of its own; infinite if it gets no help."""
    begun = time.monotonic()
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("POST", "/api/ask", json.dumps({"turns": [URGENT]}))
        found = json.load(connection.getresponse())
    except (OSError, HTTPException, ValueError):
        return float("inf")
    finally:
        connection.close()
    return time.monotonic() - begun if found.get("kind") == "urgent" else float("inf")
