"""The whole program in a process of its own, as a visitor's browser meets it."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from settings import PROJECT
from tests.browsers import PageServer, ask, free_port, open_page, serving
from tests.ending import child, first_line

QUESTION = "How is iron linked to dopamine?"


@pytest.fixture(scope="module")
def connections(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the server's process connected to or looked up, one a line."""
    log = tmp_path_factory.mktemp("watch") / "connections"
    log.touch()
    return log


@pytest.fixture(scope="module")
def server(real_index: Path, connections: Path) -> Iterator[PageServer]:
    feedback_file = connections.with_name("feedback.jsonl")
    with serving(["tests/watched_server.py", str(connections)], index_dir=real_index, feedback_file=feedback_file) as server:
        yield server


def test_answering_connects_neither_server_nor_page_to_anything_else(
    browser: Browser, server: PageServer, connections: Path
) -> None:
    with browser.new_context() as context:
        requested: list[str] = []
        context.on("request", lambda request: requested.append(request.url))
        page = open_page(context.new_page(), server.url)
        assert "Since iron is a co-factor for tyrosine hydroxylase" in ask(page, QUESTION).inner_text()
        assert requested
        assert [url for url in requested if not url.startswith((server.url, "data:", "blob:"))] == []
        assert context.cookies() == []
    lines = connections.read_text().splitlines()
    outbound = [line for line in lines if not any(own in line for own in ("127.0.0.1", "'localhost'", "::1", "None"))]
    assert outbound == []


@pytest.mark.timing
def test_a_published_index_is_served_within_fifteen_seconds(server: PageServer) -> None:
    # A budget with a margin for a busy machine stands in the issue; this holds the figure itself.
    assert server.seconds_to_first_answer < 15


def test_the_server_stops_cleanly_when_told_to(real_index: Path) -> None:
    environment = {**os.environ, "PORT": str(free_port()), "INDEX_DIR": str(real_index), "PAGE": "off"}
    with child([sys.executable, PROJECT / "app.py"], env=environment) as process:
        assert "Serving on" in first_line(process)
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=15)
        assert process.returncode in {0, -signal.SIGTERM}
