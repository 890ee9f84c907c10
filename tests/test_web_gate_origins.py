"""assistant/web/gate/origins.py: who may embed, through the whole server."""

import pytest
from fastapi.testclient import TestClient

from assistant import Assistant
from assistant.web import create_server
from assistant.web.gate.origins import AllowedOrigins, OriginError
from assistant.web.process.live import LiveAssistant

SITE = "https://example.org"
QUESTION = b'{"turns": ["hello"]}'
PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}


def asked_from(origin: str, assistant: Assistant, *, allowed: str) -> dict[str, str]:
    """The headers that decide whether a page of an origin may read the answer."""
    client = TestClient(create_server(LiveAssistant(assistant), allowed_origins=allowed))
    headers = client.post("/api/ask", content=QUESTION, headers={"Origin": origin}).headers
    return {name: value for name, value in headers.items() if name.startswith("access-control-")}


@pytest.mark.parametrize("origin", ["http://localhost", "http://localhost:8000", "https://127.0.0.1:1"])
def test_by_default_this_machine_may_embed_at_any_port(assistant: Assistant, origin: str) -> None:
    assert asked_from(origin, assistant, allowed="localhost")["access-control-allow-origin"] == origin


@pytest.mark.parametrize(
    "origin",
    [SITE, "http://localhost.example.org", "http://notlocalhost", "http://127.0.0.1.example.org", "null", "file://"],
)
def test_by_default_no_other_site_may_embed(assistant: Assistant, origin: str) -> None:
    assert "access-control-allow-origin" not in asked_from(origin, assistant, allowed="localhost")


def test_a_named_site_may_embed_and_its_neighbours_may_not(assistant: Assistant) -> None:
    answered = {
        origin: asked_from(origin, assistant, allowed=SITE).get("access-control-allow-origin")
        for origin in (SITE, "http://example.org", "https://www.example.org", "https://example.org:8443", "http://localhost")
    }
    assert {origin for origin, allowed in answered.items() if allowed} == {SITE}


def test_any_site_may_embed_only_where_that_was_asked_for(assistant: Assistant) -> None:
    assert asked_from(SITE, assistant, allowed="*")["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("allowed", ["*", SITE, "localhost"])
def test_credentials_are_never_allowed(assistant: Assistant, allowed: str) -> None:
    origin = "http://localhost:1" if allowed == "localhost" else SITE
    assert "access-control-allow-credentials" not in asked_from(origin, assistant, allowed=allowed)


def test_only_what_a_widget_needs_is_answered_to_other_sites(assistant: Assistant) -> None:
    client = TestClient(create_server(LiveAssistant(assistant), allowed_origins=SITE))
    for path in ("/version", "/livez", "/articles/causes-of-restless-legs-syndrome", "/site/site.css"):
        headers = client.get(path, headers={"Origin": SITE}).headers
        assert "access-control-allow-origin" not in headers, path


def test_a_preflight_is_answered_for_an_allowed_site_and_refused_for_others(assistant: Assistant) -> None:
    client = TestClient(create_server(LiveAssistant(assistant), allowed_origins=SITE))
    assert client.options("/api/ask", headers={"Origin": SITE, **PREFLIGHT}).status_code == 200
    assert client.options("/api/ask", headers={"Origin": "https://other.org", **PREFLIGHT}).status_code == 400


@pytest.mark.parametrize(
    "text",
    ["example.org", "https://example.org/", "https://example.org/page", "ftp://example.org", "https://", "* " + SITE, "x"],
)
def test_what_is_not_an_origin_is_refused_at_the_start_in_one_line(assistant: Assistant, text: str) -> None:
    with pytest.raises(OriginError, match="ALLOWED_ORIGINS=") as refused:
        create_server(LiveAssistant(assistant), allowed_origins=text)
    assert "\n" not in str(refused.value)
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (SITE, f"frame-ancestors 'self' {SITE}"),
        (f"{SITE}, HTTPS://B.org:8443", f"frame-ancestors 'self' {SITE} https://b.org:8443"),
        ("*", "frame-ancestors *"),
        (
            "localhost",
            "frame-ancestors 'self' http://localhost:* http://127.0.0.1:* https://localhost:* https://127.0.0.1:*",
        ),
    ],
)
def test_whoever_may_ask_may_frame(text: str, expected: str) -> None:
    assert AllowedOrigins.parse(text).frame_ancestors == expected
