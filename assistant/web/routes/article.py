"""`/articles/<slug>`: an article as a readable page whose every sentence can be linked to.

A sentence is marked up by its offsets: `#s84` is the one that starts at character 84. A text fragment in the address
(`#:~:text=…`) is found and highlighted by the browser itself; the page needs no script.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool

from assistant.languages.wording import DEFAULT_LANGUAGE, wording
from assistant.links import public_page
from assistant.web.agents.texts import json_ld
from assistant.web.process.live import LiveAssistant
from assistant.web.routes.copies import Copies, Copy
from assistant.web.templates import render
from corpus import Document, Section
from index import Passage


@dataclass(frozen=True, slots=True)
class Sentence:
    """A span of the page: `text[start:end]`."""

    start: int
    end: int
    text: str
    made_of: str = ""  # "list" or "table"


def article_routes(live: LiveAssistant, copies: Copies, /) -> APIRouter:
    """The route, over the assistant in use."""
    router = APIRouter()

    @router.get("/articles/{slug}", response_class=HTMLResponse, responses={404: {}, 410: {}})
    async def article(request: Request, slug: str) -> Response:
        """The article, or a page that says that there is none, or none any more."""
        version, site, public_url = live.current.version, live.current.site, live.current.public_url
        document = version.documents.get(slug)
        if document is None:
            is_gone = slug in version.manifest.gone
            text = wording(DEFAULT_LANGUAGE, site)
            message = text["page.gone" if is_gone else "page.no_article"]
            return HTMLResponse(render("missing.html", message=message, text=text), status_code=410 if is_gone else 404)

        async def make() -> Copy:
            passages = version.passages.of_document(slug)
            return Copy.of(await run_in_threadpool(article_html, document, passages, site=site, public_url=public_url))

        copy = await copies.of(("/articles", slug, version.name), make)
        return copy.response(request)

    return router


def article_html(document: Document, passages: Iterable[Passage], /, *, site: str = "", public_url: str = "") -> str:
    """The whole page; `site` says what the corpus is about."""
    passages = list(passages)
    return render(
        "article.html",
        document=document,
        public_page=public_page(document),
        sections=outline(document, passages),
        text=wording(DEFAULT_LANGUAGE, site),
        json_ld=Markup(json_ld(document, passages, public_url=public_url)),  # noqa: S704  its signs are escaped as JSON
    )


def outline(document: Document, passages: Iterable[Passage], /) -> list[tuple[Section, list[list[Sentence]]]]:
    """Sections with their paragraphs, each a list of sentences, in reading order."""
    sentences = [Sentence(p.start, p.end, document.text[p.start : p.end], document.made_of(p.start)) for p in passages]
    return [(section, list(_paragraphs(document, section, sentences))) for section in document.sections]


def _paragraphs(document: Document, section: Section, sentences: list[Sentence]) -> Iterator[list[Sentence]]:
    paragraph: list[Sentence] = []
    for sentence in sentences:
        if not section.start <= sentence.start < section.end:
            continue
        if paragraph and "\n" in document.text[paragraph[-1].end : sentence.start]:
            yield paragraph
            paragraph = []
        paragraph.append(sentence)
    if paragraph:
        yield paragraph
