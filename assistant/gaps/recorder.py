"""Counts while a server answers, by week and subject: one small JSON file, the same whoever asked and whatever was said.

    {"format": 1, "weeks": {"2026-W48": {"Caffeine": 12, "Pregnancy and birth": 7}}}

What is counted waits in memory; a thread of its own writes it. All that this adds to an answer is one product of a small
matrix with the question's encoding: a full disk, a held file or a folder that may not be written costs counts, never an
answer. Several processes may add to the file. A reader sees the old file or the new one, never a part.
"""

import json
import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from filelock import FileLock
from pydantic import BaseModel, ConfigDict, NonNegativeInt, ValidationError

from assistant.gaps.topics import OTHER_LANGUAGE, Topics
from corpus.durable import write_durably
from corpus.errors import ShownError
from index import Encoding

FORMAT = 1  # bump when a reader of the old file would misread the new one
WEEKS_KEPT = 104
LOCK_SECONDS = 2.0  # how long another process may hold the file
WRITE_EVERY_SECONDS = 5.0  # what a killed process loses
logger = logging.getLogger(__name__)

Counts = Counter[tuple[str, str]]  # (week, subject) → questions


class GapsError(ShownError):
    """The file of counts cannot be read, or is not one."""


class _Content(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    format: int
    weeks: dict[str, dict[str, NonNegativeInt]]


def week_of(day: date, /) -> str:
    """The ISO week of a day; weeks sort as text.

    >>> week_of(date(2027, 1, 1))
    '2026-W53'
    """
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def read_counts(file: Path, /, *, is_needed: bool = False) -> Counts:
    """What was counted; nothing if there is no file.

    Raises:
        GapsError: the file cannot be read, or is not one of these; or it is needed and there is none.
    """
    try:
        content = _Content.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        if is_needed:
            raise GapsError(
                f"nothing was counted yet: there is no {file}.",
                remedy="Serve with RECORD_GAPS=1, and set FEEDBACK_FILE here as there.",
            ) from None
        return Counter()
    except OSError as error:
        raise GapsError(
            f"{file} cannot be read: {error.strerror}.", remedy="Let the user that serves read and write it."
        ) from None
    except ValidationError:
        content = None
    if content is None or content.format != FORMAT:
        raise GapsError(f"{file} does not hold counts of format {FORMAT}.", remedy="Restore it, or move it away.")
    return Counter({(week, topic): count for week, own in content.weeks.items() for topic, count in own.items()})


def add_counts(file: Path, more: Mapping[tuple[str, str], int], /) -> None:
    """Add to the file, making it if need be; the oldest weeks go.

    Raises:
        GapsError: the file is not one of these; it is left as it is.
        OSError: it cannot be written, or another process held it for too long.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(file.with_name(f".{file.name}.lock"), timeout=LOCK_SECONDS):
        counts = read_counts(file)
        counts.update(more)
        kept = sorted({week for week, _ in counts})[-WEEKS_KEPT:]
        weeks = {week: {topic: counts[own, topic] for own, topic in sorted(counts) if own == week} for week in kept}
        write_durably(file, (json.dumps({"format": FORMAT, "weeks": weeks}, indent=2) + "\n").encode("utf-8"))


def today_utc() -> date:
    """The day in UTC, by which weeks are counted."""
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

    def subject_of(self, question: Encoding, /, *, is_english: bool) -> str:
        """What the question is counted as: a name of the list. The question itself goes no further than this."""
        return self._topics.of(question) if is_english else OTHER_LANGUAGE

    def count(self, subject: str, /) -> None:
        """One more question on that subject."""
        with self._lock:
            self._waiting[week_of(self._today()), subject] += 1

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
