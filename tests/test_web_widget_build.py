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

from assistant import Assistant
from assistant.answer import Kind
from assistant.languages import STARTERS, language_files
from assistant.languages.wording import languages, unfilled, wording
from assistant.triage.rules import triage
from assistant.triage.urgent import regions
from assistant.web import create_server
from assistant.web.process.live import LiveAssistant
from assistant.web.routes.widget import BUILT, WidgetFiles
from assistant.web.routes.words import help_in_sight, urgent_phrases
from assistant.web.widget.__main__ import HERE, OWN_NAMES, WORDS, build
from settings import PROJECT
from tests.conftest import SITE

LARGEST_SCRIPT = 7_168  # bytes, gzip -9
LARGEST_IN_A_REGION = 7_300  # with a region's own lines of whom to call
LARGEST_WORDS = 1_600  # bytes, gzip -9
QUESTIONS = frozenset(language_files(STARTERS)["de"]["questions"])


def gzipped(content: bytes) -> int:
    return len(gzip.compress(content, 9, mtime=0))


def served() -> WidgetFiles:
    """What a server of our own corpus serves."""
    return WidgetFiles.read().telling(is_counting=False, site=SITE, questions=QUESTIONS)


@pytest.fixture(scope="module")
def client(assistant: Assistant) -> TestClient:
    return TestClient(create_server(LiveAssistant(assistant), allowed_origins="https://example.org"))


def test_the_script_is_small_and_in_every_region() -> None:
    built = WidgetFiles.read()
    counting = {region: gzipped(built.telling(is_counting=True, region=region).script) for region in regions()}
    print(f"\nwidget.js: {gzipped(served().script)}; counting, in a region: {counting}")
    assert max(gzipped(built.script), gzipped(served().script)) <= LARGEST_SCRIPT
    assert max(counting.values()) <= LARGEST_IN_A_REGION


@pytest.mark.parametrize("region", regions())
def test_script_frame_and_words_say_whom_to_call_in_the_region(region: str) -> None:
    served = WidgetFiles.read().telling(is_counting=True, region=region)
    for language in languages():
        help_ = json.dumps(help_in_sight(region, language).as_text, ensure_ascii=False)
        for content in (served.script, served.frame) if language == "en" else (served.words[language],):
            assert help_ in content.decode()
            assert wording(language)["privacy.gaps"] in content.decode()
    assert served.words_hash in served.script.decode()
    assert served.words_hash in served.frame.decode()


def test_the_address_of_the_words_differs_by_region() -> None:
    built = WidgetFiles.read()
    hashes = {built.telling(is_counting=False, region=region).words_hash for region in ("INT", "GB", "DE")}
    assert len(hashes) == 3
    assert hashes.isdisjoint({built.words_hash})


def test_the_frame_gets_its_own_script_with_the_same_help(client: TestClient) -> None:
    assert 'src="frame.js"' in client.get("/embed/frame").text
    assert client.get("/embed/frame.js").content == served().frame


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
    assert [key for key in WORDS.values() if unfilled("en")[key].replace("{limit}", "1,000") not in script] == []


def test_no_text_goes_by_a_name_that_scripts_shorten_and_files_of_words_do_not() -> None:
    assert set(OWN_NAMES) & {*WORDS, *Kind} == set()


@pytest.mark.parametrize("language", sorted(set(languages()) - {"en"}))
def test_every_other_language_holds_its_wording_as_it_now_is(language: str) -> None:
    words = json.loads(WidgetFiles.read().words[language])
    said = {name: unfilled(language)[key].replace("{limit}", "1,000") for name, key in WORDS.items()}
    assert said.items() <= words.items()


def test_other_languages_hold_the_wordings_of_the_questions_that_are_offered_here_and_no_others() -> None:
    question = "How is iron linked to dopamine?"
    told = WidgetFiles.read().telling(is_counting=False, questions=frozenset({question, "Is tea healthy?"}))
    german = json.loads(told.words["de"])
    assert german[question] == "Wie hängen Eisen und Dopamin zusammen?"
    assert QUESTIONS & german.keys() == {question}
    assert "Is tea healthy?" not in german


@pytest.mark.parametrize("language", languages())
def test_what_is_served_holds_the_wording_that_is_filled_in(language: str) -> None:
    content = (served().script if language == "en" else served().words[language]).decode()
    texts = [wording(language, SITE)[key] for key in ("page.title", "page.disclosure")]
    assert [text for text in texts if json.dumps(text, ensure_ascii=False) not in content] == []
    assert "{title}" not in content


# Phrases that the rules of triage know within a sentence only: a part of one is all that the browser looks for.
IN_A_SENTENCE = {
    "hurt myself": "i want to hurt myself",
    "took all my pills": "i took all my pills",
    "wont wake up": "she wont wake up",
    "كل الحبوب": "أخذت كل الحبوب",
    "نوبة قلبية": "نوبة قلبية الآن",
    "leben nehmen": "mir das leben nehmen",
    "zu viele tabletten": "zu viele tabletten genommen",
    "nicht atmen": "kann nicht atmen",
    "trop de comprimés": "pris trop de comprimés",
    "infarctus": "fait un infarctus",
    "दिल का दौरा": "दिल का दौरा पड़",
    "dil ka daura": "dil ka daura pad gaya",
    "heart attack aa": "heart attack aa gaya",
    "overdose ho": "overdose ho gayi",
    "troppe pastiglie": "preso troppe pastiglie",
    "troppe pillole": "preso troppe pillole",
    "tutte le pillole": "preso tutte le pillole",
    "te veel pillen": "te veel pillen geslikt",
    "niet ademen": "kan niet ademen",
    "wszystkie tabletki": "wziąłem wszystkie tabletki",
    "todos os comprimidos": "tomei todos os comprimidos",
    ("en", "overdose"): "i took an overdose",
    ("en", "too many pills"): "took too many pills",
    ("en", "too many tablets"): "took too many tablets",
    ("en", "chest pain"): "i have chest pain",
    ("en", "heart attack"): "i am having a heart attack",
    ("en", "stroke"): "he is having a stroke",
    ("es", "infarto"): "teniendo un infarto",
    ("it", "infarto"): "sta avendo un infarto",
    ("it", "overdose"): "in overdose",
    ("pt", "overdose"): "tive uma overdose",
}


@pytest.mark.parametrize("language", languages())
def test_every_urgent_phrase_that_is_built_in_is_known_to_triage(language: str) -> None:
    phrases = urgent_phrases()[language]
    said = {phrase: IN_A_SENTENCE.get(phrase) or IN_A_SENTENCE.get((language, phrase)) or phrase for phrase in phrases}
    assert len(said) >= 15
    assert [phrase for phrase, sentence in said.items() if phrase not in sentence] == []
    outcomes = {phrase: triage(sentence) for phrase, sentence in said.items()}
    assert [phrase for phrase, outcome in outcomes.items() if outcome is None or outcome.kind is not Kind.URGENT] == []


@pytest.mark.parametrize("language", languages())
def test_the_widget_looks_for_exactly_these_phrases(language: str) -> None:
    script, words = WidgetFiles.read().script.decode(), WidgetFiles.read().words
    expression = "|".join(urgent_phrases()[language])
    assert f'phrases:"{expression}"' in script if language == "en" else json.loads(words[language])["phrases"] == expression


@pytest.mark.parametrize(
    "question",
    [
        "I am dead tired", "My legs are killing me at night", "I am sick to death of this", "I could die for a good sleep",
        "What causes restless legs?", "Can RLS take years to begin?", "Ich bin todmüde", "Je suis mort de fatigue",
        "Estoy muerto de sueño", "Sono stanca morta", "足が痛くて眠れない", "我累死了", "मैं बहुत थक गया हूँ", "Ik ben doodmoe",
        "Padam ze zmęczenia", "Estou morta de cansaço", "أنا متعب جدا",
    ],
)  # fmt: skip
def test_what_tired_people_say_is_no_urgent_phrase(question: str) -> None:
    phrases = [phrase for phrases in urgent_phrases().values() for phrase in phrases]
    assert [phrase for phrase in phrases if phrase in question.lower()] == []


@pytest.mark.parametrize("forbidden", ["innerHTML", "eval(", "document.cookie", "Storage", "document.write", "Function("])
def test_the_script_has_no_use_for_what_policies_forbid(forbidden: str) -> None:
    assert forbidden not in WidgetFiles.read().script.decode()


def test_nothing_in_the_lock_file_names_where_packages_come_from() -> None:
    assert "http" not in re.sub(r'"(url|funding)": .*', "", (HERE / "package-lock.json").read_text())


def test_the_script_is_asked_for_again_soon_and_sent_only_when_it_changed(client: TestClient) -> None:
    first = client.get("/widget.js")
    assert first.content == served().script
    assert first.headers["Content-Type"].startswith("text/javascript")
    assert "max-age=300" in first.headers["Cache-Control"]
    again = client.get("/widget.js", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_script_of_a_hash_is_kept_for_ever_and_no_other_stands_in_for_it(client: TestClient) -> None:
    built = served()
    kept = client.get(f"/widget-{built.script_hash}.js")
    assert kept.content == built.script
    assert "immutable" in kept.headers["Cache-Control"]
    assert client.get("/widget-000000000000.js").status_code == 404


def test_words_of_another_version_are_answered_with_the_present_ones_but_not_kept(client: TestClient) -> None:
    built = served()
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
