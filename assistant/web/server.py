"""One process: our FastAPI application with the Gradio page mounted on it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles

from assistant.live import LiveAssistant
from assistant.web.api import api_routes
from assistant.web.article_page import article_routes
from assistant.web.body import BodyLimit
from assistant.web.feedback import feedback_routes
from assistant.web.origins import AllowedOrigins, answer_embedding_sites
from assistant.web.security_headers import SecurityHeaders
from assistant.web.widget_routes import widget_routes

STATIC = Path(__file__).parent / "static"


def create_server(
    live: LiveAssistant,
    /,
    *,
    index_dir: Path | None = None,
    feedback_file: Path | None = None,
    allowed_origins: str = "localhost",
) -> FastAPI:
    """The API, the article pages and their style sheets; FastAPI's own documentation pages are off.

    While the server runs, what is published in `index_dir` is what it serves; without one it serves what it was given.

    Raises:
        OriginError: `allowed_origins` is not a list of origins.
    """
    allowed = AllowedOrigins.parse(allowed_origins)

    @asynccontextmanager
    async def lifespan(_server: FastAPI) -> AsyncIterator[None]:
        with live.following(index_dir) if index_dir is not None else nullcontext():
            yield

    server = FastAPI(title="RLS assistant", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    # The last that is added is the first that a request meets.
    server.add_middleware(BodyLimit)
    server.add_middleware(GZipMiddleware, minimum_size=1_000)
    server.add_middleware(SecurityHeaders)
    server.include_router(api_routes(live))
    server.include_router(article_routes(live))
    server.include_router(widget_routes(allowed))
    if feedback_file is not None:
        server.include_router(feedback_routes(feedback_file))
    server.mount("/site", StaticFiles(directory=STATIC), name="static")
    answer_embedding_sites(server, allowed)
    return server
