"""The page without what only Gradio's developers need. Each in a process of its own, since a module is imported once."""

import os
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Page

from settings import PROJECT
from tests.browsers import PageServer, ask

DRAWN = """
from fastapi.testclient import TestClient
import app
from settings import Settings
with TestClient(app.create_app(Settings())) as client:
    assert client.get("/").status_code == 200
"""


def outcome_of(code: str, **environment: str) -> str:
    command = [sys.executable, "-c", code]
    ended = subprocess.run(command, cwd=PROJECT, env=os.environ | environment, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.strip()


def test_the_page_is_drawn_without_loading_pandas(real_index: Path) -> None:
    code = f"{DRAWN}\nimport sys; print('pandas.core' in sys.modules)"
    assert outcome_of(code, INDEX_DIR=str(real_index)) == "False"


def test_pandas_is_loaded_as_soon_as_it_is_touched() -> None:
    code = """
import sys
import assistant.web.chat_page, gradio.caching
stand_in = gradio.caching.pd
print("pandas" in sys.modules, stand_in.DataFrame([1, 2]).shape, stand_in.DataFrame is sys.modules["pandas"].DataFrame)
"""
    assert outcome_of(code) == "False (2, 1) True"


def test_no_stub_is_written_nor_parsed_when_gradio_is_imported() -> None:
    code = """
import ast
parsed = []
real = ast.parse
ast.parse = lambda code, *rest, **named: parsed.append(code) or real(code, *rest, **named)
import assistant.web.chat_page, gradio
print(sum("class Textbox(" in str(code) for code in parsed), gradio.HTML.select.__doc__[:14])
"""
    assert outcome_of(code) == "0 Event listener"


def test_everything_else_is_imported_as_ever() -> None:
    code = """
import gc, sys
before = list(sys.meta_path)
import app, assistant.web.chat_page
print(sys.meta_path == before, gc.isenabled())
"""
    assert outcome_of(code) == "True True"


def test_neither_an_event_of_gradio_nor_a_misspelt_question_loads_pandas(page: Page, page_server: PageServer) -> None:
    page.get_by_label("Language").select_option("fr")
    page.locator(".chat[lang=fr]").wait_for()
    ask(page, "Is feritin importent?")
    assert "pandas" not in Path(f"/proc/{page_server.pid}/maps").read_text(encoding="utf-8")
