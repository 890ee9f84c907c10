"""What the tabs share: how an error is told, who the editor is, and how a long task shows where it is."""

import getpass
import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from traceback import extract_tb
from typing import Any, TypeVar

import gradio as gr
from tqdm import tqdm

from corpus import ShownError
from desk import Desk
from desk import shown as html
from desk.articles import Asked
from desk.trying import Assistants
from index.published.pointer import Said

Updates = dict[Any, Any]
OURS = "Something went wrong inside the desk. Nothing was half done; the desk's own window says more to an engineer."
POLL_SECONDS = 0.3
ARTICLES, SEEN, TRY, HISTORY, NEXT = "articles", "seen", "try", "history", "next"  # the tabs
T = TypeVar("T")
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Shared:
    """One desk, for all its pages. `asked` is what sources said, by article; `report` is the one that a page shows."""

    desk: Desk
    assistants: Assistants
    asked: dict[str, Asked]
    tabs: gr.Tabs
    report: gr.State


def telling(notice: gr.HTML, /) -> Callable[[Callable[..., Updates]], Callable[..., Updates]]:
    """What an event's function does where it fails: the reason and the remedy stand in `notice`, nothing else changes."""

    def around(function: Callable[..., Updates]) -> Callable[..., Updates]:
        @wraps(function)
        def told(*arguments: Any) -> Updates:
            try:
                return function(*arguments)
            except ShownError as error:
                return {notice: html.notice(str(error), is_error=True)}
            except Exception as error:  # noqa: BLE001 - a fault of ours; its text is never shown
                places = ", ".join(f"{Path(one.filename).name}:{one.lineno}" for one in extract_tb(error.__traceback__)[-3:])
                logger.error("%s failed: %s (%s)", function.__name__, type(error).__name__, places)  # noqa: TRY400
                return {notice: html.notice(OURS, is_error=True)}

        return told

    return around


def editor(request: gr.Request) -> str:
    """Who sits at the desk: the name given with the password, else the user of this machine."""
    if name := str(request.username or "").strip():
        return name
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run under a number without a name
        return ""


def said(by: str, why: str, /) -> Said:
    """Who and why, for the history, which names the user of this machine anyway."""
    by = " ".join(by.split())
    try:
        return Said(by="" if by == getpass.getuser() else by, why=" ".join(why.split()))
    except (KeyError, OSError):
        return Said(by=by, why=" ".join(why.split()))


def with_progress(task: Callable[[], T], progress: gr.Progress, /, *, first: str) -> T:
    """Do a long task in a thread, and show where it is and how long it still takes, out of its own progress bars."""
    with ThreadPoolExecutor(1) as pool:
        done: Future[T] = pool.submit(task)
        while not done.done():
            share, told = _where(first)
            progress(share, desc=told)
            threading.Event().wait(POLL_SECONDS)
        return done.result()


def _where(first: str) -> tuple[float, str]:
    """The share that is done, and what is being done, with the time that is left."""
    for bar in _bars():
        try:
            found = bar.format_dict
        except AttributeError:
            continue  # the other thread is making it at this moment
        total, count, seconds = found["total"], found["n"], found["elapsed"]
        if total and count and not bar.disable:
            left = round(seconds / count * (total - count))
            return count / total, f"{bar.desc.rstrip(': ') or first}: {count} of {total}, about {left} s left"
    return 0.0, first


def _bars() -> Iterator["tqdm[Any]"]:
    """The progress bars that are open in this process, the last one first."""
    yield from reversed(list(getattr(tqdm, "_instances", ())))
