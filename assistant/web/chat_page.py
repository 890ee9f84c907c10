"""The chat page at `/`: Gradio carries the events, our own templates carry what a visitor reads.

The only module that imports gradio. A conversation lives in the page's session and is written nowhere.
"""

from dataclasses import dataclass
from pathlib import Path

import gradio as gr
from fastapi import FastAPI

from assistant.answer import Answer
from assistant.assistant import Assistant
from assistant.question import LONGEST_QUESTION, QuestionError
from assistant.web.templates import render
from assistant.wording import wording

STATIC = Path(__file__).parent / "static"
EVENTS_AT_ONCE = 4
LONGEST_QUEUE = 64

# Buttons that carry a question ask it; a new answer is scrolled to its beginning, not to its end.
CONVERSATION_SCRIPT = """
element.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-ask]');
  if (button) trigger('click', {question: button.dataset.ask});
});
watch('value', () => {
  const turns = element.querySelectorAll('.turn');
  if (turns.length) turns[turns.length - 1].scrollIntoView({block: 'start'});
});
"""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and its answer, or what was wrong with the question."""

    question: str
    answer: Answer | None
    problem: str = ""


def mount_chat_page(server: FastAPI, assistant: Assistant, /) -> None:
    """Mount the page on the server, below whose routes it stands."""
    page = chat_page(assistant)
    page.queue(max_size=LONGEST_QUEUE, default_concurrency_limit=EVENTS_AT_ONCE)
    gr.mount_gradio_app(
        server,
        page,
        path="/",
        css_paths=[STATIC / "site.css", STATIC / "chat.css"],
        theme=gr.themes.Base(font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]),
        footer_links=[],
        ssr_mode=False,
        pwa=False,
        run_history=False,
        enable_monitoring=False,
        mcp_server=False,
        show_error=False,
    )


def chat_page(assistant: Assistant, /) -> gr.Blocks:
    """The page: a header, the conversation, and a box to type into."""
    text = wording()

    def respond(question: str | None, history: list[Exchange]) -> tuple[str, list[Exchange], str]:
        """Answer, and empty the box; a question that cannot be asked stays in it."""
        asked = [*(exchange.question for exchange in history if exchange.answer), question or ""]
        try:
            answer = assistant.ask(asked[-MOST_TURNS_READ:])
        except QuestionError as error:
            problem = text[f"page.{error.code}"].format(limit=f"{LONGEST_QUESTION:,}")
            history = [*history, Exchange((question or "").strip()[:LONGEST_SHOWN], None, problem)]
            return conversation(history), history, question or ""
        history = [*history, Exchange(asked[-1], answer)]
        return conversation(history), history, ""

    def respond_to_button(history: list[Exchange], event: gr.EventData) -> tuple[str, list[Exchange], str]:
        return respond(event.question, history)

    def conversation(history: list[Exchange]) -> str:
        return render("conversation.html", history=history, starters=assistant.starters(), text=text)

    with gr.Blocks(title=text["page.title"], analytics_enabled=False, fill_width=True) as page:
        history = gr.State([])
        documents = list(assistant.version.documents.values())
        gr.HTML(render("header.html", documents=documents, text=text), elem_id="page-header", apply_default_css=False)
        turns = gr.HTML(conversation([]), elem_id="conversation", apply_default_css=False, js_on_load=CONVERSATION_SCRIPT)
        with gr.Row(elem_id="ask"):
            box = gr.Textbox(
                label=text["page.input_label"],
                placeholder=text["page.input_placeholder"],
                lines=1,
                max_lines=6,
                submit_btn=text["page.send"],
                elem_id="question",
                scale=1,
            )
        gr.HTML(render("footer.html", text=text), elem_id="page-footer", apply_default_css=False)
        box.submit(respond, [box, history], [turns, history, box], api_visibility="private", show_progress="minimal")
        turns.click(respond_to_button, [history], [turns, history, box], api_visibility="private", show_progress="minimal")
    return page


MOST_TURNS_READ = 3  # the question and the two before it
LONGEST_SHOWN = 200  # characters of a question that was too long to be asked
