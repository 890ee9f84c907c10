"""Drives Firefox through Marionette, its own remote control: no driver to install beside it.

A message is its length, a colon, and JSON: `[0, id, command, parameters]` there, `[1, id, error, result]` back.
Source: https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html
"""

import base64
import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.browsers import free_port

START_SECONDS = 90
WAIT_SECONDS = 30
FIREFOX = shutil.which("firefox-esr") or shutil.which("firefox")
SCRIPT = "WebDriver:ExecuteScript"


class Firefox:
    """One window, in the words that a test needs."""

    def __init__(self, connection: socket.socket) -> None:
        self._stream = connection.makefile("rwb")
        self._last_id = 0
        self._read()  # its greeting
        self.send("WebDriver:NewSession", capabilities={"alwaysMatch": {}})

    def send(self, command: str, **parameters: Any) -> Any:
        """Send a command and return its result."""
        self._last_id += 1
        message = json.dumps([0, self._last_id, command, parameters]).encode()
        self._stream.write(b"%d:%s" % (len(message), message))
        self._stream.flush()
        _, _, error, result = self._read()
        assert error is None, error
        return result["value"] if isinstance(result, dict) and set(result) == {"value"} else result

    def run(self, expression: str) -> Any:
        """The value of an expression in the page."""
        return self.send(SCRIPT, script=f"return {expression}", args=[])

    def wait_for(self, expression: str) -> Any:
        """Wait until an expression is true in the page."""
        until = time.monotonic() + WAIT_SECONDS
        while not (value := self.run(expression)):
            assert time.monotonic() < until, f"never came true: {expression}"
            time.sleep(0.05)
        return value

    def press(self, *keys: str) -> None:
        """Press keys one after the other, as a person does; of two in one string the first is held."""
        actions = []
        for key in keys:
            actions += [{"type": "keyDown", "value": one} for one in key]
            actions += [{"type": "keyUp", "value": one} for one in reversed(key)]
        self.send("WebDriver:PerformActions", actions=[{"type": "key", "id": "keyboard", "actions": actions}])

    def screenshot(self, selector: str) -> bytes:
        """A PNG of an element."""
        element = self.send("WebDriver:FindElement", using="css selector", value=selector)
        return base64.b64decode(self.send("WebDriver:TakeScreenshot", id=next(iter(element.values())), full=False))

    def _read(self) -> Any:
        length = b""
        while (byte := self._stream.read(1)) != b":":
            assert byte, "Firefox is gone"
            length += byte
        return json.loads(self._stream.read(int(length)))


@contextmanager
def firefox(profile: Path) -> Iterator[Firefox]:
    """A Firefox without a window on the screen and with a fresh profile."""
    assert FIREFOX
    port = free_port()
    preferences = {"marionette.port": port, "intl.accept_languages": "en-GB", "remote.prefs.recommended": True}
    lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in preferences.items()]
    (profile / "user.js").write_text("\n".join(lines))
    process = subprocess.Popen(
        [FIREFOX, "--headless", "--marionette", "--no-remote", "--profile", profile],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with _connected(port) as connection:
            yield Firefox(connection)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _connected(port: int) -> socket.socket:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=START_SECONDS)
        except ConnectionRefusedError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
