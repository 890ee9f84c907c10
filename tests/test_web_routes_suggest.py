"""`/api/suggest`: questions on offer for what is typed so far, found by other words for the same, and fast."""

import time
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from assistant import Assistant
from assistant.web import create_server
from assistant.web.process.live import LiveAssistant
from assistant.web.routes.ask import SUGGESTIONS_A_MINUTE

WITHIN = 0.05  # s, the median of many


@pytest.fixture(scope="module")
def client(assistant: Assistant) -> Iterator[TestClient]:
    with TestClient(create_server(LiveAssistant(assistant))) as client:
        yield client


def suggested(client: TestClient, text: object) -> list[str]:
    response = client.post("/api/suggest", json={"text": text})
    assert response.status_code == 200
    return list(response.json()["questions"])


@pytest.mark.parametrize(
    ("typed", "question"),
    [
        ("why are my antidepress", "Which medications can trigger RLS?"),
        ("dialysis and my legs", "How does kidney failure contribute to RLS?"),
        ("is it hereditary, does it run in the fam", "Does primary RLS run in families?"),
        ("i hardly sleep because of it", "How does RLS affect sleep?"),
    ],
)
def test_other_words_for_the_same_find_the_question(client: TestClient, typed: str, question: str) -> None:
    assert question in suggested(client, typed)


@pytest.mark.parametrize("typed", ["", "   ", 7, None, ["iron"], "qwertyuiop zxcv", "the price of a used car"])
def test_what_is_near_nothing_or_no_text_gets_nothing(client: TestClient, typed: object) -> None:
    assert suggested(client, typed) == []


def test_a_body_that_is_no_json_gets_nothing(client: TestClient) -> None:
    assert client.post("/api/suggest", content=b"{").json() == {"questions": []}


def test_whoever_asks_too_often_gets_nothing_and_no_error(assistant: Assistant) -> None:
    with TestClient(create_server(LiveAssistant(assistant))) as client:
        found = [bool(suggested(client, "iron and dopamine")) for _ in range(SUGGESTIONS_A_MINUTE + 3)]
    assert found == [True] * SUGGESTIONS_A_MINUTE + [False] * 3


@pytest.mark.timing
def test_it_takes_no_longer_than_a_key(client: TestClient) -> None:
    times = []
    for n in range(30):
        begun = time.perf_counter()
        suggested(client, f"why does low iron {n}")
        times.append(time.perf_counter() - begun)
    assert sorted(times)[len(times) // 2] <= WITHIN
