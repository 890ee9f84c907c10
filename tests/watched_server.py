"""Runs app.py with every outgoing connection and name look-up written to a file: `watched_server.py LOG`."""

import runpy
import sys
from pathlib import Path
from typing import Any

LOG = Path(sys.argv[1])
PROJECT = Path(__file__).resolve().parent.parent
WATCHED = {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"}


def watch(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook (PEP 578)."""
    if event in WATCHED:
        with LOG.open("a") as log:
            log.write(f"{event} {arguments[1:] if event == 'socket.connect' else arguments}\n")


sys.addaudithook(watch)
sys.path.insert(0, str(PROJECT))
sys.argv = ["app.py"]
runpy.run_path(str(PROJECT / "app.py"), run_name="__main__")
