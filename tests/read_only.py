"""A folder that nobody may write to, for some time."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def read_only(folder: Path, *, at: Path | None = None) -> Iterator[None]:
    """Permissions do not stop root; a read-only mount does, there or at another place. Where neither can be had: skipped."""
    if os.geteuid() != 0 and at is None:
        folder.chmod(0o555)
        try:
            yield
        finally:
            folder.chmod(0o755)
        return
    place = str(at or folder)
    bound = subprocess.run(["mount", "--bind", str(folder), place], capture_output=True)
    if bound.returncode != 0:
        pytest.skip("one may not mount here, and permissions do not stop root")
    try:
        subprocess.run(["mount", "-o", "remount,ro,bind", place], check=True)
        yield
    finally:
        subprocess.run(["umount", place], check=True)
