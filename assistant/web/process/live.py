"""The assistant that a server answers with, replaced whole when another version is published.

Flows in: the pointer of an index folder, looked at once a second off the request path. Flows out: `current`, one
reference. A request takes it once and keeps the version that it began with; the old one stays in place of a
version that cannot be opened or does not answer queries for its own passages, and `failure` says why.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import numpy as np

from assistant.assistant import Assistant
from assistant.gaps.recorder import GapRecorder
from corpus import ShownError
from index import IndexDamagedError, IndexVersion, ModelError, current_version, open_version
from index.encoding import Encoder
from index.errors import StoreCallError, StoreUnreachableError
from index.published.locking import hold
from index.published.signing import NO_KEY, Trust
from index.published.version import list_versions
from index.replication.following import Mirror
from index.stores import DEFAULT_ENGINES, Engines

LOOK_EVERY_SECONDS = 1.0
NOT_FETCHED = "what is published could not be looked for; it is tried again every second."
NOT_LOADED = "what is published could not be looked at; it is tried again every second."
NOT_TIDIED = "old versions could not be tidied up; it is tried again every second."
TRY_AGAIN_AFTER_SECONDS = 30.0  # a version that failed may have been caught on a bad moment of the disk
VERSIONS_KNOWN = 8  # whose articles are remembered: a page that was loaded before a swap may still tell of its answers
PASSAGES_TRIED = 8
LEAST_COSINE = 0.99  # of a passage with itself; batches of other lengths change the last digits

Prepare = Callable[[Assistant], None]
logger = logging.getLogger(__name__)


class LiveAssistant:
    """Holds the assistant in use; `following` an index folder keeps it up to date. Safe to use from several threads."""

    def __init__(
        self,
        first: Assistant,
        /,
        *,
        gaps: GapRecorder | None = None,
        engines: Engines = DEFAULT_ENGINES,
        trust: Trust = NO_KEY,
    ) -> None:
        """Begin with an assistant; `gaps` is where the subjects of questions that visitors ask in vain are counted.

        `engines` are those that may hold the vectors of versions to come, and `trust` says who has to have signed them.
        """
        self._engines = engines
        self._trust = trust
        self.gaps = gaps
        self.current = first.counting(gaps)
        self.swaps = 0  # since the start
        self.failures = 0
        self.fetch_failures = 0  # since the start: what kept a published version from being fetched
        # By step of following: what everybody may read, and what the log says.
        self._troubles: dict[str, tuple[str, str]] = {}
        self.failure = ""  # why the published version could not be loaded; empty when it is the one that is served
        self._lengths = {first.version.name: first.version.documents.lengths}  # of the versions served last
        self._folder: Path | None = None  # the index folder that is followed
        self._prepare: list[Prepare] = []
        self._held: BinaryIO | None = None
        self._failed: tuple[str, float] = ("", 0.0)  # the pointer's content that failed last, and when
        self._pointed: tuple[str, float] = (self.current.version.name, 0.0)  # the pointer's content, and since when
        self._mirror: Mirror | None = None

    def before_each_swap(self, prepare: Prepare, /) -> None:
        """Call this with every new assistant before it serves; what it raises keeps the old one."""
        self._prepare.append(prepare)

    def missed(self, wanted: str, why: str, /) -> None:
        """Say from the start that the published version could not be opened, and that another one is served."""
        if wanted:
            self._pointed = (wanted, time.monotonic())
        self._report(wanted, why)

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
        return self.failure or " ".join(said for said, _ in list(self._troubles.values()))

    def knows(self, name: str, /) -> bool:
        """Whether an answer can be of the version of this name; urgent help that needed none names none."""
        if name in {"", self.wanted, *self._lengths}:
            return True
        return self._folder is not None and name in list_versions(self._folder)

    def length_of(self, article: str, name: str, /) -> int:
        """How many characters an article has in a version, or in the one that is served if that one is not remembered."""
        return (self._lengths.get(name) or self._lengths[self.current.version.name]).of(article)

    @contextmanager
    def following(self, index_dir: Path, /, *, mirror: Mirror | None = None) -> Iterator[None]:
        """Serve whatever is published in this folder, until the end of the block; a mirror keeps the folder up to date."""
        stop = threading.Event()
        self._mirror, self._folder = mirror, index_dir
        self._hold(index_dir, self.current.version.name)

        def load() -> None:
            if self.look(index_dir):
                self._hold(index_dir, self.current.version.name)

        def watch() -> None:
            while not stop.wait(LOOK_EVERY_SECONDS):
                if mirror is not None:
                    self._try(lambda: self._fetch(mirror), NOT_FETCHED)
                self._try(load, NOT_LOADED)
                if mirror is not None:
                    self._try(mirror.prune, NOT_TIDIED)

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
        """Serve the published version if it is not served yet; returns whether it was swapped in. Never raises."""
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
            self._trust.check_age(index_dir, name)
            self._swap(open_version(index_dir, name, engines=self._engines, trust=self._trust))
            self._trust.saw(index_dir, name)
        except Exception as error:  # noqa: BLE001  whatever is wrong with a version, the old one goes on serving
            self._report(name, reason(name, error).replace(str(index_dir), "INDEX_DIR"))
            if self._mirror is not None and isinstance(error, IndexDamagedError):
                self._mirror.doubted = name
            return False
        return True

    def _try(self, step: Callable[[], None], failed: str) -> None:
        """One step of following. Whatever it meets, the thread goes on; `/readyz` and the log tell, each in its words."""
        try:
            step()
        except Exception as error:  # noqa: BLE001  a thread that has died follows nothing, and nobody would know
            said = failed
            if failed == NOT_FETCHED and isinstance(error, ShownError):
                said = error.message.replace(str(self._folder), "INDEX_DIR")
            why = str(error) if isinstance(error, ShownError) else type(error).__name__
            if self._troubles.get(failed) != (said, why):
                logger.error("%s (%s)", failed, why)  # noqa: TRY400  a line, no stack
                self.fetch_failures += failed == NOT_FETCHED
            self._troubles = {**self._troubles, failed: (said, why)}
        else:
            if failed in self._troubles:
                logger.info("no more: %s", failed)
            self._troubles = {key: why for key, why in self._troubles.items() if key != failed}

    def _fetch(self, mirror: Mirror) -> None:
        if mirror.pull():
            self._failed = ("", 0.0)  # what was copied, perhaps again, is tried at once

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
        recent = dict(list(self._lengths.items())[1 - VERSIONS_KNOWN :])
        self._lengths = {**recent, version.name: version.documents.lengths}
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
    """Try a version: it answers queries for some of its own passages, and an offered question with quotes from its articles.

    Raises:
        IndexDamagedError: it does not; the message says what went wrong.
    """
    version = assistant.version
    rows = sorted({int(row) for row in np.linspace(0, len(version.passages) - 1, PASSAGES_TRIED)})
    for row, cosine in zip(rows, _cosines_with_themselves(version, assistant.encoder, rows), strict=True):
        if cosine < LEAST_COSINE:
            raise _lost(version, f"a query for passage {version.passages[row].id} does not find it (cosine {cosine:.3f})")
    titles = (document.source.title for document in version.documents.values())
    answer = assistant.ask([next(chain(assistant.starters(), titles))])
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


def reason(name: str, error: Exception) -> str:
    """Why a version cannot be served, in words that everybody may read: without addresses or paths."""
    if isinstance(error, StoreUnreachableError | StoreCallError):
        return f"what holds the vectors of version {name} cannot be asked."
    if isinstance(error, ModelError):
        return f"version {name or '?'} was built with another model than MODEL names, or MODEL cannot be loaded."
    return str(error) if isinstance(error, ShownError) else f"{type(error).__name__} while loading version {name or '?'}."


def _lost(version: IndexVersion, what: str) -> IndexDamagedError:
    return IndexDamagedError(f"version {version.name}: {what}.", remedy="Run `python -m index build`.")
