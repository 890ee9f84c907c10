"""assistant/web/routes/privacy.py: what is kept and what is not, as the settings in force make it."""

from html import unescape
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from assistant import Assistant
from assistant.languages.wording import languages, wording
from assistant.web import create_server
from assistant.web.gate.admission import Admission
from assistant.web.gate.preferred import preferred
from assistant.web.gate.rate_limit import RateLimit
from assistant.web.process.live import LiveAssistant
from assistant.web.routes.drawing import shell_html
from assistant.web.routes.privacy import privacy_facts


def page(assistant: Assistant, feedback_file: Path | None, rate: int, **headers: str) -> str:
    server = create_server(LiveAssistant(assistant), feedback_file=feedback_file, admission=Admission(RateLimit(rate)))
    return unescape(TestClient(server).get("/privacy", headers=headers).text)


def test_it_tells_what_the_settings_in_force_keep(assistant: Assistant, tmp_path: Path) -> None:
    text = wording()
    strict, open_ = page(assistant, tmp_path / "feedback.jsonl", 20), page(assistant, None, 0)
    assert [text[f"privacy.{key}"] in strict for key in ("address_limit", "address", "feedback")] == [True, False, True]
    assert [text[f"privacy.{key}"] in open_ for key in ("address_limit", "address", "feedback")] == [False, True, False]
    for key in ("questions", "conversation", "counts", "cookies", "hosts"):
        assert text[f"privacy.{key}"] in strict
    assert text["privacy.gaps"] not in strict
    assert "privacy.gaps" in privacy_facts(is_rate_limited=True, is_feedback_kept=True, are_gaps_counted=True)


@pytest.mark.parametrize("language", languages())
def test_page_and_privacy_name_who_runs_the_site_if_the_owner_says_who(assistant: Assistant, language: str) -> None:
    server = create_server(LiveAssistant(assistant), operator="Tea & Co, https://example.org/")
    pages = [
        TestClient(server).get(f"/privacy?lang={language}").text,
        shell_html(assistant, language, charts=[], operator="Tea & Co, https://example.org/"),
    ]
    before, after = wording(language)["page.operator"].split("{operator}")
    named = f'{before}<bdi>Tea &amp; Co, <a href="https://example.org/">example.org</a></bdi>{after}'
    assert [named in html for html in pages] == [True, True]
    assert "<bdi>" not in page(assistant, None, 0)


@pytest.mark.parametrize("language", languages())
def test_it_comes_in_the_readers_language(assistant: Assistant, language: str) -> None:
    html = page(assistant, None, 0, **{"Accept-Language": f"xx, {language}-XX;q=0.9"})
    assert f'<html lang="{language}"' in html
    assert wording(language)["privacy.questions"] in html
    assert "<script" not in html


@pytest.mark.parametrize(
    ("chosen", "accepted", "language"),
    [
        ("de", "fr", "de"),
        ("xx", "fr-CA, en", "fr"),
        ("", "", "en"),
        ("", "hi-IN,hi;q=0.9,en;q=0.8", "hi"),
        ("", "hi-Latn-IN,hi;q=0.9,en;q=0.8", "hi-latn"),
        ("", "hi-Latn", "hi-latn"),
        ("hi-Latn", "hi", "hi-latn"),
        ("hi_IN", "", "hi"),
        ("", "zh-Hant-TW", "zh"),
        ("", "hil,fr;q=0.9", "fr"),  # Hiligaynon
    ],
)
def test_a_language_that_was_chosen_goes_before_those_of_the_browser(chosen: str, accepted: str, language: str) -> None:
    assert preferred(chosen, accepted) == language
