"""The widget's addresses: its script, its words, its declarations, and its page in a frame."""

from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from assistant.web.origins import AllowedOrigins
from assistant.web.templates import render
from assistant.web.widget_files import WidgetFiles
from assistant.wording import wording

DECLARATIONS = Path(str(files("assistant.web"))) / "widget" / "widget.d.ts"
JAVASCRIPT = "text/javascript; charset=utf-8"
SHORTLY = "public, max-age=300, stale-while-revalidate=86400"
FOREVER = "public, max-age=31536000, immutable"
# Any site may load the files; which site may read answers is decided by CORS, whose header differs by origin.
EMBEDDED = {"Cross-Origin-Resource-Policy": "cross-origin", "Vary": "Origin"}
OWN_PAGE = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'"
TRUSTED_TYPES = "require-trusted-types-for 'script'; trusted-types 'none'"


def widget_routes(allowed: AllowedOrigins, built: WidgetFiles, /) -> APIRouter:
    """The routes."""
    router = APIRouter()

    @router.get("/widget.js", include_in_schema=False)
    async def current_script(request: Request) -> Response:
        """The script as it now is, for sites that want to get every new one by themselves."""
        tag = f'W/"{built.script_hash}"'
        headers = {"Cache-Control": SHORTLY, "ETag": tag, **EMBEDDED}
        if tag in request.headers.get("If-None-Match", ""):
            return Response(status_code=304, headers=headers)
        return Response(built.script, media_type=JAVASCRIPT, headers=headers)

    @router.get("/widget-{script_hash}.js", include_in_schema=False)
    async def one_script(script_hash: str) -> Response:
        """The script with this very hash, or nothing."""
        if script_hash != built.script_hash:
            return Response("There is no such version of the widget.", status_code=404, media_type="text/plain")
        return Response(built.script, media_type=JAVASCRIPT, headers={"Cache-Control": FOREVER, **EMBEDDED})

    @router.get("/widget-{language}-{words_hash}.json", include_in_schema=False)
    async def words(language: str, words_hash: str) -> Response:
        """The widget's words in a language. A script of another version gets the present ones, which it can use."""
        if language not in built.words:
            return Response("There are no words in this language.", status_code=404, media_type="text/plain")
        caching = FOREVER if words_hash == built.words_hash else "no-cache"
        return Response(built.words[language], media_type="application/json", headers={"Cache-Control": caching, **EMBEDDED})

    @router.get("/widget.d.ts", include_in_schema=False)
    async def declarations() -> Response:
        """TypeScript declarations of `window.RLSAssistant` and its events."""
        return Response(DECLARATIONS.read_bytes(), media_type="text/plain; charset=utf-8")

    @router.get("/embed/frame", response_class=HTMLResponse)
    async def frame() -> HTMLResponse:
        """The conversation as a page of its own, for sites that want it isolated in a frame."""
        policy = f"{OWN_PAGE}; {allowed.frame_ancestors}; {TRUSTED_TYPES}"
        return HTMLResponse(
            render("embed_frame.html", text=wording()), headers={"Content-Security-Policy": policy, **EMBEDDED}
        )

    return router
