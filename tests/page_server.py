"""The real server in a thread of the tests, with answers rehearsed for two questions."""

import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from assistant import Assistant
from assistant.answer import Answer, Hit, Kind
from assistant.web import create_server
from assistant.web.chat_page import mount_chat_page
from assistant.wording import wording
from tests.browsers import SLOW, THREE

SECONDS_SLOW = 1.5


class RehearsedAssistant(Assistant):
    """The real one, but for two questions: three quotes for `THREE`, whatever retrieval finds; and `SLOW` takes its time."""

    def ask(self, turns: Sequence[str], /) -> Answer:
        if turns[-1] == SLOW:
            time.sleep(SECONDS_SLOW)
        if turns[-1] not in {THREE, SLOW}:
            return super().ask(turns)
        passages = [self.version.passages[row] for row in (2, 12, 20)]
        citations = tuple(self._cite(n, Hit(passage, 0.9)) for n, passage in enumerate(passages, 1))
        return Answer(Kind.ANSWER, wording()["answer.several"], citations, self.starters()[:3], 0.9, self.version.name)


@dataclass(frozen=True)
class PageServer:
    url: str
    feedback_file: Path
    version: str


@contextmanager
def serving(assistant: Assistant, feedback_file: Path) -> Iterator[PageServer]:
    """The server with the page, on a free port."""
    app = create_server(assistant, feedback_file=feedback_file)
    mount_chat_page(app, assistant)
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        while not server.started:
            time.sleep(0.02)
        yield PageServer(f"http://127.0.0.1:{listener.getsockname()[1]}", feedback_file, assistant.version.name)
    finally:
        server.should_exit = True
        thread.join()
        listener.close()
