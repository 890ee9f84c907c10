"""The application: five tabs over one desk, a password where there is one, and the gate before all of it."""

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr
from fastapi import FastAPI
from starlette.types import ASGIApp

from corpus.readers import LARGEST_FILE
from desk import Desk
from desk import shown as html
from desk.building import Builder
from desk.gate import Gate
from desk.page.articles import ArticlesTab
from desk.page.history import HistoryTab
from desk.page.parts import Follows, Shared, Updates
from desk.page.seen import SeenTab
from desk.page.trying import TryTab
from desk.page.writing import NextTab
from desk.trying import Assistants

TITLE = "The maintainer's desk"
STYLE, SCRIPT = Path(__file__).with_name("desk.css"), Path(__file__).with_name("desk.js")
SECONDS_KEPT = 3_600  # of a file that was dropped and of what is shown
FONTS = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Arial", "sans-serif"]  # nothing is fetched from elsewhere
ASK_NAME = "Give your name, which the history keeps, and the desk's password."


def desk_app(desk: Desk, /, *, password: str = "", proxies: Sequence[str] = (), note: str = "") -> ASGIApp:
    """What serves the desk. `note` is shown above the tabs: that another desk is open, for example."""
    server = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)

    def is_known(name: str, given: str) -> bool:
        return bool(name.strip()) and secrets.compare_digest(given.encode(), password.encode())

    gr.mount_gradio_app(
        server,
        _page(desk, note),
        path="/",
        auth=is_known if password else None,
        auth_message=ASK_NAME if password else None,
        allowed_paths=[],
        max_file_size=LARGEST_FILE,
        show_error=False,
        ssr_mode=False,
        pwa=False,
        run_history=False,
        footer_links=[],
        enable_monitoring=False,
        mcp_server=False,
        theme=_theme(),
        css_paths=[STYLE],
        js=SCRIPT.read_text(encoding="utf-8"),
    )
    return Gate(server, has_password=bool(password), proxies=proxies)


def _theme() -> gr.themes.Base:
    """Gradio's own, with colours that can be read: its subdued text and its buttons have less contrast than 4.5 to 1."""
    colours = {
        "body_text_color_subdued": ("*neutral_600", "*neutral_300"),
        "block_info_text_color": ("*neutral_600", "*neutral_300"),
        "block_title_text_color": ("*neutral_700", "*neutral_200"),
        "button_primary_background_fill": ("*primary_700", "*primary_800"),
        "button_primary_background_fill_hover": ("*primary_800", "*primary_900"),
        "button_primary_text_color": ("white", "white"),
        "button_cancel_background_fill": ("#b3261e", "#8c1d18"),
        "button_cancel_background_fill_hover": ("#8c1d18", "#601410"),
        "button_cancel_text_color": ("white", "white"),
        "color_accent": ("*primary_700", "*primary_300"),
        "input_placeholder_color": ("*neutral_600", "*neutral_300"),
    }
    both = {name: light for name, (light, _) in colours.items()}
    both |= {f"{name}_dark": dark for name, (_, dark) in colours.items() if name != "color_accent"}
    theme = gr.themes.Default(primary_hue="teal", font=FONTS, font_mono=["ui-monospace", "monospace"])
    return theme.set(**both)


def _page(desk: Desk, note: str) -> gr.Blocks:
    """The page with all tabs, wired."""
    page: gr.Blocks = gr.Blocks(title=TITLE, analytics_enabled=False, delete_cache=(SECONDS_KEPT, SECONDS_KEPT))
    with page:
        gr.HTML(f"<h1>{TITLE}</h1>")
        if note:
            gr.HTML(html.notice(note), elem_id="note")
        report = gr.State(None)
        with gr.Tabs(elem_id="tabs") as tabs:
            shared = Shared(desk, Assistants(), Builder(), {}, tabs, report)
            articles, seen, trying = ArticlesTab(shared), SeenTab(shared), TryTab(shared)
            history, writing = HistoryTab(shared), NextTab(shared)

        def changed(found: dict[str, Any] | None) -> Updates:
            return {**articles.listing(), **seen.again(found)}

        def published() -> Updates:  # what was answered by what visitors no longer see is not left standing
            return {**articles.listing(), **seen.last(), trying.answers: "", writing.reached: ""}

        articles_changed = Follows(changed, [report], [*articles.listed, seen.summary, seen.stale])
        version_changed = Follows(published, [], [*articles.listed, *seen.shown, trying.answers, writing.reached])
        articles.connect(articles_changed)
        seen.connect(articles_changed, version_changed)
        trying.connect(articles_changed)
        history.connect(version_changed)
        writing.connect()
        trying.tab.select(articles.titles, None, [trying.article])
        page.load(articles.listing, None, articles.listed)
        page.load(seen.opened, None, [*seen.shown, seen.by, seen.stop])
    return page
