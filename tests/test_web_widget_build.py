"""The widget's built files: small, made of the sources and wording that are committed, and served with the right caching."""

import gzip
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from assistant import Assistant, LiveAssistant
from assistant.answer import Kind
from assistant.triage import triage
from assistant.web import create_server
from assistant.web.widget.__main__ import HERE, WORDS, build
from assistant.web.widget_files import BUILT, WidgetFiles
from assistant.wording import languages, wording
from settings import PROJECT

LARGEST_SCRIPT = 6_144  # bytes, gzip -9
LARGEST_WORDS = 1_500


def gzipped(content: bytes) -> int:
    return len(gzip.compress(content, 9, mtime=0))


@pytest.fixture(scope="module")
def client(assistant: Assistant) -> TestClient:
    return TestClient(create_server(LiveAssistant(assistant), allowed_origins="https://example.org"))


@pytest.mark.parametrize("is_counting", [False, True], ids=["as it is", "with RECORD_GAPS"])
def test_the_script_is_small(*, is_counting: bool) -> None:
    size = gzipped(WidgetFiles.read().telling(is_counting=is_counting).script)
    print(f"\nwidget.js: {size:,} bytes")
    assert size <= LARGEST_SCRIPT


def test_every_other_language_is_there_and_small() -> None:
    sizes = {language: gzipped(content) for language, content in WidgetFiles.read().words.items()}
    print(f"\n{sizes}")
    assert set(sizes) == set(languages()) - {"en"}
    assert max(sizes.values()) <= LARGEST_WORDS


def test_what_is_committed_is_what_the_build_makes(tmp_path: Path) -> None:
    if shutil.which("npm") is None and not os.environ.get("CI"):
        pytest.skip("no npm: whether the widget is current was NOT tested")
    if not (HERE / "node_modules").exists():
        subprocess.run(["npm", "ci", "--silent"], cwd=HERE, check=True)
    build(tmp_path)
    made, committed = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in (tmp_path, BUILT))
    assert made.keys() == committed.keys()
    assert [name for name in made if made[name] != committed[name]] == [], "run `make widget`"


def test_the_script_holds_the_english_wording_as_it_now_is() -> None:
    script = WidgetFiles.read().script.decode()
    assert [key for key in WORDS.values() if wording()[key] not in script] == []


@pytest.mark.parametrize("language", sorted(set(languages()) - {"en"}))
def test_every_other_language_holds_its_wording_as_it_now_is(language: str) -> None:
    words = json.loads(WidgetFiles.read().words[language])
    assert {name: wording(language)[key] for name, key in WORDS.items()}.items() <= words.items()


@pytest.mark.parametrize("language", languages())
def test_every_urgent_phrase_that_is_built_in_is_known_to_triage(language: str) -> None:
    words = json.loads(WidgetFiles.read().words[language]) if language != "en" else {}
    phrases = words.get("phrases") or re.search(r'phrases:"([^"]*)"', WidgetFiles.read().script.decode())[1]  # type: ignore[index]
    outcomes = {phrase: triage(phrase) for phrase in phrases.split("|")}
    assert len(outcomes) >= 10
    assert [phrase for phrase, outcome in outcomes.items() if outcome is None or outcome.kind is not Kind.URGENT] == []


@pytest.mark.parametrize("forbidden", ["innerHTML", "eval(", "document.cookie", "Storage", "document.write", "Function("])
def test_the_script_has_no_use_for_what_policies_forbid(forbidden: str) -> None:
    assert forbidden not in WidgetFiles.read().script.decode()


def test_nothing_in_the_lock_file_names_where_packages_come_from() -> None:
    assert "http" not in re.sub(r'"(url|funding)": .*', "", (HERE / "package-lock.json").read_text())


def test_the_script_is_asked_for_again_soon_and_sent_only_when_it_changed(client: TestClient) -> None:
    first = client.get("/widget.js")
    assert first.content == WidgetFiles.read().script
    assert first.headers["Content-Type"].startswith("text/javascript")
    assert "max-age=300" in first.headers["Cache-Control"]
    again = client.get("/widget.js", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_script_of_a_hash_is_kept_for_ever_and_no_other_stands_in_for_it(client: TestClient) -> None:
    built = WidgetFiles.read()
    kept = client.get(f"/widget-{built.script_hash}.js")
    assert kept.content == built.script
    assert "immutable" in kept.headers["Cache-Control"]
    assert client.get("/widget-000000000000.js").status_code == 404


def test_words_of_another_version_are_answered_with_the_present_ones_but_not_kept(client: TestClient) -> None:
    built = WidgetFiles.read()
    kept, passing = (client.get(f"/widget-de-{name}.json") for name in (built.words_hash, "000000000000"))
    assert kept.content == passing.content == built.words["de"]
    assert "immutable" in kept.headers["Cache-Control"]
    assert passing.headers["Cache-Control"] == "no-cache"
    assert client.get(f"/widget-xx-{built.words_hash}.json").status_code == 404


@pytest.mark.parametrize("origin", ["https://example.org", "https://other.org", None])
def test_the_files_differ_by_origin_for_caches_and_may_be_loaded_by_any_page(client: TestClient, origin: str | None) -> None:
    headers = client.get("/widget.js", headers={"Origin": origin} if origin else {}).headers
    assert headers.get("Access-Control-Allow-Origin") == ("https://example.org" if origin == "https://example.org" else None)
    assert "Origin" in headers["Vary"]
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_the_declarations_name_every_event_and_every_function(client: TestClient) -> None:
    declared = client.get("/widget.d.ts").text
    assert [name for name in ("open(", "close(", "ask(", "on<") if name not in declared] == []
    assert [name for name in ("open", "question", "answer", "cite", "error") if f'"rls:{name}"' not in declared] == []


def test_nobody_but_allowed_sites_may_frame_the_frames_page(client: TestClient) -> None:
    policy = client.get("/embed/frame").headers["Content-Security-Policy"]
    assert "frame-ancestors 'self' https://example.org" in policy
    assert "default-src 'none'" in policy


def test_the_widget_is_built_by_one_command() -> None:
    assert "assistant.web.widget" in (PROJECT / "Makefile").read_text()
