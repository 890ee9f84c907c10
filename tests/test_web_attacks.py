"""Strangers at the sockets of the real server, on a machine with few descriptors: it goes on, and so does urgent help."""

import json
import resource
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.attacks import ENDLESS, FLOODS, SILENT, endless, flood_log, is_closed, seconds_to_help, silent
from tests.supervised import Supervised, supervised

FEW = 256  # descriptors
MANY = 400  # connections
SECONDS = 2.0  # that help may take on a busy machine
MEGABYTES = 30  # by which memory may grow


@pytest.fixture(scope="module")
def server(real_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Supervised]:
    """With its page, behind a proxy on this machine, so that all the attacks come from one address."""
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    folder = tmp_path_factory.mktemp("attacked")
    few = f"import resource, runpy; resource.setrlimit(resource.RLIMIT_NOFILE, ({FEW}, {FEW}))"
    command = ["-c", f"{few}; runpy.run_path('app.py', run_name='__main__')"]
    with supervised(command, folder, real_index, PAGE="on", TRUSTED_PROXIES="127.0.0.1") as server:
        assert resource.prlimit(server.serving, resource.RLIMIT_NOFILE) == (FEW, FEW)
        yield server
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == limits


@pytest.mark.parametrize("kind", ENDLESS)
def test_what_has_no_end_takes_no_memory(server: Supervised, kind: str) -> None:
    before = server.megabytes
    endless(server.port, kind, megabytes=50)
    assert server.megabytes - before < MEGABYTES
    assert seconds_to_help(server.port) < SECONDS


@pytest.mark.parametrize("kind", SILENT)
def test_more_silent_connections_than_descriptors_keep_nobody_from_urgent_help(server: Supervised, kind: str) -> None:
    with silent(server.port, kind, count=MANY) as opened:
        times = [seconds_to_help(server.port) for _ in range(5)]
        assert max(times) < SECONDS, times
        assert len(list(Path(f"/proc/{server.serving}/fd").iterdir())) < FEW * 3 / 4
        assert sum(map(is_closed, opened)) > MANY - FEW / 2
    assert "Too many open files" not in server.output.read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", FLOODS)
def test_requests_that_go_wrong_do_not_fill_the_disk(server: Supervised, kind: str) -> None:
    before = server.output.stat().st_size
    flood_log(server.port, kind, count=200)
    assert server.output.stat().st_size - before < 10_000  # bytes
    lines = [line for line in server.output.read_text(encoding="utf-8").splitlines() if not line.startswith("Serving on")]
    assert all({"time", "level", "logger", "message"} <= set(json.loads(line)) for line in lines)


def test_after_all_that_it_is_the_same_process(server: Supervised) -> None:
    time.sleep(0.5)
    assert server.parent.poll() is None
    assert not any("started anew" in message for message in server.log)
