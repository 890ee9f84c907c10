"""What of Gradio can be reached: what the chat page asks for, and nothing else.

Gradio brings uploads, a proxy, file serving, monitoring, an API of its own and more. Our routes stand before its mount and
need no list; everything that falls through to it passes here. The list was made by recording what the page requests in a
browser, in several languages; `tests/test_web_surface.py` holds page and list together.
"""

import re

from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.web.refusal import refusal

ALLOWED = (
    ("GET", re.compile(r"/")),
    ("HEAD", re.compile(r"/")),
    ("GET", re.compile(r"/theme\.css")),
    ("GET", re.compile(r"/assets/[\w-]+\.(?:js|css)")),
    ("GET", re.compile(r"/static/js/iframeResizer\.contentWindow\.min\.js")),
    # Redrawing the page in another language is an event, and these two carry it. Questions do not pass here.
    ("POST", re.compile(r"/gradio_api/queue/join")),
    ("GET", re.compile(r"/gradio_api/queue/data")),
)


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
