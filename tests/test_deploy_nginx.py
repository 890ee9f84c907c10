"""The deployed nginx configuration in a real nginx, before two real replicas."""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from assistant.web.gate.body import LARGEST_BODY
from settings import PROJECT
from tests.browsers import free_port
from tests.conftest import ARTICLE
from tests.nginx import NAME, Nginx, Replicas, configuration, nginx_before

QUESTION = "How is iron linked to dopamine?"
CANARY = "quetzalcoatlus"


@pytest.fixture
def visitor(nginx: Nginx, replicas: Replicas) -> Iterator[httpx.Client]:
    replicas.forget()
    with nginx.client() as visitor:
        yield visitor


def test_the_page_and_an_answer_come_through_tls(visitor: httpx.Client) -> None:
    page = visitor.get("/")
    assert (page.status_code, page.headers["strict-transport-security"]) == (200, "max-age=31536000")
    assert "Restless Legs" in page.text
    answer = visitor.post("/api/ask", json={"turns": [QUESTION]})
    assert answer.json()["kind"] == "answer"
    assert "nginx/" not in page.headers["server"]  # which version it is helps an attacker only


def test_without_tls_nothing_is_served_but_the_way_to_it(nginx: Nginx, visitor: httpx.Client) -> None:
    redirect = httpx.post(f"{nginx.http}/api/ask", headers={"Host": NAME}, trust_env=False)
    assert (redirect.status_code, redirect.headers["location"]) == (308, f"https://{NAME}/api/ask")


@pytest.mark.parametrize("path", ["/", f"/articles/{ARTICLE}", "/site/page.css"])
def test_text_is_compressed_for_whoever_can_read_it(visitor: httpx.Client, path: str) -> None:
    plain = visitor.get(path, headers={"Accept-Encoding": "identity"})
    packed = visitor.get(path, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.num_bytes_downloaded < len(plain.content) / 2
    if path != "/":  # the page names a session of its own each time
        assert packed.content == plain.content


@pytest.mark.parametrize("path", [f"/articles/{ARTICLE}?cached", "/site/article.css?cached"])
def test_what_is_the_same_for_everybody_is_asked_of_a_replica_once(
    visitor: httpx.Client, replicas: Replicas, path: str
) -> None:
    bodies = {visitor.get(path).raise_for_status().content for _ in range(5)}
    assert len(bodies) == 1
    assert len(replicas.reached()) == 1


def test_what_a_replica_says_about_caching_reaches_the_visitor(visitor: httpx.Client, replicas: Replicas) -> None:
    for path in (f"/articles/{ARTICLE}", "/site/article.css", "/"):
        own = httpx.get(f"http://127.0.0.1:{replicas.ports[0]}{path}", trust_env=False).headers
        through = visitor.get(path).headers
        for name in ("cache-control", "content-security-policy", "x-content-type-options", "referrer-policy"):
            # a page's policy names the hashes of its own scripts, which hold its session
            assert (name in own) == (name in through), name
            assert path == "/" or own.get(name) == through.get(name)


def test_an_answer_is_never_cached(visitor: httpx.Client, replicas: Replicas) -> None:
    for _ in range(3):
        visitor.post("/api/ask", json={"turns": [QUESTION]})
    assert len(replicas.reached()) == 3


def test_an_address_keeps_its_replica_for_the_page_and_addresses_are_spread(nginx: Nginx, replicas: Replicas) -> None:
    chosen: list[str] = []
    for number in range(1, 13):
        with nginx.client(f"127.0.{number}.{number}") as visitor:
            answered_by = {visitor.get("/gradio_api/none").headers["x-replica"] for _ in range(4)}
        assert len(answered_by) == 1
        chosen += answered_by
    assert set(chosen) == {str(port) for port in replicas.ports}


def test_the_api_is_answered_by_any_replica(visitor: httpx.Client, replicas: Replicas) -> None:
    answers = [visitor.post("/api/ask", json={"turns": [QUESTION]}) for _ in range(6)]
    assert {answer.headers["x-replica"] for answer in answers} == {str(port) for port in replicas.ports}
    assert len({answer.content for answer in answers}) == 1


@pytest.mark.parametrize("is_chunked", [False, True], ids=["with its length", "chunked"])
@pytest.mark.parametrize("path", ["/api/ask", "/", "/gradio_api/queue/join", f"/articles/{ARTICLE}"])
def test_a_body_over_32_kilobytes_is_refused_before_a_replica_sees_it(
    visitor: httpx.Client, replicas: Replicas, path: str, *, is_chunked: bool
) -> None:
    body = b" " * (LARGEST_BODY + 1)
    refusal = visitor.post(path, content=iter([body[:20_000], body[20_000:]]) if is_chunked else body)
    assert refusal.status_code == 413
    assert set(refusal.json()) == {"error", "remedy"}
    assert str(LARGEST_BODY) in refusal.json()["error"]
    assert replicas.reached() == []


def test_a_body_of_just_32_kilobytes_reaches_the_server(visitor: httpx.Client, replicas: Replicas) -> None:
    body = b'{"turns": ["hello"]}'
    answer = visitor.post("/api/ask", content=body + b" " * (LARGEST_BODY - len(body)))
    assert answer.json()["kind"] == "chat"
    assert len(replicas.reached()) == 1


def test_the_forwarded_address_is_the_visitors_whatever_the_visitor_claims(nginx: Nginx, replicas: Replicas) -> None:
    claims = {"X-Forwarded-For": "203.0.113.7", "Forwarded": "for=203.0.113.7", "X-Real-IP": "203.0.113.7"}
    with nginx.client("127.0.5.6") as visitor:
        visitor.get("/version", headers={**claims, "X-Forwarded-Proto": "http"})
    headers = replicas.reached()[-1]["headers"]
    assert headers["x-forwarded-for"] == "127.0.5.6"
    assert headers["x-forwarded-proto"] == "https"
    assert headers["host"] == NAME
    assert "203.0.113.7" not in str(headers)


def test_metrics_are_not_reached_from_outside(visitor: httpx.Client, replicas: Replicas) -> None:
    assert visitor.get("/metrics").status_code == 404
    assert replicas.reached() == []


def test_neither_a_question_nor_an_address_is_ever_written(nginx: Nginx) -> None:
    with nginx.client("127.0.77.77") as visitor:
        visitor.get("/").raise_for_status()
        visitor.post("/api/ask", json={"turns": [f"{CANARY}?"]}).raise_for_status()
        visitor.post("/api/ask", json={"turns": [CANARY * 2_000]})  # long enough for a temporary file
        visitor.post("/api/ask", content=CANARY.encode() * 5_000)  # refused
        visitor.get(f"/articles/{CANARY}")
        visitor.get(f"/\x00{CANARY}".replace("\x00", "%00"))
    written = nginx.written()
    assert ARTICLE.encode() in written or b"KEY: " in written  # the cache: what is read here is what nginx wrote
    assert CANARY.encode() not in written
    assert b"127.0.77.77" not in written


def test_with_no_replica_help_stays_within_reach(tmp_path: Path) -> None:
    with nginx_before([free_port(), free_port()], tmp_path) as nginx, nginx.client("127.0.88.88") as visitor:
        for refusal in (visitor.get("/"), visitor.post("/api/ask", json={"turns": [CANARY]})):
            assert refusal.status_code == 503
            assert "retry-after" not in refusal.headers  # with one, page and widget would not ask again by themselves
            assert "112, 911 or 999" in refusal.json()["remedy"]
        written = nginx.written()
    assert CANARY.encode() not in written
    assert b"127.0.88.88" not in written


def test_every_variable_of_the_template_is_explained_and_set_by_the_compose_file() -> None:
    template = (PROJECT / "deploy" / "nginx.conf.template").read_text(encoding="utf-8")
    compose = (PROJECT / "deploy" / "compose.yaml").read_text(encoding="utf-8")
    names = set(re.findall(r"\$\{([A-Z_]+)\}", configuration()))
    assert names
    for name in names:
        assert re.search(rf"^#   {name} ", template, re.MULTILINE), name
        assert f"      {name}: " in compose, name
