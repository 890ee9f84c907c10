"""A real nginx on loopback with the deployed configuration, before real replicas of the application."""

import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from settings import PROJECT
from tests.browsers import START_SECONDS, free_port

TEMPLATE = PROJECT / "deploy" / "nginx.conf.template"
NAME = "rls.test"
MAIN = """{user}
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr emerg;
events {{ worker_connections 2048; }}
http {{
    types {{ text/html html; text/css css; text/javascript js; }}
    client_body_temp_path {folder}/temporary;
    proxy_temp_path {folder}/temporary;
    fastcgi_temp_path {folder}/temporary;
    uwsgi_temp_path {folder}/temporary;
    scgi_temp_path {folder}/temporary;
    include {folder}/site.conf;
}}
"""


@dataclass(frozen=True, slots=True)
class Replicas:
    """The application on several ports, in a process of its own."""

    ports: tuple[int, ...]
    log: Path

    def reached(self) -> list[dict[str, Any]]:
        """The path and the headers of every request that came through."""
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]

    def forget(self) -> None:
        """Begin to count anew."""
        self.log.write_text("")


@contextmanager
def replicas_serving(index_dir: Path, folder: Path) -> Iterator[Replicas]:
    """Two replicas over a published index."""
    replicas = Replicas((free_port(), free_port()), folder / "requests")
    replicas.log.touch()
    command = [sys.executable, "-m", "tests.replicas", str(replicas.log), *map(str, replicas.ports)]
    own = {"INDEX_DIR": str(index_dir), "FEEDBACK_FILE": str(folder / "feedback.jsonl"), "RATE_LIMIT": "0"}
    process = subprocess.Popen(command, env={**os.environ, **own}, cwd=PROJECT)
    try:
        for port in replicas.ports:
            until(lambda: is_ready(f"http://127.0.0.1:{port}") or process.poll() is not None, seconds=START_SECONDS)  # noqa: B023
        assert process.poll() is None, "the server stopped at once; what it said stands in the captured output"
        yield replicas
    finally:
        process.terminate()
        process.wait(timeout=20)


@dataclass(frozen=True, slots=True)
class Nginx:
    """A running nginx; `folder` holds everything that it can write, its standard error included."""

    folder: Path
    http: str
    https: str
    trusted: ssl.SSLContext

    def client(self, address: str = "127.0.0.1") -> httpx.Client:
        """A visitor with an address of its own."""
        transport = httpx.HTTPTransport(verify=self.trusted, local_address=address)
        return httpx.Client(base_url=self.https, headers={"Host": NAME}, transport=transport, timeout=20, trust_env=False)

    def written(self) -> bytes:
        """Everything that nginx wrote, whatever the file."""
        return b"".join(path.read_bytes() for path in self.folder.rglob("*") if path.is_file())


def binary() -> str:
    """Where nginx is; continuous integration may not go without it."""
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if found is None and "CI" in os.environ:
        pytest.fail("nginx is not installed: .ci/run installs Debian's package")
    return found or pytest.skip("nginx is not installed: apt-get install nginx-light")


def is_listening(place: str, /) -> bool:
    """Whether something accepts connections at `host:port`."""
    host, _, port = place.partition(":")
    with socket.socket() as probe:
        return probe.connect_ex((host, int(port))) == 0


def is_ready(url: str, /) -> bool:
    """Whether a server says that it answers questions: it listens before its index is loaded."""
    try:
        return httpx.get(f"{url}/readyz", timeout=5, trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


def until(condition: Callable[[], bool], /, *, seconds: float = 20) -> None:
    """Wait for a condition; it must come true."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


@contextmanager
def nginx_before(ports: Sequence[int], folder: Path) -> Iterator[Nginx]:
    """Run nginx with the deployed configuration before servers on these ports."""
    program = binary()
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    make_certificate = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    make_certificate += ["-keyout", str(key), "-out", str(certificate), "-days", "2", "-subj", f"/CN={NAME}"]
    subprocess.run([*make_certificate, "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    values = {
        "SERVER_NAME": NAME,
        "LISTEN_HTTP": f"127.0.0.1:{free_port()}",
        "LISTEN_HTTPS": f"127.0.0.1:{free_port()}",
        "CERTIFICATE": str(certificate),
        "CERTIFICATE_KEY": str(key),
        "CACHE_FOLDER": str(folder / "cache"),
        "ASSISTANT_SERVERS": " ".join(f"server 127.0.0.1:{port} fail_timeout=1s;" for port in ports),
    }
    site = re.sub(r"\$\{([A-Z_]+)\}", lambda name: values[name[1]], configuration())
    (folder / "site.conf").write_text(site, encoding="utf-8")
    # Started by root, nginx would give its workers to a user who may not enter a test's folder.
    user = "user root;" if os.geteuid() == 0 else ""
    main = folder / "nginx.conf"
    main.write_text(MAIN.format(folder=folder, user=user), encoding="utf-8")
    checked = subprocess.run([program, "-t", "-q", "-p", str(folder), "-c", str(main)], capture_output=True, text=True)
    assert (checked.returncode, checked.stderr) == (0, "")
    with (folder / "stderr").open("wb") as errors:
        process = subprocess.Popen([program, "-p", str(folder), "-c", str(main)], stdout=errors, stderr=errors)
        try:
            until(lambda: is_listening(values["LISTEN_HTTPS"]))
            trusted = ssl.create_default_context(cafile=str(certificate))
            yield Nginx(folder, f"http://{values['LISTEN_HTTP']}", f"https://{values['LISTEN_HTTPS']}", trusted)
        finally:
            process.terminate()
            process.wait(timeout=10)


def configuration() -> str:
    """The template without its comments, which name the variables as well."""
    return re.sub(r"(?m)^\s*#.*\n", "", TEMPLATE.read_text(encoding="utf-8"))
