"""The real server under its supervisor, in processes of its own, with everything that it writes in one file."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from settings import PROJECT
from tests.browsers import START_SECONDS, free_port
from tests.nginx import is_ready, until


@dataclass
class Supervised:
    """Two processes, one of which watches."""

    parent: subprocess.Popen[bytes]
    url: str
    output: Path

    @property
    def serving(self) -> int:
        """The process that serves; 0 between two of them."""
        children = Path(f"/proc/{self.parent.pid}/task/{self.parent.pid}/children").read_text(encoding="ascii").split()
        return int(children[0]) if children else 0

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.url.rpartition(":")[2])

    @property
    def megabytes(self) -> float:
        """Resident memory of the process that serves."""
        status = Path(f"/proc/{self.serving}/status").read_text(encoding="utf-8")
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024

    def ask(self, question: str, *, timeout: float = 30) -> httpx.Response:
        """One question on a connection of its own."""
        return httpx.post(f"{self.url}/api/ask", json={"turns": [question]}, timeout=timeout)

    @property
    def log(self) -> list[str]:
        """The messages of its lines of JSON."""
        lines = self.output.read_text(encoding="utf-8").splitlines()
        return [json.loads(line)["message"] for line in lines if line.startswith("{")]


@contextmanager
def supervised(command: Sequence[str], folder: Path, index_dir: Path, **environment: str) -> Iterator[Supervised]:
    """Run a command that serves, until it is ready and then to the end."""
    own = {"PORT": str(port := free_port()), "INDEX_DIR": str(index_dir), "PAGE": "off", "RATE_LIMIT": "0"}
    own |= {"FEEDBACK_FILE": str(folder / "feedback.jsonl")} | environment
    with (folder / "output").open("wb") as output:
        parent = subprocess.Popen(
            [sys.executable, *command], env={**os.environ, **own}, cwd=PROJECT, stdout=output, stderr=output
        )
    try:
        url = f"http://127.0.0.1:{port}"
        until(lambda: is_ready(url), seconds=START_SECONDS)
        yield Supervised(parent, url, folder / "output")
    finally:
        parent.kill()
        parent.wait(timeout=20)
