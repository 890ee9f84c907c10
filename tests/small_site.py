"""A small site on the loopback address, with what well-meaning and ill-meaning servers answer."""

import contextlib
import gzip
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.ending import join


@dataclass
class Page:
    """What stands at one path; the headers tell its type, its validators or where it went."""

    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200


@dataclass
class Site:
    """A running site. `requests` are the paths that were asked for, with the headers of each."""

    port: int
    pages: dict[str, Page] = field(default_factory=dict)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    host: str = "127.0.0.1"  # as its addresses name it

    def at(self, path: str, *, host: str = "") -> str:
        return f"http://{host or self.host}:{self.port}{path}"


@contextmanager
def small_site(host: str = "127.0.0.1", *, port: int = 0) -> Iterator[Site]:  # noqa: C901 - one server, many answers
    site = Site(port)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.requests.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            with contextlib.suppress(OSError):  # when the client has had enough, as it should
                self.answer()

        def answer(self) -> None:
            if self.path == "/endless":
                self.send(Page(headers={"Content-Type": "text/html"}))
                while True:
                    self.wfile.write(b"<p>more</p>" * 6000)
            elif self.path == "/slow":
                self.send(Page(headers={"Content-Type": "text/html"}))
                while True:
                    self.wfile.write(b"x")
                    time.sleep(0.05)
            elif self.path == "/slow-headers":
                self.wfile.write(b"HTTP/1.1 200 OK\r\n")
                while True:
                    self.wfile.write(b"X-More: x\r\n")
                    time.sleep(0.05)
            elif self.path == "/two-gigabytes":
                self.send(Page(headers={"Content-Type": "application/pdf", "Content-Length": str(2 * 10**9)}))
                for _ in range(2000):
                    self.wfile.write(b"\0" * 10**6)
            elif self.path == "/packed-bomb":
                self.send(Page(headers={"Content-Type": "text/html", "Content-Encoding": "gzip"}))
                self.wfile.write(gzip.compress(b"\0" * 200_000_000))
            else:
                self.page(site.pages.get(self.path, Page(status=404)))

        def page(self, page: Page) -> None:
            etag = page.headers.get("ETag")
            if etag and self.headers.get("If-None-Match") == etag:
                page = Page(status=304)
            self.send(page)
            self.wfile.write(page.body)

        def send(self, page: Page) -> None:
            self.send_response(page.status)
            for name, value in page.headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Nothing."""

    with ThreadingHTTPServer((host, port), Handler) as server:
        server.daemon_threads = True
        site.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield site
        server.shutdown()
        join(thread)
