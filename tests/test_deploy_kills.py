"""Real replicas behind a real nginx, really killed while visitors ask: `make stress-kills` in small."""

import asyncio
import contextlib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.browsers import find_chromium
from tests.nginx import nginx_before
from tests.replica_processes import ReplicaProcesses, replica_processes
from tests.stress.kills import drill

SECONDS, EVERY = 6, 2
SESSION = "abcdefgh"
EVENT = {"data": [None], "event_data": {"language": "de"}, "fn_index": 0, "trigger_id": 1, "session_hash": SESSION}


@pytest.fixture(scope="module")
def processes(real_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReplicaProcesses]:
    with replica_processes(2, index_dir=real_index, folder=tmp_path_factory.mktemp("replicas")) as processes:
        yield processes


def test_visitors_of_page_widget_and_api_notice_nothing_of_a_killed_replica(
    processes: ReplicaProcesses, tmp_path: Path
) -> None:
    if find_chromium() is None:
        pytest.skip("no Chromium")
    with nginx_before(processes.ports, tmp_path) as nginx:
        figures = asyncio.run(drill(processes, nginx, seconds=SECONDS, every=EVERY, browsers=1, programs=2))
    print(f"\n{figures}")
    assert figures["killed"] >= 1
    for name in ("page", "page, in German", "widget", "HTTP"):
        assert figures[name]["said"] == []
        assert figures[name]["questions"] > 0
        assert figures[name]["pages_loaded_again"] <= figures["killed"]


def test_only_gradios_own_events_need_the_replica_that_they_began_with(processes: ReplicaProcesses) -> None:
    one, other = (httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20) for port in processes.ports)
    with one, other:
        assert "process_completed" in heard_of_an_event(one, one)
        heard = heard_of_an_event(one, other)
        assert "process_completed" not in heard
        assert "not found" in heard.lower()


def heard_of_an_event(joined: httpx.Client, listening: httpx.Client) -> str:
    """What a replica says of another language that was asked for at a replica."""
    joined.post("/gradio_api/queue/join", json=EVENT).raise_for_status()
    said = ""
    with (
        contextlib.suppress(httpx.RemoteProtocolError),  # it breaks off with what it says of a session that it lacks
        listening.stream("GET", "/gradio_api/queue/data", params={"session_hash": SESSION}) as stream,
    ):
        for line in stream.iter_lines():
            said += line
    return said
