"""assistant/web/agents/mcp.py and tools.py: the Model Context Protocol, by the SDK's own client and by bare requests."""

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from mcp import Client

from assistant import Assistant
from assistant.web import create_server
from assistant.web.gate.admission import MESSAGES_A_QUESTION, Admission
from assistant.web.gate.body import LARGEST_BODY
from assistant.web.gate.rate_limit import RateLimit
from assistant.web.process.lifecycle import loading_server
from assistant.web.process.live import LiveAssistant
from settings import PROJECT
from tests.browsers import URGENT, PageServer
from tests.conftest import ARTICLE

IRON = "How is iron linked to dopamine?"
ERAS = ("auto", "legacy")  # of the protocol: a message by itself, and the handshake before it
HEADERS = {"Accept": "application/json, text/event-stream"}
ALL = 500
FEW = 25


def message(method: str, /, **parameters: object) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": 7, "method": method, "params": parameters}


def call(tool: str, /, **arguments: object) -> dict[str, Any]:
    return message("tools/call", name=tool, arguments=arguments)


def conversations(count: int) -> list[list[str]]:
    """So many labelled conversations, from all parts of the file."""
    lines = (PROJECT / "tests" / "questions" / "dev.jsonl").read_text(encoding="utf-8").splitlines()
    turns = [json.loads(line)["turns"] for line in lines]
    return turns[:: len(turns) // count][:count]


@pytest.fixture(scope="module")
def client(assistant: Assistant) -> Iterator[TestClient]:
    with TestClient(create_server(LiveAssistant(assistant)), headers=HEADERS) as client:
        yield client


def of_both(url: str, asked: Sequence[Sequence[str]], *, mode: str = "auto") -> list[tuple[str, Any, str]]:
    """What `ask` says as text and as a value, and what `/api/ask` sends."""

    async def ask_all() -> list[Any]:
        async with Client(f"{url}/mcp", mode=mode) as client:
            return [await client.call_tool("ask", {"turns": list(turns)}) for turns in asked]

    said = asyncio.run(ask_all())
    with httpx.Client(base_url=url) as http:
        sent = [http.post("/api/ask", json={"turns": list(turns)}).text for turns in asked]
    return [(one.content[0].text, one.structured_content, body) for one, body in zip(said, sent, strict=True)]


@pytest.mark.parametrize("mode", ERAS)
def test_the_sdks_own_client_gets_the_same_bytes_as_from_the_api(page_server: PageServer, mode: str) -> None:
    kinds = set()
    for text, value, body in of_both(page_server.url, conversations(FEW), mode=mode):
        assert text == body
        assert value == json.loads(body)
        kinds.add(value["kind"])
    assert {"answer", "unanswered"} <= kinds


@pytest.mark.slow
def test_five_hundred_answers_are_the_same_bytes_as_from_the_api(page_server: PageServer) -> None:
    compared = of_both(page_server.url, conversations(ALL))
    assert len(compared) == ALL
    assert [body for text, value, body in compared if text != body or value != json.loads(body)] == []
    assert sum(value["kind"] == "answer" for _, value, _ in compared) > ALL // 5


def test_what_a_quote_says_of_its_place_is_found_in_the_article(page_server: PageServer) -> None:
    async def quote_and_text() -> tuple[Any, Any, Any]:
        async with Client(f"{page_server.url}/mcp") as client:
            answer = (await client.call_tool("ask", {"question": IRON})).structured_content
            first = answer["citations"][0]
            where = {"article": first["article"], "start": first["start"], "end": first["end"]}
            listed = (await client.call_tool("articles", {})).structured_content
            return first, (await client.call_tool("read_article", where)).structured_content, listed

    first, read, listed = asyncio.run(quote_and_text())
    assert (read["text"], read["start"], read["end"]) == (first["quote"], first["start"], first["end"])
    assert [one["article"] for one in listed["articles"]] == [first["article"]] == [ARTICLE]


def test_a_program_is_told_how_to_show_what_it_gets_and_that_nothing_is_changed(page_server: PageServer) -> None:
    async def told() -> tuple[str | None, list[Any]]:
        async with Client(f"{page_server.url}/mcp") as client:
            return client.instructions, (await client.list_tools()).tools

    instructions, tools = asyncio.run(told())
    assert instructions
    assert {"urgent", "advice", "final", "quote", "url"} <= set(re.findall(r"\w+", instructions))
    assert [tool.name for tool in tools] == ["ask", "articles", "read_article"]
    assert all(tool.annotations.read_only_hint and not tool.annotations.destructive_hint for tool in tools)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"question": " "}, "The question is empty."),
        ({}, "There is no question."),
        ({"question": 3}, "A question must be text."),
        ({"question": "x" * 1_001}, "The question has 1,001 characters; at most 1,000 are read."),
        ({"question": IRON, "articles": ["no-such"]}, "There is none of these articles here."),
    ],
)
def test_what_is_wrong_with_a_question_is_a_tools_error_with_a_remedy(
    client: TestClient, arguments: dict[str, Any], error: str
) -> None:
    result = client.post("/mcp", json=call("ask", **arguments)).json()["result"]
    assert result["isError"]
    said = json.loads(result["content"][0]["text"])
    assert error in said["error"]
    assert said["remedy"]


@pytest.mark.parametrize("arguments", [{}, {"article": "no-such"}, {"article": ARTICLE, "start": -1}, {"article": 3}])
def test_an_article_that_is_not_there_is_a_tools_error(client: TestClient, arguments: dict[str, Any]) -> None:
    result = client.post("/mcp", json=call("read_article", **arguments)).json()["result"]
    assert result["isError"]


@pytest.mark.parametrize(
    "body",
    [
        json.dumps(call("ask", question=URGENT)),
        json.dumps(call("ask", question=f"{'x ' * 600}{URGENT}")),  # too long
        json.dumps(call("ask", question=[URGENT])),  # not text
        json.dumps(call("no_such_tool", text=URGENT)),
        json.dumps(call("ask", question=f"{URGENT} {'x ' * LARGEST_BODY}")),  # a body that is cut
        f'{{"id": 7, "question": "{URGENT}"',  # no JSON
    ],
)
def test_danger_is_answered_with_help_whatever_is_wrong_with_the_message(client: TestClient, body: str) -> None:
    response = client.post("/mcp", content=body, headers={"Content-Type": "application/json"})
    assert response.status_code == 200
    assert response.json()["id"] == 7
    assert response.json()["result"]["structuredContent"]["kind"] == "urgent"


def test_a_server_that_loads_answers_danger_by_mcp_and_nothing_else() -> None:
    with TestClient(loading_server("GB", "localhost"), headers=HEADERS) as loading:
        result = loading.post("/mcp", json=call("ask", question=URGENT)).json()
        assert (result["id"], result["result"]["structuredContent"]["kind"]) == (7, "urgent")
        assert loading.post("/mcp", json=call("ask", question=IRON)).status_code == 503


def test_a_message_that_is_too_large_or_no_json_is_refused(client: TestClient) -> None:
    large = client.post("/mcp", json=call("ask", question="x " * LARGEST_BODY))
    assert (large.status_code, list(large.json())) == (413, ["error", "remedy"])
    assert client.post("/mcp", content=b"{", headers={"Content-Type": "application/json"}).status_code == 400


def test_only_messages_are_taken_and_none_of_a_foreign_site(client: TestClient, assistant: Assistant) -> None:
    for method in ("GET", "DELETE"):
        refused = client.request(method, "/mcp")
        assert (refused.status_code, refused.headers["Allow"]) == (405, "POST")
    listing = message("tools/list")
    rebound = {"Origin": "http://evil.example:7860", "Host": "evil.example:7860"}  # a name that now points here
    assert client.post("/mcp", json=listing, headers=rebound).status_code == 403
    assert client.post("/mcp", json=listing, headers={"Origin": "null"}).status_code == 403
    assert client.post("/mcp", json=listing, headers={"Origin": "http://localhost:6274"}).status_code == 200
    own = Assistant(assistant.version, assistant.encoder, public_url="https://rls.example.org/here")
    with TestClient(create_server(LiveAssistant(own)), headers=HEADERS) as served:
        assert served.post("/mcp", json=listing, headers={"Origin": "https://rls.example.org"}).status_code == 200
        assert served.post("/mcp", json=listing, headers={"Origin": "https://rls.example"}).status_code == 403


def test_no_page_of_another_site_can_read_what_is_said(client: TestClient) -> None:
    response = client.post("/mcp", json=message("tools/list"), headers={"Origin": "http://localhost:6274"})
    assert "Access-Control-Allow-Origin" not in response.headers
    assert "Mcp-Session-Id" not in response.headers


def test_questions_count_as_everywhere_and_other_messages_more_freely_and_danger_is_never_refused(
    assistant: Assistant,
) -> None:
    server = create_server(LiveAssistant(assistant), admission=Admission(RateLimit(1)))
    with TestClient(server, headers=HEADERS) as client:
        first, second = (client.post("/mcp", json=call("ask", question=IRON)).json()["result"] for _ in range(2))
        assert (first["isError"], second["isError"]) == (False, True)
        assert second["structuredContent"]["retry_after"] > 0
        assert client.post("/api/ask", json={"turns": [IRON]}).status_code == 429  # one limit for all ways in
        codes = [client.post("/mcp", json=message("tools/list")).status_code for _ in range(MESSAGES_A_QUESTION)]
        assert (codes[0], codes[-1]) == (200, 429)
        help_ = client.post("/mcp", json=call("ask", question=URGENT)).json()["result"]
        assert help_["structuredContent"]["kind"] == "urgent"


def test_switched_off_there_is_nothing_at_the_address(assistant: Assistant) -> None:
    with TestClient(create_server(LiveAssistant(assistant), mcp=False), headers=HEADERS) as client:
        assert client.post("/mcp", json=message("tools/list")).status_code == 404
        assert "/mcp" not in client.get("/llms.txt").text


def test_the_shells_that_spare_the_sdks_clients_leave_the_sdk_whole() -> None:
    program = """
import sys
from assistant.web.agents.mcp import SHELLS, _without_its_clients
with _without_its_clients():
    from mcp.server.lowlevel.server import Server
assert not [name for name in sys.modules if name.startswith(("mcp.client", "mcp.server.mcpserver"))]
assert not set(SHELLS) & set(sys.modules)
from mcp import Client
import mcp.server
assert mcp.server.Server is Server
"""
    subprocess.run([sys.executable, "-W", "error", "-c", program], check=True, cwd=PROJECT, timeout=60)
