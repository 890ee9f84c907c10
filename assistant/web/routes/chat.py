"""The chat page at `/`: Gradio holds and serves it, and a browser gets it drawn already.

The only module that imports gradio. Gradio's own script draws components in the browser, after half a megabyte of it was
fetched and run. All that this page shows is known before, so the gate takes the components' HTML out of Gradio's page and
sends that: the first answer of the server holds the words, and works without scripts. Questions never go through Gradio's
queue: scripts ask `/api/ask` as the widget does, and without scripts the form is answered here.
"""

from collections.abc import Sequence

import gradio as gr
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.routing import Mount

from assistant.answer import Answer, Kind
from assistant.assistant import Assistant
from assistant.languages.translating import said_in
from assistant.languages.wording import DEFAULT_LANGUAGE, languages, wording
from assistant.question import LONGEST_QUESTION, QuestionError
from assistant.web.gate.admission import Admission, RefusedError
from assistant.web.gate.asked import TooLargeError, read_form
from assistant.web.gate.body import is_cut
from assistant.web.gate.gradio import OWN_FRAMES, AllowedRoutes, DrawnPage, page_headers
from assistant.web.gate.rate_limit import address_of
from assistant.web.gate.responses import refusal
from assistant.web.process.live import LiveAssistant
from assistant.web.routes.copies import Copies, Copy
from assistant.web.routes.drawing import Turn, article_html, charted, document_html, shell_html

ARTICLE = "article"  # the component that holds it; the others are named by their language
CODES = {"too_long", "too_many", "busy", "unreachable", "empty_question", "not_text"}  # refusals that have a wording


def mount_chat_page(
    server: FastAPI, live: LiveAssistant, /, *, frame_ancestors: str = OWN_FRAMES, operator: str = ""
) -> None:
    """Mount the page on the server, below whose routes it stands, and the route that answers its form.

    `frame_ancestors`: the directive that says who may show the page in a frame. `operator`: who runs the site.
    """
    copies: Copies = server.state.copies
    admission: Admission = server.state.admission
    drawing = Drawing(live, operator)

    @server.get("/page/{language}", response_class=HTMLResponse)
    async def in_language(request: Request, language: str) -> Response:
        """The page without its article, in a language: what the script puts in the place of the one that is shown."""
        if language not in languages():
            return refusal(404, "There is no page in this language.", f"Choose one of {', '.join(languages())}.")

        async def make() -> Copy:
            html = await run_in_threadpool(drawing.shell, language)
            return Copy.of(html, {"Cache-Control": "no-cache", "Content-Language": language})

        copy = await copies.of(("/page", language, drawing.version), make)
        return copy.response(request)

    @server.post("/", include_in_schema=False)
    async def ask_without_scripts(request: Request) -> Response:
        """The page with an answer to what its form sent; a program that asks here is told where to ask."""
        assistant, asked = live.current, await read_form(request)
        if asked is None:
            return refusal(
                413 if is_cut(request.scope) else 422, "This address reads the page's own form.", "Ask at /api/ask."
            )
        question, before = asked.text, list(asked.turns)[:-1]
        text = wording(asked.language, assistant.site)

        def ask_all(all_turns: Sequence[str]) -> Answer:
            return assistant.ask(all_turns, reader=asked.language)

        status, wait = 200, 0
        try:
            answer = await admission.answer(ask_all, asked, address=address_of(request))
            answer, spoken = said_in(answer, asked.language, site=assistant.site)
            turn = Turn(question, before, answer, spoken)
        except (QuestionError, RefusedError) as error:
            status, wait = (error.status, error.retry_after) if isinstance(error, RefusedError) else (422, 0)
            status = 413 if isinstance(error, TooLargeError) else status
            said = text[f"page.{error.code if error.code in CODES else 'try_again'}"]
            said = said.replace("{limit}", f"{LONGEST_QUESTION:,}").replace("{seconds}", str(wait))
            turn = Turn(question, before, problem=said)
        html = await run_in_threadpool(drawing.with_turn, assistant, asked.language, turn)
        waiting = {"Retry-After": str(wait)} if wait else {}
        return HTMLResponse(html, status, page_headers(html, asked.language, frame_ancestors) | waiting)

    gr.mount_gradio_app(
        server,
        drawing.page,
        path="/",
        footer_links=[],
        ssr_mode=False,
        pwa=False,
        run_history=False,
        enable_monitoring=False,
        mcp_server=False,
        show_error=False,
    )
    (mount,) = (route for route in server.routes if isinstance(route, Mount) and isinstance(route.app, gr.routes.App))
    page = DrawnPage(
        mount.app, copies, version=lambda: drawing.version, document=drawing.document, frame_ancestors=frame_ancestors
    )
    mount.app = AllowedRoutes(page)


class Drawing:
    """Gradio's page: the frame in each language and the article of one version, drawn anew before another is served."""

    def __init__(self, live: LiveAssistant, operator: str, /) -> None:
        self._assistant, self._operator = live.current, operator
        self._charts = charted(live.current)
        self.version = live.current.version.name
        self.page: gr.Blocks = gr.Blocks(title=title_of(live.current), analytics_enabled=False)
        with self.page:
            self._parts = {name: gr.HTML(html, elem_id=name) for name, html in self._drawn().items()}
        live.before_each_swap(self._draw)

    def shell(self, language: str, /) -> str:
        """The frame in a language."""
        return shell_html(self._assistant, language, charts=self._charts, operator=self._operator)

    def document(self, parts: dict[str, str], language: str, /) -> str:
        """The whole page in a language, out of the HTML of Gradio's components."""
        return document_html(parts[language], parts[ARTICLE], language=language, site=self._assistant.site)

    def with_turn(self, assistant: Assistant, language: str, turn: Turn, /) -> str:
        """The whole page with a turn on it; beside it the article that is quoted first."""
        cited = turn.answer.citations if turn.answer and turn.answer.kind is Kind.ANSWER else ()
        slug = cited[0].article if cited else next(iter(assistant.version.documents))
        shell = shell_html(assistant, language, charts=self._charts, turn=turn, shown=slug, operator=self._operator)
        return document_html(shell, article_html(assistant, slug), language=language, site=assistant.site)

    def _drawn(self) -> dict[str, str]:
        first = next(iter(self._assistant.version.documents))
        return {language: self.shell(language) for language in languages()} | {ARTICLE: article_html(self._assistant, first)}

    def _draw(self, fresh: Assistant) -> None:
        """Gradio sends new visitors the page as it was first drawn: draw it anew, so that it shows the served article."""
        self._assistant, self._charts = fresh, charted(fresh)
        for name, html in self._drawn().items():
            self._parts[name].value = html
        self.page.title = title_of(fresh)
        self.page.config = self.page.get_config_file()
        self.version = fresh.version.name  # last: a copy that is made meanwhile counts as one of the old version


def title_of(assistant: Assistant, /) -> str:
    """The page's title in English."""
    return wording(DEFAULT_LANGUAGE, assistant.site)["page.title"]
