"""assistant/web/process/logs.py: one line of JSON, whatever a library does, and no flood."""

import contextlib
import io
import json
import logging
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from assistant.web.process import logs

CANARY = "xylophone-7319"


class Written(io.StringIO):
    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.getvalue().splitlines()]


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[Written]:
    """What is logged; afterwards everything is as it was."""
    root, stream = logging.getLogger(), Written()
    handlers, level = root.handlers[:], root.level
    for name in ("excepthook", "unraisablehook", "stderr"):
        monkeypatch.setattr(sys, name, getattr(sys, name))
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    monkeypatch.setattr(sys, "stderr", stream)
    root.handlers[:] = []  # else they would be closed
    for name in ("uvicorn", "uvicorn.error"):  # a server that another test ran in this process may have set them up
        monkeypatch.setattr(logging.getLogger(name), "handlers", [])
        monkeypatch.setattr(logging.getLogger(name), "propagate", True)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logs.set_up_logs()
        yield stream
        logging.captureWarnings(capture=False)
    root.handlers[:], root.level = handlers, level


def fail(text: str) -> None:
    raise ValueError(text)


def test_what_is_said_again_is_written_once_and_then_once_a_minute_with_how_often(
    written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = time.monotonic()
    for minute in range(3):
        monkeypatch.setattr(time, "monotonic", lambda minute=minute: begun + minute * 61)
        for _ in range(1_000):
            for name in ("uvicorn.error", "asyncio"):
                logging.getLogger(name).warning("Invalid HTTP request received.")
    said = [(line["logger"], line.get("again")) for line in written.lines]
    assert said == [(name, again) for again in (None, 999, 1_000) for name in ("uvicorn.error", "asyncio")]


def test_how_often_it_was_is_told_at_the_end_too(written: Written) -> None:
    for _ in range(5):
        logging.getLogger("assistant").error("the same")
    logging.getLogger().handlers[0].close()
    assert [line.get("again") for line in written.lines] == [None, 4]


def test_another_logger_message_error_or_place_is_another_line(written: Written) -> None:
    for name in ("assistant", "index"):
        for message in ("one %s", "two %s"):
            for argument in "ab":
                logging.getLogger(name).error(message, argument)
    assert len(written.lines) == 8
    for error in ("", "7", ""):
        try:
            int(error) / 0 if error else fail(error)
        except (ValueError, ZeroDivisionError):
            logging.getLogger("assistant").exception("the same")
    assert len(written.lines) == 10


def test_a_flood_of_lines_that_all_differ_ends_too(written: Written, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = time.monotonic()
    for number in range(10_000):
        logging.getLogger("assistant").error("number %d", number)
    assert len(written.lines) == logs.MOST_LINES
    monkeypatch.setattr(time, "monotonic", lambda: begun + 61)
    logging.getLogger("assistant").error("afterwards")
    assert [line["message"] for line in written.lines[-2:]] == [
        f"{10_000 - logs.MOST_LINES} more lines were left out",
        "afterwards",
    ]


def test_what_a_library_prints_is_a_line_of_json_without_its_text(written: Written) -> None:
    with contextlib.redirect_stderr(logs.as_log_lines()):
        for _ in range(50):
            try:
                fail(CANARY)
            except ValueError:
                traceback.print_exc()
            print(CANARY, file=sys.stderr)
    assert CANARY not in written.getvalue()
    errors = [line.get("error") for line in written.lines]
    assert errors == ["builtins.ValueError", None]
    assert all(line["message"].partition(":")[0] == __file__ for line in written.lines)


def test_warnings_and_slips_in_logging_are_lines_of_json_too(written: Written) -> None:
    for _ in range(5):
        warnings.warn("old", DeprecationWarning, stacklevel=1)
        slip = logging.LogRecord("gradio", logging.WARNING, __file__, 1, "%d of %d", (1,), None)
        logging.getLogger().handlers[0].handle(slip)  # pytest's own handlers would raise
    assert [line["logger"] for line in written.lines] == ["py.warnings", "gradio"]


def test_a_log_that_cannot_be_written_stops_nothing(written: Written) -> None:
    with contextlib.redirect_stderr(logs.as_log_lines()):
        written.close()
        logging.getLogger("assistant").error("nobody reads this")
