"""A folder of this machine that holds what is published at a source, and what is about to be.

Flows in: the source's CURRENT, asked for once a second, and its NEXT, the version that was sent last and may be published
soon. Flows out: an index folder like any other, whose pointer moves only to a version that is here whole. Nothing here
parses a version; who serves the folder opens and verifies it once more.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from corpus import ShownError
from index.downloading import bring, damaged_folders, delete_folder, is_here
from index.durable import write_durably
from index.errors import IndexBusyError, IndexDamagedError, IndexMissingError, IndexStorageError, SourceError
from index.exported_model import remove_unused
from index.layout import VERSION_NAME, IndexLayout
from index.locking import is_held, publishing
from index.object_store import Content, ObjectStore
from index.publishing import FEWEST_KEPT
from index.versions import current_version, list_versions

CURRENT, NEXT = "CURRENT", "NEXT"
LOOK_EVERY_SECONDS = 1.0
LONGEST_DELAY_SECONDS = 60.0  # between two attempts at a version that cannot be had
PATIENCE_SECONDS = 20.0  # at a start, before what was served here last is served again

logger = logging.getLogger(__name__)


class _OvertakenError(Exception):
    """Something else is wanted by now, or nothing any more."""


@dataclass(frozen=True, slots=True)
class _Attempt:
    """When a version that could not be had may be tried again, by the monotonic clock."""

    delay_seconds: float = 0.0
    not_before: float = 0.0

    def failed(self) -> "_Attempt":
        delay = min(max(1.0, 2 * self.delay_seconds), LONGEST_DELAY_SECONDS)
        return _Attempt(delay, time.monotonic() + delay)


class Mirror:
    """Keeps an index folder like its source. One thread calls the methods; others may read the attributes."""

    def __init__(self, source: ObjectStore, index_dir: Path, /, *, stopping: threading.Event | None = None) -> None:
        """Nothing is asked yet. When `stopping` is set, `first` and `pull` end soon."""
        self._source = source
        self._layout = IndexLayout(index_dir)
        self._stopping = stopping or threading.Event()
        self.wanted = ""  # what the source publishes; empty until it was reached
        self.since = 0.0  # when that was seen first, by the monotonic clock
        self.failure = ""  # why what is wanted is not known or not here
        self.failures = 0
        self._next = ""
        self._seen: dict[str, Content] = {}  # pointers as they were read last
        self._looked_at = 0.0
        self._attempts: dict[str, _Attempt] = {}  # versions that could not be had
        self._reported: dict[str, str] = {}  # what is wrong with the source, the disk, a version
        self._intact = ""  # the version that was looked at and not found damaged

    @property
    def is_current(self) -> bool:
        """Whether the folder's pointer is the source's."""
        return bool(self.wanted) and self._pointer() == self.wanted

    def first(self) -> None:
        """Wait until what is wanted is here; after a while, what was here before will do.

        Raises:
            IndexStorageError: versions are built in this folder; it is no mirror.
        """
        if self._layout.encoding_cache.exists():
            raise IndexStorageError(
                f"versions are built in {self._layout.root}, and INDEX_SOURCE is fetched to a folder of its own.",
                remedy="Set another INDEX_DIR, or serve here without INDEX_SOURCE.",
            )
        begun = time.monotonic()
        while not self._stopping.is_set():
            self.pull()
            if self.is_current or (time.monotonic() - begun > PATIENCE_SECONDS and self._pointer()):
                return
            self._stopping.wait(LOOK_EVERY_SECONDS)

    def pull(self) -> None:
        """Bring what is wanted, or else what comes next. What goes wrong is in `failure`, and the folder stays as it is."""
        try:
            self._look()
        except SourceError as error:
            self._report("source", error.message)
            return
        self._report("source", "")
        if not is_here(self._layout, self.wanted):
            self._try(self.wanted)
        elif self._pointer() == self.wanted and self._next and not is_here(self._layout, self._next):
            self._try(self._next)
        if is_here(self._layout, self.wanted) and self._pointer() != self.wanted:
            self._write(lambda layout: write_durably(layout.current, f"{self.wanted}\n".encode()))

    def repair(self, name: str, /) -> bool:
        """Delete a version, or its model, if it is not any more what was brought, so that it is brought again."""
        if name == self._intact or not is_here(self._layout, name):
            return False
        damaged = damaged_folders(self._layout, name)
        self._intact = "" if damaged else name
        if not damaged:
            return False
        logger.error("version %s is damaged in INDEX_DIR and is fetched again", name)

        def remove(_layout: IndexLayout) -> None:
            for folder in damaged:
                delete_folder(folder)

        return self._write(remove)

    def prune(self, *, served: str) -> None:
        """Delete versions that are neither among the newest nor wanted, next, or served."""
        kept = {self.wanted, self._next, served, self._pointer()}
        older = [name for name in list_versions(self._layout.root)[:-FEWEST_KEPT] if name not in kept]
        older = [name for name in older if not is_held(self._layout.root, name)]

        def remove(layout: IndexLayout) -> None:
            for name in older:
                delete_folder(layout.version(name))
            remove_unused(layout)

        if older:
            self._write(remove)

    def _look(self) -> None:
        self._looked_at = time.monotonic()
        name = self._read_pointer(CURRENT)
        if name != self.wanted:
            self.wanted, self.since = name, time.monotonic()
        try:
            self._next = self._read_pointer(NEXT)
        except SourceError:
            self._next = ""  # it only saves time

    def _read_pointer(self, path: str) -> str:
        before = self._seen.get(path)
        content = self._source.read(path, known=before)
        if content is not before:
            self._seen[path] = content
            self._attempts.clear()  # somebody has done something
        name = content.data.decode("ascii", errors="replace").strip()
        if not VERSION_NAME.fullmatch(name):
            raise SourceError(f"{path} at INDEX_SOURCE names no version ({name[:40]!r}).", remedy="Publish again.")
        return name

    def _try(self, name: str) -> None:
        if time.monotonic() < self._attempts.get(name, _Attempt()).not_before:
            return
        keep = frozenset({self.wanted, self._next})
        try:
            bring(self._source, self._layout.root, name, between=self._go_on(name), keep=keep)
        except (IndexBusyError, _OvertakenError):
            return  # somebody else is bringing it, or something else is wanted: the next look will tell
        except ShownError as error:
            self._attempts[name] = self._attempts.get(name, _Attempt()).failed()
            self._report(name, error.message)
            return
        self._intact = ""
        logger.info("fetched version %s", name)
        self._report(name, "")

    def _go_on(self, name: str) -> Callable[[], None]:
        """What is asked between two requests: whether this is still what should be fetched first."""
        wanted = self.wanted

        def check() -> None:
            if self._stopping.is_set():
                raise _OvertakenError
            if time.monotonic() - self._looked_at >= LOOK_EVERY_SECONDS:
                self._look()
                if self.wanted not in {wanted, name} or name not in {self.wanted, self._next}:
                    raise _OvertakenError

        return check

    def _write(self, write: Callable[[IndexLayout], None]) -> bool:
        try:
            with publishing(self._layout.root) as layout:
                write(layout)
        except IndexBusyError:
            return False  # a second later it is free
        except IndexStorageError as error:
            self._report("disk", error.message)
            return False
        self._report("disk", "")
        return True

    def _report(self, what: str, why: str) -> None:
        """Log a failure once, and its end; `failure` is the one that keeps what is wanted away."""
        before = self._reported.get(what, "")
        self._reported = {key: told for key, told in self._reported.items() if key in {"source", "disk", self.wanted}}
        self._reported[what] = why
        self.failure = next(filter(None, map(self._reported.get, ("source", self.wanted, "disk"))), "")
        if why and why != before:
            self.failures += 1
            logger.error("%s", why)
        elif before and not why:
            logger.info("no more: %s", before)

    def _pointer(self) -> str:
        try:
            return current_version(self._layout.root)
        except (IndexMissingError, IndexDamagedError):
            return ""
