"""`POST /api/ask` and the operations routes. Plain JSON in and out; no question ever stands in an address."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from assistant.live import LiveAssistant
from assistant.question import QuestionError
from assistant.web.body import read_json
from assistant.web.refusal import refusal


def api_routes(live: LiveAssistant, /) -> APIRouter:
    """The routes; each takes the assistant in use once, so that an answer never mixes two versions."""
    router = APIRouter()

    @router.post("/api/ask")
    async def ask(request: Request) -> Response:
        """Answer the last of `{"turns": [...]}`; the body may be sent as application/json or text/plain."""
        try:
            turns = await _read_turns(request)
            answer = await run_in_threadpool(live.current.ask, turns)
        except QuestionError as error:
            return refusal(422, error.message, error.remedy)
        return Response(answer.as_json(), media_type="application/json")

    @router.get("/livez")
    async def livez() -> dict[str, str]:
        """The process runs."""
        return {"status": "ok"}

    @router.get("/readyz")
    async def readyz() -> dict[str, str]:
        """Questions are answered. The server listens only once its index is loaded.

        When a newly published version could not be loaded, the old one is served and `not_loaded` says why.
        """
        not_loaded = {"not_loaded": live.failure} if live.failure else {}
        return {"status": "ok", "index_version": live.current.version.name} | not_loaded

    @router.get("/version")
    async def version() -> dict[str, Any]:
        """What is served: index version, model fingerprint, articles."""
        served = live.current.version
        manifest = served.manifest
        return {
            "index_version": manifest.version,
            "model": manifest.model,
            "passages": manifest.passages,
            "articles": sorted(served.documents),
        }

    return router


async def _read_turns(request: Request) -> Any:
    try:
        return (await read_json(request))["turns"]
    except (ValueError, KeyError, TypeError):
        raise QuestionError(
            "The request holds no question.", remedy='Send {"turns": ["your question"]} as JSON.', code="not_text"
        ) from None
