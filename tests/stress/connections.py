"""Strangers at the sockets: endless requests, thousands of silent connections, floods of what goes wrong, hangs."""

import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx

from tests.attacks import ENDLESS, FLOODS, SILENT, endless, flood_log, seconds_to_help, silent
from tests.hanging_server import HANG
from tests.nginx import is_ready, until
from tests.stress.measuring import keep, published_index
from tests.supervised import Supervised, supervised

HOUR = 3600  # seconds
READY_SECONDS = 60


def connections(*, megabytes: int, silent_ones: int, requests: int, hangs: int) -> None:
    """Each attack in turn on one server; what urgent help takes meanwhile, what memory and log grow by."""
    with published_index() as index_dir, tempfile.TemporaryDirectory() as name:
        environment = {"PAGE": "on", "TRUSTED_PROXIES": "127.0.0.1"}
        with supervised(["-m", "tests.hanging_server"], Path(name), index_dir, **environment) as server:
            figures: dict[str, Any] = {"memory_mb_before": round(server.megabytes, 1)}
            figures["endless"] = {kind: _endless(server, kind, megabytes) for kind in ENDLESS}
            figures["silent"] = {kind: _silent(server, kind, silent_ones) for kind in SILENT}
            figures["log"] = {kind: _flood(server, kind, requests) for kind in FLOODS}
            figures["memory_mb_after"] = round(server.megabytes, 1)
            figures["seconds_to_help_after_a_hang"] = [_hang(server) for _ in range(hangs)]
    keep(f"{silent_ones} silent connections, {megabytes} MB without an end", figures)


def _endless(server: Supervised, kind: str, megabytes: int) -> dict[str, float]:
    before = server.megabytes
    endless(server.port, kind, megabytes=megabytes)
    return {"grown_mb": round(server.megabytes - before, 1), "help_ms": _help_ms(server)}


def _silent(server: Supervised, kind: str, count: int) -> dict[str, float]:
    with silent(server.port, kind, count=count):
        times = [_help_ms(server) for _ in range(20)]
    return {"help_ms_max": max(times)}


def _flood(server: Supervised, kind: str, count: int) -> dict[str, float]:
    before, begun = server.output.stat().st_size, time.monotonic()
    flood_log(server.port, kind, count=count)
    grown, seconds = server.output.stat().st_size - before, time.monotonic() - begun
    return {"requests_a_second": round(count / seconds), "log_mb_an_hour": round(grown / seconds * HOUR / 1e6, 2)}


def _hang(server: Supervised) -> float:
    """How long somebody waits for urgent help who asks just after the interpreter was taken."""
    with suppress(httpx.ReadTimeout):
        server.ask(HANG, timeout=0.3)
    seconds = seconds_to_help(server.port)
    until(lambda: is_ready(server.url), seconds=READY_SECONDS)
    return round(seconds, 2)


def _help_ms(server: Supervised) -> float:
    return round(1000 * seconds_to_help(server.port), 1)
