"""One process: our FastAPI application with the Gradio page mounted on it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles

from assistant.live import LiveAssistant
from assistant.web.admission import Admission
from assistant.web.api import api_routes
from assistant.web.article_page import article_routes
from assistant.web.body import BodyLimit
from assistant.web.embed_routes import embed_routes
from assistant.web.feedback import feedback_routes
from assistant.web.origins import AllowedOrigins, answer_embedding_sites
from assistant.web.outcomes import Outcomes
from assistant.web.privacy_page import privacy_facts, privacy_routes
from assistant.web.rate_limit import RateLimit
from assistant.web.security_headers import SecurityHeaders
from assistant.web.widget_files import WidgetFiles
from assistant.web.widget_routes import widget_routes
from index.mirror import Mirror

STATIC = Path(__file__).parent / "static"


def create_server(
    live: LiveAssistant,
    /,
    *,
    index_dir: Path | None = None,
    mirror: Mirror | None = None,
    feedback_file: Path | None = None,
    allowed_origins: str = "localhost",
    admission: Admission | None = None,
) -> FastAPI:
    """The API, the article pages and their style sheets; FastAPI's own documentation pages are off.

    While the server runs, what is published in `index_dir` is what it serves, and a `mirror` keeps that folder up to date;
    without one it serves what it was given.
    Without an `admission` there is no limit to how often one address may ask.

    Raises:
        OriginError: `allowed_origins` is not a list of origins.
    """
    allowed = AllowedOrigins.parse(allowed_origins)
    admission = admission or Admission(RateLimit(0))

    @asynccontextmanager
    async def lifespan(_server: FastAPI) -> AsyncIterator[None]:
        following = nullcontext() if index_dir is None else live.following(index_dir, mirror=mirror)
        with following, nullcontext() if live.gaps is None else live.gaps.writing():
            yield

    server = FastAPI(title="RLS assistant", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    admission.metrics.watch(live, lambda: admission.pending)
    server.state.admission = admission  # for the chat page, which is mounted later
    # The last that is added is the first that a request meets.
    server.add_middleware(BodyLimit)
    server.add_middleware(Outcomes, metrics=admission.metrics)
    server.add_middleware(GZipMiddleware, minimum_size=1_000)
    server.add_middleware(SecurityHeaders)
    server.include_router(api_routes(live, admission))
    server.include_router(article_routes(live))
    files = WidgetFiles.read().telling(is_counting=live.gaps is not None)
    server.include_router(widget_routes(allowed, files))
    server.include_router(embed_routes(live, files))
    if feedback_file is not None:
        server.include_router(feedback_routes(feedback_file, admission))
    facts = privacy_facts(
        is_rate_limited=admission.is_rate_limited,
        is_feedback_kept=feedback_file is not None,
        are_gaps_counted=live.gaps is not None,
    )
    server.include_router(privacy_routes(facts))
    server.mount("/site", StaticFiles(directory=STATIC), name="static")
    answer_embedding_sites(server, allowed)
    return server
