"""assistant/web/agents/gradio_client.py: Gradio's own client, and what it leaves behind."""

import json
from collections.abc import Iterator
from concurrent.futures import CancelledError

import httpx
import pytest
from fastapi.testclient import TestClient
from gradio_client import Client
from gradio_client.client import Job
from gradio_client.exceptions import AppError

from assistant import Assistant
from assistant.web import create_server
from assistant.web.agents.gradio_client import MOST_KEPT, Waiting
from assistant.web.process.live import LiveAssistant
from tests.browsers import URGENT, PageServer

IRON = "How is iron linked to dopamine?"


@pytest.fixture(scope="module")
def gradio(page_server: PageServer) -> Iterator[Client]:
    client = Client(page_server.url, verbose=False, analytics_enabled=False, download_files=False)
    yield client
    client.close()


@pytest.fixture
def client(assistant: Assistant) -> TestClient:
    return TestClient(create_server(LiveAssistant(assistant)))


@pytest.mark.parametrize("turns", [[IRON], [IRON, "Why?"], [URGENT], ["How tall is the Eiffel Tower?"]])
def test_gradios_client_gets_the_answer_object(gradio: Client, page_server: PageServer, turns: list[str]) -> None:
    *earlier, question = turns
    answer = gradio.predict(question, earlier, api_name="/ask") if earlier else gradio.predict(question, api_name="/ask")
    assert answer == httpx.post(f"{page_server.url}/api/ask", json={"turns": turns}).json()


def test_gradios_client_is_told_what_is_wrong_and_many_calls_at_once_are_kept_apart(gradio: Client) -> None:
    with pytest.raises(AppError, match=r"The question is empty\. Type a question"):
        gradio.predict(" ", api_name="/ask")
    questions = [IRON, URGENT, "hello", "How tall is the Eiffel Tower?"] * 3
    jobs = [gradio.submit(question, api_name="/ask") for question in questions]
    kinds = [_kind(gradio, job, question) for job, question in zip(jobs, questions, strict=True)]
    assert kinds == ["answer", "urgent", "chat", "unanswered"] * 3


def _kind(gradio: Client, job: Job, question: str) -> str:
    """What a job got; asked again where the client drops an answer since its stream closed before the job looked."""
    try:
        return str(job.result(timeout=30)["kind"])
    except CancelledError:
        return str(gradio.predict(question, api_name="/ask")["kind"])


def test_an_answer_is_fetched_once_by_the_session_that_asked(client: TestClient) -> None:
    call = {"data": [IRON], "fn_index": 0, "session_hash": "a" * 12}
    event = client.post("/gradio_api/queue/join", json=call).json()["event_id"]
    assert client.get("/gradio_api/queue/data", params={"session_hash": "b" * 12}).status_code == 404
    stream = client.get("/gradio_api/queue/data", params={"session_hash": "a" * 12})
    completed, closed = (json.loads(line.removeprefix("data: ")) for line in stream.text.strip().split("\n\n"))
    assert (completed["event_id"], completed["success"], closed["msg"]) == (event, True, "close_stream")
    assert client.get("/gradio_api/queue/data", params={"session_hash": "a" * 12}).status_code == 404


def test_nobody_can_leave_much_behind() -> None:
    waiting = Waiting()
    for number in range(MOST_KEPT * 3):
        waiting.put(f"session {number}", "said")
    assert len(waiting) == MOST_KEPT
    for _ in range(MOST_KEPT * 3):
        waiting.put("one", "said")
    assert len(waiting.take("one")) == MOST_KEPT
    short = Waiting(seconds=0)
    short.put("gone", "said")
    assert (len(short), short.take("gone")) == (0, [])


@pytest.mark.parametrize(
    "body",
    [
        {"data": []},
        {"data": [None], "session_hash": "a" * 12},
        {"data": [IRON], "fn_index": 1, "session_hash": "a" * 12},
        {"data": [IRON, 3], "session_hash": "a" * 12},
        {"data": [IRON]},
        [],
    ],
)
def test_what_is_no_call_is_refused_or_an_error_for_its_client(client: TestClient, body: object) -> None:
    response = client.post("/gradio_api/queue/join", json=body)
    if response.status_code == 200:
        said = client.get("/gradio_api/queue/data", params={"session_hash": "a" * 12}).text
        assert json.loads(said.split("\n")[0].removeprefix("data: "))["success"] is False
    else:
        assert (response.status_code, list(response.json())) == (422, ["error", "remedy"])


@pytest.mark.parametrize("content", [json.dumps({"x": URGENT}), f"{URGENT} {'x ' * 40_000}"])
def test_danger_gets_help_in_a_body_that_is_no_call(client: TestClient, content: str) -> None:
    assert client.post("/gradio_api/queue/join", content=content).json()["kind"] == "urgent"


def test_a_body_that_is_too_large_is_refused(client: TestClient) -> None:
    assert client.post("/gradio_api/queue/join", content="x" * 40_000).status_code == 413
