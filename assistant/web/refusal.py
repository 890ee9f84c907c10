"""How a request is refused: what happened and what to do, as JSON, in the same form everywhere."""

from fastapi.responses import JSONResponse


def refusal(status: int, error: str, remedy: str, /, *, retry_after: int | None = None) -> JSONResponse:
    """`{"error", "remedy"}`; `retry_after` in whole seconds becomes the header of that name."""
    headers = {"Retry-After": str(retry_after)} if retry_after is not None else None
    return JSONResponse({"error": error, "remedy": remedy}, status_code=status, headers=headers)
