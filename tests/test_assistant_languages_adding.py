"""A language is a folder: one that is put beside the others is served by the page, the API and the widget, by that alone."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.languages import FOLDER, TRIAGE, WORDING
from settings import PROJECT

RULES = """
[language]
spaces = true

[urgent]
crisis = ['haluan kuolla']

[plainest]
urgent = ["haluan kuolla"]
"""

SERVED = """
import json, sys
from pathlib import Path
from fastapi.testclient import TestClient
from assistant import Assistant
from assistant.web import create_server
from assistant.web.process.live import LiveAssistant
from assistant.web.routes.chat import mount_chat_page
from assistant.web.widget.__main__ import HERE, build, widget_words

live = LiveAssistant(Assistant.load(Path(sys.argv[1])))
server = create_server(live)
mount_chat_page(server, live)
client = TestClient(server)

def answered(question):
    return client.post("/api/ask", json={"turns": [question]}).json()["message"]

built = Path(sys.argv[2])
if (HERE / "node_modules").exists():
    build(built)
found = {
    "urgent": answered("En jaksa enää, haluan kuolla"),
    "unanswered": answered("Mikä on Suomen korkein vuori, osaatteko sanoa?"),
    "page": client.get("/page/fi").text,
    "chooser": client.get("/page/en").text,
    "privacy": client.get("/privacy?lang=fi").text,
    "widget": widget_words("fi"),
    "built": json.loads((built / "fi.json").read_text("utf-8")) if built.exists() else widget_words("fi"),
}
print("FOUND" + json.dumps(found))
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the program with Finnish, whose wording is the English one behind "FI"."""
    copy = tmp_path / "checkout"
    leave = shutil.ignore_patterns("versions", "node_modules", "__pycache__", ".lock*")
    for part in ("assistant", "index", "corpus"):
        shutil.copytree(PROJECT / part, copy / part, ignore=leave)
    shutil.copy(PROJECT / "settings.py", copy)
    tools = PROJECT / "assistant" / "web" / "widget" / "node_modules"
    if tools.exists() and shutil.which("npx"):
        (copy / tools.relative_to(PROJECT)).symlink_to(tools)
    finnish = copy / FOLDER.relative_to(PROJECT) / "fi"
    finnish.mkdir()
    wording = re.sub(
        r'^(?!direction)(\w+ = |  )"', r'\1"FI ', (FOLDER / "en" / WORDING).read_text("utf-8"), flags=re.MULTILINE
    )
    (finnish / WORDING).write_text(wording, "utf-8")
    (finnish / TRIAGE).write_text(RULES, "utf-8")
    return copy


@pytest.mark.slow
def test_a_new_language_is_served_by_page_api_and_widget(checkout: Path, real_index: Path, tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(checkout)}
    command = [sys.executable, "-c", SERVED, str(real_index), str(tmp_path / "built")]
    ended = subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True)
    assert "FOUND" in ended.stdout, ended.stderr
    found = json.loads(ended.stdout.split("FOUND")[1])
    assert found["urgent"].startswith("FI I am glad you wrote this.")
    assert found["unanswered"].startswith("FI I looked, but the article does not say.")
    assert '<div class="app" lang="fi" dir="ltr"' in found["page"]
    assert "FI Send" in found["page"]
    assert "haluan kuolla" in found["page"]
    assert "FI English" in found["chooser"]
    assert "FI What is kept" in found["privacy"]
    for widget in (found["widget"], found["built"]):
        assert (widget["open"], widget["direction"], widget["phrases"]) == ("FI Ask a question", "ltr", "haluan kuolla")
