"""How every response leaves: with the security headers and, where a request is refused, in one form.

A route that needs another policy than the tightest sets that header itself, and it is left as it is.
"""

from fastapi.responses import JSONResponse
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Our own pages hold no script, no form and no frame, and load nothing but their style sheets.
OWN_PAGES = (
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
    " require-trusted-types-for 'script'; trusted-types 'none'"
)
HEADERS = {
    "Content-Security-Policy": OWN_PAGES,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()",
}
CODE = "Refusal-Code"  # a header: the name of our own scripts' text for it
ONE_YEAR = 365 * 24 * 3600  # seconds


class SecurityHeaders:
    """Adds `HEADERS` where a response does not set them; `https_only` adds Strict-Transport-Security."""

    def __init__(self, app: ASGIApp, *, https_only: bool = False) -> None:
        self._app = app
        self._headers = HEADERS | ({"Strict-Transport-Security": f"max-age={ONE_YEAR}"} if https_only else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, adding headers to the response."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)


def refusal(
    status: int, error: str, remedy: str, /, *, retry_after: int | None = None, code: str | None = None
) -> JSONResponse:
    """`{"error", "remedy"}`; whole seconds to wait and the code become headers."""
    headers = {"Retry-After": retry_after and str(retry_after), CODE: code}
    named = {name: value for name, value in headers.items() if value}
    return JSONResponse({"error": error, "remedy": remedy}, status_code=status, headers=named)
