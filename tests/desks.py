"""A desk over folders of a test's own, an editor's Word file, and a small server that takes notices."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from assistant.refresh.workshop import Workshop
from corpus.incoming.fetching import PUBLIC, FetchRules
from corpus.library import article_folders
from desk import Desk
from desk.reading import Waiting, read_in
from desk.trying import keep_label
from index.folder import IndexFolder
from tests.ending import join
from tests.written_documents import Part, word

WALKING = "Walking for ten minutes relieves the legs of many people."
COFFEE = "Coffee in the evening does not help."
LEAFLET = [
    Part(
        "What helps",
        (WALKING, COFFEE),
        "It is not for people who are:",
        ("pregnant", "under 12"),
        (("Measure", "Effect"), ("Walking", "relief within 10 minutes"), ("Massage", "relief within 20 minutes")),
    )
]


def word_file(folder: Path, name: str = "leaflet.docx", parts: list[Part] | None = None) -> Path:
    """What an editor has: a Word file with a list, and a table whose columns nobody marked, which is a doubt."""
    path = folder / name
    path.write_bytes(word(LEAFLET if parts is None else parts))
    return path


def make_desk(
    folder: Path, corpus_dir: Path, index_dir: Path, *, rules: FetchRules = PUBLIC, servers: tuple[str, ...] = ()
) -> Desk:
    inbox = folder / "inbox"
    inbox.mkdir(exist_ok=True)
    workshop = Workshop(corpus_dir, IndexFolder(index_dir), "all-MiniLM-L6-v2")
    feedback = folder / "feedback.jsonl"
    return Desk(workshop, folder / "reports", inbox, feedback, folder / "gaps.json", servers=servers, rules=rules)


def taught(desk: Desk) -> Desk:
    """The same, with something that visitors do not see yet."""
    slug, question = article_folders(desk.corpus_dir)[0].name, "Which colour has the moon?"
    keep_label(desk, slug, question, [])
    return desk


def read_one(desk: Desk, source: Path | str) -> Waiting:
    (waiting,) = read_in(desk, [str(source)])
    assert isinstance(waiting, Waiting), waiting
    return waiting


def doubts_of(waiting: Waiting) -> list[str]:
    return [str(doubt) for doubt in waiting.candidate.doubts]


@dataclass
class Taken:
    """A server that answers everything with one status and body. `bodies` are what was posted to it."""

    url: str
    bodies: list[bytes] = field(default_factory=list)


@contextmanager
def taking_server(*, status: int = 200, body: bytes = b"{}") -> Iterator[Taken]:
    taken = Taken("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            taken.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.do_GET()

        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        taken.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield taken
        server.shutdown()
        join(thread)
