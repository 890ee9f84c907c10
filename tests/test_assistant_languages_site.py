"""Another corpus on another subject needs one file: `site.toml`. Nothing that a visitor reads then names ours."""

import json
import re
import string
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from assistant import Assistant
from assistant.languages import FOLDER, WORDING
from assistant.languages.wording import languages, unfilled, wording
from assistant.web import create_server
from assistant.web.process.live import LiveAssistant
from assistant.web.routes.chat import title_of
from assistant.web.routes.drawing import shell_html
from corpus.site import PHRASES
from index import build, current_version, open_version
from index.encoding import Encoder
from settings import PROJECT
from tests.conftest import SITE, make_document

TEA = '[en]\ntitle = "All about tea"\nsubject = "tea"\n\n[de]\ntitle = "Alles über Tee"\nsubject = "Tee"\n'
FILLED_LATER = {"limit", "seconds", "count", "word", "topics", "operator"}  # by what is said then
OURS = re.compile(
    "restless|RLS|piernas inquietas|jambes sans repos|gambe senza|pernas inquietas|niespokojnych nóg|"
    "تململ|रेस्टलेस|むずむず|不宁腿|huzursuz bacak|беспокойных ног|неспокійних ніг",
    re.IGNORECASE,
)
NAMED = re.compile(OURS.pattern.replace("|RLS", ""), re.IGNORECASE)  # in code, RLS is part of names that others rely on


@pytest.fixture(scope="module")
def tea(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> LiveAssistant:
    """An assistant on an article about tea."""
    index_dir = tmp_path_factory.mktemp("tea")
    build([make_document()], encoder=encoder, index_dir=index_dir, site=TEA)
    return LiveAssistant(Assistant(open_version(index_dir, current_version(index_dir)), encoder))


@pytest.mark.parametrize(
    ("language", "title", "about", "question", "unanswered"),
    [
        (
            "en",
            "All about tea",
            "in an article about tea.",
            "Who painted the Mona Lisa?",
            "The article does not mention “Mona”.",
        ),
        (
            "de",
            "Alles über Tee",
            "in einem Artikel zum Thema „Tee“ zu",
            "Wer hat die Mona Lisa gemalt?",
            "Der Artikel ist auf",
        ),
    ],
)
def test_title_and_answers_are_of_the_corpuss_own_subject(
    language: str, title: str, about: str, question: str, unanswered: str, tea: LiveAssistant
) -> None:
    with TestClient(create_server(tea)) as client:
        page = shell_html(tea.current, language, charts=[])
        asked = {"turns": ["who are you?"], "language": language}
        told = client.post("/api/ask", json=asked).json()["message"]
        said = client.post("/api/ask", json={"turns": [question]}).json()["message"]
        privacy = client.get(f"/privacy?lang={language}").text
    assert f'<h1 class="mast__title">{title}' in page
    assert title in privacy
    assert about in told
    assert unanswered in said
    assert [text for text in (page, told, said, privacy) if OURS.search(text)] == []


def test_pages_and_widget_are_of_the_corpuss_own_subject(tea: LiveAssistant) -> None:
    with TestClient(create_server(tea)) as client:
        pages = [client.get(path).text for path in ("/articles/tea", "/articles/none", "/embed", "/embed/frame")]
        script = client.get("/widget.js").text
        frame = client.get("/embed/frame.js").text
        german = client.get("/widget-de-x.json").text
    assert title_of(tea.current) == "All about tea"
    assert [page for page in pages if "All about tea" not in page or re.search("restless", page, re.IGNORECASE)] == []
    for code in (script, frame):
        assert '"All about tea"' in code
        assert not NAMED.search(code)
    assert json.loads(german)["title"] == wording("de", tea.current.site)["page.title"]


def test_a_language_that_the_file_lacks_gets_the_english_title_and_subject() -> None:
    text = wording("fr", TEA)
    assert text["page.title"] == "All about tea"
    assert text["page.welcome"].startswith("Posez une question sur tea.")
    assert wording("fr", '[en]\nsubject = "tea"\nasked = "what tea is"')["chat.greeting"].startswith(
        "Bonjour. Vous pouvez me poser des questions sur tea."
    )


@pytest.mark.parametrize("language", languages())
def test_without_the_file_every_text_is_whole_and_names_no_subject(language: str) -> None:
    text = wording(language)
    assert text["page.title"] == text["widget.open"]
    assert [key for key, line in text.items() if not line or line != line.strip() or "  " in line or " ." in line] == []
    assert {name for line in text.values() for _, name, _, _ in string.Formatter().parse(line) if name} == FILLED_LATER


@pytest.mark.parametrize("language", languages())
def test_our_own_subject_is_named_in_every_language(language: str) -> None:
    text = wording(language, SITE)
    named = [key for key, line in text.items() if OURS.search(line)]
    assert named == ["chat.greeting", "chat.about", "chat.ability", "page.title", "page.welcome"]
    assert [key for key, line in text.items() if not line or line != line.strip() or "  " in line] == []


@pytest.mark.parametrize("language", languages())
def test_every_language_has_a_place_for_each_phrase(language: str) -> None:
    places = {name for line in unfilled(language).values() for _, name, _, _ in string.Formatter().parse(line) if name}
    assert places == {*PHRASES, "subject", *FILLED_LATER}


def test_neither_wording_nor_templates_name_our_subject() -> None:
    web = PROJECT / "assistant" / "web"
    files: list[Path] = [*FOLDER.glob(f"*/{WORDING}"), *web.glob("templates/*.html"), *web.glob("static/widget/*")]
    assert len(files) > 30
    assert [path.name for path in files if NAMED.search(path.read_text("utf-8"))] == []
