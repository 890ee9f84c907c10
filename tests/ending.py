"""Waiting that ends: a test that hangs in its clean-up is stopped by nobody."""

import select
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from settings import PROJECT

SECONDS = 60


def join(thread: threading.Thread, /) -> None:
    """Wait for a thread; it must end."""
    thread.join(SECONDS)
    assert not thread.is_alive(), f"the thread {thread.name} has not ended within {SECONDS} seconds"


@contextmanager
def child(command: Sequence[str | Path], /, **options: Any) -> Iterator["subprocess.Popen[bytes]"]:
    """A process in the project's folder, killed at the end of the block, where `Popen` itself would wait for it."""
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, **options) as process:
        try:
            yield process
        finally:
            process.kill()


def first_line(process: "subprocess.Popen[bytes]", /) -> str:
    """The first line that a process prints, without its end; empty if it ends without one."""
    assert process.stdout is not None
    is_there, _, _ = select.select([process.stdout], [], [], SECONDS)
    assert is_there, f"the process has printed nothing within {SECONDS} seconds"
    return process.stdout.readline().decode().rstrip("\n")
