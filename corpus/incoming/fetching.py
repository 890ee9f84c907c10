"""Fetching a page, a file or a list from a public site, and from nowhere else.

Flows in: an address and what an earlier response said of itself. Flows out: a file on disk, or "not modified". A host
is resolved once; if any of its addresses is not public it is refused, else the connection goes to the very address
that was judged. Each redirect is judged like the first address. Nothing but GET, no cookie, no proxy, no credentials.
"""

import ssl
import time
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import BinaryIO

import httpcore
import httpx

from corpus.addresses import is_public
from corpus.document import Fetched
from corpus.errors import CorpusError
from corpus.incoming.connecting import JudgedConnections, Resolve, resolve, shown
from corpus.readers import LARGEST_FILE

REDIRECTS = {301, 302, 303, 307, 308}
DOWNLOAD = "Save it from a browser, and add the saved file."
CHUNK = 64 * 1024  # bytes


@dataclass(frozen=True, slots=True)
class FetchRules:
    """How far a fetch may go. `may_connect` judges an address as numbers; only tests let it take others than public ones."""

    may_connect: Callable[[str], bool] = is_public
    resolve: Resolve = resolve
    ports: frozenset[int] | None = frozenset({80, 443})  # None: any
    most_bytes: int = LARGEST_FILE
    seconds: float = 30.0  # for the whole fetch, redirects and all
    most_redirects: int = 5
    ssl_context: ssl.SSLContext | None = None  # None: the public authorities


@dataclass(frozen=True, slots=True)
class Response:
    """A response: its body lies in the named file, unless nothing was modified."""

    fetched: Fetched
    media_type: str
    is_modified: bool


PUBLIC = FetchRules()


def fetch(url: str, /, *, to: Path, known: Fetched | None = None, rules: FetchRules = PUBLIC) -> Response:
    """GET what is at an address, into a file.

    Args:
        url: http or https.
        to: the file to write, only if the response is a new one.
        known: an earlier response; the server may then answer that nothing changed.
        rules: how far it may go.

    Raises:
        CorpusError: the address is refused, or does not answer with a file in the time and size allowed.
    """
    deadline = time.monotonic() + rules.seconds
    headers = _headers(known)
    place = check_address(url, rules=rules)
    try:
        with httpcore.ConnectionPool(
            ssl_context=rules.ssl_context,
            network_backend=JudgedConnections(rules.resolve, rules.may_connect, deadline),
            max_connections=1,
        ) as pool:
            for _ in range(rules.most_redirects + 1):
                with pool.stream("GET", str(place), headers=[(b"Host", place.netloc), *headers]) as response:
                    if response.status in REDIRECTS and (location := _header(response.headers, "location")):
                        place = check_address(_joined(place, location), rules=rules)
                        continue
                    return _taken(response, url, to, known, rules)
    except httpcore.TimeoutException:
        raise CorpusError(f"{shown(url)} took longer than {rules.seconds:g} seconds.", remedy=DOWNLOAD) from None
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol, ssl.SSLError) as error:
        raise CorpusError(f"{shown(url)} does not answer ({_reason(error)}).", remedy="Check the address.") from None
    raise CorpusError(f"{shown(url)} redirects more than {rules.most_redirects} times.", remedy=DOWNLOAD)


def check_address(url: str, /, *, rules: FetchRules = PUBLIC) -> httpx.URL:
    """What can be judged of an address before its host is resolved.

    Raises:
        CorpusError: it cannot be the address of a public page.
    """
    try:
        place = httpx.URL(url)
        host = place.host
    except (httpx.InvalidURL, UnicodeError, ValueError, TypeError):
        raise CorpusError(f"{shown(url)} is not an address.", remedy="Write it as https://example.org/page.") from None
    if place.scheme not in {"http", "https"} or not host:
        raise CorpusError(f"{shown(url)} is not a web address.", remedy="Only http:// and https:// are fetched.")
    if place.userinfo:
        raise CorpusError(f"{shown(url)} carries a user name.", remedy="Write the address without it.")
    port = place.port or (443 if place.scheme == "https" else 80)
    if port not in (rules.ports or range(1, 65536)):
        raise CorpusError(f"{shown(url)} names port {port}.", remedy="Only the usual ports 80 and 443 are fetched from.")
    return place.copy_with(fragment=None)


def _headers(known: Fetched | None) -> list[tuple[bytes, bytes]]:
    said = [("User-Agent", "corpus-reader"), ("Accept", "*/*"), ("Accept-Encoding", "gzip")]
    if known is not None:
        said += [("If-None-Match", known.etag)] if known.etag else []
        said += [("If-Modified-Since", known.last_modified)] if known.last_modified else []
    return [(name.encode("ascii"), value.encode("latin-1")) for name, value in said]


def _taken(response: httpcore.Response, url: str, to: Path, known: Fetched | None, rules: FetchRules) -> Response:
    """A response's body on disk."""
    if response.status == 304 and known is not None:
        return Response(known, media_type="", is_modified=False)
    if response.status != 200:
        raise CorpusError(f"{shown(url)} answers with status {response.status}.", remedy="Check the address.")
    content_type = Message()
    content_type["Content-Type"] = _header(response.headers, "content-type")
    encoding = _header(response.headers, "content-encoding").lower()
    if encoding not in {"", "identity", "gzip", "x-gzip"}:
        raise CorpusError(f"{shown(url)} is compressed as {encoding[:20]!r}.", remedy=DOWNLOAD)
    with to.open("wb") as file:
        _write(response.iter_stream(), file, url, rules, is_packed=encoding.endswith("gzip"))
    fetched = Fetched(
        url,
        etag=_header(response.headers, "etag")[:200],
        last_modified=_header(response.headers, "last-modified")[:60],
        charset=str(content_type.get_content_charset() or "")[:40],
    )
    return Response(fetched, content_type.get_content_type(), is_modified=True)


def _write(chunks: Iterable[bytes], file: BinaryIO, url: str, rules: FetchRules, *, is_packed: bool) -> None:
    """Write the body in small parts: neither a long one nor a compression bomb is ever held, or written, whole."""
    unpacker = zlib.decompressobj(wbits=31) if is_packed else None
    written = 0
    for chunk in chunks:
        waiting = chunk
        while waiting:
            try:
                part = unpacker.decompress(waiting, CHUNK) if unpacker else waiting
            except zlib.error:
                raise CorpusError(f"{shown(url)} cannot be decompressed.", remedy=DOWNLOAD) from None
            waiting = unpacker.unconsumed_tail if unpacker else b""
            written += len(part)
            if written > rules.most_bytes:
                raise CorpusError(f"{shown(url)} is larger than {rules.most_bytes / 10**6:g} MB.", remedy=DOWNLOAD)
            file.write(part)


def _header(headers: list[tuple[bytes, bytes]], name: str) -> str:
    return next((value.decode("latin-1").strip() for key, value in headers if key.lower() == name.encode("ascii")), "")


def _joined(place: httpx.URL, location: str) -> str:
    try:
        return str(place.join(location))
    except (httpx.InvalidURL, UnicodeError, ValueError):
        return location


def _reason(error: Exception) -> str:
    return str(error)[:120] or "the connection broke off"
