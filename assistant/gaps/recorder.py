"""Counts while a server answers. What is counted waits in memory; a thread of its own writes it.

Nothing here is on the way of an answer but one product of a small matrix with the question's encoding: a full disk, a file
that another process holds, a folder that may not be written cost counts at most, never an answer.
"""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from assistant.gaps.counts import Counts, add_counts, week_of
from assistant.gaps.topics import OTHER_LANGUAGE, Topics
from corpus.errors import ShownError
from index import Encoding

WRITE_EVERY_SECONDS = 5.0  # what a killed process loses
logger = logging.getLogger(__name__)


def today_utc() -> date:
    """The day by which weeks are told."""
    return datetime.now(UTC).date()


class GapRecorder:
    """Counts the subjects of questions that were not answered. Safe to use from several threads."""

    def __init__(self, topics: Topics, file: Path, /, *, today: Callable[[], date] = today_utc) -> None:
        self._topics = topics
        self._file = file
        self._today = today
        self._lock = threading.Lock()
        self._waiting: Counts = Counter()
        self._has_failed = False

    def count(self, question: Encoding, /, *, is_english: bool) -> None:
        """One more question on its subject; the question itself goes no further than this."""
        topic = self._topics.of(question) if is_english else OTHER_LANGUAGE
        with self._lock:
            self._waiting[week_of(self._today()), topic] += 1

    @contextmanager
    def writing(self, *, every_seconds: float = WRITE_EVERY_SECONDS) -> Iterator[None]:
        """Write what was counted, every few seconds and at the end of the block."""
        stop = threading.Event()

        def write_on() -> None:
            while not stop.wait(every_seconds):
                self.write()

        thread = threading.Thread(target=write_on, name="write-gaps", daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()
            self.write()

    def write(self) -> None:
        """Add what waits to the file. Never raises: what cannot be written waits on."""
        with self._lock:
            waiting, self._waiting = self._waiting, Counter()
        if not waiting:
            return
        try:
            add_counts(self._file, waiting)
        except (OSError, ShownError) as error:
            with self._lock:
                self._waiting.update(waiting)
            if not self._has_failed:  # once, not every few seconds
                why = error.message if isinstance(error, ShownError) else error.strerror or "another process holds it."
                logger.warning("unanswered subjects cannot be written to %s: %s", self._file.name, why)
            self._has_failed = True
        else:
            self._has_failed = False
