"""Replicas behind nginx, killed one after another while visitors ask: what any of them sees of it."""

import asyncio
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.nginx import Nginx, nginx_before
from tests.replica_processes import ReplicaProcesses, replica_processes
from tests.stress.measuring import keep, published_index
from tests.stress.visitors import visitors


def kills(*, replicas: int, seconds: float, every: float, browsers: int, programs: int) -> None:
    """Kill one every so many seconds, start it again at once, and keep what visitors saw."""
    with (
        published_index() as index_dir,
        tempfile.TemporaryDirectory() as name,
        replica_processes(replicas, index_dir=index_dir, folder=Path(name)) as processes,
        nginx_before(processes.ports, Path(name)) as nginx,
    ):
        figures = asyncio.run(drill(processes, nginx, seconds=seconds, every=every, browsers=browsers, programs=programs))
    keep(f"{replicas} replicas, one killed every {every:g} s", figures)


async def drill(
    processes: ReplicaProcesses, nginx: Nginx, *, seconds: float, every: float, browsers: int, programs: int
) -> dict[str, Any]:
    """What visitors of each sort saw, and how long a killed replica took to come back."""
    killed = 0
    back: list[float] = []
    async with visitors(nginx.https, nginx.trusted, browsers=browsers, programs=programs) as seen:
        begun = time.monotonic()
        while (now := time.monotonic() - begun) < seconds:
            due = (killed + 1) * every
            if now < due:
                await asyncio.sleep(min(due, seconds) - now)
                continue
            port = processes.ports[killed % len(processes.ports)]
            processes.kill(port)
            processes.start(port)
            back.append(await asyncio.to_thread(processes.wait_until_ready, port))
            killed += 1
    return {
        "seconds": seconds,
        "killed": killed,
        "seconds_until_back": [round(seconds, 1) for seconds in back],
        "memory_mb": [round(processes.megabytes(port)) for port in processes.ports],
        **{name: one.figures for name, one in seen.items()},
        "answers_a_second": round(sum(one.asked for one in seen.values()) / seconds, 1),
    }
