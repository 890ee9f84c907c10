"""Which sites may embed the assistant: one list, from which both CORS and `frame-ancestors` follow.

Flows in: the text of `ALLOWED_ORIGINS`. Flows out: an `AllowedOrigins`, and a server that answers those origins only,
never with credentials. The server's own origin needs no entry.
"""

import re
from dataclasses import dataclass
from typing import Self

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from assistant.web.gate.responses import CODE
from corpus import ShownError

ANY = "*"
LOCALHOST = "localhost"  # this machine's own names, at any port
LOCAL_NAMES = ("localhost", "127.0.0.1")
ORIGIN = re.compile(r"https?://(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?::\d{1,5})?")
EXPOSED = ["Content-Language", "Retry-After", CODE]  # what the widget's script may read beside the body
EMBEDDED_PATHS = re.compile(r"/api/ask|/widget[^/]*\.(?:mjs|js|json)")
PREFLIGHT_SECONDS = 3600


class OriginError(ShownError):
    """`ALLOWED_ORIGINS` holds something that is not an origin."""


@dataclass(frozen=True, slots=True)
class AllowedOrigins:
    """Origins such as `https://example.org`; `localhost` among them stands for this machine at any port."""

    origins: tuple[str, ...] = (LOCALHOST,)

    @classmethod
    def parse(cls, text: str, /) -> Self:
        """Read a list separated by spaces or commas.

        Raises:
            OriginError: an entry is not an origin, or `*` does not stand alone.

        >>> AllowedOrigins.parse("https://example.org, localhost").origins
        ('https://example.org', 'localhost')
        """
        origins = tuple(dict.fromkeys(filter(None, re.split(r"[\s,]+", text.lower()))))
        for origin in origins:
            if origin not in {ANY, LOCALHOST} and ORIGIN.fullmatch(origin) is None:
                raise OriginError(
                    f"ALLOWED_ORIGINS={text!r} cannot be used: {origin!r} is not an origin.",
                    remedy="List origins such as https://example.org, `localhost`, or `*` alone for any site.",
                )
        if ANY in origins and len(origins) > 1:
            raise OriginError(
                f"ALLOWED_ORIGINS={text!r} cannot be used: `*` already stands for every origin.",
                remedy="Leave either the `*` or the others out.",
            )
        return cls(origins)

    @property
    def frame_ancestors(self) -> str:
        """The directive of a content security policy that says who may frame a page."""
        if self.origins == (ANY,):
            return "frame-ancestors *"
        local = [f"{scheme}://{name}:*" for scheme in ("http", "https") for name in LOCAL_NAMES]
        named = [origin for origin in self.origins if origin != LOCALHOST]
        return " ".join(["frame-ancestors 'self'", *named, *(local if LOCALHOST in self.origins else ())])

    @property
    def local_pattern(self) -> str | None:
        """What an origin of this machine looks like, if those are allowed."""
        names = "|".join(map(re.escape, LOCAL_NAMES))
        return rf"https?://({names})(:\d+)?" if LOCALHOST in self.origins else None

    def admits(self, origin: str, /) -> bool:
        """Whether a page of this origin may use what embedding sites may use.

        >>> AllowedOrigins(("https://example.org",)).admits("https://example.com")
        False
        """
        pattern = self.local_pattern
        is_local = pattern is not None and re.fullmatch(pattern, origin) is not None
        return self.origins == (ANY,) or is_local or origin in self.origins


class EmbeddedCors:
    """Starlette's CORS, on the paths that a widget on another site needs, and on no other."""

    def __init__(self, app: ASGIApp, /, *, allowed: AllowedOrigins) -> None:
        self._app = app
        self._answering_allowed = CORSMiddleware(
            app,
            allow_origins=[origin for origin in allowed.origins if origin != LOCALHOST],
            allow_origin_regex=allowed.local_pattern,
            allow_methods=["GET", "POST"],
            allow_headers=["Content-Type"],
            allow_credentials=False,
            expose_headers=EXPOSED,
            max_age=PREFLIGHT_SECONDS,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, with CORS where it is one of a widget's."""
        is_embedded = scope["type"] == "http" and EMBEDDED_PATHS.fullmatch(scope["path"])
        await (self._answering_allowed if is_embedded else self._app)(scope, receive, send)


def answer_embedding_sites(server: FastAPI, allowed: AllowedOrigins, /) -> None:
    """To be called last, so that refusals of other middleware can be read by the widget, too."""
    server.add_middleware(EmbeddedCors, allowed=allowed)
