"""What can be reached, how much may be sent, and which headers come back: of the real running server."""

import asyncio
import base64
import hashlib
import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, Page
from starlette.types import Message

from assistant.languages.wording import languages, wording
from assistant.web.gate.body import LARGEST_BODY
from assistant.web.gate.gradio import AllowedRoutes, is_allowed, page_headers, policy
from tests.browsers import THREE, PageServer, ask, open_page
from tests.conftest import ARTICLE

ROUTE_OF_GRADIO = re.compile(r'@(?:app|router)\.(?:get|head|post|put|delete|api_route|websocket)\(\s*"([^"]+)"')
POLICY_VIOLATION = 1008  # RFC 6455
OTHER_ROUTES = (
    *("/info", "/monitoring", "/monitoring/summary", "/login", "/token", "/user", "/app_id"),
    *(
        "/file=http://127.0.0.1/",
        "/file=/etc/passwd",
        "/proxy=http://127.0.0.1/",
        "/upload",
        "/docs",
        "/redoc",
        "/mcp/",
        "/mcp/sse",
    ),
    *("/assets/%2e%2e/secret", "/static/img/logo.svg", "/manifest.json", "/robots.txt", "/svelte/x", "/pwa_icon"),
)
GRADIO_API = (
    *("upload", "upload_progress", "file=http://127.0.0.1/", "file=/etc/passwd", "file/etc/passwd", "runs"),
    *("proxy=http://127.0.0.1/", "dev/reload", "deep_link", "startup-events", "monitoring", "queue/status", "api/predict"),
    *("call/redraw", "call/v2/redraw", "run/redraw", "component_server", "process_recording", "vibe-edit", "vibe-code"),
    *("queue/data", "queue/data?session_hash=ghost", "queue", "queue/join/x", "info/"),
    *("mcp/sse", "mcp/", "heartbeat/abc", "cancel", "reset", "stream/abc", "openapi.json", "profiling/summary"),
    *("run-history/connect", "run-history/records", "login", "logout", "app_id", "config", "undo-vibe-edit"),
)


@pytest.fixture(scope="module")
def client(page_server: PageServer) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=page_server.url) as client:
        yield client


@pytest.mark.parametrize("path", [*OTHER_ROUTES, *(f"/gradio_api/{path}" for path in GRADIO_API)])
def test_what_the_page_does_not_use_is_not_there(client: httpx.Client, path: str) -> None:
    for method in ("GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD"):
        response = client.request(method, path, content=b"{}" if method in {"POST", "PUT"} else None)
        assert (method, response.status_code) == (method, 404)


@pytest.mark.parametrize(
    ("path", "method"), [("/config", "GET"), ("/gradio_api/info", "GET"), ("/gradio_api/queue/join", "POST")]
)
def test_what_gradios_client_needs_is_ours_and_answers_to_one_method(client: httpx.Client, path: str, method: str) -> None:
    assert not is_allowed(method, path)  # Gradio never sees it
    for other in {"GET", "POST", "PUT", "DELETE", "OPTIONS", "HEAD"} - {method}:
        assert (other, client.request(other, path).status_code) == (other, 404)
    if method == "GET":
        assert client.get(path).headers["Content-Type"] == "application/json"


def test_of_all_that_gradio_serves_only_the_list_is_reached() -> None:
    spec = importlib.util.find_spec("gradio")
    assert spec
    assert spec.origin
    sources = [file.read_text(encoding="utf-8") for file in Path(spec.origin).parent.glob("*.py")]
    served = {re.sub(r"\{[^}]*\}", "x", path) for source in sources for path in ROUTE_OF_GRADIO.findall(source)}
    served |= {f"/gradio_api{path}" for path in served}
    assert len(served) > 100
    reached = {path for path in served if any(is_allowed(method, path) for method in ("GET", "HEAD", "POST"))}
    assert reached == {"/"}


def test_a_web_socket_is_closed() -> None:
    async def connect() -> list[Message]:
        sent: list[Message] = []

        async def send(message: Message) -> None:
            sent.append(message)

        async def receive() -> Message:
            raise AssertionError("nothing is to be read")

        await AllowedRoutes(FastAPI())({"type": "websocket", "path": "/queue/join"}, receive, send)
        return sent

    assert asyncio.run(connect()) == [{"type": "websocket.close", "code": POLICY_VIOLATION}]


@pytest.mark.parametrize("path", ["/api/ask", "/api/feedback", "/gradio_api/queue/join", "/", "/no-such-route"])
def test_a_large_body_is_refused_on_every_route_declared_or_in_chunks(client: httpx.Client, path: str) -> None:
    body = b"x" * (LARGEST_BODY + 1)
    for content in (body, iter([body[:-1], body[-1:]])):
        response = client.post(path, content=content)
        assert response.status_code == 413
        assert list(response.json()) == ["error", "remedy"]


@pytest.mark.parametrize("path", ["/", "/api/ask", "/livez", "/no-such-route", f"/articles/{ARTICLE}", "/site/site.css"])
def test_every_response_carries_the_security_headers(client: httpx.Client, path: str) -> None:
    headers = client.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "require-trusted-types-for 'script'" in headers["Content-Security-Policy"]


def test_only_those_named_may_frame_the_page(client: httpx.Client) -> None:
    assert (
        client.get("/")
        .headers["Content-Security-Policy"]
        .split("; ")[-1]
        .startswith("frame-ancestors 'self' http://localhost:*")
    )
    assert policy("", frame_ancestors="frame-ancestors https://example.org").endswith(
        "; frame-ancestors https://example.org"
    )
    assert "frame-ancestors 'none'" in client.get(f"/articles/{ARTICLE}").headers["Content-Security-Policy"]


def test_the_page_holds_no_inline_script_and_one_style_that_the_policy_names_by_its_hash(client: httpx.Client) -> None:
    page = client.get("/")
    (style,) = re.findall(r"<style>(.*?)</style>", page.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"style-src 'self' 'sha256-{digest}'" in page.headers["Content-Security-Policy"]
    assert re.findall(r"<script[^>]*>", page.text) == ['<script type="module" src="site/widget/page.js">']
    assert not re.search(r"\s(?:on\w+|style)=", page.text)


def test_gradio_holds_the_page_in_every_language(client: httpx.Client) -> None:
    for language in languages():
        page = client.get("/", headers={"Accept-Language": f"{language}-XX,en;q=0.5"})
        assert (page.headers["Content-Language"], page.headers["Vary"]) == (language, "Accept-Encoding, Accept-Language")
        assert f'<html lang="{language}"' in page.text
        assert page.text.count('class="sentence"') == client.get("/").text.count('class="sentence"') > 20
        assert client.get(f"/?lang={language}").content == page.content


def test_only_the_page_may_ask_for_the_microphone(client: httpx.Client) -> None:
    assert "microphone=(self)" in client.get("/").headers["Permissions-Policy"]
    assert "microphone=()" in client.get("/privacy").headers["Permissions-Policy"]
    assert page_headers("", "en", "frame-ancestors 'none'")["Permissions-Policy"].count("microphone") == 1


def test_the_page_asks_for_nothing_that_is_refused_and_breaks_no_policy(browser: Browser, page_server: PageServer) -> None:
    with browser.new_context(locale="pt-BR") as context:
        page = context.new_page()
        refused: list[str] = []
        said: list[str] = []
        page.on("response", lambda response: refused.append(response.url) if response.status >= 400 else None)
        page.on("console", lambda message: said.append(message.text))
        open_page(page, page_server.url)
        page.locator(".app[lang=pt]").wait_for()
        ask(page, THREE)
        assert [url for url in refused if not url.endswith("/favicon.ico")] == []
        assert [line for line in said if "policy" in line.lower() or "error" in line.lower()] == []


def test_markup_that_got_into_the_page_after_all_would_run_nothing(page: Page) -> None:
    ran = page.evaluate(
        """async () => {
          const place = document.createElement("div");
          try {
            place.innerHTML = "<img src=x onerror='window.ran = 1'>";
            window.ran = "markup was parsed";
          } catch { /* trusted types let nobody parse */ }
          const image = document.createElement("img");
          image.setAttribute("src", "x");
          try { image.setAttribute("onerror", "window.ran = 1"); } catch { /* nor this */ }
          const link = document.createElement("a");
          link.href = "javascript:window.ran = 2";
          place.append(image, link);
          document.body.append(place);
          for (const [name, value] of [["textContent", "window.ran = 3"], ["src", "data:text/javascript,window.ran=4"]]) {
            const script = document.createElement("script");
            try { script[name] = value; } catch { /* nor this */ }
            document.body.append(script);
          }
          place.querySelector("a").click();
          await new Promise((resolve) => setTimeout(resolve, 300));
          return window.ran;
        }"""
    )
    assert ran is None


def test_the_page_is_the_same_bytes_for_everybody_whatever_a_request_says_about_its_host(client: httpx.Client) -> None:
    lies = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Gradio-Server": "http://evil.example"}
    plain = client.get("/")
    for headers in ({}, lies, {"X-Forwarded-Proto": "https"}):
        page = client.get("/?deep_link=x&page=y", headers=headers)
        assert page.content == plain.content
        assert page.headers["Content-Security-Policy"] == plain.headers["Content-Security-Policy"]
    assert ".invalid" not in plain.text
    assert client.get("/", headers={"If-None-Match": plain.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize("language", languages())
def test_the_page_comes_in_each_language_without_the_article_and_is_rendered_once(
    client: httpx.Client, language: str
) -> None:
    page = client.get(f"/page/{language}")
    assert page.headers["Content-Language"] == language
    assert f'class="app" lang="{language}"' in page.text
    assert wording(language)["page.send"] in page.text
    assert 'class="sentence"' not in page.text
    again = client.get(f"/page/{language}", headers={"If-None-Match": page.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_there_is_no_page_in_a_language_without_wording(client: httpx.Client) -> None:
    refused = client.get("/page/xx")
    assert refused.status_code == 404
    assert "en" in refused.json()["remedy"]


def test_nothing_that_anybody_gets_grows_what_the_server_holds(client: httpx.Client, page_server: PageServer) -> None:
    def megabytes() -> float:
        status = Path(f"/proc/{page_server.pid}/status").read_text()
        return int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1024

    paths = ["/", "/embed", "/embed/preview", "/privacy", f"/articles/{ARTICLE}", "/widget.js", "/page/en"]
    paths += [f"/page/{language}" for language in languages()]
    event = {"data": [], "fn_index": 0, "trigger_id": 1, "event_data": {"language": "de"}}

    def everything(times: int) -> None:
        for number in range(times):
            for path in paths:
                client.get(f"{path}?x={number}", headers={"Host": f"host{number}.example"})
            client.post("/gradio_api/queue/join", json={**event, "session_hash": f"{number}"})

    everything(10)
    before = megabytes()
    everything(60)
    assert megabytes() - before < 5
