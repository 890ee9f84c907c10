"""rls_assistant.py: the client in one file."""

import ast
import sys

import httpx
import pytest

import rls_assistant
from settings import PROJECT
from tests.browsers import URGENT, PageServer, free_port

IRON = "How is iron linked to dopamine?"


def test_the_client_gets_the_answer_object_with_links_that_lead_to_the_server(page_server: PageServer) -> None:
    sent = httpx.post(f"{page_server.url}/api/ask", json={"turns": [IRON]}).json()
    answer = rls_assistant.ask(page_server.url + "/", IRON)
    assert [one["quote"] for one in answer["citations"]] == [one["quote"] for one in sent["citations"]]
    for citation, relative in zip(answer["citations"], sent["citations"], strict=True):
        assert citation["url"] == page_server.url + relative["url"]
        assert httpx.get(citation["url"]).status_code == 200
    del answer["citations"], sent["citations"]
    assert answer == sent


def test_the_client_sends_earlier_turns_articles_and_language(page_server: PageServer) -> None:
    turns = [IRON, "Why?"]
    sent = httpx.post(f"{page_server.url}/api/ask", json={"turns": turns}).json()
    assert rls_assistant.ask(page_server.url, turns)["kind"] == sent["kind"]
    german = rls_assistant.ask(page_server.url, URGENT, language="de")
    english = rls_assistant.ask(page_server.url, URGENT)
    assert (german["kind"], english["kind"]) == ("urgent", "urgent")
    with pytest.raises(rls_assistant.AssistantError, match="There is none of these articles here") as refused:
        rls_assistant.ask(page_server.url, IRON, articles=["no-such"])
    assert (refused.value.status, refused.value.retry_after) == (422, 0)


def test_the_client_says_why_there_is_no_answer(page_server: PageServer) -> None:
    with pytest.raises(rls_assistant.AssistantError, match=r"The question is empty\. Type a question"):
        rls_assistant.ask(page_server.url, " ")
    with pytest.raises(rls_assistant.AssistantError, match="gives no answer") as unreachable:
        rls_assistant.ask(f"http://127.0.0.1:{free_port()}", IRON)
    assert unreachable.value.status == 0
    with pytest.raises(rls_assistant.AssistantError, match=r"The server answers 405\.") as lost:
        rls_assistant.ask(f"{page_server.url}/site", IRON)
    assert lost.value.status == 405
    with pytest.raises(ValueError, match="no web address"):
        rls_assistant.ask("file:///etc/passwd", IRON)


def test_the_client_needs_nothing_but_the_standard_library() -> None:
    tree = ast.parse((PROJECT / "rls_assistant.py").read_text(encoding="utf-8"))
    imported = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in imported} <= sys.stdlib_module_names
