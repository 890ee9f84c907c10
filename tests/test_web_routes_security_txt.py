"""assistant/web/routes/security_txt.py: what an owner has named, and nothing that nobody did."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient

from assistant import Assistant
from assistant.web import create_server
from assistant.web.process.live import LiveAssistant
from assistant.web.routes.security_txt import DAYS, PATH
from settings import Settings, SettingsError

MAIL, FORM = "mailto:security@example.org", "https://example.org/report?kind=a"


def client(assistant: Assistant, *contacts: str, public_url: str = "") -> TestClient:
    return TestClient(create_server(LiveAssistant(assistant), security_contacts=contacts, public_url=public_url))


def test_without_a_contact_there_is_no_file(assistant: Assistant) -> None:
    response = client(assistant).get(PATH)
    assert response.status_code == 404
    assert "Contact:" not in response.text
    assert "SECURITY_CONTACT" in response.json()["remedy"]


def test_the_file_is_as_rfc_9116_wants_it(assistant: Assistant) -> None:
    """Fields a line each, `Contact` in order of preference, exactly one `Expires` within a year, `text/plain` in UTF-8."""
    response = client(assistant, MAIL, FORM, public_url="https://example.org/").get(PATH)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    lines = response.text.splitlines()
    assert lines[:2] == [f"Contact: {MAIL}", f"Contact: {FORM}"]
    assert lines[3:] == ["Canonical: https://example.org/.well-known/security.txt"]
    stamp = re.fullmatch(r"Expires: (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)", lines[2])
    assert stamp
    left = datetime.fromisoformat(stamp[1]) - datetime.now(UTC)
    assert timedelta(days=DAYS - 1) <= left <= timedelta(days=DAYS)


@pytest.mark.parametrize("address", ["", "http://example.org", "https://example.org/rls"])
def test_it_names_no_address_of_its_own_that_is_not_at_the_root_of_an_https_host(assistant: Assistant, address: str) -> None:
    assert "Canonical" not in client(assistant, MAIL, public_url=address).get(PATH).text


@pytest.mark.parametrize("value", [MAIL, f"{MAIL} {FORM}", f"  {MAIL}\n{FORM} ", ""])
def test_contacts_are_taken_apart(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("SECURITY_CONTACT", value)
    assert Settings.from_environment().security_contacts == [one for one in (MAIL, FORM) if one in value]


@pytest.mark.parametrize(
    "value",
    [
        "security@example.org",
        "http://example.org/report",
        "mailto:",
        "mailto:@",
        "https://",
        "javascript:a@b",
        f"{MAIL}, or call",
    ],
)
def test_what_is_no_contact_is_refused_at_the_start(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("SECURITY_CONTACT", value)
    with pytest.raises(SettingsError, match=r"SECURITY_CONTACT=.* cannot be used: it must be like mailto:"):
        Settings.from_environment()
