"""`gradio_client.Client(url).predict("…", api_name="/ask")` gives the answer object.

Nothing of Gradio is reached for it: these four routes speak its client's protocol (sse_v3) and stand before its mount. A
question is answered while the client posts it, through the same admission as any other; the answer waits for the client's
second request, for a few seconds, among few others. Gradio's own queue keeps what nobody fetches.
"""

import json
import secrets
import time
from collections import OrderedDict
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field, ValidationError

from assistant.languages.wording import DEFAULT_LANGUAGE
from assistant.question import QuestionError
from assistant.web.gate.admission import EMERGENCY, Admission, RefusedError
from assistant.web.gate.asked import Asked, TooLargeError, asked_by, read_asked, unescaped
from assistant.web.gate.asking import answer_to
from assistant.web.gate.body import is_cut
from assistant.web.gate.rate_limit import address_of
from assistant.web.gate.responses import refusal
from assistant.web.process.live import LiveAssistant

SECONDS_KEPT = 20.0  # until the client's second request, which follows at once
MOST_KEPT = 128  # some three kilobytes each
PROTOCOL_OF = "6.31.0"  # the release of Gradio whose client was tried
QUESTION, EARLIER, ANSWER = 1, 2, 3  # components
DEPENDENCY = {
    "id": 0,
    "api_name": "ask",
    "api_visibility": "public",
    "backend_fn": True,
    "inputs": [QUESTION, EARLIER],
    "outputs": [ANSWER],
    "queue": True,
    "cancels": [],
    "types": {"generator": False, "cancel": False},
}
PARAMETERS = [
    {
        "label": "Question",
        "parameter_name": "question",
        "parameter_has_default": False,
        "parameter_default": None,
        "type": {"type": "string"},
        "python_type": {"type": "str", "description": ""},
        "component": "Textbox",
        "example_input": "How is iron linked to dopamine?",
    },
    {
        "label": "Earlier questions",
        "parameter_name": "earlier",
        "parameter_has_default": True,
        "parameter_default": None,
        "type": {"type": "array", "items": {"type": "string"}},
        "python_type": {"type": "list[str]", "description": "oldest first"},
        "component": "Json",
        "example_input": [],
    },
]
RETURNS = [
    {"label": "Answer", "type": {}, "python_type": {"type": "dict", "description": "the answer object"}, "component": "Json"}
]
INFO = {
    "named_endpoints": {"/ask": {"parameters": PARAMETERS, "returns": RETURNS, "show_api": True}},
    "unnamed_endpoints": {},
}
CONFIG = {
    "version": PROTOCOL_OF,
    "protocol": "sse_v3",
    "api_prefix": "/gradio_api",
    "connect_heartbeat": False,
    "is_space": False,
    "components": [
        {
            "id": QUESTION,
            "type": "textbox",
            "props": {"label": "Question"},
            "api_info": {"type": "string"},
            "skip_api": False,
        },
        {"id": EARLIER, "type": "json", "props": {"label": "Earlier"}, "api_info": {"type": "array"}, "skip_api": False},
        {"id": ANSWER, "type": "json", "props": {"label": "Answer"}, "api_info": {"type": "object"}, "skip_api": False},
    ],
    "dependencies": [DEPENDENCY],
}


class Joined(BaseModel):
    """What the client posts."""

    data: list[Any] = Field(min_length=1, max_length=2)
    fn_index: int = Field(0, ge=0, le=0)
    session_hash: str = Field(min_length=8, max_length=64)


class Waiting:
    """Messages for clients that will fetch them: few, for seconds. Who was last stands last."""

    def __init__(self, *, most: int = MOST_KEPT, seconds: float = SECONDS_KEPT) -> None:
        self._most = most
        self._seconds = seconds
        self._kept: OrderedDict[str, tuple[float, list[str]]] = OrderedDict()

    def __len__(self) -> int:
        self._forget()
        return len(self._kept)

    def put(self, session: str, message: str, /) -> None:
        """Keep a message; the oldest sessions go where there is no room."""
        self._forget()
        _, messages = self._kept.pop(session, (0.0, []))
        self._kept[session] = (time.monotonic(), [*messages, message][-self._most :])
        while len(self._kept) > self._most or sum(len(messages) for _, messages in self._kept.values()) > self._most:
            self._kept.popitem(last=False)

    def take(self, session: str, /) -> list[str]:
        """The messages of a session, which are then gone."""
        self._forget()
        return self._kept.pop(session, (0.0, []))[1]

    def _forget(self) -> None:
        before = time.monotonic() - self._seconds
        while self._kept and next(iter(self._kept.values()))[0] < before:
            self._kept.popitem(last=False)


def gradio_client_routes(live: LiveAssistant, admission: Admission, /, *, waiting: Waiting | None = None) -> APIRouter:
    """The routes."""
    router = APIRouter(include_in_schema=False)
    waiting = waiting or Waiting()

    @router.get("/config")
    async def config() -> Response:
        """What the client needs to know of the one function there is."""
        return JSONResponse(CONFIG)

    @router.get("/gradio_api/info")
    async def info() -> Response:
        """What the function takes and gives."""
        return JSONResponse(INFO)

    @router.post("/gradio_api/queue/join")
    async def join(request: Request) -> Response:
        """Answer; the client fetches what is said at the next address."""
        asked, session = await _read(request)
        event = secrets.token_hex(16)
        try:
            answer, _ = await answer_to(asked, live.current, admission, address=address_of(request))
            output: dict[str, Any] = {"data": [answer.as_dict()], "is_generating": False}
            is_answered = True
        except TooLargeError as error:
            return refusal(413, error.message, error.remedy, code=error.code)
        except (QuestionError, RefusedError) as error:
            output, is_answered = {"error": f"{error.message} {error.remedy}"}, False
        if not session:  # no call of the client, which gets nothing but help
            no_call = refusal(422, "This is no call of Gradio's client.", "Use POST /api/ask.")
            return JSONResponse(output["data"][0]) if is_answered else no_call
        completed = {"msg": "process_completed", "event_id": event, "output": output, "success": is_answered}
        waiting.put(session, json.dumps(completed, ensure_ascii=False))
        return JSONResponse({"event_id": event})

    @router.get("/gradio_api/queue/data")
    async def data(session_hash: str = "") -> Response:
        """What was said to a session, once. The stream ends at once: nothing is in the making."""
        said = waiting.take(session_hash)
        if not said:
            return refusal(404, "Nothing is kept for this session.", f"Ask again, or use POST /api/ask. {EMERGENCY}")
        said.append(json.dumps({"msg": "close_stream", "event_id": None}))
        stream = "".join(f"data: {message}\n\n" for message in said)
        return Response(stream, media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    return router


async def _read(request: Request) -> tuple[Asked, str]:
    """What is asked, and by which session; what is wrong with it stands in the former, and triage reads it all the same."""
    if is_cut(request.scope):
        return await read_asked(request), ""
    body = await request.body()
    try:
        joined = Joined.model_validate_json(body)
        question, earlier = (*joined.data, None)[:2]
        turns = [*(earlier or []), question]
    except (ValidationError, TypeError):
        error = QuestionError("The request holds no question.", remedy='Send {"data": ["your question"]}.', code="not_text")
        return Asked((), None, DEFAULT_LANGUAGE, unescaped(body), error), ""
    return asked_by({"turns": turns}), joined.session_hash
