"""`/.well-known/security.txt` (RFC 9116): whom to tell about a vulnerability of this installation.

Only its owner knows that, so without a contact in the settings there is no such file.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse, Response

from assistant.web.gate.responses import refusal

PATH = "/.well-known/security.txt"
DAYS = 30  # for which a copy holds; the address itself is as current as the settings of the server that runs


def security_txt_routes(contacts: Sequence[str], /, *, public_url: str = "") -> APIRouter:
    """The route; `contacts` are `mailto:` and `https:` addresses, the preferred one first."""
    router = APIRouter()

    @router.get(PATH, response_class=PlainTextResponse, responses={404: {}})
    async def security_txt() -> Response:
        """The file, or nothing: a contact is never invented."""
        if not contacts:
            return refusal(404, "The owner of this site has named no contact.", "Set SECURITY_CONTACT.")
        return PlainTextResponse(security_txt_file(contacts, today=datetime.now(UTC), public_url=public_url))

    return router


def security_txt_file(contacts: Sequence[str], /, *, today: datetime, public_url: str = "") -> str:
    """The file's text. It names its own address where that is known: RFC 9116 wants it at the root of an https host.

    >>> print(security_txt_file(["mailto:a@example.org"], today=datetime(2026, 11, 30, 9, tzinfo=UTC)), end="")
    Contact: mailto:a@example.org
    Expires: 2026-12-30T00:00:00Z
    """
    expires = today.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=DAYS)
    lines = [f"Contact: {contact}" for contact in contacts] + [f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}"]
    parts = urlsplit(public_url)
    if parts.scheme == "https" and not parts.path.strip("/"):
        lines.append(f"Canonical: https://{parts.netloc}{PATH}")
    return "\n".join(lines) + "\n"
