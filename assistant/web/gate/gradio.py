"""What of Gradio a visitor meets: the few addresses that the chat page asks for, and its page under the tightest policy
that Gradio works with.

Gradio brings uploads, a proxy, file serving, monitoring, an API of its own, and a queue that keeps results nobody
fetches. It draws the page, and that is all. Our routes stand before its mount and need no list; everything that falls
through to it passes `AllowedRoutes`. The list was made by recording what the page requests in a browser, in several
languages; `tests/test_web_surface.py` holds page and list together.

Gradio's page starts with inline scripts, which the policy names by hash: three that never change, and two that only assign
a JSON value, whose text differs with the configuration. No other inline script runs, not even one that stood in the page
as it goes out, and no event handler in markup does.
What Gradio forces: `unsafe-eval`, since it builds the bridge of `gr.HTML(js_on_load=…)` with `new Function`; and inline
styles, since Svelte writes them.
"""

import base64
import hashlib
import json
import re
from collections.abc import Callable
from http import HTTPStatus

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.web.gate.responses import refusal
from assistant.web.routes.copies import Copies, Copy

ALLOWED = (
    ("GET", re.compile(r"/")),
    ("HEAD", re.compile(r"/")),
    ("GET", re.compile(r"/theme\.css")),
    ("GET", re.compile(r"/assets/[\w-]+\.(?:js|css)")),
    ("GET", re.compile(r"/static/js/iframeResizer\.contentWindow\.min\.js")),
)
OWN_FRAMES = "frame-ancestors 'self'"
INLINE_SCRIPT = re.compile(r"<script(?:\s+(?!src\b)[\w-]+(?:=\"[^\"]*\")?)*\s*>(.*?)</script>", re.DOTALL)
# The scripts of the pinned Gradio that never change: how a frame is resized, from where its own scripts are loaded, and the
# padding of the page. A test tells when another release has others.
UNCHANGING = frozenset(
    {
        "'sha256-Bp00+bXvXIKMynrZJ/zG223J2+w1B7iMwzQeXZXUst4='",
        "'sha256-qKQoc9TeV5W9PirAEzVSeQMUVbqBxqzMO2gHVYyNsgM='",
        "'sha256-lBZME9sy7yKjB68UVFZPDhjhQDBysZtJAO/4YoISCxA='",
    }
)
ASSIGNED = ("window.gradio_config = ", "window.gradio_api_info = ")  # JSON, followed by a semicolon
# Gradio writes the server's address into the page, out of headers that anybody can send. It is told this one, which is then
# taken out: the page names no server, so that one copy serves everybody.
NOWHERE = "page.invalid"


class AllowedRoutes:
    """Answers 404 to whatever is not in `ALLOWED`; web sockets, which the page does not use, are closed."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is allowed."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        elif scope["type"] == "http" and not is_allowed(scope["method"], scope["path"]):
            await refusal(404, "There is nothing at this address.", "Start at the chat page, /.")(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def is_allowed(method: str, path: str, /) -> bool:
    """Whether Gradio may see this request."""
    return any(method == allowed and pattern.fullmatch(path) for allowed, pattern in ALLOWED)


class PagePolicy:
    """Gives the page at `/` its policy, once a version; responses that are not pages keep the tightest."""

    def __init__(
        self, app: ASGIApp, copies: Copies, /, *, version: Callable[[], str], frame_ancestors: str = OWN_FRAMES
    ) -> None:
        self._app = app
        self._copies = copies
        self._version = version
        self._frame_ancestors = frame_ancestors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the copy of the page, which is made at the first request for a version."""
        if scope["type"] != "http" or scope["path"] != "/":
            await self._app(scope, receive, send)
            return

        async def make() -> Copy:
            page = (await self._drawn(scope)).replace(f'"http://{NOWHERE}"', '""')
            return Copy.of(page, {"Content-Security-Policy": policy(page, frame_ancestors=self._frame_ancestors)})

        copy = await self._copies.of(("/", self._version()), make)
        await copy.response(Request(scope))(scope, receive, send)

    async def _drawn(self, scope: Scope) -> str:
        """The page as Gradio draws it for nobody in particular."""
        page = bytearray()
        status = 0

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def collect(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            page.extend(message.get("body", b""))

        plain = {**scope, "method": "GET", "scheme": "http", "query_string": b"", "headers": [(b"host", NOWHERE.encode())]}
        await self._app(plain, receive, collect)
        if status != HTTPStatus.OK:
            raise RuntimeError(f"Gradio answers {status} for its own page")
        return page.decode()


def policy(html: str, /, *, frame_ancestors: str = OWN_FRAMES) -> str:
    """The policy for this page: the hashes of Gradio's inline scripts, and the directive about frames."""
    hashes = " ".join(dict.fromkeys(_hash(script) for script in INLINE_SCRIPT.findall(html) if _is_gradios(script)))
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'unsafe-eval' {hashes}".strip(),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self'",
            "base-uri 'self'",
            "form-action 'none'",
            frame_ancestors,
        )
    )


def _is_gradios(script: str) -> bool:
    if _hash(script) in UNCHANGING:
        return True
    value = next((script.removeprefix(name) for name in ASSIGNED if script.startswith(name)), "")
    try:
        json.loads(value.removesuffix(";"))
    except ValueError:
        return False
    return True


def _hash(script: str) -> str:
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
