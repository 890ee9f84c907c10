"""How each request ended: its status is counted, and a fault of ours is logged and answered with 500.

What a fault says about itself may hold what a visitor typed, so neither the answer nor the log repeats it.
"""

import logging

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.web.metrics import Metrics
from assistant.web.refusal import refusal

logger = logging.getLogger(__name__)


class Outcomes:
    """Stands right inside the headers, so that nothing that a route raises gets past it."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and see how it ends."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_begun = False

        async def send_and_count(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                self._metrics.responses.labels(str(message["status"])).inc()
            await send(message)

        try:
            await self._app(scope, receive, send_and_count)
        except Exception:
            self._metrics.faults.inc()
            logger.exception("a request ended in an error")
            if has_begun:
                raise  # the connection must be cut, since half an answer has been sent
            failure = refusal(500, "Something went wrong here.", "Try again; if it goes on, tell the site's owner.")
            await failure(scope, receive, send_and_count)
