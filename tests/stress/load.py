"""Load, overload and soak of the running server, as seen by its clients."""

import asyncio
import csv
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from statistics import median
from typing import Any

import httpx
from tqdm import tqdm

from settings import PROJECT
from tests.browsers import PageServer
from tests.stress.measuring import keep, megabytes, server
from tests.stress.questions import QUESTIONS

CAPACITY_CLIENTS = 32
CAPACITY_SECONDS = 10
OVERLOAD_SECONDS = 20
RECOVERY_SECONDS = 15
WARM_UP = 500  # questions until every part of the program has been used


def load(*, users: int, seconds: int) -> None:
    """Locust's users on the running server; errors, times, and memory after a warm-up and at the end."""
    with server() as found, tempfile.TemporaryDirectory() as folder:
        _ask_one_after_another(found, WARM_UP)
        before = megabytes(found)
        locust = [sys.executable, "-m", "locust", "-f", str(PROJECT / "tests" / "stress" / "users.py"), "--headless"]
        locust += ["-u", str(users), "-r", "10", "-t", f"{seconds}s", "--host", found.url, "--csv", f"{folder}/out"]
        subprocess.run([*locust, "--only-summary"], cwd=PROJECT, check=False)
        after = megabytes(found)
        with (Path(folder) / "out_stats.csv").open(encoding="utf-8") as file:
            rows = {row["Name"]: row for row in csv.DictReader(file)}
    keep(
        f"load of {users} users",
        {
            "seconds": seconds,
            "requests": int(rows["Aggregated"]["Request Count"]),
            "errors": int(rows["Aggregated"]["Failure Count"]),
            "p50_ms": int(rows["Aggregated"]["50%"]),
            "p95_ms": int(rows["Aggregated"]["95%"]),
            "p99_ms": int(rows["Aggregated"]["99%"]),
            "p95_ms_ask": int(rows["/api/ask"]["95%"]),
            "p95_ms_page_reply": int(rows["/api/reply"]["95%"]),
            **_memory(before, after),
        },
    )


def soak(*, questions: int) -> None:
    """Questions one after another."""
    with server() as found:
        _ask_one_after_another(found, WARM_UP)
        before = megabytes(found)
        times, statuses = _ask_one_after_another(found, questions)
        after = megabytes(found)
    keep(
        f"{questions} questions one after another",
        {"statuses": statuses, "p50_ms": _ms(times, 0.5), "p95_ms": _ms(times, 0.95), **_memory(before, after)},
    )


def overload(*, times_capacity: float) -> None:
    """First how much it carries; then so many times as much, sent whether or not answers come; then how soon it is well."""
    with server() as found:
        _ask_one_after_another(found, 100)
        usual, _ = _ask_one_after_another(found, 100)
        figures = asyncio.run(_overload(found, times_capacity, usual_seconds=median(usual)))
    keep(f"{times_capacity:g} times the load it can carry", figures)


async def _overload(found: PageServer, times_capacity: float, *, usual_seconds: float) -> dict[str, Any]:
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=256)
    async with httpx.AsyncClient(base_url=found.url, limits=limits, timeout=30) as client:
        capacity = await _capacity(client)
        rate = times_capacity * capacity
        replies: list[tuple[int, float, bool]] = []  # status, seconds, whether it says when to come back
        sent: list[asyncio.Task[None]] = []
        begun = time.perf_counter()
        while (now := time.perf_counter() - begun) < OVERLOAD_SECONDS:
            due = int(now * rate) - len(sent)
            sent += [asyncio.ensure_future(_ask(client, len(sent) + n, replies)) for n in range(due)]
            await asyncio.sleep(0.005)
        ended = time.perf_counter()
        recovered = None
        while recovered is None and time.perf_counter() - ended < RECOVERY_SECONDS:
            one: list[tuple[int, float, bool]] = []
            await _ask(client, 0, one)
            if one[0][0] == 200 and one[0][1] < max(3 * usual_seconds, 0.2):
                recovered = time.perf_counter() - ended
        await asyncio.gather(*sent)
    refused = [(seconds, has_header) for status, seconds, has_header in replies if status == 503]
    return {
        "capacity_a_second": round(capacity, 1),
        "sent_a_second": round(len(sent) / (ended - begun), 1),
        "statuses": dict(Counter(str(status) for status, _, _ in replies)),
        "refused_p50_ms": _ms([seconds for seconds, _ in refused], 0.5),
        "refused_p95_ms": _ms([seconds for seconds, _ in refused], 0.95),
        "refused_max_ms": _ms([seconds for seconds, _ in refused], 1),
        "refused_without_retry_after": sum(not has_header for _, has_header in refused),
        "answered_p95_ms": _ms([seconds for status, seconds, _ in replies if status == 200], 0.95),
        "seconds_until_well_again": recovered if recovered is None else round(recovered, 2),
    }


async def _capacity(client: httpx.AsyncClient) -> float:
    """Answers a second when there is always another question."""
    done = 0
    until = time.perf_counter() + CAPACITY_SECONDS

    async def go_on_asking() -> None:
        nonlocal done
        while time.perf_counter() < until:
            response = await client.post("/api/ask", json={"turns": QUESTIONS[done % len(QUESTIONS)]})
            done += response.status_code == 200

    await asyncio.gather(*(go_on_asking() for _ in range(CAPACITY_CLIENTS)))
    return done / CAPACITY_SECONDS


async def _ask(client: httpx.AsyncClient, n: int, replies: list[tuple[int, float, bool]]) -> None:
    begun = time.perf_counter()
    try:
        response = await client.post("/api/ask", json={"turns": QUESTIONS[n % len(QUESTIONS)]})
        replies.append((response.status_code, time.perf_counter() - begun, "Retry-After" in response.headers))
    except httpx.HTTPError:
        replies.append((0, time.perf_counter() - begun, False))


def _ask_one_after_another(found: PageServer, questions: int) -> tuple[list[float], dict[str, int]]:
    times: list[float] = []
    statuses: Counter[str] = Counter()
    with httpx.Client(base_url=found.url, timeout=30) as client:
        for n in tqdm(range(questions), delay=2, disable=None):
            begun = time.perf_counter()
            statuses[str(client.post("/api/ask", json={"turns": QUESTIONS[n % len(QUESTIONS)]}).status_code)] += 1
            times.append(time.perf_counter() - begun)
    return times, dict(statuses)


def _memory(before: float, after: float) -> dict[str, float]:
    return {
        "memory_mb_before": round(before, 1),
        "memory_mb_after": round(after, 1),
        "memory_growth_percent": round(100 * (after / before - 1), 2),
    }


def _ms(seconds: list[float], share: float) -> float | None:
    ordered = sorted(seconds)
    return round(1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1) if ordered else None
