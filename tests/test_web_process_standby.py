"""A server that has no version to serve stays up: urgent help, the articles, and on /readyz what is wrong."""

import time
from collections.abc import Callable

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from assistant.web.process import lifecycle
from assistant.web.process.lifecycle import Application, State
from assistant.web.process.starting import NothingToServeError
from corpus import Document
from index import IndexMissingError
from tests.browsers import URGENT
from tests.conftest import make_document

SECONDS = 20


class FailingError(NothingToServeError):
    """Worth another attempt when the test says so."""

    is_mended = False

    def is_worth_trying_again(self) -> bool:
        return self.is_mended


def failing(*documents: Document) -> FailingError:
    error = IndexMissingError("the index at /srv/secret could not be built.", remedy="Build it.")
    return FailingError(error, documents=documents, watched=(), why="version X is damaged.")


def loaded_app() -> FastAPI:
    server = FastAPI()

    @server.get("/readyz")
    async def readyz() -> dict[str, str]:
        return {"status": "ok"}

    return server


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifecycle, "TRY_AGAIN_SECONDS", 0.05)


def test_without_an_index_it_stays_up_gives_help_and_articles_and_says_what_is_wrong() -> None:
    error, states, attempts = failing(make_document("tea")), list[State](), list[int]()

    def load() -> FastAPI:
        attempts.append(1)
        if not error.is_mended:
            raise error
        return loaded_app()

    application = Application(load, on_change=states.append)
    with TestClient(application) as client:
        until(lambda: "not_loaded" in client.get("/readyz").text)
        ready = client.get("/readyz")
        assert (ready.status_code, ready.json()) == (503, {"status": "no_index", "not_loaded": "version X is damaged."})
        assert client.get("/livez").json() == {"status": "ok"}
        help_ = client.post("/api/ask", json={"turns": [URGENT]})
        assert (help_.status_code, help_.json()["kind"]) == (200, "urgent")
        assert client.post("/api/ask", json={"turns": ["Is tea hot?"]}).status_code == 503
        page = client.get("/articles/tea")
        assert (page.status_code, "Tea is a drink." in page.text) == (200, True)
        assert page.headers["X-Content-Type-Options"] == "nosniff"
        assert client.get("/articles/ale").status_code == 503
        assert client.post("/articles/tea").status_code == 503
        assert "/srv/secret" not in ready.text + page.text
        assert len(attempts) == 1, "nothing has changed"
        error.is_mended = True
        until(lambda: client.get("/readyz").json() == {"status": "ok"})
        assert client.get("/articles/tea").status_code == 404
    assert State.FAILED not in states


def test_it_can_be_stopped_while_it_stands_by() -> None:
    error = failing()

    def load() -> FastAPI:
        raise error

    begun = time.monotonic()
    with TestClient(Application(load, on_change=lambda _state: None)) as client:
        until(lambda: "not_loaded" in client.get("/readyz").text)
    assert time.monotonic() - begun < SECONDS
