"""Pages that are the same for everybody: rendered once a version, kept compressed, sent as often as asked for.

Rendering costs as much as the article is long, and a GET is not limited in rate; sending a copy costs next to nothing.
"""

import asyncio
import gzip
import hashlib
from collections.abc import Awaitable, Callable, Hashable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from cachetools import LRUCache
from fastapi import Request
from fastapi.responses import Response

MOST_BYTES = 32 * 1024 * 1024  # of all copies together, compressed
TAG_LENGTH = 16  # hexadecimal digits


@dataclass(frozen=True, slots=True)
class Copy:
    """A page with its headers."""

    compressed: bytes
    tag: str
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, html: str, /, headers: Mapping[str, str] | None = None) -> "Copy":
        """The copy of a page."""
        content = html.encode()
        tag = f'W/"{hashlib.sha256(content).hexdigest()[:TAG_LENGTH]}"'
        return cls(gzip.compress(content, mtime=0), tag, headers or {})

    def response(self, request: Request, /) -> Response:
        """What a browser gets: the page, or word that the one it has is still right."""
        headers = {"Vary": "Accept-Encoding", **self.headers, "ETag": self.tag}
        if self.tag in request.headers.get("If-None-Match", ""):
            return Response(status_code=304, headers=headers)
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            return Response(self.compressed, media_type="text/html", headers={**headers, "Content-Encoding": "gzip"})
        return Response(gzip.decompress(self.compressed), media_type="text/html", headers=headers)


class Copies:
    """At most so many bytes; the copy that was asked for longest ago goes first. To be used from one event loop."""

    def __init__(self, most_bytes: int = MOST_BYTES, /) -> None:
        self._kept: LRUCache[Hashable, Copy] = LRUCache(most_bytes, getsizeof=lambda copy: len(copy.compressed))
        self._making = asyncio.Lock()  # one is made at a time: a hundred who ask for the same page wait for one rendering

    async def of(self, key: Hashable, make: Callable[[], Awaitable[Copy]], /) -> Copy:
        """The copy of this key, made now if there is none; the key names the version that is served."""
        if (known := self._kept.get(key)) is not None:
            return known
        async with self._making:
            copy = self._kept.get(key) or await make()
            with suppress(ValueError):  # larger than all that may be kept
                self._kept[key] = copy
        return copy
