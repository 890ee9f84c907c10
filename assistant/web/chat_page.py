"""The chat page at `/`: Gradio serves and draws it, our own templates and scripts are what a visitor sees.

The only module that imports gradio. The server keeps no conversation: each question brings the turns that it needs and
takes one reply back, so any replica can answer it and nothing is left behind. Questions do not go through Gradio's
queue, since after a lost connection Gradio loads the page anew and the conversation would be gone.
"""

import json
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from starlette.concurrency import run_in_threadpool
from starlette.routing import Mount

from assistant.answer import Answer, Citation
from assistant.assistant import Assistant
from assistant.live import LiveAssistant
from assistant.question import LONGEST_QUESTION, QuestionError
from assistant.web.admission import Admission, RefusedError
from assistant.web.allowed_routes import AllowedRoutes
from assistant.web.article_page import outline
from assistant.web.body import read_json
from assistant.web.lean_import import lean_import
from assistant.web.message_language import message_lines
from assistant.web.page_policy import OWN_FRAMES, PagePolicy
from assistant.web.rate_limit import address_of
from assistant.web.templates import render
from assistant.wording import DEFAULT_LANGUAGE, languages, wording

with lean_import():
    import gradio as gr

STATIC = Path(__file__).parent / "static"
EVENTS_AT_ONCE = 4
LONGEST_QUEUE = 64
HEAD = '<script type="module" src="site/chat/main.js"></script>'

# The bridge between Gradio and our scripts: another language is an event, and a new drawing is announced to them.
SHELL_BRIDGE = """
element.addEventListener('rls:language', (event) => trigger('select', event.detail));
watch('value', () => document.dispatchEvent(new CustomEvent('rls:drawn')));
document.dispatchEvent(new CustomEvent('rls:drawn'));
"""


def mount_chat_page(server: FastAPI, live: LiveAssistant, /, *, frame_ancestors: str = OWN_FRAMES) -> None:
    """Mount the page, and the route that its questions take, on the server, below whose routes it stands.

    `frame_ancestors`: the directive that says who may show the page in a frame.
    """
    admission: Admission = server.state.admission

    @server.post("/api/reply", response_class=HTMLResponse)
    async def reply(request: Request) -> HTMLResponse:
        """One reply to `{"turns", "language"}`; whatever was sent, it gets a sentence that helps."""
        try:
            data = dict(await read_json(request))
        except (ValueError, TypeError):
            data = {}
        language = data["language"] if data.get("language") in languages() else DEFAULT_LANGUAGE
        assistant = live.current
        try:
            answer = await admission.answer(assistant.ask, data.get("turns", ()), address=address_of(request))
        except QuestionError as error:
            problem = wording(language)[f"page.{error.code}"].format(limit=f"{LONGEST_QUESTION:,}")
            return HTMLResponse(render("problem.html", problem=problem))
        except RefusedError as error:
            problem = wording(language)[f"page.{error.code}"].format(seconds=error.retry_after)
            headers = {"Retry-After": str(error.retry_after)}
            return HTMLResponse(render("problem.html", problem=problem), status_code=error.status, headers=headers)
        return HTMLResponse(await run_in_threadpool(reply_html, assistant, answer, language=language))

    page = chat_page(live)
    page.queue(max_size=LONGEST_QUEUE, default_concurrency_limit=EVENTS_AT_ONCE)
    gr.mount_gradio_app(
        server,
        page,
        path="/",
        css_paths=[STATIC / "site.css", STATIC / "article.css", STATIC / "chat.css"],
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
    mount.app = AllowedRoutes(PagePolicy(mount.app, frame_ancestors=frame_ancestors))


def chat_page(live: LiveAssistant, /) -> gr.Blocks:
    """The page, drawn again when another language is chosen, or another version is served."""

    def redraw(event: gr.EventData) -> str:
        language = str(event._data.get("language"))
        return shell_html(live.current, language if language in languages() else DEFAULT_LANGUAGE)

    page: gr.Blocks = gr.Blocks(title=wording()["page.title"], analytics_enabled=False, fill_width=True)
    with page:
        shell = gr.HTML(
            shell_html(live.current, DEFAULT_LANGUAGE), elem_id="shell", apply_default_css=False, js_on_load=SHELL_BRIDGE
        )
        shell.select(redraw, None, shell, api_visibility="private", show_progress="hidden", trigger_mode="multiple")

    def draw_for(fresh: Assistant) -> None:
        """Gradio sends new visitors the page as it was first drawn: draw it anew, so that it shows the served article."""
        shell.value = shell_html(fresh, DEFAULT_LANGUAGE)
        page.config = page.get_config_file()

    live.before_each_swap(draw_for)
    return page


def shell_html(assistant: Assistant, language: str, /) -> str:
    """Everything but the replies, in a language."""
    text = wording(language)
    documents = list(assistant.version.documents.values())
    first = assistant.version.passages.of_document(documents[0].id)
    words = {
        "known": [question.question for document in documents for question in document.questions],
        "copied": text["page.copied"],
        "older": text["page.older"],
        "thanks": text["page.feedback_thanks"],
        "failed": text["page.try_again"],
    }
    return render(
        "chat.html",
        language=language,
        languages=[(code, wording(code)["language"]) for code in languages()],
        version=assistant.version.name,
        counts_gaps=assistant.counts_gaps,
        documents=documents,
        document=documents[0],
        sections=outline(documents[0], first),
        topics=assistant.topics(),
        text=text,
        too_long=text["page.too_long"].format(limit=f"{LONGEST_QUESTION:,}"),
        words_json=json.dumps(words, ensure_ascii=False),
    )


def reply_html(assistant: Assistant, answer: Answer, /, *, language: str) -> str:
    """An answer as the conversation shows it."""
    return render(
        "reply.html",
        answer=answer,
        message=message_lines(answer, language),
        answer_id=answer_id(answer),
        quotation=lambda citation: quotation(assistant, citation),
        text=wording(language),
    )


def answer_id(answer: Answer, /) -> str:
    """Which answer it was, never what was asked: its kind, and the spans that it quotes."""
    spans = (f"{citation.article}:{citation.start}-{citation.end}" for citation in answer.citations)
    return " ".join([answer.kind, *spans])


def quotation(assistant: Assistant, citation: Citation, /) -> str:
    """A quote as one would cite it: words, title, author, date. The page, which knows its own address, adds the link."""
    source = assistant.version.documents[citation.article].source
    origin = ", ".join(filter(None, [source.author, source.publisher, str(source.published or "")]))
    return f"“{citation.quote}”\n{source.title}{f' ({origin})' if origin else ''}"
