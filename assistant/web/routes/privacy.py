"""`/privacy`: what is kept and what is not under the settings in force, in the language of the reader."""

from collections.abc import Sequence

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from assistant.languages.wording import wording
from assistant.web.gate.preferred import preferred
from assistant.web.process.live import LiveAssistant
from assistant.web.templates import render


def privacy_routes(facts: Sequence[str], live: LiveAssistant, /, *, operator: str = "") -> APIRouter:
    """The route; `facts` are keys of the wording, in the order in which they are told, `operator` is who runs the site."""
    router = APIRouter()

    @router.get("/privacy", response_class=HTMLResponse)
    async def privacy(request: Request, lang: str = "") -> HTMLResponse:
        """The page in `lang`, else in the language that the browser prefers."""
        language = preferred(lang, request.headers.get("Accept-Language", ""))
        text = wording(language, live.current.site)
        html = render("privacy.html", facts=facts, language=language, text=text, operator=operator)
        return HTMLResponse(html, headers={"Content-Language": language, "Vary": "Accept-Language"})

    return router


def privacy_facts(*, is_rate_limited: bool, is_feedback_kept: bool, are_gaps_counted: bool) -> tuple[str, ...]:
    """What is true under these settings."""
    told = {
        "questions": True,
        "conversation": True,
        "typing": True,
        "link": True,
        "address_limit": is_rate_limited,
        "address": not is_rate_limited,
        "counts": True,
        "feedback": is_feedback_kept,
        "gaps": are_gaps_counted,
        "cookies": True,
        "hosts": True,
    }
    return tuple(f"privacy.{name}" for name, is_true in told.items() if is_true)
