"""What of Gradio a visitor meets: the page at `/`, drawn, under a policy that lets nothing else run; no other address.

Gradio brings uploads, a proxy, file serving, monitoring, an API of its own, a queue that keeps results nobody fetches, and
half a megabyte of script that draws components in the browser. The page needs its components' HTML, and that is all:
`DrawnPage` asks Gradio for its page, takes the HTML of the components out of the configuration that stands in it, and sends
a document made of them. No inline script is left, no `unsafe-eval`, and of inline style the one that is named by its hash.
"""

import base64
import hashlib
import json
from collections.abc import Callable
from http import HTTPStatus

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.web.gate.preferred import preferred
from assistant.web.gate.responses import HEADERS, refusal
from assistant.web.routes.copies import Copies, Copy

ALLOWED = frozenset({("GET", "/"), ("HEAD", "/")})
OWN_FRAMES = "frame-ancestors 'self'"
CONFIGURATION = "window.gradio_config = "  # stands before the JSON in Gradio's page
# Gradio writes the server's address into the page, out of headers that anybody can send. It is told this one instead.
NOWHERE = "page.invalid"
MICROPHONE = HEADERS["Permissions-Policy"].replace("microphone=()", "microphone=(self)")  # dictation, if it is switched on

Document = Callable[[dict[str, str], str], str]  # the components' HTML by name, and a language


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
    return (method, path) in ALLOWED


class DrawnPage:
    """Answers `/` with the page in the reader's language: made once a version, the same bytes for everybody."""

    def __init__(
        self,
        app: ASGIApp,
        copies: Copies,
        /,
        *,
        version: Callable[[], str],
        document: Document,
        frame_ancestors: str = OWN_FRAMES,
    ) -> None:
        self._app = app
        self._copies = copies
        self._version = version
        self._document = document
        self._frame_ancestors = frame_ancestors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the copy of the page, which is made at the first request for a version."""
        if scope["type"] != "http" or scope["path"] != "/":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        language = preferred(request.query_params.get("lang", ""), request.headers.get("Accept-Language", ""))

        async def make() -> Copy:
            html = self._document(await self._parts(scope), language)
            return Copy.of(html, page_headers(html, language, self._frame_ancestors))

        copy = await self._copies.of(("/", language, self._version()), make)
        await copy.response(request)(scope, receive, send)

    async def _parts(self, scope: Scope) -> dict[str, str]:
        """The HTML of the components in the page as Gradio draws it for nobody in particular, by name."""
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
        _, is_there, configuration = page.decode().partition(CONFIGURATION)
        if status != HTTPStatus.OK or not is_there:
            raise RuntimeError(f"Gradio answers {status} for its own page, or it holds no configuration")
        components = json.JSONDecoder().raw_decode(configuration)[0]["components"]
        return {part["props"]["elem_id"]: part["props"]["value"] for part in components if part["type"] == "html"}


def page_headers(html: str, language: str, frame_ancestors: str, /) -> dict[str, str]:
    """The headers of the page or of a style: the policy, which names the style by its hash, and whom a copy is for."""
    return {
        "Content-Security-Policy": policy(html, frame_ancestors=frame_ancestors),
        "Permissions-Policy": MICROPHONE,
        "Content-Language": language,
        "Vary": "Accept-Encoding, Accept-Language",
    }


def policy(html: str, /, *, frame_ancestors: str = OWN_FRAMES) -> str:
    """The policy of a page whose style is the first that stands in it."""
    style = html.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            f"style-src 'self' 'sha256-{digest}'",
            "img-src 'self' data:",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
            frame_ancestors,
        )
    )
