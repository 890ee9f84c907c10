"""`POST /api/ask` and the operations routes. Plain JSON in and out; no question ever stands in an address."""

from functools import lru_cache
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from assistant.answer import Answer
from assistant.assistant import Assistant
from assistant.question import LONGEST_QUESTION, MOST_TURNS, QuestionError
from assistant.suggestions import Offers
from assistant.web.gate.admission import Admission, RefusedError
from assistant.web.gate.asked import TooLargeError, read_asked
from assistant.web.gate.asking import answer_to
from assistant.web.gate.body import read_json
from assistant.web.gate.rate_limit import RateLimit, address_of
from assistant.web.gate.responses import refusal
from assistant.web.process.live import LiveAssistant

SUGGESTIONS_A_MINUTE = 240  # of one address: somebody who types fast, and stops often
MOST_SUGGESTING = 4  # at once


class Sent(BaseModel):
    """The body of a question. The route reads it itself: a widget sends JSON as `text/plain`, and danger is read in any."""

    turns: list[Annotated[str, Field(max_length=LONGEST_QUESTION)]] = Field(
        min_length=1, max_length=MOST_TURNS, description="oldest first; the last is the question"
    )
    articles: list[str] | None = None
    language: str | None = None


class Refusal(BaseModel):
    """The body of every refusal."""

    model_config = ConfigDict(extra="forbid")
    error: str
    remedy: str


REFUSALS: dict[int | str, dict[str, Any]] = {
    status: {"model": Refusal, "description": description}
    for status, description in (
        (408, "the request did not arrive in time"),
        (413, "the request is larger than is read"),
        (422, "it cannot be answered as it is"),
        (429, "too many questions from one address; Retry-After says for how long"),
        (503, "too many questions altogether; Retry-After says for how long"),
    )
}
ANSWERS: dict[int | str, dict[str, Any]] = {200: {"model": Answer, "description": "an answer"}, **REFUSALS}


def body_of(model: type[BaseModel], /) -> dict[str, Any]:
    """The description of a JSON body that a route reads itself. It is not served; the server is tested against it."""
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": model.model_json_schema()}}}}


def api_routes(live: LiveAssistant, admission: Admission, /) -> APIRouter:
    """The routes; each takes the assistant in use once, so that an answer never mixes two versions."""
    router = APIRouter()

    @router.post("/api/ask", responses=ANSWERS, openapi_extra=body_of(Sent))
    async def ask(request: Request) -> Response:
        """Answer the last of `{"turns": [...]}`; the body may be sent as application/json or text/plain.

        `"articles"` limits the answer to some articles; `"language"` is the reader's, for fixed wording that would
        otherwise be English, and for a question whose language cannot be told.
        """
        asked = await read_asked(request)
        try:
            answer, language = await answer_to(asked, live.current, admission, address=address_of(request))
        except TooLargeError as error:
            return refusal(413, error.message, error.remedy, code=error.code)
        except QuestionError as error:
            return refusal(422, error.message, error.remedy, code=error.code)
        except RefusedError as error:
            return refusal(error.status, error.message, error.remedy, retry_after=error.retry_after, code=error.code)
        return Response(answer.as_json(), media_type="application/json", headers={"Content-Language": language})

    @router.get("/livez")
    async def livez() -> dict[str, str]:
        """The process runs."""
        return {"status": "ok"}

    @router.get("/readyz")
    async def readyz() -> dict[str, str]:
        """Questions are answered. The server listens only once its index is loaded.

        When a newly published version is not served yet, the old one is, and `wanted_version` names the new one. When it
        cannot be fetched or loaded, `not_loaded` says why.
        """
        served, wanted = live.current.version.name, live.wanted
        behind = {"wanted_version": wanted} if wanted != served else {}
        not_loaded = {"not_loaded": live.why_behind} if live.why_behind else {}
        return {"status": "ok", "index_version": served} | behind | not_loaded

    @router.get("/version")
    async def version() -> dict[str, Any]:
        """What is served: index version, model fingerprint, articles."""
        served = live.current.version
        manifest = served.manifest
        return {
            "index_version": manifest.version,
            "wanted_version": live.wanted,
            "model": manifest.model,
            "passages": manifest.passages,
            "articles": sorted(served.documents),
        }

    return router


def suggestion_routes(live: LiveAssistant, /) -> APIRouter:
    """The route that offers questions while one types."""
    router, suggesting = APIRouter(), 0
    typing = RateLimit(SUGGESTIONS_A_MINUTE, burst=SUGGESTIONS_A_MINUTE)

    @lru_cache(1)  # of the version in use
    def offers_of(assistant: Assistant) -> Offers:
        return assistant.offers()

    @router.post("/api/suggest", include_in_schema=False)
    async def suggest(request: Request) -> dict[str, list[str]]:
        """Questions on offer that are near `{"text": "..."}`, what somebody has typed so far. Nothing of it is kept.

        It is a comfort: whoever comes while others are served, or too often, gets none.
        """
        nonlocal suggesting
        try:
            typed = (await read_json(request))["text"]
        except (ValueError, KeyError, TypeError):
            typed = ""
        is_late = suggesting >= MOST_SUGGESTING or typing.seconds_to_wait(address_of(request)) > 0
        if is_late or not isinstance(typed, str) or not typed.strip():
            return {"questions": []}
        suggesting += 1
        try:
            assistant = live.current
            return {"questions": list(await run_in_threadpool(lambda: offers_of(assistant).near(typed)))}
        finally:
            suggesting -= 1

    return router
