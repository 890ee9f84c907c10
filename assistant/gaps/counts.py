"""How often each subject was asked for in vain, by week: one small JSON file, the same whoever asked and whatever was said.

    {"format": 1, "weeks": {"2026-W48": {"Caffeine": 12, "Pregnancy and birth": 7}}}

Several processes may add to it. A reader sees the old file or the new one, never a part.
"""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from filelock import FileLock
from pydantic import BaseModel, ConfigDict, NonNegativeInt, ValidationError

from corpus.errors import ShownError
from index.durable import write_durably

FORMAT = 1  # bump when a reader of the old file would misread the new one
WEEKS_KEPT = 104
LOCK_SECONDS = 2.0  # how long another process may hold the file

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
        raise GapsError(f"{file} cannot be read: {error.strerror}.", remedy="Mend its permissions.") from None
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
