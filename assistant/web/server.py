"""One process: our FastAPI application with the Gradio page mounted on it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, nullcontext
from functools import lru_cache
from pathlib import Path

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles

from assistant.web.agents.gradio_client import gradio_client_routes
from assistant.web.agents.mcp import McpEndpoint, mcp_routes
from assistant.web.agents.texts import text_routes
from assistant.web.gate.admission import Admission
from assistant.web.gate.body import BodyLimit
from assistant.web.gate.metrics import Outcomes
from assistant.web.gate.origins import AllowedOrigins, answer_embedding_sites
from assistant.web.gate.rate_limit import RateLimit
from assistant.web.gate.responses import SecurityHeaders
from assistant.web.process.live import LiveAssistant
from assistant.web.routes.article import article_routes
from assistant.web.routes.ask import api_routes, suggestion_routes
from assistant.web.routes.copies import Copies
from assistant.web.routes.embed import embed_routes, frame_routes
from assistant.web.routes.feedback import feedback_routes
from assistant.web.routes.privacy import privacy_facts, privacy_routes
from assistant.web.routes.security_txt import security_txt_routes
from assistant.web.routes.widget import WidgetFiles, widget_routes
from index.replication.following import Mirror

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
    security_contacts: Sequence[str] = (),
    public_url: str = "",
    mcp: bool = True,
    operator: str = "",
) -> FastAPI:
    """The API, the article pages and their style sheets, MCP, texts for programs; FastAPI's own documentation is off.

    While the server runs, what is published in `index_dir` is what it serves, and a `mirror` keeps that folder up to date;
    without one it serves what it was given.
    `operator` is who runs the site, as `/privacy` says it.
    Without an `admission` there is no limit to how often one address may ask; without `security_contacts` no security.txt.

    Raises:
        OriginError: `allowed_origins` is not a list of origins.
    """
    allowed = AllowedOrigins.parse(allowed_origins)
    admission = admission or Admission(RateLimit(0))
    endpoint = McpEndpoint(live, admission, allowed=allowed) if mcp else None

    @asynccontextmanager
    async def lifespan(_server: FastAPI) -> AsyncIterator[None]:
        following = nullcontext() if index_dir is None else live.following(index_dir, mirror=mirror)
        with following, nullcontext() if live.gaps is None else live.gaps.writing():
            async with endpoint.running() if endpoint is not None else nullcontext():
                yield

    server = FastAPI(title="RLS assistant", docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan)
    admission.metrics.watch(live, lambda: admission.pending, lambda: admission.stuck)
    copies = Copies()
    server.state.admission, server.state.copies = admission, copies  # for the chat page, which is mounted later
    # The last that is added is the first that a request meets.
    server.add_middleware(BodyLimit)
    server.add_middleware(Outcomes, metrics=admission.metrics)
    server.add_middleware(GZipMiddleware, minimum_size=1_000)
    server.add_middleware(SecurityHeaders)
    server.include_router(api_routes(live, admission))
    if endpoint is not None:
        server.include_router(mcp_routes(endpoint))
    server.include_router(gradio_client_routes(live, admission))
    server.include_router(text_routes(live, has_mcp=mcp, description=server.openapi))  # before the article's page
    server.include_router(suggestion_routes(live))
    server.include_router(article_routes(live, copies))
    built = WidgetFiles.read()

    @lru_cache(2)  # these change with a version, if at all
    def telling(site: str, questions: frozenset[str]) -> WidgetFiles:
        counts, region = live.gaps is not None, live.current.region
        return built.telling(is_counting=counts, region=region, site=site, questions=questions)

    def files() -> WidgetFiles:
        served = live.current
        return telling(served.site, frozenset(question for _, questions in served.topics() for question in questions))

    server.include_router(widget_routes(files))
    server.include_router(frame_routes(allowed, live, files))
    server.include_router(embed_routes(live, files, copies))
    if feedback_file is not None:
        server.include_router(feedback_routes(feedback_file, live, admission, allowed=allowed))
    facts = privacy_facts(
        is_rate_limited=admission.is_rate_limited,
        is_feedback_kept=feedback_file is not None,
        are_gaps_counted=live.gaps is not None,
    )
    server.include_router(privacy_routes(facts, live, operator=operator))
    server.include_router(security_txt_routes(security_contacts, public_url=public_url))
    server.mount("/site", StaticFiles(directory=STATIC), name="static")
    answer_embedding_sites(server, allowed)
    server.state.live = live  # for the lifecycle, which tells whoever watches the process
    return server
