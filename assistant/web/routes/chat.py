"""The chat page at `/`: Gradio serves and draws it, our own templates and scripts are what a visitor sees.

The only module that imports gradio. The page asks `/api/ask` as the widget does, and draws what comes with the same scripts.
Neither questions nor other languages go through Gradio's queue: it keeps what nobody fetches, and after a lost connection
Gradio loads the page anew, and the conversation would be gone.
"""

import json
from pathlib import Path

import gradio as gr
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.routing import Mount

from assistant.assistant import Assistant
from assistant.languages.starters import offered, offered_among
from assistant.languages.wording import DEFAULT_LANGUAGE, languages, wording
from assistant.web.gate.gradio import OWN_FRAMES, AllowedRoutes, PagePolicy
from assistant.web.gate.responses import refusal
from assistant.web.process.live import LiveAssistant
from assistant.web.routes.article import outline
from assistant.web.routes.copies import Copies, Copy
from assistant.web.routes.words import PAGE, words_of
from assistant.web.templates import render
from corpus import Source

STATIC = Path(__file__).parents[1] / "static"
HEAD = '<script type="module" src="site/chat/main.js"></script>'

# The bridge between Gradio and our scripts: it announces that the page is drawn.
SHELL_BRIDGE = "document.dispatchEvent(new CustomEvent('rls:drawn'));"


def mount_chat_page(server: FastAPI, live: LiveAssistant, /, *, frame_ancestors: str = OWN_FRAMES) -> None:
    """Mount the page on the server, below whose routes it stands, and the route of its other languages.

    `frame_ancestors`: the directive that says who may show the page in a frame.
    """
    copies: Copies = server.state.copies

    @server.get("/page/{language}", response_class=HTMLResponse)
    async def in_language(request: Request, language: str) -> Response:
        """The page without its article, in a language: what the script puts in the place of the one that is shown."""
        if language not in languages():
            return refusal(404, "There is no page in this language.", f"Choose one of {', '.join(languages())}.")
        assistant = live.current

        async def make() -> Copy:
            html = await run_in_threadpool(shell_html, assistant, language, with_article=False)
            return Copy.of(html, {"Cache-Control": "no-cache", "Content-Language": language})

        copy = await copies.of(("/page", language, assistant.version.name), make)
        return copy.response(request)

    drawing = Drawing(live)
    gr.mount_gradio_app(
        server,
        drawing.page,
        path="/",
        css_paths=[STATIC / f"{name}.css" for name in ("tokens", "site", "article", "chat")],
        head=HEAD,
        theme=gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]),
        footer_links=[],
        ssr_mode=False,
        pwa=False,
        run_history=False,
        enable_monitoring=False,
        mcp_server=False,
        show_error=False,
    )
    (mount,) = (route for route in server.routes if isinstance(route, Mount) and isinstance(route.app, gr.routes.App))
    page = PagePolicy(mount.app, copies, version=lambda: drawing.version, frame_ancestors=frame_ancestors)
    mount.app = AllowedRoutes(page)


class Drawing:
    """Gradio's page, which holds the article of one version, and is drawn anew before another is served."""

    def __init__(self, live: LiveAssistant, /) -> None:
        self.version = live.current.version.name
        self.page: gr.Blocks = gr.Blocks(title=title_of(live.current), analytics_enabled=False, fill_width=True)
        with self.page:
            html = shell_html(live.current, DEFAULT_LANGUAGE)
            self._shell = gr.HTML(html, elem_id="shell", apply_default_css=False, js_on_load=SHELL_BRIDGE)
        live.before_each_swap(self._draw)

    def _draw(self, fresh: Assistant) -> None:
        """Gradio sends new visitors the page as it was first drawn: draw it anew, so that it shows the served article."""
        self._shell.value, self.page.title = shell_html(fresh, DEFAULT_LANGUAGE), title_of(fresh)
        self.page.config = self.page.get_config_file()
        self.version = fresh.version.name  # last: a copy that is made meanwhile counts as one of the old version


def title_of(assistant: Assistant, /) -> str:
    """The page's title in English."""
    return wording(DEFAULT_LANGUAGE, assistant.site)["page.title"]


def shell_html(assistant: Assistant, language: str, /, *, with_article: bool = True) -> str:
    """The page, in a language; the article, which is the same in all of them, may be left out."""
    text = wording(language, assistant.site)
    documents = list(assistant.version.documents.values())
    known = [question.question for document in documents for question in document.questions]
    words: dict[str, object] = {
        **words_of(text, PAGE, language=language, phrases_of=languages(), region=assistant.region),
        **offered_among(known, language),
        "known": known,
        "origins": {document.id: origin_of(document.source) for document in documents},
    }
    return render(
        "chat.html",
        language=language,
        languages=[(code, wording(code)["language"]) for code in languages()],
        version=assistant.version.name,
        counts_gaps=assistant.counts_gaps,
        documents=documents,
        document=documents[0],
        sections=outline(documents[0], assistant.version.passages.of_document(documents[0].id)) if with_article else [],
        topics=assistant.topics(),
        offered=lambda text: offered(text, language),
        text=text,
        words_json=json.dumps(words, ensure_ascii=False),
    )


def origin_of(source: Source, /) -> str:
    """From whom an article comes and of when, as a quotation names it."""
    return ", ".join(filter(None, [source.author, source.publisher, str(source.published or "")]))
