"""Replicas as they stand on a fleet's machines: a process each, killed and started again at the same port.

Without the process that watches each of them: what is killed here is to be gone, and what is stopped is to stand still.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from settings import PROJECT
from tests.benchmarks.processes import memory
from tests.browsers import START_SECONDS, free_port
from tests.nginx import is_ready, until


@dataclass
class ReplicaProcesses:
    """Processes by their ports; what they say goes to `output` in their folder."""

    environment: dict[str, str]
    folder: Path
    processes: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def ports(self) -> tuple[int, ...]:
        """The port of each."""
        return tuple(self.processes)

    def start(self, port: int) -> None:
        """Start one; it listens at once and is ready seconds later."""
        with (self.folder / "output").open("ab") as output:
            self.processes[port] = subprocess.Popen(
                [sys.executable, "-c", "import app; app.main()"],
                env={**os.environ, **self.environment, "PORT": str(port)},
                cwd=PROJECT,
                stdout=output,
                stderr=output,
            )

    def kill(self, port: int) -> None:
        """Take one away without a word."""
        self.processes[port].kill()
        self.processes[port].wait(timeout=20)

    def wait_until_ready(self, port: int) -> float:
        """Wait until one answers questions; returns the seconds that it took."""
        begun = time.monotonic()
        until(lambda: is_ready(f"http://127.0.0.1:{port}"), seconds=START_SECONDS)
        return time.monotonic() - begun

    def megabytes(self, port: int) -> float:
        """The resident memory of one."""
        return memory(self.processes[port].pid).resident


@contextmanager
def replica_processes(count: int, *, index_dir: Path, folder: Path, **environment: str) -> Iterator[ReplicaProcesses]:
    """So many replicas over one published index, ready."""
    own = {"INDEX_DIR": str(index_dir), "FEEDBACK_FILE": str(folder / "feedback.jsonl"), "RATE_LIMIT": "0"}
    replicas = ReplicaProcesses({**own, "TRUSTED_PROXIES": "127.0.0.1", **environment}, folder)
    try:
        for _ in range(count):
            replicas.start(free_port())
        for port in replicas.ports:
            replicas.wait_until_ready(port)
        yield replicas
    finally:
        for port in replicas.ports:
            replicas.kill(port)
