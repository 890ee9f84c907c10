"""One build at a time, in a process of its own, so that it can be stopped: whatever ends it, nothing is left half done.

Flows in: the desk. Flows out: where the build is, then its report. Every step of a build holds up to being killed; what a
killed one leaves of a version is deleted at once. The child ends by itself when the desk is gone.
"""

import logging
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from traceback import extract_tb
from typing import Any

from tqdm import tqdm

from corpus.errors import CorpusError, ShownError
from corpus.incoming.fetching import PUBLIC
from desk import Desk, versions
from index.published.locking import publishing
from index.published.pointer import remove_unfinished
from index.published.signing import NO_KEY

Tell = Callable[[float, str], None]  # the share that is done, and what is being done
SPAWN = multiprocessing.get_context("spawn")  # the desk has threads, which a fork would lose
SECONDS_BETWEEN = 0.3
FIRST = "Reading the articles, and building"
STOPPED = "The build was stopped. Nothing changed, and nothing half done was left."
AGAIN = "Press the button whenever you want to build again."
logger = logging.getLogger(__name__)


class Builder:
    """Builds for one desk. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: BaseProcess | None = None
        self._is_stopped = False

    @property
    def is_busy(self) -> bool:
        """Whether it builds at this moment."""
        return self._child is not None

    def propose(self, desk: Desk, tell: Tell, /) -> dict[str, Any]:
        """The report on a version that is built beside the published one.

        Raises:
            ShownError: what building raises, or somebody stopped it.
        """
        desk.workshop.index.engines.disconnect()  # the file of Milvus Lite is opened by one process at a time
        index = replace(desk.workshop.index, trust=NO_KEY)  # a build trusts what it wrote; a key cannot be handed over
        given = replace(desk, workshop=replace(desk.workshop, index=index), rules=PUBLIC)
        receiver, sender = SPAWN.Pipe(duplex=False)
        with self._lock:
            if self._child is not None:
                raise CorpusError("A version is being built already.", remedy="Wait for it, or stop it.")
            child = SPAWN.Process(target=_propose, args=(given, sender), daemon=True)
            child.start()
            self._child, self._is_stopped = child, False
        sender.close()
        try:
            found = _heard(receiver, tell)
        finally:
            child.kill()
            child.join()
            receiver.close()
            with self._lock:
                self._child = None
        if found is None:
            with suppress(ShownError), publishing(desk.index_dir) as layout:  # else whoever builds next deletes it
                remove_unfinished(layout, engines=desk.workshop.index.engines)
            told = STOPPED if self._is_stopped else f"The build ended too early ({child.exitcode}). Nothing changed."
            raise CorpusError(told, remedy=AGAIN)
        return found

    def stop(self) -> bool:
        """End the build; whether there was one."""
        with self._lock:
            if self._child is None:
                return False
            self._is_stopped = True
            self._child.kill()
            return True


def _heard(receiver: Connection, tell: Tell) -> dict[str, Any] | None:
    """What the child says, up to its report; `None` if it ended before."""
    with suppress(EOFError, OSError):
        while True:
            what, *values = receiver.recv()
            if what == "at":
                tell(*values)
            elif what == "refused":
                message, remedy = values
                raise CorpusError(message, remedy=remedy)
            elif what == "failed":
                raise RuntimeError(*values)
            else:
                report: dict[str, Any] = values[0]
                return report
    return None


def _propose(desk: Desk, sender: Connection) -> None:
    """In the child: build and report, and say where it is."""
    is_done = threading.Event()
    telling = threading.Thread(target=_tell_until, args=(is_done, sender), daemon=True)
    telling.start()
    try:
        said: tuple[Any, ...] = ("report", versions.propose(desk))
    except ShownError as error:
        said = ("refused", error.message, error.remedy)
    except Exception as error:  # noqa: BLE001 - a fault of ours; its text is never shown
        said = ("failed", f"{type(error).__name__} at {extract_tb(error.__traceback__)[-1].name}")
    is_done.set()
    telling.join()
    sender.send(said)


def _tell_until(is_done: threading.Event, sender: Connection) -> None:
    while not is_done.wait(SECONDS_BETWEEN):
        try:
            sender.send(("at", *_where()))
        except OSError:
            os._exit(1)  # the desk is gone, and nobody waits for this


def _where() -> tuple[float, str]:
    """The share that is done, and what is being done, with the time that is left."""
    for bar in _bars():
        try:
            found = bar.format_dict
        except AttributeError:
            continue  # the other thread is making it at this moment
        total, count, seconds = found["total"], found["n"], found["elapsed"]
        if total and count:
            left = round(seconds / count * (total - count))
            return count / total, f"{bar.desc.rstrip(': ') or FIRST}: {count} of {total}, about {left} s left"
    return 0.0, FIRST


def _bars() -> Iterator["tqdm[Any]"]:
    """The progress bars that are open in this process, the one that began last first."""
    yield from sorted(getattr(tqdm, "_instances", ()), key=lambda bar: getattr(bar, "start_t", 0.0), reverse=True)
