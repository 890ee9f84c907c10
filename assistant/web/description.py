"""The parts of our OpenAPI description that no signature tells: what a body may hold, and what comes back.

Routes read their bodies themselves, since a widget sends JSON as `text/plain`, which needs no preflight. The description is
not served; `server.openapi()` gives it, and the server is tested against it.
"""

from typing import Any

from assistant.answer import Answer
from assistant.question import LONGEST_QUESTION, MOST_TURNS

_TURNS = {
    "type": "array",
    "items": {"type": "string", "maxLength": LONGEST_QUESTION},
    "minItems": 1,
    "maxItems": MOST_TURNS,
    "description": "oldest first; the last is the question",
}
_REFUSAL = {
    "type": "object",
    "properties": {"error": {"type": "string"}, "remedy": {"type": "string"}},
    "required": ["error", "remedy"],
    "additionalProperties": False,
}
REFUSED = {"content": {"application/json": {"schema": _REFUSAL}}}
REFUSALS: dict[int | str, dict[str, Any]] = {
    408: REFUSED | {"description": "the request did not arrive in time"},
    413: REFUSED | {"description": "the request is larger than is read"},
    422: REFUSED | {"description": "it cannot be answered as it is"},
    429: REFUSED | {"description": "too many questions from one address; Retry-After says for how long"},
    503: REFUSED | {"description": "too many questions altogether; Retry-After says for how long"},
}
ANSWERS: dict[int | str, dict[str, Any]] = {200: {"model": Answer, "description": "an answer"}, **REFUSALS}


def body(properties: dict[str, Any], /, *, required: list[str]) -> dict[str, Any]:
    """The description of a JSON body."""
    schema = {"type": "object", "properties": properties, "required": required}
    return {
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": schema}},
        }
    }


ASK = body(
    {
        "turns": _TURNS,
        "articles": {"type": ["array", "null"], "items": {"type": "string"}},
        "language": {"type": ["string", "null"]},
    },
    required=["turns"],
)
FEEDBACK = body(
    {"answer": {"type": "string"}, "version": {"type": "string"}, "verdict": {"enum": ["wrong", "unhelpful", "unsafe"]}},
    required=["answer", "version", "verdict"],
)
