"""`POST /api/feedback`: that an answer was wrong, unhelpful or unsafe. Holds which answer, never what was asked."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import Response

from assistant.web.admission import Admission, RefusedError
from assistant.web.body import read_json
from assistant.web.description import FEEDBACK, REFUSALS
from assistant.web.rate_limit import address_of
from assistant.web.refusal import refusal

VERDICTS = ("wrong", "unhelpful", "unsafe")
ANSWER_ID = re.compile(r"(answer|unanswered|advice|urgent|chat)( [a-z0-9-]+:\d+-\d+){0,3}")
VERSION = re.compile(r"[0-9TZa-f-]{0,32}")
LARGEST_FILE = 16 * 1024 * 1024  # bytes; a full file takes no more, so that nobody can fill the disk


def feedback_routes(file: Path, admission: Admission, /) -> APIRouter:
    """The route; one JSON line a verdict is appended to the file."""
    router = APIRouter()

    @router.post("/api/feedback", status_code=204, responses=REFUSALS, openapi_extra=FEEDBACK)
    async def feedback(request: Request) -> Response:
        """Keep `{"answer", "version", "verdict"}`; anything else in the body is not looked at."""
        try:
            admission.check_rate(f"feedback {address_of(request)}")
            body = await read_json(request)
            row = {name: str(body[name]) for name in ("answer", "version", "verdict")}
        except RefusedError as error:
            return refusal(error.status, error.message, error.remedy, retry_after=error.retry_after)
        except (ValueError, KeyError, TypeError):
            row = {}
        if not _is_sound(row):
            return refusal(422, "This is not a verdict on an answer.", f"Send a verdict out of {', '.join(VERDICTS)}.")
        if file.exists() and file.stat().st_size > LARGEST_FILE:
            return refusal(503, "No more feedback can be kept.", "Tell the site's owner.")
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps({"day": f"{datetime.now(UTC):%Y-%m-%d}", **row}) + "\n")
        return Response(status_code=204)

    return router


def _is_sound(row: dict[str, str]) -> bool:
    return bool(
        row and row["verdict"] in VERDICTS and ANSWER_ID.fullmatch(row["answer"]) and VERSION.fullmatch(row["version"])
    )
