"""Who may come in to the desk: whoever sits at this machine, or who knows the password, behind TLS.

A request is this machine's if it comes from the loopback address, names a loopback host and was forwarded by nobody. Any
other is refused, unless there is a password and a proxy that TRUSTED_PROXIES names forwarded it and says that the visitor
came over https. So a desk that was put on the network by mistake answers nobody, a page of another site cannot make the
editor's browser act on it (a name that resolves to this machine is no loopback name), and a password never travels in the
clear. Guesses at the password are limited, by address and together; so is the size of what is sent.
"""

import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.web.gate.rate_limit import MINUTE, RateLimit, address_of_host
from corpus.readers import LARGEST_FILE

LOOPBACK_NAMES = {"localhost", "127.0.0.1", "::1"}
FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via")
GUESSES, GUESSES_TOGETHER = 5, 60  # at the password, a minute: from one address, from all
LARGEST_REQUEST = 8 * LARGEST_FILE  # bytes: several files at once, each of which Gradio holds to LARGEST_FILE
LARGEST_EVENT = 4_000_000  # bytes of whatever is no upload
LOGIN, UPLOAD = "/login", "/gradio_api/upload"
REFUSED = (
    "This desk is open on its own machine only. To open it to others, set DESK_PASSWORD, put it behind a proxy that speaks "
    "https, and name that proxy in TRUSTED_PROXIES.\n"
)
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request goes no further."""

    status: int
    text: str


class Gate:
    """Stands before the whole application."""

    def __init__(self, app: ASGIApp, /, *, has_password: bool, proxies: Sequence[str] = ()) -> None:
        self._app = app
        self._has_password = has_password
        self._proxies = [ip_network(proxy) for proxy in proxies]
        self._guesses = RateLimit(GUESSES)
        self._together: deque[float] = deque(maxlen=GUESSES_TOGETHER)  # when each of the last guesses was made

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on who may come in."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})  # nothing here speaks it
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refused = self._refused(scope)
        if refused is not None:
            await PlainTextResponse(refused.text, refused.status, HEADERS)(scope, receive, send)
            return
        # What a proxy says of the visitor was believed or not; Gradio makes its addresses of it.
        if self._is_forwarded(Headers(scope=scope)):
            scope = {**scope, "scheme": "https"}
        await self._app(scope, _Counted(receive, _most(scope["path"])), _with_headers(send))

    def _refused(self, scope: Scope) -> Refusal | None:
        headers, peer = Headers(scope=scope), scope["client"][0] if scope.get("client") else ""
        is_local = self._is_local(headers, peer) and scope["http_version"] != "1.0"  # a browser's; nginx's own is 1.0
        if not (is_local or self._may_come(headers, peer)):
            return Refusal(403, REFUSED)
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc != headers.get("host"):
            return Refusal(403, "The desk takes orders from its own page only.\n")
        if headers.get("sec-fetch-site", "none") == "cross-site" and headers.get("sec-fetch-mode") != "navigate":
            return Refusal(403, "The desk answers its own page only.\n")
        if not headers.get("content-length", "0").isdecimal():
            return Refusal(400, "The length of what is sent is no number.\n")
        if int(headers.get("content-length", "0")) > _most(scope["path"]):
            return Refusal(413, f"That is too much at once. A file may have {LARGEST_FILE // 10**6} MB.\n")
        if scope["method"] == "POST" and scope["path"].rstrip("/").endswith(LOGIN):
            return self._guess(_visitor(headers, peer))
        return None

    def _guess(self, visitor: str) -> Refusal | None:
        now = time.monotonic()
        is_flood = len(self._together) == GUESSES_TOGETHER and now - self._together[0] < MINUTE
        if self._guesses.seconds_to_wait(visitor) or is_flood:
            return Refusal(429, "Too many guesses. Wait a minute.\n")
        self._together.append(now)
        return None

    def _is_local(self, headers: Headers, peer: str) -> bool:
        return _is_loopback(peer) and _host(headers) in LOOPBACK_NAMES and not self._is_forwarded(headers)

    def _may_come(self, headers: Headers, peer: str) -> bool:
        says_https = headers.get("x-forwarded-proto", "").strip().lower() == "https"
        return self._has_password and says_https and self._is_proxy(peer)

    def _is_proxy(self, peer: str) -> bool:
        try:
            address = ip_address(peer)
        except ValueError:
            return False
        return any(address in network for network in self._proxies)

    @staticmethod
    def _is_forwarded(headers: Headers) -> bool:
        return any(name in headers for name in FORWARDED)


class _Counted:
    """Counts what is received; what is longer than it said ends as a connection that was lost."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive = receive
        self._left = most

    async def __call__(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        return message if self._left >= 0 else {"type": "http.disconnect"}


def _with_headers(send: Send) -> Send:
    added = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", []), *added]}
        await send(message)

    return sending


def _most(path: str) -> int:
    return LARGEST_REQUEST if path.endswith(UPLOAD) else LARGEST_EVENT


def _host(headers: Headers) -> str:
    try:
        return urlsplit(f"//{headers.get('host', '')}").hostname or ""
    except ValueError:
        return ""


def _is_loopback(peer: str) -> bool:
    try:
        return ip_address(peer).is_loopback
    except ValueError:
        return False


def _visitor(headers: Headers, peer: str) -> str:
    """Whom a guess counts for: behind a proxy, the address that this proxy itself saw, which stands last."""
    forwarded = headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    return address_of_host(forwarded or peer)
