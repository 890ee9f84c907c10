"""The audit: pip-audit itself, asking a source of advisories on loopback that knows something, nothing, or is away."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from supply_chain.audit import CANARY, SOURCES, Verdict, audit
from supply_chain.locks import LOCKS, PROJECT, locked
from tests.browsers import free_port

KNOWN = {"gradio==4.44.1", "pillow==1.0"}


@contextmanager
def advisories(known: set[str]) -> Iterator[tuple[str, ...]]:
    """A source in the form of OSV's API, and the arguments that name it."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            name = query["package"]["name"]
            vulnerability = {"id": f"TEST-{name}", "affected": [{"package": {"name": name, "ecosystem": "PyPI"}}]}
            is_known = f"{name}=={query['version']}" in known
            body = json.dumps({"vulns": [vulnerability]} if is_known else {}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield source(server.server_port)
        server.shutdown()
        thread.join()


def source(port: int) -> tuple[str, ...]:
    return ("--vulnerability-service", "osv", "--osv-url", f"http://127.0.0.1:{port}/v1/query")


def test_a_source_that_reports_the_canary_is_believed_when_it_knows_nothing_else() -> None:
    with advisories(KNOWN) as one:
        verdict, lines = audit(["pillow==12.3.0", "ruff==0.17.6"], sources=[one])
    assert verdict is Verdict.CLEAN
    assert CANARY in lines[0]


def test_a_known_vulnerability_is_reported() -> None:
    with advisories(KNOWN) as one:
        verdict, lines = audit(["pillow==1.0", "ruff==0.17.6"], sources=[one])
    assert (verdict, lines) == (Verdict.VULNERABLE, ["pillow==1.0: TEST-pillow"])


def test_a_source_that_does_not_know_the_canary_is_not_believed() -> None:
    """It reports nothing, as a mirror without advisories does, where pip-audit by itself says that all is well."""
    with advisories(set()) as blind:
        verdict, lines = audit(["ruff==0.17.6"], sources=[blind])
    assert verdict is Verdict.NOT_AUDITED
    assert "its silence says nothing" in lines[0]
    assert lines[-1].startswith("NOT AUDITED")


def test_a_source_that_is_away_is_no_success_and_the_next_one_is_asked() -> None:
    away = source(free_port())
    assert audit(["ruff==0.17.6"], sources=[away])[0] is Verdict.NOT_AUDITED
    with advisories(KNOWN) as one:
        assert audit(["ruff==0.17.6"], sources=[away, one])[0] is Verdict.CLEAN


def test_the_exit_code_is_zero_for_a_clean_audit_only() -> None:
    assert [verdict for verdict in Verdict if verdict.value == 0] == [Verdict.CLEAN]


def test_the_package_index_reports_the_canary_or_the_verdict_is_not_audited() -> None:
    verdict, lines = audit([CANARY], sources=SOURCES[:1])
    assert verdict in {Verdict.VULNERABLE, Verdict.NOT_AUDITED}, lines


def test_every_locked_package_is_asked_about() -> None:
    with advisories({"gradio==4.44.1", *(f"{p.name}=={p.version}" for p in locked(PROJECT, LOCKS) if not p.marker)}) as one:
        _, lines = audit([f"{p.name}=={p.version}" for p in locked(PROJECT, LOCKS) if not p.marker], sources=[one])
    assert len(lines) == len([p for p in locked(PROJECT, LOCKS) if not p.marker])
