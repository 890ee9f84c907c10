"""Feedback holds which answer, which version and what was wrong; never a word of what was asked."""

import json
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from assistant.web import feedback
from assistant.web.admission import Admission
from assistant.web.body import BodyLimit
from assistant.web.feedback import feedback_routes
from assistant.web.rate_limit import RateLimit

CANARY = "xylophone-7319"
SOUND = {"answer": "answer causes-of-rls:10-20", "version": "20261122T101500Z-3f9a1c", "verdict": "wrong"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "reports" / "feedback.jsonl"


@pytest.fixture
def client(file: Path) -> TestClient:
    server = FastAPI()
    server.add_middleware(BodyLimit)
    server.include_router(feedback_routes(file, Admission(RateLimit(0))))
    return TestClient(server)


def test_a_verdict_is_kept_and_anything_else_in_the_body_is_not(client: TestClient, file: Path) -> None:
    assert client.post("/api/feedback", json={**SOUND, "question": CANARY, "note": CANARY}).status_code == 204
    row = json.loads(file.read_text())
    assert {name: row[name] for name in SOUND} == SOUND
    assert set(row) == {*SOUND, "day"}
    assert CANARY not in file.read_text()


@pytest.mark.parametrize(
    "body",
    [
        *({**SOUND, name: f"{SOUND[name]} {CANARY}"} for name in SOUND),
        {**SOUND, "answer": CANARY},
        {**SOUND, "version": CANARY},
        {**SOUND, "verdict": [CANARY]},
        {"answer": SOUND["answer"]},
        [SOUND],
        CANARY,
    ],
)
def test_text_in_any_field_is_refused_with_a_remedy_and_nothing_kept(client: TestClient, file: Path, body: object) -> None:
    refused = client.post("/api/feedback", json=body)
    assert refused.status_code == 422
    assert "wrong, unhelpful, unsafe" in refused.json()["remedy"]
    assert not file.exists()


def test_a_body_that_is_no_json_is_refused(client: TestClient) -> None:
    assert client.post("/api/feedback", content=b"\xff").status_code == 422


def test_a_body_that_is_too_large_is_refused(client: TestClient) -> None:
    assert client.post("/api/feedback", content=b"x" * 1_000_000).status_code == 413


def test_a_full_file_takes_no_more(client: TestClient, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feedback, "LARGEST_FILE", 10)
    assert client.post("/api/feedback", json=SOUND).status_code == 204
    kept = file.read_text()
    assert client.post("/api/feedback", json=SOUND).status_code == 503
    assert file.read_text() == kept
