"""The log: one JSON object a line on standard error, for all libraries in the process, and without what visitors type.

The text of an exception may quote a question, so of an exception only its type and the places in the code are written;
of a message only its first line, since libraries append reprs below it. There is no line a request: no address, no path.
"""

import json
import logging
import sys
import threading
import traceback
from datetime import UTC, datetime
from types import TracebackType

MOST_FRAMES = 20
OWN = ("app", "assistant", "corpus", "index")  # whose information is written; of others warnings only
logger = logging.getLogger("assistant.process")


class JsonLines(logging.Formatter):
    """A record as one line of JSON: time, level, logger, message; for an exception its type and where it came from."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage().strip().split("\n", maxsplit=1)[0],
        }
        if record.exc_info and record.exc_info[0]:
            line |= _without_text(record.exc_info[0], record.exc_info[2])
        return json.dumps(line, ensure_ascii=False)


def set_up_logs() -> None:
    """Send every log record of the process, and whatever ends it or one of its threads, through `JsonLines`."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for name in OWN:
        logging.getLogger(name).setLevel(logging.INFO)
    logging.captureWarnings(capture=True)
    sys.excepthook = _log_uncaught
    sys.unraisablehook = lambda fault: _log_uncaught(fault.exc_type, fault.exc_value, fault.exc_traceback)
    threading.excepthook = lambda fault: _log_uncaught(fault.exc_type, fault.exc_value, fault.exc_traceback)


def _log_uncaught(kind: type[BaseException], error: BaseException | None, where: TracebackType | None) -> None:
    logger.critical("uncaught", exc_info=(kind, error or kind(), where))


def _without_text(kind: type[BaseException], where: TracebackType | None) -> dict[str, str]:
    frames = traceback.extract_tb(where)[-MOST_FRAMES:]
    places = " > ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames)
    return {"error": f"{kind.__module__}.{kind.__qualname__}", "at": places}
