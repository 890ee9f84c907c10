"""From the first moment to the last: listening while the index loads, serving, draining.

Flows in: a function that makes the application, which takes seconds. Flows out: an ASGI application that answers at once.
While it loads, `/livez` is well, `/readyz` is not, and an urgent question gets help, for which no index is needed. While it
drains, `/readyz` says so and everything else goes on, so that a balancer has time to turn away and no answer is lost.
"""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from enum import StrEnum

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.types import Receive, Scope, Send

from assistant.question import QuestionError, check_turns
from assistant.urgent import urgent_help
from assistant.web.admission import EMERGENCY
from assistant.web.body import BodyLimit, read_json
from assistant.web.refusal import refusal
from assistant.web.security_headers import SecurityHeaders
from assistant.web.templates import render
from index.errors import StoreUnreachableError

RETRY_AFTER_LOADING = 5  # seconds
STARTING = "The assistant is starting."
TRY_AGAIN = f"Try again in {RETRY_AFTER_LOADING} seconds. {EMERGENCY}"
# What a proxy that knows other replicas says with each request. It cannot tell one 503 from another: that of a replica which
# is starting should send the request to the next one, that of a replica with too much to do should not.
OTHER_REPLICAS = "X-Other-Replicas"
TRY_AGAIN_SECONDS = 2  # what the index needs and is not there yet
logger = logging.getLogger(__name__)


class State(StrEnum):
    """What the process is doing."""

    LOADING = "loading"
    SERVING = "serving"
    DRAINING = "draining"
    FAILED = "failed"


class Application:
    """Serves what `load` makes as soon as it is made; `on_change` is told of each new state."""

    def __init__(self, load: Callable[[], FastAPI], /, *, on_change: Callable[[State], None], region: str = "INT") -> None:
        self._load = load
        self._on_change = on_change
        self._loading = loading_server(region)
        self._loaded: FastAPI | None = None
        self.state = State.LOADING
        self.error: BaseException | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with what there is by now."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif self.state is State.DRAINING and scope.get("path") == "/readyz":
            await JSONResponse({"status": self.state}, status_code=503)(scope, receive, send)
        else:
            await (self._loaded or self._loading)(scope, receive, send)

    def drain(self) -> None:
        """From now on `/readyz` turns newcomers away."""
        self._change(State.DRAINING)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        stop = asyncio.Event()
        running = asyncio.ensure_future(self._run(stop))
        await send({"type": "lifespan.startup.complete"})
        await receive()
        stop.set()
        await running
        await send({"type": "lifespan.shutdown.complete"})

    async def _run(self, stop: asyncio.Event) -> None:
        loader = ThreadPoolExecutor(1, thread_name_prefix="load")
        try:
            loaded = await self._load_patiently(loader, stop)
            if loaded is None:
                return
            async with loaded.router.lifespan_context(loaded):
                self._loaded = loaded
                self._change(State.SERVING)
                await stop.wait()
        except BaseException as error:  # noqa: BLE001  whatever it is, `main` ends the process with it
            self.error = error
            self._change(State.FAILED)
        finally:
            loader.shutdown(wait=False)

    async def _load_patiently(self, loader: ThreadPoolExecutor, stop: asyncio.Event) -> FastAPI | None:
        """The application, once all that it needs gives answers; nothing, if it is to stop before that.

        A server that is not there yet is waited for: services are started in any order, and urgent questions get help
        meanwhile. Whatever else is wrong is raised.
        """
        said = ""
        while not stop.is_set():
            try:
                return await asyncio.get_running_loop().run_in_executor(loader, self._load)
            except StoreUnreachableError as error:
                if said != str(error):
                    logger.error("%s Trying again every %d seconds.", error, TRY_AGAIN_SECONDS)  # noqa: TRY400  no stack
                said = str(error)
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), TRY_AGAIN_SECONDS)
        return None

    def _change(self, state: State) -> None:
        self.state = state
        logger.info("%s", state)
        self._on_change(state)


def loading_server(region: str, /) -> FastAPI:
    """What answers until the index is there: whether this lives, that it is not ready, and urgent help."""
    server = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    server.add_middleware(BodyLimit)
    server.add_middleware(SecurityHeaders)

    @server.get("/livez")
    async def livez() -> dict[str, str]:
        return {"status": "ok"}

    @server.get("/readyz")
    async def readyz() -> Response:
        return JSONResponse({"status": State.LOADING}, status_code=503)

    @server.post("/api/ask")
    async def ask(request: Request) -> Response:
        try:
            turns = check_turns((await read_json(request))["turns"])
            help_ = await run_in_threadpool(urgent_help, turns[-1], region=region)
        except (QuestionError, ValueError, KeyError, TypeError):
            help_ = None
        if help_ is not None:
            return Response(help_.as_json(), media_type="application/json")
        return _loading(request)

    @server.api_route("/{path:path}", methods=["GET", "HEAD", "POST"])
    async def rest(request: Request) -> Response:
        return _loading(request)

    return server


def _loading(request: Request) -> Response:
    """A program is told when to ask again; a browser gets a page that does so, unless a proxy can ask another replica."""
    if OTHER_REPLICAS in request.headers:
        return refusal(502, STARTING, TRY_AGAIN, retry_after=RETRY_AFTER_LOADING)
    if request.method == "GET" and "text/html" in request.headers.get("Accept", ""):
        page = render("starting.html", error=STARTING, seconds=RETRY_AFTER_LOADING, emergency=EMERGENCY)
        return HTMLResponse(page, status_code=503, headers={"Retry-After": str(RETRY_AFTER_LOADING)})
    return refusal(503, STARTING, TRY_AGAIN, retry_after=RETRY_AFTER_LOADING)
