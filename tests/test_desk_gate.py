"""Who may come in to the desk: this machine, or who knows the password behind TLS; and how much at once."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from corpus.readers import LARGEST_FILE
from desk.gate import GUESSES, GUESSES_TOGETHER, LARGEST_EVENT, Gate
from desk.page.application import desk_app
from tests.desks import make_desk

HERE = {"host": "127.0.0.1:7861"}
BEHIND_TLS = {"host": "desk.example.org", "x-forwarded-proto": "https", "x-forwarded-for": "203.0.113.9"}
PASSWORD = "correct horse"  # noqa: S105
PROXY = "10.0.0.2"


class Inside:
    """An application that notes what reaches it, and reads all of it."""

    def __init__(self) -> None:
        self.reached: list[str] = []
        self.received = 0
        self.lost = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.reached.append(scope["path"])
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                self.lost = True
                return
            self.received += len(message.get("body", b""))
            if not message.get("more_body"):
                break
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"in"})


def ask(
    gate: ASGIApp,
    headers: dict[str, str],
    *,
    peer: str = "127.0.0.1",
    method: str = "GET",
    path: str = "/",
    http_version: str = "1.1",
    bodies: tuple[bytes, ...] = (b"",),
) -> tuple[int, dict[str, str]]:
    """The status and the headers of the answer; 0 if the connection was dropped."""
    sent: list[Message] = []
    waiting = [{"type": "http.request", "body": body, "more_body": True} for body in bodies]
    waiting[-1]["more_body"] = False
    scope: dict[str, Any] = {
        "type": "http",
        "http_version": http_version,
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": (peer, 50_000),
        "server": ("127.0.0.1", 7861),
    }

    async def receive() -> Message:
        return waiting.pop(0) if waiting else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    async def go() -> None:
        await gate(scope, receive, send)

    asyncio.run(go())
    if not sent:
        return 0, {}
    return int(sent[0]["status"]), {name.decode(): value.decode() for name, value in sent[0]["headers"]}


def local() -> Gate:
    return Gate(Inside(), has_password=False)


def shared() -> Gate:
    return Gate(Inside(), has_password=True, proxies=[PROXY])


@pytest.mark.parametrize("host", ["127.0.0.1:7861", "localhost:7861", "[::1]:7861", "localhost"])
def test_whoever_sits_at_this_machine_comes_in(host: str) -> None:
    assert ask(local(), {"host": host})[0] == 200


@pytest.mark.parametrize("peer", ["192.168.1.7", "203.0.113.9", "2001:db8::1", "", "localhost"])
def test_another_machine_is_refused_whatever_it_says(peer: str) -> None:
    assert ask(local(), HERE, peer=peer)[0] == 403
    assert ask(local(), HERE | {"x-forwarded-for": "127.0.0.1"}, peer=peer)[0] == 403
    assert ask(local(), BEHIND_TLS, peer=peer)[0] == 403
    assert ask(shared(), BEHIND_TLS, peer=peer)[0] == 403  # it says https, and is no proxy that was named


@pytest.mark.parametrize(
    "header", ["x-forwarded-for", "x-forwarded-proto", "forwarded", "x-real-ip", "via", "x-forwarded-host"]
)
def test_what_a_proxy_on_this_machine_forwards_is_not_this_machines(header: str) -> None:
    assert ask(local(), HERE | {header: "https"})[0] == 403


def test_a_proxy_that_adds_no_header_is_told_by_its_old_protocol() -> None:
    assert ask(local(), HERE, http_version="1.0")[0] == 403


@pytest.mark.parametrize("host", ["attacker.example", "127.0.0.1.attacker.example", "", "localhost.attacker.example:7861"])
def test_a_name_that_was_made_to_lead_to_this_machine_is_refused(host: str) -> None:
    assert ask(local(), {"host": host})[0] == 403


def test_behind_a_named_proxy_that_brings_https_the_password_is_asked_for() -> None:
    assert ask(shared(), BEHIND_TLS, peer=PROXY)[0] == 200
    assert ask(shared(), BEHIND_TLS | {"x-forwarded-proto": "http"}, peer=PROXY)[0] == 403
    assert ask(shared(), {"host": "desk.example.org"}, peer=PROXY)[0] == 403


def test_a_named_proxy_opens_nothing_without_a_password() -> None:
    assert ask(Gate(Inside(), has_password=False, proxies=[PROXY]), BEHIND_TLS, peer=PROXY)[0] == 403


def test_a_page_of_another_site_cannot_make_a_browser_act() -> None:
    assert ask(local(), HERE | {"origin": "http://127.0.0.1:7861"}, method="POST")[0] == 200
    for origin in ("https://attacker.example", "null", "http://localhost:7861"):
        assert ask(local(), HERE | {"origin": origin}, method="POST")[0] == 403
    cross = HERE | {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}
    assert ask(local(), cross)[0] == 403
    assert ask(local(), cross | {"sec-fetch-mode": "navigate"})[0] == 200  # a link to the desk


def test_guesses_at_the_password_are_limited_by_address_and_what_is_forwarded_names_it() -> None:
    gate = shared()
    statuses = [ask(gate, BEHIND_TLS, peer=PROXY, method="POST", path="/login")[0] for _ in range(GUESSES + 1)]
    assert statuses == [200] * GUESSES + [429]
    other = BEHIND_TLS | {"x-forwarded-for": "203.0.113.9, 198.51.100.4"}  # what the visitor wrote itself stands before
    assert ask(gate, other, peer=PROXY, method="POST", path="/login")[0] == 200
    assert ask(gate, BEHIND_TLS, peer=PROXY, method="POST", path="/login/")[0] == 429


def test_guesses_from_everywhere_are_limited_together() -> None:
    gate = shared()
    visitors = [BEHIND_TLS | {"x-forwarded-for": f"198.51.100.{number}"} for number in range(GUESSES_TOGETHER + 1)]
    statuses = [ask(gate, visitor, peer=PROXY, method="POST", path="/login")[0] for visitor in visitors]
    assert statuses == [200] * GUESSES_TOGETHER + [429]


def test_what_is_too_long_is_refused_whether_it_says_so_or_not() -> None:
    inside = Inside()
    gate = Gate(inside, has_password=False)
    assert ask(gate, HERE | {"content-length": str(LARGEST_EVENT + 1)}, method="POST")[0] == 413
    assert ask(gate, HERE | {"content-length": "many"}, method="POST")[0] == 400
    assert inside.reached == []
    assert ask(gate, HERE, method="POST", bodies=(b"x" * 3_000_000, b"x" * 3_000_000))[0] == 0
    assert inside.lost
    assert inside.received <= LARGEST_EVENT


def test_every_answer_says_what_the_page_may_load_and_that_nobody_may_frame_it() -> None:
    for status, headers in (ask(local(), HERE), ask(local(), {"host": "attacker.example"})):
        assert status in {200, 403}
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "default-src 'self'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """The real application with a password, as a visitor behind the proxy meets it."""
    folder = tmp_path_factory.mktemp("desk")
    loop = asyncio.new_event_loop()

    async def made() -> ASGIApp:  # Gradio makes locks: where no loop is running, each with a new one that nobody closes
        return desk_app(make_desk(folder, folder / "articles", folder / "index"), password=PASSWORD, proxies=["127.0.0.1"])

    app = loop.run_until_complete(made())

    class Sync(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            async def go() -> httpx.Response:
                transport = httpx.ASGITransport(app=app, client=("127.0.0.1", 1))
                asked = httpx.Request(request.method, request.url, headers=request.headers, content=request.read())
                answer = await transport.handle_async_request(asked)
                return httpx.Response(answer.status_code, headers=answer.headers, content=await answer.aread())

            return loop.run_until_complete(go())

    with httpx.Client(transport=Sync(), base_url="http://desk.example.org", headers=BEHIND_TLS) as client:
        yield client
    loop.close()


def test_without_the_password_nothing_of_the_desk_is_reached_and_with_it_files_are_held_to_their_size(
    guarded: httpx.Client, tmp_path: Path
) -> None:
    for path in ("/config", "/gradio_api/info", "/gradio_api/queue/data", f"/gradio_api/file={tmp_path}"):
        assert guarded.get(path).status_code in {401, 403, 404}, path
    for path in ("/gradio_api/queue/join", "/gradio_api/upload", "/gradio_api/run/predict", "/gradio_api/reset"):
        assert guarded.post(path, json={}).status_code in {401, 403, 404, 405, 422}, path
    assert guarded.post("/gradio_api/upload", files={"files": ("a.txt", b"x")}).status_code == 401
    assert guarded.post("/login", data={"username": "Ada", "password": "wrong"}).status_code == 400
    assert guarded.post("/login", data={"username": " ", "password": PASSWORD}).status_code == 400
    came_in = guarded.post("/login", data={"username": "Ada", "password": PASSWORD})
    assert came_in.status_code == 200
    assert all("secure" in cookie.lower() for cookie in came_in.headers.get_list("set-cookie") if "unsecure" not in cookie)
    cookies = "; ".join(cookie.partition(";")[0] for cookie in came_in.headers.get_list("set-cookie"))
    known = {"cookie": cookies}
    assert guarded.get("/config", headers=known).status_code == 200
    small = guarded.post("/gradio_api/upload", files={"files": ("a.txt", b"x")}, headers=known)
    assert small.status_code == 200
    large = guarded.post("/gradio_api/upload", files={"files": ("a.txt", b"x" * (LARGEST_FILE + 1))}, headers=known)
    assert large.status_code == 413
    assert guarded.get("/gradio_api/file=/etc/passwd", headers=known).status_code == 403
    assert guarded.get(f"/gradio_api/file={tmp_path}/nothing", headers=known).status_code in {403, 404}
