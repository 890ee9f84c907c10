"""The log: one JSON object a line on standard error, for all libraries in the process, and without what visitors type.

The text of an exception may quote a question, so of an exception only its type and the places in the code are written;
of a message only its first line, since libraries append reprs below it. There is no line a request: no address, no path.
"""

import io
import json
import logging
import sys
import threading
import time
import traceback
from dataclasses import dataclass
from datetime import UTC, datetime
from types import FrameType, TracebackType
from typing import Any

MOST_FRAMES = 20
OWN = ("app", "assistant", "corpus", "index")  # whose information is written; of others warnings only
MINUTE = 60.0  # seconds, between a line and the next one that says the same
MOST_LINES = 240  # that say something new, a minute; more is a flood, whatever it says
WRITING = (traceback.__file__, logging.__file__)  # who writes for somebody else
logger = logging.getLogger("assistant.process")


class JsonLines(logging.StreamHandler[Any]):
    """A record as one line of JSON: time, level, logger, message; for an exception its type and where it came from.

    What is new is written at once; what is said again, once a minute at most, with how often it was.

    Whoever can make a server write a line can make it write a million, and a full disk stops more than this server.
    """

    def __init__(self, stream: Any, /) -> None:
        super().__init__(stream)
        self._said: dict[str, _Said] = {}  # who was written last stands last
        self._left_out = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Write it, or count it."""
        now = time.monotonic()
        self._tell(written_before=now - MINUTE)
        fields = said_by(record)
        said = self._said.get(key := json.dumps(fields))
        if said is not None:
            said.again += 1
        elif len(self._said) >= MOST_LINES:
            self._left_out += 1
        else:
            self._said[key] = _Said(now, fields)
            self._write(_line(record.created, fields))

    def close(self) -> None:
        """Tell what has not been told yet."""
        with self.lock or threading.RLock():
            self._tell(written_before=time.monotonic())
        super().close()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  logging's name
        """To complain about a log that cannot be written would end in the log."""

    def _tell(self, *, written_before: float) -> None:
        while self._said:
            key, said = next(iter(self._said.items()))
            if said.written >= written_before:
                break
            del self._said[key]
            if said.again:
                self._said[key] = _Said(time.monotonic(), said.fields)
                self._write(_line(_now(), said.fields | {"again": said.again}))
        if self._left_out and len(self._said) < MOST_LINES:
            message = f"{self._left_out} more lines were left out"
            self._left_out = 0
            self._write(_line(_now(), {"level": "error", "logger": logger.name, "message": message}))

    def _write(self, line: str) -> None:
        try:
            self.stream.write(f"{line}\n")
            self.flush()
        except (OSError, ValueError):
            return  # a full disk, or nobody who reads: no reason to stop answering


@dataclass
class _Said:
    """A line: when it was last written, by the monotonic clock, and how often it was to be written again since."""

    written: float
    fields: dict[str, Any]
    again: int = 0


class _AsLogLines(io.TextIOBase):
    """In place of standard error: libraries print tracebacks there, with what visitors typed. Only the place is kept."""

    def write(self, text: str, /) -> int:
        """Log that something was written, and from where."""
        if text.strip():
            frame: FrameType | None = sys._getframe(1)
            while frame is not None and frame.f_code.co_filename in WRITING:
                frame = frame.f_back
            place = f"{frame.f_code.co_filename}:{frame.f_lineno}" if frame else "?"
            logger.error("%s wrote to standard error", place, exc_info=sys.exc_info()[0] is not None)
        return len(text)


def as_log_lines() -> io.TextIOBase:
    """A stream for `contextlib.redirect_stderr`, after `set_up_logs`."""
    return _AsLogLines()


def set_up_logs() -> None:
    """Send every log record of the process, and whatever ends it or one of its threads, through `JsonLines`."""
    logging.basicConfig(level=logging.WARNING, handlers=[JsonLines(sys.stderr)], force=True)
    for name in OWN:
        logging.getLogger(name).setLevel(logging.INFO)
    logging.captureWarnings(capture=True)
    sys.excepthook = _log_uncaught
    sys.unraisablehook = lambda fault: _log_uncaught(fault.exc_type, fault.exc_value, fault.exc_traceback)
    threading.excepthook = lambda fault: _log_uncaught(fault.exc_type, fault.exc_value, fault.exc_traceback)


def said_by(record: logging.LogRecord, /) -> dict[str, Any]:
    """What the line says, but for the time."""
    try:
        message = record.getMessage().strip().split("\n", maxsplit=1)[0]
    except (TypeError, ValueError, KeyError):  # a library's slip
        message = f"{record.pathname}:{record.lineno} logs what cannot be put together"
    said = {"level": record.levelname.lower(), "logger": record.name, "message": message}
    if record.exc_info and record.exc_info[0]:
        said |= _without_text(record.exc_info[0], record.exc_info[2])
    return said


def _now() -> float:
    return datetime.now(UTC).timestamp()


def _line(seconds: float, said: dict[str, Any]) -> str:
    return json.dumps(
        {"time": datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")} | said, ensure_ascii=False
    )


def _log_uncaught(kind: type[BaseException], error: BaseException | None, where: TracebackType | None) -> None:
    logger.critical("uncaught", exc_info=(kind, error or kind(), where))


def _without_text(kind: type[BaseException], where: TracebackType | None) -> dict[str, str]:
    frames = traceback.extract_tb(where)[-MOST_FRAMES:]
    places = " > ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames)
    return {"error": f"{kind.__module__}.{kind.__qualname__}", "at": places}
