"""`/embed`: where the owner of a site makes the line to paste, beside a sample article that shows what it gives."""

import gzip

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from assistant.assistant import MOST_STARTERS
from assistant.live import LiveAssistant
from assistant.web.article_page import outline
from assistant.web.templates import render
from assistant.web.widget_files import WidgetFiles
from assistant.web.widget_routes import OWN_PAGE, TRUSTED_TYPES
from assistant.wording import languages, wording

OPTIONS = ("article", "theme", "accent", "position", "lang", "open", "examples", "title", "target", "mode")


def embed_routes(live: LiveAssistant, built: WidgetFiles, /) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/embed", response_class=HTMLResponse)
    async def embed() -> HTMLResponse:
        """Where a site's owner makes the line to paste, and sees what it gives."""
        served = live.current
        page = render(
            "embed.html",
            text=wording(),
            documents=list(served.version.documents.values()),
            languages=[(code, wording(code)["language"]) for code in languages()],
            starters=served.starters()[:MOST_STARTERS],
            script_hash=built.script_hash,
            integrity=built.integrity,
            size=len(gzip.compress(built.script)),
        )
        return HTMLResponse(
            page, headers={"Content-Security-Policy": f"{OWN_PAGE}; frame-src 'self'; frame-ancestors 'none'"}
        )

    @router.get("/embed/preview", response_class=HTMLResponse)
    async def preview(request: Request) -> HTMLResponse:
        """A sample article with the widget on it, with the options that the query names."""
        version = live.current.version
        document = next(iter(version.documents.values()))
        passages = version.passages.of_document(document.id)
        options = [(name, value) for name, value in request.query_params.items() if name in OPTIONS]
        page = render("embed_preview.html", document=document, sections=outline(document, passages), options=options)
        policy = f"{OWN_PAGE}; frame-src 'self'; frame-ancestors 'self'; {TRUSTED_TYPES}"
        return HTMLResponse(page, headers={"Content-Security-Policy": policy})

    return router
