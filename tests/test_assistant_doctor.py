"""The doctor: says of a sound deployment that it is sound, and of each broken one what is broken."""

import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from assistant import Assistant
from assistant.__main__ import app
from assistant.doctor import Finding, Status
from assistant.doctor.machine import examine_clock, examine_listening, examine_machine
from assistant.doctor.public_address import examine_public_address
from index import current_version
from settings import PROJECT
from tests.browsers import free_port
from tests.command_lines import Run, runner
from tests.ending import join
from tests.nginx import Nginx

MODEL = "all-MiniLM-L6-v2"
SITE = "https://example.org"
VERSION = "20261123T101500Z-3f9a1c"


@dataclass
class Deployment:
    """What answers at a public address, sound but for what a test changes."""

    page_headers: dict[str, str] = field(
        default_factory=lambda: {
            "Content-Security-Policy": "default-src 'none'",
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
        }
    )
    ready: int = 200
    version: bytes = b'{"index_version": "20261123T101500Z-3f9a1c"}'
    opened: tuple[str, ...] = ()
    too_large: int = 413
    let_in: tuple[str, ...] = (SITE,)
    date: str = ""

    @contextmanager
    def serving(self) -> Iterator[str]:
        """Answer on loopback."""
        deployment = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                deployment.get(self)

            def do_POST(self) -> None:
                deployment.post(self)

            def log_message(self, *_: object) -> None:
                pass

            def date_time_string(self, timestamp: float | None = None) -> str:
                return deployment.date or super().date_time_string(timestamp)

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
            thread.start()
            yield f"http://127.0.0.1:{server.server_port}"
            server.shutdown()
            join(thread)

    def get(self, request: BaseHTTPRequestHandler) -> None:
        if request.path == "/readyz":
            respond(request, self.ready, self.version)
        elif request.path == "/":
            respond(request, 200, b"", self.page_headers)
        else:
            respond(request, 200 if request.path in self.opened else 404)

    def post(self, request: BaseHTTPRequestHandler) -> None:
        request.rfile.read(size := int(request.headers["Content-Length"]))
        origin = request.headers.get("Origin", "")
        headers = {"Access-Control-Allow-Origin": origin} if origin in self.let_in else {}
        respond(request, self.too_large if size > 32 * 1024 else 422, b"", headers)


def respond(request: BaseHTTPRequestHandler, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
    request.send_response(status)
    for name, value in (headers or {}).items():
        request.send_header(name, value)
    request.send_header("Content-Length", str(len(body)))
    request.end_headers()
    request.wfile.write(body)


def seen(deployment: Deployment, origins: str = SITE) -> dict[str, Finding]:
    with deployment.serving() as url:
        return {found.check: found for found in examine_public_address(url, allowed_origins=origins, published=VERSION)}


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(monkeypatch, capsys, app, "assistant")


@pytest.fixture
def own_index(real_index: Path, tmp_path: Path) -> Path:
    """A copy that a test may break."""
    return Path(shutil.copytree(real_index, tmp_path / "versions"))


def machine(
    index_dir: Path, corpus_dir: Path = PROJECT / "corpus" / "articles", *, model: str = MODEL, region: str = "INT"
) -> dict[str, Finding]:
    feedback_file = index_dir / "feedback.jsonl"
    found = examine_machine(
        model=model,
        region=region,
        corpus_dir=corpus_dir,
        index_dir=index_dir,
        feedback_file=feedback_file,
    )
    return {finding.check: finding for finding in found}


def test_a_sound_deployment_behind_the_real_nginx_gets_a_clean_bill(
    run: Run, monkeypatch: pytest.MonkeyPatch, nginx: Nginx, real_index: Path
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(nginx.folder / "certificate.pem"))
    monkeypatch.setenv("PUBLIC_URL", nginx.https)
    monkeypatch.setenv("INDEX_DIR", str(real_index))
    ended = run("doctor", "--json")
    report = json.loads(ended.out)
    said = {check["check"]: check["status"] for check in report["checks"]}
    said.pop("permissions")  # who runs the tests may be root
    assert set(said.values()) == {"ok"}, report
    assert set(said) > {
        "model",
        "index",
        "proxy",
        "articles",
        "disk",
        "public url",
        "headers",
        "surface",
        "bodies",
        "origins",
    }
    assert (ended.exit_code, report["is_well"]) == (0, True)


def test_a_broken_deployment_is_one_line_a_check_and_exit_code_1(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("INDEX_DIR", str(tmp_path))
    ended = run("doctor")
    assert ended.exit_code == 1
    lines = ended.out.splitlines()
    assert [line.split()[0] for line in lines if line.split()[1] in {"model", "index"}] == ["ok", "fail"]
    assert "`python -m index build`" in ended.out
    assert all(line.split()[0] in {"ok", "warn", "fail"} for line in lines)


def test_a_changed_byte_in_the_index_is_found(own_index: Path) -> None:
    file = own_index / current_version(own_index) / "documents.json"
    file.write_bytes(file.read_bytes().replace(b"iron", b"Iron", 1))
    found = machine(own_index)["index"]
    assert found.status is Status.FAIL
    assert "documents.json" in found.message


def test_a_model_that_is_not_there_is_found(own_index: Path, tmp_path: Path) -> None:
    assert machine(own_index, model=str(tmp_path))["model"].status is Status.FAIL


def test_an_article_that_was_edited_and_not_published_is_pointed_out(own_index: Path, small_corpus: Path) -> None:
    found = machine(own_index, small_corpus)["articles"]
    assert (found.status, found.remedy) == (Status.WARN, "Publish them: `python -m index build`.")


def test_a_region_without_help_lines_is_found(own_index: Path) -> None:
    assert "ATLANTIS" in machine(own_index, region="ATLANTIS")["index"].message


def test_an_index_that_anybody_may_change_is_found(own_index: Path) -> None:
    own_index.chmod(0o777)
    found = machine(own_index)["permissions"]
    assert (found.status, found.remedy) == (Status.FAIL, f"Run `chmod -R o-w {own_index}`.")


def test_a_clock_before_the_index_was_built_is_found(assistant: Assistant) -> None:
    found = examine_clock(assistant.version, now=datetime(2020, 1, 1, tzinfo=UTC))
    assert found.status is Status.FAIL
    assert "2020-01-01" in found.message


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "rls.example.org"])  # noqa: S104
def test_a_server_that_strangers_reach_without_a_proxy_is_pointed_out(host: str) -> None:
    found = examine_listening(host, proxies=())
    assert (found.status, host in found.message, "TRUSTED_PROXIES" in found.remedy) == (Status.WARN, True, True)
    assert examine_listening(host, proxies=["192.0.2.1"]).status is Status.OK


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_a_server_that_only_its_own_machine_reaches_needs_no_proxy(host: str) -> None:
    assert examine_listening(host, proxies=()).status is Status.OK


def test_the_sound_deployment_of_the_next_tests_is_sound() -> None:
    assert {finding.status for finding in seen(Deployment()).values()} == {Status.OK}


@pytest.mark.parametrize(
    ("deployment", "check", "status"),
    [
        (Deployment(ready=503), "public url", Status.FAIL),
        (Deployment(version=b"<html>another site</html>"), "public url", Status.FAIL),
        (Deployment(version=b'{"index_version": "20200101T000000Z-000000"}'), "public url", Status.FAIL),
        (Deployment(page_headers={}), "headers", Status.FAIL),
        (Deployment(opened=("/metrics",)), "surface", Status.FAIL),
        (Deployment(opened=("/gradio_api/config",)), "surface", Status.FAIL),
        (Deployment(too_large=200), "bodies", Status.FAIL),
        (Deployment(let_in=()), "origins", Status.FAIL),
        (Deployment(let_in=(SITE, "https://rls-doctor.invalid")), "origins", Status.FAIL),
        (Deployment(date="Mon, 23 Nov 2020 10:00:00 GMT"), "their clock", Status.WARN),
    ],
    ids=lambda value: "" if isinstance(value, Deployment) else str(value),
)
def test_each_fault_of_a_deployment_is_found(deployment: Deployment, check: str, status: Status) -> None:
    found = seen(deployment)[check]
    assert found.status is status
    assert found.remedy


def test_any_site_being_let_in_is_pointed_out() -> None:
    assert seen(Deployment(), origins="*")["origins"].status is Status.WARN


def test_an_address_where_nobody_answers_is_found() -> None:
    (found,) = examine_public_address(f"http://127.0.0.1:{free_port()}", allowed_origins="", published="")
    assert found.status is Status.FAIL
    assert "refused" in found.message


def test_without_a_public_url_it_says_that_nothing_was_checked() -> None:
    (found,) = examine_public_address("", allowed_origins="", published="")
    assert (found.status, found.check) == (Status.WARN, "public url")
