"""Real replicas behind a real nginx, really killed while visitors ask: `make stress-kills` in small."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browsers import find_chromium
from tests.nginx import nginx_before
from tests.replica_processes import ReplicaProcesses, replica_processes
from tests.stress.kills import drill

SECONDS, EVERY = 6, 2


@pytest.fixture(scope="module")
def processes(real_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ReplicaProcesses]:
    with replica_processes(2, index_dir=real_index, folder=tmp_path_factory.mktemp("replicas")) as processes:
        yield processes


@pytest.mark.slow
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
