"""The widget's pages: the conversation in a frame, for sites that want it isolated, and the page where the owner of a site
makes the line to paste, with its preview.
"""

import gzip
from collections.abc import Callable
from dataclasses import replace

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from assistant.languages.wording import DEFAULT_LANGUAGE, languages, wording
from assistant.suggestions import MOST_QUESTIONS
from assistant.web.gate.origins import AllowedOrigins
from assistant.web.process.live import LiveAssistant
from assistant.web.routes.article import outline
from assistant.web.routes.copies import Copies, Copy
from assistant.web.routes.widget import EMBEDDED, JAVASCRIPT, SHORTLY, WidgetFiles, colours
from assistant.web.templates import render

OWN_PAGE = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'"
TRUSTED_TYPES = "require-trusted-types-for 'script'; trusted-types 'none'"
MOST_SENTENCES = 300  # of the sample: it is rendered at each request, since its options differ
OPTIONS = (
    *("article", "theme", "dark", "accent", "position", "offset", "lang", "open", "examples", "title", "target", "mode"),
    *("launcher", "hide", "keep"),
)
# Pages that demand it of what they frame (Cross-Origin-Embedder-Policy) can frame ours; it loads nothing from elsewhere.
FRAMED = {"Cross-Origin-Embedder-Policy": "require-corp", **EMBEDDED}


def frame_routes(allowed: AllowedOrigins, live: LiveAssistant, files: Callable[[], WidgetFiles], /) -> APIRouter:
    """The routes of the frame; `files` says what is served at the moment."""
    router = APIRouter()

    @router.get("/embed/frame.js", include_in_schema=False)
    async def frame_script() -> Response:
        """The script of the page in a frame, with the same texts."""
        return Response(files().frame, media_type=JAVASCRIPT, headers={"Cache-Control": SHORTLY, "Vary": "Origin"})

    @router.get("/embed/frame", response_class=HTMLResponse)
    async def frame() -> HTMLResponse:
        """The conversation as a page of its own, for sites that want it isolated in a frame."""
        policy = f"{OWN_PAGE}; {allowed.frame_ancestors}; {TRUSTED_TYPES}"
        return HTMLResponse(
            render("embed_frame.html", text=wording(DEFAULT_LANGUAGE, live.current.site)),
            headers={"Content-Security-Policy": policy, **FRAMED},
        )

    return router


def embed_routes(live: LiveAssistant, files: Callable[[], WidgetFiles], copies: Copies, /) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/embed", response_class=HTMLResponse)
    async def embed(request: Request) -> Response:
        """Where a site's owner makes the line to paste, and sees what it gives."""
        served = live.current

        async def make() -> Copy:
            built = files()
            page = render(
                "embed.html",
                text=wording(DEFAULT_LANGUAGE, served.site),
                documents=list(served.version.documents.values()),
                languages=[(code, wording(code)["language"]) for code in languages()],
                starters=served.starters()[:MOST_QUESTIONS],
                script_hash=built.script_hash,
                integrity=built.integrity,
                accent=colours()["accent"][0],
                size=len(gzip.compress(built.script)),
            )
            policy = f"{OWN_PAGE}; frame-src 'self'; frame-ancestors 'none'"
            return Copy.of(page, {"Content-Security-Policy": policy})

        copy = await copies.of(("/embed", served.version.name), make)
        return copy.response(request)

    @router.get("/embed/preview", response_class=HTMLResponse)
    async def preview(request: Request) -> HTMLResponse:
        """The beginning of an article with the widget on it, with the options that the query names."""
        version = live.current.version
        document = next(iter(version.documents.values()))
        rows = version.passages.rows_of({document.id})[:MOST_SENTENCES]
        passages = [version.passages[row] for row in rows.tolist()]
        begun = tuple(section for section in document.sections if section.start < passages[-1].end)
        sample = outline(replace(document, sections=begun), passages)
        options = [(name, value) for name, value in request.query_params.items() if name in OPTIONS]
        page = render("embed_preview.html", document=document, sections=sample, options=options)
        policy = f"{OWN_PAGE}; frame-src 'self'; frame-ancestors 'self'; {TRUSTED_TYPES}"
        return HTMLResponse(page, headers={"Content-Security-Policy": policy})

    return router
