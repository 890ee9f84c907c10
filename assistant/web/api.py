"""`POST /api/ask` and the operations routes. Plain JSON in and out; no question ever stands in an address."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from assistant.answer import Answer
from assistant.assistant import Assistant
from assistant.live import LiveAssistant
from assistant.question import QuestionError
from assistant.web.admission import Admission, RefusedError
from assistant.web.body import read_json
from assistant.web.description import ANSWERS, ASK
from assistant.web.message_language import said_in
from assistant.web.rate_limit import address_of
from assistant.web.refusal import refusal
from assistant.wording import DEFAULT_LANGUAGE, languages


def api_routes(live: LiveAssistant, admission: Admission, /) -> APIRouter:
    """The routes; each takes the assistant in use once, so that an answer never mixes two versions."""
    router = APIRouter()

    @router.post("/api/ask", responses=ANSWERS, openapi_extra=ASK)
    async def ask(request: Request) -> Response:
        """Answer the last of `{"turns": [...]}`; the body may be sent as application/json or text/plain.

        `"articles"` limits the answer to some articles; `"language"` is that of the reader, in which fixed wording that
        would be English is said.
        """
        try:
            asked = await _read_question(request)
            assistant = live.current

            def ask_some(turns: Sequence[str]) -> Answer:
                return _limited(assistant, asked["articles"]).ask(turns)

            answer = await admission.answer(ask_some, asked["turns"], address=address_of(request))
        except QuestionError as error:
            return refusal(422, error.message, error.remedy)
        except RefusedError as error:
            return refusal(error.status, error.message, error.remedy, retry_after=error.retry_after)
        language = asked["language"] if asked["language"] in languages() else DEFAULT_LANGUAGE
        answer, language = said_in(answer, language)
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


def _limited(assistant: Assistant, articles: Any) -> Assistant:
    """The assistant over these articles only; over all of them if none are named."""
    if articles is None:
        return assistant
    if not isinstance(articles, list) or not all(isinstance(article, str) for article in articles):
        raise QuestionError("`articles` is not a list of names.", remedy='Send {"articles": ["…"]}.', code="no_article")
    return assistant.limited_to(frozenset(articles))


async def _read_question(request: Request) -> Mapping[str, Any]:
    try:
        body = await read_json(request)
        return {"turns": body["turns"], "articles": body.get("articles"), "language": body.get("language")}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise QuestionError(
            "The request holds no question.", remedy='Send {"turns": ["your question"]} as JSON.', code="not_text"
        ) from None
