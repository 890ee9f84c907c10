"""Feedback holds which answer, which version and what was wrong; never a word of what was asked."""

import json
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from assistant import Assistant
from assistant.answer import MOST_JOINED
from assistant.web.gate.admission import Admission
from assistant.web.gate.body import BodyLimit
from assistant.web.gate.origins import AllowedOrigins
from assistant.web.gate.rate_limit import RateLimit
from assistant.web.process.live import LiveAssistant
from assistant.web.routes import feedback
from assistant.web.routes.feedback import feedback_routes, older_file, unsafe_file
from tests.conftest import ARTICLE

CANARY = "xylophone-7319"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "reports" / "feedback.jsonl"


@pytest.fixture
def sound(assistant: Assistant) -> dict[str, str]:
    return {"answer": f"answer {ARTICLE}:10-20", "version": assistant.version.name, "verdict": "wrong"}


@pytest.fixture
def client(file: Path, assistant: Assistant) -> TestClient:
    server = FastAPI()
    server.add_middleware(BodyLimit)
    allowed = AllowedOrigins.parse("https://clinic.example, localhost")
    server.include_router(feedback_routes(file, LiveAssistant(assistant), Admission(RateLimit(0)), allowed=allowed))
    return TestClient(server)


def test_a_verdict_is_kept_and_anything_else_in_the_body_is_not(
    client: TestClient, file: Path, sound: dict[str, str]
) -> None:
    assert client.post("/api/feedback", json={**sound, "question": CANARY, "note": CANARY}).status_code == 204
    row = json.loads(file.read_text())
    assert {name: row[name] for name in sound} == sound
    assert set(row) == {*sound, "day"}
    assert CANARY not in file.read_text()


@pytest.mark.parametrize("name", ["answer", "version", "verdict"])
@pytest.mark.parametrize("value", [f"answer {CANARY}", CANARY, [CANARY], " ", None])
def test_text_in_any_field_is_refused_with_a_remedy_and_nothing_kept(
    client: TestClient, file: Path, sound: dict[str, str], name: str, value: object
) -> None:
    refused = client.post("/api/feedback", json={**sound, name: value})
    assert refused.status_code == 422
    assert "wrong, unhelpful, unsafe" in refused.json()["remedy"]
    assert not file.exists()


@pytest.mark.parametrize("body", [{"answer": "chat"}, [{"answer": "chat"}], CANARY, None, 7])
def test_what_is_no_verdict_is_refused(client: TestClient, file: Path, body: object) -> None:
    assert client.post("/api/feedback", json=body).status_code == 422
    assert not file.exists()


@pytest.mark.parametrize(
    "answer",
    [
        "answer no-such-article:10-20",
        f"answer {ARTICLE}:20-10",
        f"answer {ARTICLE}:10-10",
        f"answer {ARTICLE}:10-999999",
        f"answer {ARTICLE}:10-" + "9" * 30_000,
        f"answer {ARTICLE}:{'1' * 5_000}-20",
        f"answer {'a' * 30_000}:10-20",
        "answer" + f" {ARTICLE}:10-20" * (MOST_JOINED + 1),
        f"praise {ARTICLE}:10-20",
        f"answer {ARTICLE}:١-٢٠",
    ],
    ids=[
        *("unknown article", "backwards", "empty", "past the end", "endless end", "endless start", "endless name"),
        *("too many", "unknown kind", "other digits"),
    ],
)
def test_only_spans_that_can_have_been_quoted_are_kept(
    client: TestClient, file: Path, sound: dict[str, str], answer: str
) -> None:
    assert client.post("/api/feedback", json={**sound, "answer": answer}).status_code == 422
    assert not file.exists()


@pytest.mark.parametrize("version", ["20261122T101500Z-3f9a1c", "2" * 32, "-", "x" * 30_000])
def test_a_version_that_was_never_here_is_refused(client: TestClient, sound: dict[str, str], version: str) -> None:
    assert client.post("/api/feedback", json={**sound, "version": version}).status_code == 422


def test_urgent_help_that_needed_no_version_can_be_judged(client: TestClient) -> None:
    assert client.post("/api/feedback", json={"answer": "urgent", "version": "", "verdict": "wrong"}).status_code == 204


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 204),
        ({"Origin": "http://testserver"}, 204),
        ({"Origin": "https://clinic.example"}, 204),
        ({"Origin": "http://localhost:8000"}, 204),
        ({"Origin": "https://behind.a.proxy", "Sec-Fetch-Site": "same-origin"}, 204),
        ({"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Origin": "https://clinic.example.elsewhere.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_verdicts_come_from_our_own_pages_and_embedding_sites_only(
    client: TestClient, file: Path, sound: dict[str, str], headers: dict[str, str], status: int
) -> None:
    assert client.post("/api/feedback", json=sound, headers=headers).status_code == status
    assert file.exists() == (status == 204)


def test_with_any_site_allowed_any_site_may_send() -> None:
    assert AllowedOrigins.parse("*").admits("https://elsewhere.example")


def test_a_body_that_is_no_json_is_refused(client: TestClient) -> None:
    assert client.post("/api/feedback", content=b"\xff").status_code == 422


def test_a_body_that_is_too_large_is_refused(client: TestClient) -> None:
    assert client.post("/api/feedback", content=b"x" * 1_000_000).status_code == 413


def test_a_full_file_makes_room_and_the_disk_never_holds_more_than_two(
    client: TestClient, file: Path, sound: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feedback, "LARGEST_FILE", 500)
    for number in range(20):
        body = {**sound, "answer": f"answer {ARTICLE}:{number}-{number + 1}"}
        assert client.post("/api/feedback", json=body).status_code == 204
    files = sorted(file.parent.iterdir())
    assert files == sorted([file, older_file(file)])
    assert all(path.stat().st_size <= 500 for path in files)
    assert ":19-20" in file.read_text().splitlines()[-1]


def test_a_flood_of_other_verdicts_displaces_no_unsafe_one(
    client: TestClient, file: Path, sound: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feedback, "LARGEST_FILE", 500)
    assert client.post("/api/feedback", json={**sound, "verdict": "unsafe"}).status_code == 204
    for _ in range(20):
        client.post("/api/feedback", json=sound)
    assert client.post("/api/feedback", json={**sound, "verdict": "unsafe"}).status_code == 204
    assert [json.loads(line)["verdict"] for line in unsafe_file(file).read_text().splitlines()] == ["unsafe"] * 2
    assert "unsafe" not in file.read_text() + older_file(file).read_text()


def test_a_file_that_cannot_be_written_is_said(client: TestClient, file: Path, sound: dict[str, str]) -> None:
    file.mkdir(parents=True)
    assert client.post("/api/feedback", json=sound).status_code == 503
