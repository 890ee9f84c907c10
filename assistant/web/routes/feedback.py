"""`POST /api/feedback`: that an answer was wrong, unhelpful or unsafe. Holds which answer, never what was asked.

Flows in: the name of an answer, which must be one that this server can have given. Flows out: one JSON line in a file, and
a new file is begun when it is full. "Unsafe" has a file of its own, so that no flood of other verdicts displaces it.
"""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field, ValidationError

from assistant.answer import MOST_JOINED, Kind
from assistant.web.gate.admission import Admission, RefusedError
from assistant.web.gate.origins import AllowedOrigins
from assistant.web.gate.rate_limit import address_of
from assistant.web.gate.responses import refusal
from assistant.web.process.live import LiveAssistant
from assistant.web.routes.ask import REFUSALS, Refusal, body_of

UNSAFE = "unsafe"
ANSWER_ID = rf"^(?:{'|'.join(Kind)})(?: [a-z0-9-]{{1,200}}:[0-9]{{1,9}}-[0-9]{{1,9}}){{0,{MOST_JOINED}}}$"
SPAN = re.compile(r" (\S+):(\d+)-(\d+)")
LARGEST_FILE = 8 * 1024 * 1024  # bytes; a full file is kept until the next one is full


class Verdict(BaseModel):
    """What is kept; anything else in the body is not looked at."""

    answer: str = Field(pattern=ANSWER_ID)
    version: str
    verdict: Literal["wrong", "unhelpful", "unsafe"]


VERDICTS = get_args(Verdict.model_fields["verdict"].annotation)


def feedback_routes(file: Path, live: LiveAssistant, admission: Admission, /, *, allowed: AllowedOrigins) -> APIRouter:
    """The route; one JSON line a verdict is appended to the file, or to that of the unsafe ones."""
    router = APIRouter()

    foreign = {"model": Refusal, "description": "it comes from a page of another site"}

    @router.post("/api/feedback", status_code=204, responses=REFUSALS | {403: foreign}, openapi_extra=body_of(Verdict))
    async def feedback(request: Request) -> Response:
        """Keep a verdict."""
        if not _is_ours(request, allowed):
            return refusal(403, "Verdicts are taken from our own pages only.", "Add the site to ALLOWED_ORIGINS.")
        try:
            admission.check_rate(f"feedback {address_of(request)}")
            found = Verdict.model_validate_json(await request.body())
        except RefusedError as error:
            return refusal(error.status, error.message, error.remedy, retry_after=error.retry_after)
        except ValidationError:
            found = None
        if found is None or not _can_be(found, live):
            return refusal(422, "This is not a verdict on an answer.", f"Send a verdict out of {', '.join(VERDICTS)}.")
        try:
            _append(unsafe_file(file) if found.verdict == UNSAFE else file, found)
        except OSError:
            return refusal(503, "No feedback can be kept.", "Tell the site's owner.")
        return Response(status_code=204)

    return router


def unsafe_file(file: Path, /) -> Path:
    """Where verdicts that an answer is unsafe are kept.

    >>> unsafe_file(Path("reports/feedback.jsonl")).name
    'feedback-unsafe.jsonl'
    """
    return file.with_name(f"{file.stem}-{UNSAFE}{file.suffix}")


def older_file(file: Path, /) -> Path:
    """Where a full file stands until the next one is full."""
    return file.with_name(f"{file.stem}-older{file.suffix}")


def _append(file: Path, found: Verdict) -> None:
    line = json.dumps({"day": f"{datetime.now(UTC):%Y-%m-%d}", **found.model_dump()}) + "\n"
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.exists() and file.stat().st_size + len(line) > LARGEST_FILE:
        file.replace(older_file(file))
    with file.open("a", encoding="utf-8") as lines:
        lines.write(line)


def _is_ours(request: Request, allowed: AllowedOrigins) -> bool:
    """Whether a page of this server, or of a site that may embed it, sends this; only browsers name a page."""
    origin = request.headers.get("Origin")
    if origin is None or request.headers.get("Sec-Fetch-Site") == "same-origin":  # a page's script cannot set that one
        return True
    return urlsplit(origin).netloc == request.headers.get("Host") or allowed.admits(origin)


def _can_be(found: Verdict, live: LiveAssistant) -> bool:
    """Whether it is on an answer that this server can have given."""
    spans = [(article, int(start), int(end)) for article, start, end in SPAN.findall(found.answer)]
    return live.knows(found.version) and all(
        0 <= start < end <= live.length_of(article, found.version) for article, start, end in spans
    )
