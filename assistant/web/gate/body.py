"""Reading a request's body without trusting its size or its speed.

`BodyLimit` stands before every route and reads what a request brings, so that nothing behind it, Gradio included, parses
a body that is too large or waits for one that never ends. Where questions are asked, of a body that is too large the first
and the last part are kept: whatever it is refused for, somebody in danger may have written it.
"""

import asyncio
import json
from typing import Any

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.web.gate.responses import refusal

LARGEST_BODY = 32 * 1024  # bytes
SECONDS_TO_SEND = 10.0  # for a whole body
LARGEST_LOOKED_AT = 1024 * 1024  # bytes of a body that is too large
ASKING = frozenset({"/", "/api/ask", "/mcp", "/gradio_api/queue/join"})
CUT = "rls.body_is_cut"  # in the scope of a request


class BodyLimit:
    """Refuses a body of more than `LARGEST_BODY` bytes with 413, declared or in chunks, and one that dawdles with 408.

    Where questions are asked the route refuses it, which is given its first and last part and finds `is_cut`.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the body, then pass it on in one piece."""
        if scope["type"] != "http" or not _has_body(scope):
            await self._app(scope, receive, send)
            return
        most = LARGEST_LOOKED_AT if scope["path"] in ASKING else LARGEST_BODY
        if _declared_length(scope) > LARGEST_BODY and most == LARGEST_BODY:
            await _too_large()(scope, receive, send)
            return
        try:
            body = await asyncio.wait_for(_read(receive, most), SECONDS_TO_SEND)
        except TimeoutError:
            await refusal(408, "The request did not arrive in time.", "Send it again.")(scope, receive, send)
            return
        if len(body) > LARGEST_BODY:
            if most == LARGEST_BODY:
                await _too_large()(scope, receive, send)
                return
            scope[CUT] = True
            body = body[: LARGEST_BODY // 2] + b" \n " + body[-LARGEST_BODY // 2 :]
        await self._app(scope, replayed(body, receive), send)


def is_cut(scope: Scope, /) -> bool:
    """Whether the body that a route gets is only the first and the last part of what was sent."""
    return bool(scope.get(CUT))


async def read_json(request: Request, /) -> Any:
    """The body as JSON; `BodyLimit` has seen to its size.

    Raises:
        ValueError: it is not JSON.
    """
    try:
        return json.loads(await request.body())
    except RecursionError:
        raise ValueError("nested too deeply") from None


def _has_body(scope: Scope) -> bool:
    return any(name in {b"content-length", b"transfer-encoding"} for name, _ in scope["headers"])


def _declared_length(scope: Scope) -> int:
    """The content length; 0 where there is none. The HTTP parser has refused what is not a number."""
    return max((int(value) for name, value in scope["headers"] if name == b"content-length" and value.isdigit()), default=0)


async def _read(receive: Receive, most: int) -> bytes:
    """The body, or what has come of it as soon as that is more than `most` bytes."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return bytes(body)
        body += message.get("body", b"")
        if len(body) > most:
            return bytes(body)
        if not message.get("more_body", False):
            return bytes(body)


def replayed(body: bytes, receive: Receive) -> Receive:
    """The body as one message; after it, whatever the connection says."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return waiting.pop() if waiting else await receive()

    return replay


def _too_large() -> ASGIApp:
    return refusal(413, f"The request is larger than {LARGEST_BODY} bytes.", "Ask in fewer words.")
