"""The assistant that a server answers with, replaced whole when another version is published.

Flows in: the pointer of an index folder, looked at once a second off the request path. Flows out: `current`, one
reference. A request takes it once and keeps the version that it began with; a version that cannot be opened or does not
find itself leaves the old one in place, and `failure` says why.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np

from assistant.assistant import Assistant
from assistant.gaps.recorder import GapRecorder
from corpus import ShownError
from index import IndexDamagedError, IndexVersion, current_version, open_version
from index.encoder import Encoder
from index.engines import DEFAULT_ENGINES, Engines
from index.errors import StoreCallError, StoreUnreachableError
from index.locking import hold
from index.mirror import Mirror

LOOK_EVERY_SECONDS = 1.0
TRY_AGAIN_AFTER_SECONDS = 30.0  # a version that failed may have been caught on a bad moment of the disk
PASSAGES_TRIED = 8
LEAST_COSINE = 0.99  # of a passage with itself; batches of other lengths change the last digits

Prepare = Callable[[Assistant], None]
logger = logging.getLogger(__name__)


class LiveAssistant:
    """Holds the assistant in use; `following` an index folder keeps it up to date. Safe to use from several threads."""

    def __init__(self, first: Assistant, /, *, gaps: GapRecorder | None = None, engines: Engines = DEFAULT_ENGINES) -> None:
        """Begin with an assistant; `gaps` is where the subjects of questions that visitors ask in vain are counted.

        `engines` are those that may hold the vectors of versions to come.
        """
        self._engines = engines
        self.gaps = gaps
        self.current = first.counting(gaps)
        self.swaps = 0  # since the start
        self.failures = 0
        self.failure = ""  # why the published version could not be loaded; empty when it is the one that is served
        self._prepare: list[Prepare] = []
        self._held: BinaryIO | None = None
        self._failed: tuple[str, float] = ("", 0.0)  # the pointer's content that failed last, and when
        self._pointed: tuple[str, float] = (self.current.version.name, 0.0)  # the pointer's content, and since when
        self._mirror: Mirror | None = None

    def before_each_swap(self, prepare: Prepare, /) -> None:
        """Call this with every new assistant before it serves; what it raises keeps the old one."""
        self._prepare.append(prepare)

    @property
    def wanted(self) -> str:
        """The version that is published, whether or not it is served yet."""
        return (self._mirror.wanted if self._mirror else "") or self._pointed[0]

    @property
    def seconds_behind(self) -> float:
        """For how long another version has been published than the one served."""
        if self.wanted == self.current.version.name:
            return 0.0
        return time.monotonic() - (self._mirror.since if self._mirror and self._mirror.wanted else self._pointed[1])

    @property
    def why_behind(self) -> str:
        """Why the published version is not served, or not known; empty when all is well."""
        return self.failure or (self._mirror.failure if self._mirror else "")

    @property
    def fetch_failures(self) -> int:
        """How often since the start something kept a published version from being fetched."""
        return self._mirror.failures if self._mirror else 0

    @contextmanager
    def following(self, index_dir: Path, /, *, mirror: Mirror | None = None) -> Iterator[None]:
        """Serve whatever is published in this folder, until the end of the block; a mirror keeps the folder up to date."""
        stop = threading.Event()
        self._mirror = mirror
        self._hold(index_dir, self.current.version.name)

        def watch() -> None:
            while not stop.wait(LOOK_EVERY_SECONDS):
                if mirror is not None:
                    mirror.pull()
                if self.look(index_dir):
                    self._hold(index_dir, self.current.version.name)
                if mirror is not None:
                    self._tidy(mirror)

        thread = threading.Thread(target=watch, name="follow-index", daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()
            if self._held is not None:
                self._held.close()

    def look(self, index_dir: Path, /) -> bool:
        """Serve the published version if another is served; whether a swap took place. Never raises."""
        name = ""
        try:
            name = current_version(index_dir)
            if name != self._pointed[0]:
                self._pointed = (name, time.monotonic())
            if name == self.current.version.name:
                self.failure = ""
                return False
            if self._failed[0] == name and time.monotonic() - self._failed[1] < TRY_AGAIN_AFTER_SECONDS:
                return False
            self._swap(open_version(index_dir, name, engines=self._engines))
        except Exception as error:  # noqa: BLE001  whatever is wrong with a version, the old one goes on serving
            self._report(name, _reason(name, error).replace(str(index_dir), "INDEX_DIR"))
            return False
        return True

    def _tidy(self, mirror: Mirror) -> None:
        """What is damaged in a mirror is fetched again and tried at once; what nobody needs is deleted."""
        if self.failure and mirror.repair(self.wanted):
            self._failed = ("", 0.0)
        mirror.prune(served=self.current.version.name)

    def _hold(self, index_dir: Path, name: str) -> None:
        """Keep the version in use from being pruned: after a crash this process must find it again."""
        try:
            held = hold(index_dir, name)
        except OSError:
            return  # it is gone already, or nothing can be locked there; what is loaded goes on serving
        self._held, before = held, self._held
        if before is not None:
            before.close()

    def _swap(self, version: IndexVersion) -> None:
        fresh = self.current.on(version)
        check_self(fresh)  # before it counts: this is no visitor's question
        fresh = fresh.counting(self.gaps)
        for prepare in self._prepare:
            prepare(fresh)
        self.current = fresh
        self.swaps += 1
        self.failure = ""
        logger.info("serving version %s", version.name)

    def _report(self, name: str, why: str) -> None:
        is_news = (self._failed[0], self.failure) != (name, why)
        self._failed = (name, time.monotonic())
        self.failure = why
        if is_news:
            self.failures += 1
            logger.error("still serving %s: %s", self.current.version.name, why)


def check_self(assistant: Assistant, /) -> None:
    """Let a version find itself: passages spread over it find themselves, and a question on offer gets a sound answer.

    Raises:
        IndexDamagedError: it does not; the message says what was not found.
    """
    version = assistant.version
    rows = sorted({int(row) for row in np.linspace(0, len(version.passages) - 1, PASSAGES_TRIED)})
    for row, cosine in zip(rows, _cosines_with_themselves(version, assistant.encoder, rows), strict=True):
        if cosine < LEAST_COSINE:
            raise _lost(version, f"passage {version.passages[row].id} does not find itself (cosine {cosine:.3f})")
    answer = assistant.ask([assistant.starters()[0]])
    for citation in answer.citations:
        if version.documents[citation.article].text[citation.start : citation.end] != citation.quote:
            raise _lost(version, f"a quote is not {citation.article}[{citation.start}:{citation.end}]")
    if answer.index_version != version.name:
        raise _lost(version, f"an answer names version {answer.index_version}")


def _cosines_with_themselves(version: IndexVersion, encoder: Encoder, rows: Sequence[int]) -> list[float]:
    """For each row the best cosine that its own words find; 0 if a passage with other words comes first."""
    read = version.passages.reading_text
    cosines = []
    for row, encoding in zip(rows, encoder.encode([read(row) for row in rows]), strict=True):
        scores, found = version.store.search(encoding.pooled, count=1)
        cosines.append(float(scores[0]) if read(int(found[0])) == read(row) else 0.0)
    return cosines


def _reason(name: str, error: Exception) -> str:
    if isinstance(
        error, StoreUnreachableError | StoreCallError
    ):  # its text may name addresses, and everybody reads this one
        return f"what holds the vectors of version {name} cannot be asked."
    return str(error) if isinstance(error, ShownError) else f"{type(error).__name__} while loading version {name or '?'}."


def _lost(version: IndexVersion, what: str) -> IndexDamagedError:
    return IndexDamagedError(f"version {version.name}: {what}.", remedy="Run `python -m index build`.")
