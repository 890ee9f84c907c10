"""What programs read without asking: `/llms.txt`, articles as Markdown, `/sitemap.xml`, `/openapi.json`, JSON-LD.

An article's text goes out letter by letter as it is: Markdown's own signs in it are not escaped, since what is cited must be
found again.
"""

import json
import re
from collections.abc import Callable, Iterable
from typing import Any
from xml.sax.saxutils import escape

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from assistant.languages.wording import DEFAULT_LANGUAGE, wording
from assistant.links import page_of, public_page
from assistant.web.gate.responses import refusal
from assistant.web.process.live import LiveAssistant
from corpus import Document
from index import Passage

HOST = re.compile(r"[A-Za-z0-9.-]+(?::\d{1,5})?|\[[0-9A-Fa-f:]+\](?::\d{1,5})?")
HTML_IN_JSON = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})
ABOUT = """\
> {about}

Answers are exact quotes of the articles below, or an honest "the article does not say". Show a quote as it is, with its
link.
An answer of the kind `urgent` or `advice` is final: show its `message` as it is.

## Asking

- [POST {base}/api/ask]({base}/openapi.json): send `{{"turns": ["the question"]}}` as JSON; earlier questions come first
{mcp}
## Articles

{articles}
"""
MCP_LINE = (
    "- [MCP at {base}/mcp]({base}/mcp): tools `ask`, `articles`, `read_article`; streamable HTTP, no session, no key\n"
)


class Markdown(Response):
    """A text in Markdown."""

    media_type = "text/markdown"


class Xml(Response):
    """A document in XML."""

    media_type = "application/xml"


def text_routes(live: LiveAssistant, /, *, has_mcp: bool, description: Callable[[], dict[str, Any]]) -> APIRouter:
    """The routes; `description` makes the OpenAPI document."""
    router = APIRouter()

    @router.get("/llms.txt", response_class=PlainTextResponse)
    async def llms() -> Response:
        """What this is, for language models: how to ask, and the articles."""
        served = live.current
        documents = served.version.documents.values()
        text = llms_text(documents, site=served.site, public_url=served.public_url, has_mcp=has_mcp)
        return PlainTextResponse(text)

    @router.get("/articles/{slug}.md", response_class=Markdown, responses={404: {}, 410: {}})
    async def article(slug: str) -> Response:
        """An article as Markdown."""
        served = live.current
        document = served.version.documents.get(slug)
        if document is None:
            status = 410 if slug in served.version.manifest.gone else 404
            return refusal(status, "There is no such article.", "/llms.txt lists the articles.")
        return Markdown(markdown(document))

    @router.get("/sitemap.xml", response_class=Xml, responses={400: {}})
    async def sitemap(request: Request) -> Response:
        """The pages that search engines may show."""
        served = live.current
        base = served.public_url.rstrip("/") or _base(request)
        if not base:
            return refusal(400, "The request names no usable host.", "Set PUBLIC_URL.")
        return Xml(sitemap_xml(served.version.documents.values(), base))

    @router.get("/openapi.json", include_in_schema=False)
    async def openapi() -> Response:
        """The description of the public routes."""
        return JSONResponse(description())

    return router


def llms_text(documents: Iterable[Document], /, *, site: str = "", public_url: str = "", has_mcp: bool = True) -> str:
    """`/llms.txt` in the form of https://llmstxt.org."""
    text, base = wording(DEFAULT_LANGUAGE, site), public_url.rstrip("/")
    articles = [f"- [{_in_link(one.source.title)}]({base}/articles/{one.id}.md): {_origin(one)}" for one in documents]
    mcp = MCP_LINE.format(base=base) if has_mcp else ""
    about = ABOUT.format(about=text["page.not_advice"], base=base, mcp=mcp, articles="\n".join(articles))
    return f"# {text['page.title']}\n\n{about}"


def markdown(document: Document, /) -> str:
    """An article: its title, where it comes from, and its sections with their text as it is."""
    source = document.source
    parts = [f"# {source.title}", _origin(document)]
    if page := public_page(document):
        parts.append(f"<{page}>")
    for section in document.sections:
        if section.heading != source.title:
            parts.append(f"## {section.heading}")
        parts.append(document.text[section.start : section.end].strip())
    return "\n\n".join(filter(None, parts)) + "\n"


def sitemap_xml(documents: Iterable[Document], base: str, /) -> str:
    """The chat page and our own article pages; one that has a public address of its own is left to its site."""
    pages = [f"<url><loc>{escape(base)}/</loc></url>"]
    for document in documents:
        if not public_page(document):
            day = f"<lastmod>{document.source.published}</lastmod>" if document.source.published else ""
            pages.append(f"<url><loc>{escape(f'{base}/articles/{document.id}')}</loc>{day}</url>")
    lines = "\n".join(pages)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{lines}\n</urlset>\n'
    )


def json_ld(document: Document, passages: Iterable[Passage], /, *, public_url: str = "") -> str:
    """An article for search engines: schema.org's `Article`, and of each section its first sentence as a `Quotation`.

    It may stand in a script element: no character of it can end that.
    """
    source, page = document.source, page_of(document, public_url=public_url)
    first: dict[str, Passage] = {}
    for passage in passages:
        first.setdefault(passage.section, passage)
    about = {
        "@context": "https://schema.org",
        "@type": "Article",
        "@id": page,
        "url": page,
        "headline": source.title,
        "author": {"@type": "Person", "name": source.author} if source.author else None,
        "publisher": {"@type": "Organization", "name": source.publisher} if source.publisher else None,
        "datePublished": str(source.published) if source.published else None,
        "copyrightNotice": source.licence or None,
        "keywords": list(source.topics) or None,
        "hasPart": [
            {
                "@type": "Quotation",
                "text": document.text[one.start : one.end],
                "url": f"{page if public_page(document) else f'{page}#s{one.start}'}",
                "isPartOf": {"@id": page},
            }
            for one in first.values()
        ],
    }
    return json.dumps({name: value for name, value in about.items() if value}, ensure_ascii=False).translate(HTML_IN_JSON)


def _origin(document: Document) -> str:
    source = document.source
    return ", ".join(filter(None, [source.author, source.publisher, str(source.published or ""), source.licence]))


def _in_link(text: str) -> str:
    return text.replace("[", "(").replace("]", ")")


def _base(request: Request) -> str:
    """Where this request was sent to; empty if what it says of that is no host."""
    host = request.headers.get("Host", "")
    return f"{request.url.scheme}://{host}" if HOST.fullmatch(host) else ""
