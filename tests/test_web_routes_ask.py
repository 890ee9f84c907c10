"""assistant/web/routes/ask.py: the HTTP contract, through the whole server."""

import json

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant import Assistant
from assistant.languages.wording import wording
from assistant.web import create_server
from assistant.web.gate.body import LARGEST_BODY
from assistant.web.process.live import LiveAssistant
from tests.conftest import SITE

IRON = "How is iron linked to dopamine?"


@pytest.fixture(scope="module")
def client(assistant: Assistant) -> TestClient:
    return TestClient(create_server(LiveAssistant(assistant)))


def body_of(*turns: str) -> bytes:
    return json.dumps({"turns": turns}).encode()


@pytest.mark.parametrize("content_type", ["application/json", "text/plain", "text/plain;charset=UTF-8", None])
def test_a_question_is_answered_however_its_body_is_declared(
    client: TestClient, assistant: Assistant, content_type: str | None
) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    response = client.post("/api/ask", content=body_of(IRON), headers=headers)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json"
    assert response.content == assistant.ask([IRON]).as_json().encode()


def test_all_turns_are_read_oldest_first(client: TestClient, assistant: Assistant) -> None:
    turns = ["Can kidney failure lead to RLS?", "How does that affect the legs?"]
    assert client.post("/api/ask", content=body_of(*turns)).text == assistant.ask(turns).as_json()


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", "holds no question"),
        (b"How is iron linked to dopamine?", "holds no question"),
        (b"\xff\xfe", "holds no question"),
        (b"[" * 30_000, "holds no question"),
        (b'{"turns": ' + b"9" * 5_000 + b"}", "holds no question"),
        (b"null", "holds no question"),
        (b"7", "holds no question"),
        (b'"turns"', "holds no question"),
        (b'["turns"]', "holds no question"),
        (b"{}", "holds no question"),
        (b'{"question": "What is RLS?"}', "holds no question"),
        (b'{"turns": null}', "must be text"),
        (b'{"turns": "What is RLS?"}', "must be text"),
        (b'{"turns": {"0": "What is RLS?"}}', "must be text"),
        (b'{"turns": [7]}', "must be text"),
        (b'{"turns": ["a\\ud83d"]}', "half a character"),
        (b'{"turns": []}', "is empty"),
        (b'{"turns": [" \\u200b\\n"]}', "is empty"),
        (body_of("a" * 1_001), "1,001 characters"),
        (body_of(*["why?"] * 51), "51 turns"),
    ],
)
def test_a_body_that_cannot_be_answered_gets_422_with_error_and_remedy(client: TestClient, body: bytes, error: str) -> None:
    response = client.post("/api/ask", content=body)
    assert response.status_code == 422
    assert list(response.json()) == ["error", "remedy"]
    assert error in response.json()["error"]
    assert response.json()["remedy"]
    assert f"page.{response.headers['Refusal-Code']}" in wording()


@settings(max_examples=50)
@given(st.binary(max_size=200))
def test_no_body_whatever_breaks_the_server(client: TestClient, body: bytes) -> None:
    assert client.post("/api/ask", content=body).status_code == 422


def test_a_body_over_32_kilobytes_gets_413_with_error_and_remedy(client: TestClient) -> None:
    assert LARGEST_BODY == 32 * 1024
    largest = body_of(IRON).ljust(LARGEST_BODY)
    assert client.post("/api/ask", content=largest).status_code == 200
    for body in (largest + b" ", iter([largest, b" "])):  # declared, and in chunks of unknown length
        response = client.post("/api/ask", content=body)
        assert response.status_code == 413
        assert list(response.json()) == ["error", "remedy"]
        assert "32768 bytes" in response.json()["error"]


def test_a_question_in_the_address_is_not_read(client: TestClient) -> None:
    assert client.get("/api/ask", params={"turns": IRON}).status_code == 405


def test_the_operations_routes_say_what_is_served(client: TestClient, assistant: Assistant) -> None:
    name = assistant.version.name
    assert client.get("/livez").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ok", "index_version": name}
    assert client.get("/version").json() == {
        "index_version": name,
        "wanted_version": name,
        "model": assistant.version.manifest.model,
        "passages": len(assistant.version.passages),
        "articles": ["causes-of-restless-legs-syndrome"],
    }


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
def test_the_frameworks_own_pages_are_off(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_no_response_sets_a_cookie(client: TestClient) -> None:
    responses = [client.post("/api/ask", content=body_of(IRON)), client.get("/livez")]
    assert [response.headers.get("Set-Cookie") for response in responses] == [None, None]


def test_fixed_wording_is_said_in_the_readers_language_and_the_response_names_it(client: TestClient) -> None:
    for language, message in (("de", wording("de", SITE)["advice.message"]), ("xx", wording("en", SITE)["advice.message"])):
        body = json.dumps({"turns": ["How much ropinirole should I take?"], "language": language})
        response = client.post("/api/ask", content=body)
        assert response.json()["message"] == message
        assert response.headers["Content-Language"] == (language if language == "de" else "en")


def test_a_message_in_the_questions_language_stays_in_it(client: TestClient) -> None:
    response = client.post("/api/ask", content=json.dumps({"turns": ["Quiero morir"], "language": "de"}))
    assert response.json()["kind"] == "urgent"
    assert response.headers["Content-Language"] == "es"


@pytest.mark.parametrize("articles", [["tea"], [], "causes-of-restless-legs-syndrome", {"tea": 1}, [7]])
def test_a_limit_to_articles_that_are_not_there_is_refused(client: TestClient, articles: object) -> None:
    response = client.post("/api/ask", content=json.dumps({"turns": [IRON], "articles": articles}))
    assert response.status_code == 422
    assert list(response.json()) == ["error", "remedy"]


def test_a_limit_to_all_articles_changes_nothing(client: TestClient, assistant: Assistant) -> None:
    body = json.dumps({"turns": [IRON], "articles": ["causes-of-restless-legs-syndrome", "tea"]})
    assert client.post("/api/ask", content=body).text == assistant.ask([IRON]).as_json()
