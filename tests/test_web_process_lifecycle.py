"""assistant/web/process/lifecycle.py: what is answered before there is an index."""

import threading

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from assistant import Assistant
from assistant.web import create_server
from assistant.web.process.lifecycle import Application, State, loading_server
from assistant.web.process.live import LiveAssistant
from tests.browsers import THREE, URGENT
from tests.nginx import until

SITE = "https://example.org"
FROM_SITE = {"Origin": SITE}


@pytest.fixture(scope="module")
def loading() -> TestClient:
    return TestClient(loading_server("INT", SITE))


@pytest.fixture(scope="module")
def loaded(assistant: Assistant) -> TestClient:
    return TestClient(create_server(LiveAssistant(assistant), allowed_origins=SITE))


@pytest.mark.parametrize("language", ["en", "de", "ar", "tlh", None, ["de"]])
def test_urgent_help_is_what_it_will_be_when_all_is_loaded(
    loading: TestClient, loaded: TestClient, language: object
) -> None:
    body = {"turns": [URGENT], "language": language}
    early, late = (client.post("/api/ask", json=body, headers=FROM_SITE) for client in (loading, loaded))
    assert early.json() == late.json() | {"index_version": ""}
    for header in ("Content-Language", "Access-Control-Allow-Origin", "Access-Control-Expose-Headers"):
        assert early.headers[header] == late.headers[header]


def test_told_to_stop_while_it_loads_it_stays_told(assistant: Assistant) -> None:
    states: list[State] = []
    may_load = threading.Event()

    def load() -> FastAPI:
        assert may_load.wait(10)
        return create_server(LiveAssistant(assistant))

    application = Application(load, on_change=states.append)
    with TestClient(application) as client:
        application.drain()
        may_load.set()
        until(lambda: client.post("/api/ask", json={"turns": [THREE]}).status_code == 200, seconds=10)
        assert client.get("/readyz").json() == {"status": "draining"}
    assert states == [State.DRAINING]


def test_a_browser_may_ask_whether_the_widget_may_ask(loading: TestClient) -> None:
    preflight = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    assert loading.options("/api/ask", headers=FROM_SITE | preflight).status_code == 200
    assert loading.options("/api/ask", headers={"Origin": "https://other.org"} | preflight).status_code == 400


@pytest.mark.parametrize("body", [b"", b"null", b"7", b"[]", b'{"turns": 7}', b'{"turns": []}', b"[" * 30_000])
def test_whatever_else_is_asked_has_to_wait_and_the_widget_can_read_so(loading: TestClient, body: bytes) -> None:
    for content in (body, b'{"turns": ["%s"]}' % THREE.encode()):
        refused = loading.post("/api/ask", content=content, headers=FROM_SITE)
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
        assert refused.headers.get("Access-Control-Allow-Origin") == SITE
