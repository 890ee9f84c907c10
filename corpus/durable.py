"""Durable writing: after a crash a file holds its old content or its new; and one writer at a time, who says who it is.

A file is written beside the old one, synced, and renamed over it. The lock belongs to an open file, so the system gives
it back when a process dies, however it dies.
"""

import getpass
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from corpus.regular_files import LARGEST_HOLDER, read_regular


def write_durably(path: Path, data: bytes, /) -> None:
    """Replace `path` with `data` at once; readers see the old content or the new, never a part."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        partial.unlink(missing_ok=True)  # what a killed process left, or a link to somewhere else
        with partial.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise
    sync(path.parent)


def write_json(path: Path, value: object, /) -> None:
    """The same of a value, as JSON that a person can read and compare line by line."""
    write_durably(path, (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode("utf-8"))


def sync(path: Path, /) -> None:
    """Wait until a file's content or a folder's entries have reached the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


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


class HeldError(Exception):
    """Another process holds the right to write; `holder` is `None` where it did not say who it is."""

    def __init__(self, holder: Holder | None) -> None:
        super().__init__(str(holder or "another process"))
        self.holder = holder


@contextmanager
def only_writer(lock: Path, holder: Path, /) -> Iterator[None]:
    """Hold a lock file, and say in another file who holds it.

    Raises:
        HeldError: another process holds it; nobody waits for it.
        OSError: the lock file cannot be made.
    """
    try:
        held = FileLock(lock, timeout=0).acquire()
    except Timeout:
        raise HeldError(_read(holder)) from None
    with held:
        with suppress(OSError):  # on a full disk a roll-back is still wanted
            _write(holder)
        try:
            yield
        finally:
            with suppress(OSError):
                holder.unlink(missing_ok=True)


def _write(holder: Path) -> None:
    holder.unlink(missing_ok=True)
    with holder.open("x", encoding="utf-8") as file:  # never at the other end of a link
        json.dump(asdict(Holder.this_process()), file)


def _read(holder: Path) -> Holder | None:
    try:
        return Holder(**json.loads(read_regular(holder, most=LARGEST_HOLDER)))
    except (OSError, ValueError, TypeError):
        return None  # it was let go this very moment


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run under a number without a name
        return f"user {os.getuid()}"
