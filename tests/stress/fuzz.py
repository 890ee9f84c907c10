"""Fuzzed questions: out of hypothesis to the running server, and out of atheris, led by coverage, to what runs before it."""

import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import httpx
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from tqdm import tqdm

from settings import PROJECT
from tests.stress.measuring import keep, megabytes, server
from tests.stress.questions import QUESTIONS

LONGEST_SECONDS = 2.0
EVERY_CHARACTER = st.characters()  # lone surrogates among them
MARKS = st.sampled_from(["\u0301", "\u200b", "\u202e", "\U000e0041", "\x00", "\ufeff", "\ud83d", "\u0489", "\ufffd"])
TEXT = st.one_of(
    st.text(EVERY_CHARACTER, max_size=40),
    st.text(EVERY_CHARACTER | MARKS, max_size=60),
    st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz ?!.,'1234567890-"), max_size=80),
    st.builds(lambda text, mark, n: text + mark * n, st.text(max_size=20), MARKS, st.integers(0, 990)),
    st.builds(lambda known, text: known[-1][: len(text) * 2] + text, st.sampled_from(QUESTIONS), st.text(max_size=40)),
)
TURNS = st.lists(TEXT, min_size=1, max_size=4) | st.lists(TEXT | st.none() | st.integers(), max_size=60)


def fuzz(*, questions: int) -> None:
    """Questions to `/api/ask`, one after another; a status of 500 or more, or two seconds, is a failure."""
    statuses: Counter[str] = Counter()
    slowest, failures = 0.0, 0
    with server() as found, httpx.Client(base_url=found.url, timeout=30) as client, tqdm(total=questions) as bar:

        @settings(max_examples=questions, database=None, phases=[Phase.generate], deadline=None)
        @given(TURNS, st.sampled_from([None, "en", "de"]))
        def ask(turns: list[object], language: str | None) -> None:
            nonlocal slowest, failures
            begun = time.perf_counter()
            response = client.post("/api/ask", content=json.dumps({"turns": turns, "language": language}).encode())
            seconds = time.perf_counter() - begun
            slowest = max(slowest, seconds)
            failures += response.status_code >= 500 or seconds > LONGEST_SECONDS
            statuses[str(response.status_code)] += 1
            bar.update()

        before = megabytes(found)
        ask()
        marks = client.post("/api/ask", content=json.dumps({"turns": ["\u0301" * 500_000]}).encode())
        figures = {
            "questions": sum(statuses.values()),
            "statuses": dict(statuses),
            "server_errors_or_over_2_s": failures,
            "slowest_ms": round(1000 * slowest, 1),
            "status_of_1_mb_of_marks": marks.status_code,
            "memory_mb": [round(before, 1), round(megabytes(found), 1)],
        }
    keep("fuzzed questions, hypothesis", figures)


def fuzz_by_coverage(*, questions: int) -> None:
    """Atheris on the checks, triage and language recognition of a question, in a process of its own: it does not return."""
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as seeds:
        for n, turns in enumerate(QUESTIONS[::20]):
            (Path(seeds) / str(n)).write_text(turns[-1], encoding="utf-8")
        command = [sys.executable, "-m", "tests.stress.coverage_fuzz", seeds, f"-runs={questions}", "-timeout=2"]
        found = subprocess.run([*command, "-max_len=4096"], cwd=PROJECT, capture_output=True, text=True, check=False)
    last = [line for line in found.stderr.splitlines() if line.startswith(("#", "Done"))][-2:]
    figures = {
        "questions": questions,
        "exit_code": found.returncode,
        "seconds": round(time.perf_counter() - begun),
        "said": last,
    }
    keep("fuzzed questions, atheris", figures)
