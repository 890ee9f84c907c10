"""The addresses of a site's articles, from its sitemap or its feed. Reads bytes only; nothing is fetched here."""

import io
import zlib

import feedparser
from lxml import etree

MOST_ADDRESSES = 2_000
MOST_UNPACKED = 50_000_000  # bytes; the sitemap protocol's own limit, https://www.sitemaps.org/protocol.html


def addresses_in(data: bytes, /) -> list[str]:
    """What a sitemap, a sitemap index, an RSS or an Atom feed lists, each once, in its order; nothing for any other file."""
    if data.startswith(b"\x1f\x8b"):
        data = zlib.decompressobj(wbits=31).decompress(data, MOST_UNPACKED)
    found = _sitemap(data) or _feed(data)
    return list(dict.fromkeys(address for address in found if address.startswith(("http://", "https://"))))[:MOST_ADDRESSES]


def _sitemap(data: bytes) -> list[str]:
    try:
        root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))
    except (etree.XMLSyntaxError, ValueError):
        return []
    if etree.QName(root).localname not in {"urlset", "sitemapindex"}:
        return []
    return [(place.text or "").strip() for place in root.iterfind("{*}*/{*}loc")]


def _feed(data: bytes) -> list[str]:
    # As a stream, since feedparser would fetch what looks like an address.
    feed = feedparser.parse(io.BytesIO(data), sanitize_html=False, resolve_relative_uris=False)
    return [str(entry.get("link", "")).strip() for entry in feed.entries] if feed.get("version") else []
