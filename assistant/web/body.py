"""Reading a request's body without trusting its size."""

import json
from typing import Any

from fastapi import Request

from corpus import ShownError

LARGEST_BODY = 32 * 1024  # bytes


class BodyTooLargeError(ShownError):
    """The request's body is larger than anything that we read."""


async def read_json(request: Request, /) -> Any:
    """The body as JSON, read in chunks and refused as soon as it is too large.

    Raises:
        BodyTooLargeError: it is larger than `LARGEST_BODY`.
        ValueError: it is not JSON.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise BodyTooLargeError(f"The request is larger than {LARGEST_BODY} bytes.", remedy="Ask in fewer words.")
    try:
        return json.loads(body)
    except RecursionError:
        raise ValueError("nested too deeply") from None
