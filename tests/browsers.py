"""A browser, a server and what is asked, for the tests of the page.

The browser is the system's, else Playwright's own download, else Debian's package when root.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Frame, Locator, Page, ViewportSize, sync_playwright

from settings import PROJECT

DOWNLOAD_SECONDS = 300
START_SECONDS = 150
SETTLED_SECONDS = 20
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

THREE = "Tell me three things"
EIGHT = "Tell me eight things"  # the whole topic, and how far that holds
UNKNOWN = "How tall is the Eiffel Tower?"
ADVICE = "How much ropinirole should I take?"
URGENT = "I want to kill myself"
SLOW = "Take your time"
FAULT = "Go wrong over"
TIRED = "I am so tired of this"  # gets a gentle word, then quotes
# Urgent comes last: right after it small talk gets help again.
QUESTIONS = {"answer": THREE, "unanswered": UNKNOWN, "advice": ADVICE, "chat": "hello", "urgent": URGENT}
DESKTOP: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}


@dataclass(frozen=True)
class PageServer:
    """A server in a process of its own."""

    url: str
    feedback_file: Path
    seconds_to_first_answer: float
    pid: int
    index_dir: Path


@contextmanager
def serving(command: list[str], *, index_dir: Path, feedback_file: Path, **environment: str) -> Iterator[PageServer]:
    """Run a command that serves the page on the port that the environment names; no rate limit unless one is given."""
    url = f"http://127.0.0.1:{(port := free_port())}"
    own = {"RATE_LIMIT": "0", "PORT": str(port), "INDEX_DIR": str(index_dir), "FEEDBACK_FILE": str(feedback_file)}
    begun = time.monotonic()
    process = subprocess.Popen([sys.executable, *command], env={**os.environ, **own, **environment}, cwd=PROJECT)
    try:
        while not _answers(url):
            assert process.poll() is None, "the server stopped at once; what it said stands in the captured output"
            assert time.monotonic() - begun < START_SECONDS, f"no answer within {START_SECONDS} seconds"
            time.sleep(0.1)
        yield PageServer(url, feedback_file, time.monotonic() - begun, process.pid, index_dir)
    finally:
        process.send_signal(signal.SIGINT)  # which does not wait for balancers to turn away
        process.wait(timeout=20)


def _answers(url: str) -> bool:
    try:
        urlopen(f"{url}/api/ask", data=b'{"turns": ["What is RLS?"]}', timeout=10).close()  # noqa: S310
    except (URLError, TimeoutError):
        return False
    return True


def settled(page: Page | Frame, function: str, argument: object = None) -> Any:
    """What an asynchronous function gives in the page; for a promise without an end Playwright itself has no timeout."""
    raced = f"""(argument) => Promise.race([({function})(argument), new Promise((_, reject) => setTimeout(
        () => reject(new Error("The page gave no result within {SETTLED_SECONDS} seconds.")), {SETTLED_SECONDS * 1000}))])"""
    return page.evaluate(raced, argument)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def chromium() -> Iterator[Browser]:
    """A Chromium; without any, the tests are skipped, and on CI they fail."""
    path = find_chromium()
    if path is None:
        message = "no Chromium: not on the system, not from Playwright, not from Debian. The page was NOT tested."
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)  # on a laptop without any browser the rest is still worth running
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


def open_page(page: Page, url: str) -> Page:
    """Go there and wait until one can type."""
    page.goto(url)
    page.wait_for_selector(".app[data-ready]")
    return page


def ask(page: Page, question: str) -> Locator:
    """Type a question, send it with Enter, and wait for its reply."""
    turns = page.locator(".turn")
    before = turns.count()
    page.locator("#question").fill(question)
    page.keyboard.press("Enter")
    reply = turns.nth(before).locator(".reply:not([data-kind=pending])")
    reply.wait_for()
    return reply


def find_chromium() -> str | None:
    """The path of a Chromium, installed first if there is none; `None` if there is no way to one."""
    return _on_path() or _playwrights_own() or _from_debian()


def _on_path() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next(filter(None, map(shutil.which, names)), None)


def _playwrights_own() -> str | None:
    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    if not path.exists():
        _run([sys.executable, "-m", "playwright", "install", "chromium"])
    return str(path) if path.exists() else None


def _from_debian() -> str | None:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _run(["apt-get", "update", "-qq"])
        _run(["apt-get", "install", "-y", "-qq", "chromium"])
    return _on_path()


def _run(command: list[str]) -> None:
    """Try a command; whether it worked shows in what is there afterwards."""
    try:
        subprocess.run(command, timeout=DOWNLOAD_SECONDS, capture_output=True, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return
