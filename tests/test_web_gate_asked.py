"""assistant/web/gate/asked.py: whatever a request is refused for, somebody in danger who wrote it gets help."""

import json
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from assistant import Assistant
from assistant.languages.wording import wording
from assistant.web import create_server
from assistant.web.gate.admission import Admission
from assistant.web.gate.body import LARGEST_BODY
from assistant.web.gate.rate_limit import RateLimit
from assistant.web.process.lifecycle import loading_server
from assistant.web.process.live import LiveAssistant

CRISIS = "I have decided to end my life tonight"
FILLER = "my legs will not let me sleep and nothing helps "


def body_of(text: str) -> bytes:
    return json.dumps({"turns": [text]}).encode()


REFUSED = {
    "too long": (422, body_of(FILLER * 30 + CRISIS)),
    "larger than is read, danger last": (413, body_of(FILLER * 2_000 + CRISIS)),
    "larger than is read, danger first": (413, body_of(CRISIS + " " + FILLER * 2_000)),
    "no JSON": (422, CRISIS.encode()),
    "JSON that ends too early": (422, body_of(CRISIS)[:-3]),
    "no turns": (422, json.dumps({"question": CRISIS}).encode()),
    "turns that are no list": (422, json.dumps({"turns": CRISIS}).encode()),
    "turns of turns": (422, json.dumps({"turns": [[CRISIS]]}).encode()),
    "half a character": (422, b'{"turns": ["' + CRISIS.encode() + b' \\ud83d"]}'),
    "too many turns": (422, json.dumps({"turns": ["why"] * 60 + [CRISIS]}).encode()),
    "escapes of another script, cut": (413, body_of("я" * 9_000 + " quiero morir ")),
    "unknown articles": (422, json.dumps({"turns": [CRISIS], "articles": ["none"]}).encode()),
    "articles that are no list": (422, json.dumps({"turns": [CRISIS], "articles": 7}).encode()),
}


@pytest.fixture(scope="module")
def client(assistant: Assistant) -> Iterator[TestClient]:
    server = create_server(LiveAssistant(assistant), admission=Admission(RateLimit(0), region="GB"))
    with TestClient(server) as client:
        yield client


@pytest.mark.parametrize("why", REFUSED)
def test_danger_is_read_in_a_body_that_is_refused(client: TestClient, why: str) -> None:
    status, body = REFUSED[why]
    answer = client.post("/api/ask", content=body)
    assert (answer.status_code, answer.json()["kind"]) == (200, "urgent")
    harmless = body.replace(CRISIS.encode(), b"x").replace(b"quiero morir", b"x")
    assert client.post("/api/ask", content=harmless).status_code == status


@pytest.mark.parametrize("why", [why for why in REFUSED if "articles" not in why])
def test_a_server_that_loads_reads_it_as_well(why: str) -> None:
    with TestClient(loading_server("GB", "localhost")) as loading:
        assert loading.post("/api/ask", content=REFUSED[why][1]).json()["kind"] == "urgent"


def test_of_a_body_without_end_a_megabyte_is_read_at_most(client: TestClient) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        while sent < 64 * 1024 * 1024:
            sent += 65_536
            yield b"a" * 65_536

    assert client.post("/api/ask", content=endless()).status_code == 413


def test_where_nothing_is_asked_a_body_that_is_too_large_is_refused_unread(client: TestClient) -> None:
    assert client.post("/api/feedback", content=CRISIS.encode() + b"a" * LARGEST_BODY).status_code == 413


def test_the_readers_language_is_kept(client: TestClient) -> None:
    answer = client.post("/api/ask", content=json.dumps({"turns": [FILLER * 30 + CRISIS], "language": "de"}).encode())
    assert answer.json()["message"].startswith(wording("de")["urgent.crisis"])
