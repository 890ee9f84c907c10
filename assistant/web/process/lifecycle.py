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
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.languages.translating import said_in
from assistant.languages.wording import wording
from assistant.triage.urgent import urgent_help
from assistant.web.agents.mcp import PATH as MCP_PATH
from assistant.web.agents.mcp import result_of
from assistant.web.gate.admission import EMERGENCY
from assistant.web.gate.asked import read_asked, unescaped
from assistant.web.gate.body import BodyLimit
from assistant.web.gate.origins import LOCALHOST, AllowedOrigins, answer_embedding_sites
from assistant.web.gate.preferred import preferred
from assistant.web.gate.responses import SecurityHeaders, refusal
from assistant.web.process.live import LiveAssistant
from assistant.web.process.starting import NothingToServeError
from assistant.web.routes.article import article_html
from assistant.web.routes.words import help_in_sight
from assistant.web.templates import render
from index.errors import StoreUnreachableError
from index.passages import split

RETRY_AFTER_LOADING = 5  # seconds
STARTING = "The assistant is starting."
TRY_AGAIN = f"Try again in {RETRY_AFTER_LOADING} seconds. {EMERGENCY}"
# What a proxy that knows other replicas says with each request. It cannot tell one 503 from another: that of a replica which
# is starting should send the request to the next one, that of a replica with too much to do should not.
OTHER_REPLICAS = "X-Other-Replicas"
ARTICLES = "/articles/"
TRY_AGAIN_SECONDS = 2  # while something that the index needs is missing
logger = logging.getLogger(__name__)


class State(StrEnum):
    """What the process is doing."""

    LOADING = "loading"
    SERVING = "serving"
    DRAINING = "draining"
    FAILED = "failed"


class Application:
    """Serves what `load` makes as soon as it is made; `on_change` is told of each new state."""

    def __init__(
        self,
        load: Callable[[], FastAPI],
        /,
        *,
        on_change: Callable[[State], None],
        region: str = "INT",
        allowed_origins: str = LOCALHOST,
    ) -> None:
        self._load = load
        self._on_change = on_change
        self._loading = loading_server(region, allowed_origins)
        self._standby: Standby | None = None
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
            await (self._loaded or self._standby or self._loading)(scope, receive, send)

    @property
    def is_opening(self) -> bool:
        """Whether an index is being opened, the first or a new one: that may keep the interpreter for seconds."""
        if self.state is State.LOADING or self._loaded is None:
            return self.state is State.LOADING
        live: LiveAssistant = self._loaded.state.live
        return live.wanted != live.current.version.name and not live.why_behind

    @property
    def is_stuck(self) -> bool:
        """Whether none of its threads answers any longer, though the event loop does."""
        return self._loaded is not None and bool(self._loaded.state.admission.is_stuck)

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
                if self.state is State.LOADING:  # and not told to stop meanwhile
                    self._change(State.SERVING)
                await stop.wait()
        except BaseException as error:  # noqa: BLE001  whatever it is, `main` ends the process with it
            self.error = error
            self._change(State.FAILED)
        finally:
            loader.shutdown(wait=False)

    async def _load_patiently(self, loader: ThreadPoolExecutor, stop: asyncio.Event) -> FastAPI | None:
        """The application, once all that it needs answers; `None` if it is told to stop first.

        A server that is not there yet is waited for: services are started in any order, and urgent questions get help
        meanwhile. With nothing to serve it stands by until something changes. Whatever else is wrong is raised.
        """
        said = ""
        while not stop.is_set():
            try:
                return await asyncio.get_running_loop().run_in_executor(loader, self._load)
            except StoreUnreachableError as error:
                if said != str(error):
                    logger.error("%s Trying again every %d seconds.", error, TRY_AGAIN_SECONDS)  # noqa: TRY400  no stack
                said = str(error)
            except NothingToServeError as error:
                if said != str(error):
                    logger.error("%s Trying again when something has changed.", error)  # noqa: TRY400  no stack
                said = str(error)
                self._standby = Standby(error, loading=self._loading)
                while not stop.is_set() and not await run_in_threadpool(error.is_worth_trying_again):
                    with suppress(TimeoutError):
                        await asyncio.wait_for(stop.wait(), TRY_AGAIN_SECONDS)
                continue
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), TRY_AGAIN_SECONDS)
        return None

    def _change(self, state: State) -> None:
        self.state = state
        logger.info("%s", state)
        self._on_change(state)


class Standby:
    """Without an index: the articles of the corpus, what is wrong on `/readyz`, and otherwise what `loading` answers."""

    def __init__(self, error: NothingToServeError, /, *, loading: ASGIApp) -> None:
        self._documents, self._site = error.documents, error.site
        self._not_ready = SecurityHeaders(JSONResponse({"status": "no_index", "not_loaded": error.why}, status_code=503))
        self._loading = loading

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path = scope.get("path", "")
        document = self._documents.get(path.removeprefix(ARTICLES)) if path.startswith(ARTICLES) else None
        if scope["type"] != "http" or scope["method"] not in {"GET", "HEAD"}:
            await self._loading(scope, receive, send)
        elif path == "/readyz":
            await self._not_ready(scope, receive, send)
        elif document is not None:
            page = HTMLResponse(article_html(document, split(document), site=self._site))
            await SecurityHeaders(page)(scope, receive, send)
        else:
            await self._loading(scope, receive, send)


def loading_server(region: str, allowed_origins: str, /) -> FastAPI:
    """Answers until the index is loaded: the process lives, is not ready, and gives urgent help.

    The help is the same as later: in the reader's language, and readable by the widget on its sites.
    """
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
        asked = await read_asked(request)
        help_ = await run_in_threadpool(urgent_help, asked.text, region=region)
        if help_ is None:
            return _loading(request, region)
        help_, language = said_in(help_, asked.language)
        return Response(help_.as_json(), media_type="application/json", headers={"Content-Language": language})

    @server.post(MCP_PATH)
    async def mcp(request: Request) -> Response:
        sent = unescaped(await request.body())
        help_ = await run_in_threadpool(urgent_help, sent, region=region)
        return _loading(request, region) if help_ is None else result_of(help_, sent)

    @server.api_route("/{path:path}", methods=["GET", "HEAD", "POST"])
    async def rest(request: Request) -> Response:
        return _loading(request, region)

    answer_embedding_sites(server, AllowedOrigins.parse(allowed_origins))
    return server


def _loading(request: Request, region: str) -> Response:
    """A program is told when to ask again; a browser gets a page that does so, unless a proxy can ask another replica."""
    if OTHER_REPLICAS in request.headers:
        return refusal(502, STARTING, TRY_AGAIN, retry_after=RETRY_AFTER_LOADING)
    if request.method == "GET" and "text/html" in request.headers.get("Accept", ""):
        language = preferred("", request.headers.get("Accept-Language", ""))
        help_ = help_in_sight(region, language)
        text = wording(language)
        page = render("starting.html", error=STARTING, seconds=RETRY_AFTER_LOADING, help=help_, language=language, text=text)
        return HTMLResponse(page, status_code=503, headers={"Retry-After": str(RETRY_AFTER_LOADING)})
    return refusal(503, STARTING, TRY_AGAIN, retry_after=RETRY_AFTER_LOADING, code="unreachable")
