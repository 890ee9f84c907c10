"""Load, overload and soak of the running server, as seen by its clients."""

import asyncio
import csv
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urlsplit

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
OK, OVERLOADED = 200, 503
CLIENT_SECONDS = 30
MOST_SECONDS_TO_REFUSE = 0.2
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
            "p95_ms_page_reply": int(rows["page"]["95%"]),
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


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back to one question on a connection of its own; status 0: nothing did."""

    status: int
    seconds: float
    has_retry_after: bool


async def _overload(found: PageServer, times_capacity: float, *, usual_seconds: float) -> dict[str, Any]:
    capacity = await _capacity(found)
    rate = times_capacity * capacity
    sent: list[asyncio.Task[Reply]] = []
    begun = time.perf_counter()
    while (now := time.perf_counter() - begun) < OVERLOAD_SECONDS:
        due = int(now * rate) - len(sent)
        sent += [asyncio.ensure_future(_ask(found, len(sent) + n)) for n in range(due)]
        await asyncio.sleep(0.005)
    ended = time.perf_counter()
    recovered = None
    while recovered is None and time.perf_counter() - ended < RECOVERY_SECONDS:
        one = await _ask(found, 0)
        if one.status == OK and one.seconds < max(3 * usual_seconds, 0.2):
            recovered = round(time.perf_counter() - ended, 2)
    replies = await asyncio.gather(*sent)
    refused = [reply for reply in replies if reply.status == OVERLOADED]
    return {
        "capacity_a_second": round(capacity, 1),
        "sent_a_second": round(len(sent) / (ended - begun), 1),
        "statuses": dict(Counter(str(reply.status) for reply in replies)),
        "refused_p50_ms": _ms([reply.seconds for reply in refused], 0.5),
        "refused_p95_ms": _ms([reply.seconds for reply in refused], 0.95),
        "refused_max_ms": _ms([reply.seconds for reply in refused], 1),
        "refused_over_200_ms": sum(reply.seconds > MOST_SECONDS_TO_REFUSE for reply in refused),
        "refused_without_retry_after": sum(not reply.has_retry_after for reply in refused),
        "answered_p95_ms": _ms([reply.seconds for reply in replies if reply.status == OK], 0.95),
        "seconds_until_well_again": recovered,
    }


async def _capacity(found: PageServer) -> float:
    """Answers a second when there is always another question."""
    done = 0
    until = time.perf_counter() + CAPACITY_SECONDS

    async def go_on_asking() -> None:
        nonlocal done
        while time.perf_counter() < until:
            reply = await _ask(found, done)
            done += reply.status == OK

    await asyncio.gather(*(go_on_asking() for _ in range(CAPACITY_CLIENTS)))
    return done / CAPACITY_SECONDS


async def _ask(found: PageServer, n: int) -> Reply:
    """Plain sockets: a client that needed as much of the two cores as the server would measure itself."""
    body = json.dumps({"turns": QUESTIONS[n % len(QUESTIONS)]}).encode()
    head = f"POST /api/ask HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
    begun = time.perf_counter()
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(found.url).port)
        writer.write(head.encode() + body)
        answer = await asyncio.wait_for(reader.read(), CLIENT_SECONDS)
        writer.close()
        return Reply(int(answer[9:12] or 0), time.perf_counter() - begun, b"\r\nretry-after: " in answer.lower())
    except (OSError, TimeoutError):
        return Reply(0, time.perf_counter() - begun, has_retry_after=False)


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
