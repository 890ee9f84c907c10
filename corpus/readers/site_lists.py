"""The addresses of a site's articles, from its sitemap, its feed, or lines of addresses. Nothing is fetched here."""

import io
import json
import zlib
from collections.abc import Iterable
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

import feedparser
from lxml import etree

from corpus.readers.draft import Listed

MOST_ADDRESSES = 2_000
MOST_UNPACKED = 50_000_000  # bytes; the sitemap protocol's own limit, https://www.sitemaps.org/protocol.html
COUNTED = "utm_"  # begins the parameters by which a site counts who comes from where; they lead to no other page


def listed_in(data: bytes, /, *, base: str = "") -> Listed:
    """Read a sitemap, a sitemap index, an RSS, Atom or JSON feed, or lines of addresses; nothing of any other file.

    Args:
        data: the file.
        base: the address that it came from, to which the addresses in it may be relative.
    """
    if data.startswith(b"\x1f\x8b"):
        data = zlib.decompressobj(wbits=31).decompress(data, MOST_UNPACKED)
    for read in (_sitemap, _json_feed, _lines):
        if (found := read(data)) is not None:
            return _followed(found, base=base, are_lists=read is _sitemap and _is_index(data))
    links, site = _feed(data)
    return _followed(links, base=base or site)


def _followed(found: Iterable[str], *, base: str, are_lists: bool = False) -> Listed:
    stated = [text for address in found if (text := address.strip())][:MOST_ADDRESSES]
    whole = {address: _whole(address, base) for address in stated}
    usable = tuple(dict.fromkeys(address for address in whole.values() if address))
    unusable = tuple(address for address, followed in whole.items() if not followed)
    return Listed((), usable, unusable) if are_lists else Listed(usable, (), unusable)


def _whole(address: str, base: str) -> str:
    """An address with its scheme and its host; empty if it leads to no page."""
    try:
        parts = urlsplit(urljoin(base or "https:", address))
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        return ""
    asked = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if not name.startswith(COUNTED)]
    query = urlencode(asked) if COUNTED in parts.query else parts.query
    return urlunsplit(parts._replace(query=query))


def _root(data: bytes) -> etree._Element | None:
    try:
        return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))
    except (etree.XMLSyntaxError, ValueError):
        return None


def _is_index(data: bytes) -> bool:
    root = _root(data)
    return root is not None and etree.QName(root).localname == "sitemapindex"


def _sitemap(data: bytes) -> list[str] | None:
    root = _root(data)
    if root is None or etree.QName(root).localname not in {"urlset", "sitemapindex"}:
        return None
    return [place.text or "" for place in root.iterfind("{*}*/{*}loc")]


def _json_feed(data: bytes) -> list[str] | None:
    if not data.lstrip().startswith(b"{"):
        return None
    try:
        feed = json.loads(data)
    except (ValueError, RecursionError):
        return None
    items = feed.get("items") if isinstance(feed, dict) and "jsonfeed.org" in str(feed.get("version")) else None
    if not isinstance(items, list):
        return None
    return [str(item.get("url") or item.get("external_url") or "") for item in items if isinstance(item, dict)]


def _lines(data: bytes) -> list[str] | None:
    """Addresses, one a line, and nothing else but comments that begin with #."""
    lines = [line.strip() for line in data.decode("utf-8", "replace").splitlines()]
    stated = [line for line in lines if line and not line.startswith("#")]
    is_list = all(line.lower().startswith(("http://", "https://")) and " " not in line for line in stated)
    return stated if stated and is_list else None


def _feed(data: bytes) -> tuple[list[str], str]:
    """The links of a feed, and its site's address."""
    # As a stream, since feedparser would fetch what looks like an address.
    feed = feedparser.parse(io.BytesIO(data), sanitize_html=False, resolve_relative_uris=False)
    if not feed.get("version"):
        return [], ""
    return [str(entry.get("link", "")) for entry in feed.entries], str(feed.feed.get("link", ""))
