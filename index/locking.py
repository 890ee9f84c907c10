"""Who may write: one process at a time builds or publishes, and a version that is served is not deleted.

Both locks belong to open files, so the system gives them back when a process dies, however it dies.
"""

import fcntl
import getpass
import json
import os
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from filelock import FileLock, Timeout

from index.errors import IndexBusyError, IndexStorageError
from index.layout import IndexLayout


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the right to write, as another maintainer is told. `since` is a time in UTC."""

    user: str
    host: str
    process: int
    since: str

    @classmethod
    def this_process(cls) -> "Holder":
        """Ourselves, now."""
        return cls(_user(), socket.gethostname(), os.getpid(), f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC")

    def __str__(self) -> str:
        return f"{self.user} on {self.host} (process {self.process}, since {self.since})"


@contextmanager
def publishing(index_dir: Path, /) -> Iterator[IndexLayout]:
    """Hold the right to write versions.

    Raises:
        IndexBusyError: somebody else is building or publishing right now; the message says who.
        IndexStorageError: the disk did not take what was written; what is published was not touched.
    """
    try:
        index_dir.mkdir(parents=True, exist_ok=True)
        layout = IndexLayout(index_dir)
        with FileLock(layout.lock, timeout=0):
            with suppress(OSError):  # on a full disk a roll-back is still wanted
                layout.holder.write_text(json.dumps(asdict(Holder.this_process())), encoding="utf-8")
            try:
                yield layout
            finally:
                with suppress(OSError):
                    layout.holder.unlink(missing_ok=True)
    except Timeout:
        who = _read_holder(index_dir)
        raise IndexBusyError(
            f"{index_dir} is being built or published by {who or 'another process'}.",
            remedy="Try again later, or ask them." if who else "Try again later.",
        ) from None
    except (OSError, sqlite3.OperationalError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise IndexStorageError(
            f"{index_dir} could not be written: {why}.",
            remedy="What is published was not touched. Free space or mend the permissions, then run it again.",
        ) from error


def hold(index_dir: Path, name: str, /) -> BinaryIO:
    """Keep a version from being deleted until the file that is returned is closed.

    Raises:
        OSError: the version is not there, or its file system has no locks.
    """
    file = (IndexLayout(index_dir).version(name) / "manifest.json").open("rb")
    try:
        fcntl.flock(file, fcntl.LOCK_SH)
    except OSError:
        file.close()
        raise
    return file


def is_held(index_dir: Path, name: str, /) -> bool:
    """Whether a process serves the version. Where that cannot be known it is taken for held: a deletion can wait."""
    try:
        # Opened for writing: over NFS nothing else may be locked exclusively.
        with (IndexLayout(index_dir).version(name) / "manifest.json").open("r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    return False


def _read_holder(index_dir: Path) -> Holder | None:
    try:
        return Holder(**json.loads(IndexLayout(index_dir).holder.read_bytes()))
    except (OSError, ValueError, TypeError):
        return None  # it was let go this very moment


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run under a number without a name
        return f"user {os.getuid()}"
