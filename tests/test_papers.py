"""SECURITY.md and the reports in docs/: what they name is there, and what they say of the assistant it says itself."""

import html
import json
import re
from pathlib import Path

import httpx
import pytest

from assistant import Assistant
from assistant.answer import Kind
from assistant.languages.wording import languages, wording
from assistant.web.routes.widget import WidgetFiles
from settings import PROJECT, Settings
from tests.browsers import PageServer
from tests.test_safety import names_of_tests

PAPERS = ("SECURITY.md", "SAFETY.md", "docs/accessibility.md", "docs/facts.md", "docs/provenance.md")
CRITERION = re.compile(r"^\| (\d\.\d\.\d+) [^|]+\| (A|AA) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
# WCAG 2.2 without 4.1.1, which it removed: guideline → the last number, and those of level AAA.
GUIDELINES = {"1.1": 1, "1.2": 9, "1.3": 6, "1.4": 13, "2.1": 4, "2.2": 6, "2.3": 3, "2.4": 13, "2.5": 8, "3.1": 6, "3.2": 6}
GUIDELINES |= {"3.3": 9, "4.1": 3}
AAA = {
    *("1.2.6", "1.2.7", "1.2.8", "1.2.9", "1.3.6", "1.4.6", "1.4.7", "1.4.8", "1.4.9", "2.1.3", "2.2.3", "2.2.4", "2.2.5"),
    *(
        "2.2.6",
        "2.3.2",
        "2.3.3",
        "2.4.8",
        "2.4.9",
        "2.4.10",
        "2.4.12",
        "2.4.13",
        "2.5.5",
        "2.5.6",
        "3.1.3",
        "3.1.4",
        "3.1.5",
    ),
    *("3.1.6", "3.2.5", "3.3.5", "3.3.6", "3.3.9"),
}
ARE_YOU_A_PERSON = {
    "en": "Are you a real person?",
    "de": "Bist du ein Mensch?",
    "fr": "Êtes-vous une vraie personne ?",
    "es": "¿Eres una persona real?",
    "it": "Sei una persona vera?",
    "pt": "Você é uma pessoa de verdade?",
    "nl": "Ben je een echt mens?",
    "sv": "Är du en riktig människa?",
    "pl": "Czy jesteś prawdziwym człowiekiem?",
    "ru": "Ты настоящий человек?",
    "uk": "Ти справжня людина?",
    "tr": "Gerçek bir insan mısın?",
    "ar": "هل أنت إنسان حقيقي؟",
    "hi": "क्या आप असली इंसान हैं?",
    "hi-latn": "Kya aap asli insaan hain?",
    "zh": "你是真人吗？",
    "ja": "あなたは人間ですか？",
}
DISCLOSURE = "page.disclosure"


def paper(name: str) -> str:
    return (PROJECT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PAPERS)
def test_every_test_file_and_setting_that_a_paper_names_is_there(name: str) -> None:
    text = paper(name)
    assert set(re.findall(r"`(test_\w+)`", text)) - set(names_of_tests()) == set()
    paths = re.findall(r"`((?:tests|docs|deploy|assistant|corpus|index)/[\w./-]+)`", text)
    assert [path for path in paths if not (PROJECT / path).exists()] == []
    settings = set(re.findall(r"`([A-Z][A-Z_]{3,})(?:=[^`]*)?`", text)) - {"ADVISORIES"}
    assert settings - {field.upper() for field in Settings.model_fields} == set()
    commands = set(re.findall(r"`make ([a-z-]+)", text))
    assert commands - set(re.findall(r"^([a-z-]+):", paper("Makefile"), re.MULTILINE)) == set()


@pytest.mark.parametrize("name", PAPERS)
def test_every_link_of_a_paper_leads_somewhere(name: str) -> None:
    targets = [target.partition("#")[0] for target in re.findall(r"\]\(([^)]+)\)", paper(name)) if "://" not in target]
    assert [target for target in targets if target and not (PROJECT / name).parent.joinpath(target).exists()] == []


def test_the_accessibility_report_has_every_criterion_of_wcag_22_once_in_order() -> None:
    every = [f"{guideline}.{number}" for guideline, last in GUIDELINES.items() for number in range(1, last + 1)]
    named = [criterion for criterion, *_ in CRITERION.findall(paper("docs/accessibility.md"))]
    wanted = [one for one in every if one not in AAA and one not in {"4.1.1"}]
    assert len(wanted) == 55
    assert named == wanted


def test_every_criterion_has_a_result_and_says_how_it_was_found() -> None:
    for criterion, _, result, how in CRITERION.findall(paper("docs/accessibility.md")):
        assert result.startswith(("met", "in part", "page met", "not met", "not tested", "does not apply")), criterion
        is_tested = "axe" in how or "`tests/" in how or "by reading" in how
        assert is_tested or result == "does not apply" or criterion == "2.2.1", criterion


def test_no_paper_claims_a_certificate() -> None:
    for name in PAPERS:
        assert not re.search(r"\b(?:is|are|fully) (?:compliant|certified|conformant)\b", paper(name)), name
    assert "not a certificate" in " ".join(paper("docs/accessibility.md").split())
    assert "no legal advice" in " ".join(paper("docs/facts.md").split())


@pytest.mark.parametrize("language", languages())
def test_asked_whether_it_is_a_person_it_says_no_in_every_language(assistant: Assistant, language: str) -> None:
    answer = assistant.ask([ARE_YOU_A_PERSON[language]])
    text = wording(language, assistant.site)
    told = {text["chat.person"], text["chat.about"][0] if isinstance(text["chat.about"], list) else text["chat.about"]}
    assert answer.kind is Kind.CHAT
    assert answer.message in told


@pytest.mark.parametrize("language", languages())
def test_the_first_screen_of_the_page_says_that_it_is_a_program(page_server: PageServer, language: str) -> None:
    page = httpx.get(f"{page_server.url}/", params={"lang": language}, headers={"Accept-Language": language})
    assert wording(language)[DISCLOSURE] in html.unescape(page.text)


@pytest.mark.parametrize("language", languages())
def test_the_first_screen_of_the_widget_says_that_it_is_a_program(language: str) -> None:
    """It has the words; that they stand before the first question is for its own tests."""
    files = WidgetFiles.read()
    if language == "en":
        assert json.dumps(wording(language)[DISCLOSURE])[1:-1] in files.script.decode()
    else:
        assert wording(language)[DISCLOSURE] in json.loads(files.words[language]).values()


def test_the_licence_names_all_that_it_does_not_cover() -> None:
    licence, provenance = paper("LICENSE"), paper("docs/provenance.md")
    for place in ("corpus/articles", "tests/questions/other-articles"):
        assert place in licence
        assert place in provenance
    assert [Path(path) for path in re.findall(r"`(tests/questions/[\w-]+)/", provenance)] != []
