"""Who may write: one process at a time builds or publishes, and a version that is served is not deleted.

Both locks belong to open files, so the system releases them however a process dies.
"""

import fcntl
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from corpus.durable import HeldError, only_writer
from corpus.regular_files import open_regular
from index.errors import IndexBusyError, IndexStorageError
from index.published.layout import MANIFEST, IndexLayout


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
        with only_writer(layout.lock, layout.holder):
            yield layout
    except HeldError as held:
        raise IndexBusyError(
            f"{index_dir} is being built or published by {held}.",
            remedy="Try again later, or ask them." if held.holder else "Try again later.",
        ) from None
    except (OSError, sqlite3.OperationalError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise IndexStorageError(
            f"{index_dir} could not be written: {why}.",
            remedy="What is published was not touched. Free disk space or make the folder writable, then run it again.",
        ) from error


def hold(index_dir: Path, name: str, /) -> BinaryIO:
    """Keep a version from being deleted until the file that is returned is closed.

    Raises:
        OSError: the version is not there, or its file system has no locks.
    """
    file = open_regular(IndexLayout(index_dir).version(name) / MANIFEST)
    try:
        fcntl.flock(file, fcntl.LOCK_SH)
    except OSError:
        file.close()
        raise
    return file


def is_held(index_dir: Path, name: str, /) -> bool:
    """Whether a process serves the version; yes where that cannot be known, since a deletion can wait."""
    try:
        with open_regular(IndexLayout(index_dir).version(name) / MANIFEST, for_writing=True) as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    return False
