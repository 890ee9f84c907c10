"""The content security policy of the chat page: as tight as Gradio lets it be.

Gradio's page starts with inline scripts whose text differs with the configuration and the address, so the policy names
them by hash, made from the page as it goes out. No other inline script runs, and no event handler in markup does.
What Gradio forces: `unsafe-eval`, since it builds the bridge of `gr.HTML(js_on_load=…)` with `new Function`; and inline
styles, since Svelte writes them.
"""

import base64
import hashlib
import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

OWN_FRAMES = "frame-ancestors 'self'"
INLINE_SCRIPT = re.compile(r"<script(?:\s+(?!src\b)[\w-]+(?:=\"[^\"]*\")?)*\s*>(.*?)</script>", re.DOTALL)


class PagePolicy:
    """Gives the page at `/` its policy; other responses keep the tightest, which suits what is no page."""

    def __init__(self, app: ASGIApp, *, frame_ancestors: str = OWN_FRAMES) -> None:
        self._app = app
        self._frame_ancestors = frame_ancestors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the page, then send it with its policy."""
        if scope["type"] != "http" or scope["path"] != "/":
            await self._app(scope, receive, send)
            return
        start: Message = {}
        page = bytearray()

        async def collect(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            if message["type"] != "http.response.body":
                await send(message)
                return
            page.extend(message.get("body", b""))
            if message.get("more_body", False):
                return
            headers = MutableHeaders(scope=start)
            headers["Content-Security-Policy"] = policy(page.decode(), frame_ancestors=self._frame_ancestors)
            await send(start)
            await send({"type": "http.response.body", "body": bytes(page)})

        await self._app(_uncompressed(scope), receive, collect)


def policy(html: str, /, *, frame_ancestors: str = OWN_FRAMES) -> str:
    """The policy for this page: the hashes of its inline scripts, and the directive about frames."""
    hashes = " ".join(dict.fromkeys(_hash(script) for script in INLINE_SCRIPT.findall(html)))
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


def _hash(script: str) -> str:
    digest = hashlib.sha256(script.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _uncompressed(scope: Scope) -> Scope:
    """The request without `Accept-Encoding`: the page must be read here; it is compressed on its way out."""
    headers = [(name, value) for name, value in Headers(scope=scope).raw if name != b"accept-encoding"]
    return {**scope, "headers": headers}
