"""Real replicas behind a real nginx, on processors of their own, and what they do under load."""

import asyncio
import itertools
import os
import signal
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.http_load import OK, Place, Reply, at_random, new_questions, partly_repeated, steadily
from tests.benchmarks.processes import processor_seconds
from tests.benchmarks.queueing import Costs, percentile
from tests.nginx import Nginx, nginx_before
from tests.replica_processes import ReplicaProcesses, replica_processes

SECONDS = 8.0  # of load, each time
CLIENTS = 12  # a replica: fewer than it lets in
TOO_MANY_CLIENTS = 100
TURN_SECONDS = 0.02
TURNS = 5  # a replica computes in one of so many
KNOWN = "How is iron linked to dopamine?"
Figures = dict[str, Any]


@dataclass(frozen=True, slots=True)
class StandingFleet:
    """Replicas without the page, and nginx before them."""

    replicas: ReplicaProcesses
    nginx: Nginx

    @property
    def front(self) -> Place:
        """Where visitors ask."""
        return Place(self.nginx.https, self.nginx.trusted)

    @property
    def processor_seconds(self) -> float:
        """What all replicas have used so far."""
        return sum(map(self.replicas.processor_seconds, self.replicas.ports))

    def costs(self, answers: Sequence[float], /) -> tuple[Costs, Figures]:
        """What a request costs the only replica, beside what an answer in a process of its own takes."""
        (port,) = self.replicas.ports
        direct = Place(f"http://127.0.0.1:{port}")

        def cost(asked: Iterator[str], clients: int) -> tuple[float, list[Reply]]:
            before = self.processor_seconds
            replies = asyncio.run(steadily(direct, asked, clients=clients, seconds=SECONDS / 2))
            return (self.processor_seconds - before) / len(replies), replies

        new, _ = cost(new_questions(), 1)
        known, replies_known = cost(itertools.repeat(KNOWN), 4)
        mixed, replies = cost(new_questions(), TOO_MANY_CLIENTS)
        refused = sum(status != OK for status, _ in replies)
        refusal = max(0.0, (mixed * len(replies) - new * (len(replies) - refused)) / max(1, refused))
        before = _processor_seconds_of(self.nginx)
        through = asyncio.run(steadily(self.front, itertools.repeat(KNOWN), clients=1, seconds=2))
        proxying = (_processor_seconds_of(self.nginx) - before) / len(through)
        outside = max(0.0, percentile([seconds for _, seconds in through], 0.5) - known)
        figures = {
            "processor_ms_a_new_question": ms(new),
            "processor_ms_a_question_asked_before": ms(known),
            "processor_ms_a_refusal": ms(refusal),
            "processor_ms_of_nginx_a_question": ms(proxying),
            "asked_before_a_second": round(len(replies_known) / (SECONDS / 2), 1),
            "memory_mb": round(self.replicas.megabytes(port)),
        }
        return Costs(answers, known, refusal, outside), figures

    def carried(self) -> Figures:
        """Answers a second when there is always another new question, and what they cost."""
        before, begun = self.processor_seconds, time.perf_counter()
        clients = CLIENTS * len(self.replicas.ports)
        replies = asyncio.run(steadily(self.front, new_questions(), clients=clients, seconds=SECONDS))
        figures = self._figures(replies, before, begun)
        answers = len(replies) * (1 - figures["refused"])
        return figures | {"processor_ms_an_answer": ms((self.processor_seconds - before) / answers)}

    def in_turns(self) -> Figures:
        """The same with a fifth of a core for each replica: one of five turns is its own, and nobody else's."""
        is_over = threading.Event()
        pids = [self.replicas.processes[port].pid for port in self.replicas.ports]

        def take_turns() -> None:
            for turn in itertools.cycle(range(TURNS)):
                if is_over.is_set():
                    break
                if turn < len(pids):
                    os.kill(pids[turn], signal.SIGCONT)
                time.sleep(TURN_SECONDS)
                if turn < len(pids):
                    os.kill(pids[turn], signal.SIGSTOP)

        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        thread = threading.Thread(target=take_turns)
        thread.start()
        try:
            return self.carried()
        finally:
            is_over.set()
            thread.join()
            for pid in pids:
                os.kill(pid, signal.SIGCONT)

    def at_rate(self, a_second: float, repeated: float) -> Figures:
        """What so many questions a second met, of which a share was asked before."""
        before, begun = self.processor_seconds, time.perf_counter()
        asking = at_random(self.front, partly_repeated(repeated), a_second=a_second, seconds=SECONDS)
        return self._figures(asyncio.run(asking), before, begun)

    def _figures(self, replies: list[Reply], before: float, begun: float) -> Figures:
        seconds = time.perf_counter() - begun
        answered = [took for status, took in replies if status == OK]
        return {
            "answered_a_second": round(len(answered) / seconds, 1),
            "refused": round(1 - len(answered) / len(replies), 3),
            "p50_ms": ms(percentile(answered, 0.5)),
            "p95_ms": ms(percentile(answered, 0.95)),
            "processors_used": round((self.processor_seconds - before) / seconds, 2),
            "statuses": dict(Counter(str(status) for status, _ in replies)),
        }


@contextmanager
def standing_fleet(count: int, index_dir: Path, /, *, nice: int) -> Iterator[StandingFleet]:
    """So many replicas on the first core, warmed up, with a priority."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with replica_processes(count, index_dir=index_dir, folder=folder, PAGE="off") as replicas:
            for port in replicas.ports:
                replicas.set_aside(port, cores={0}, nice=nice)
            with nginx_before(replicas.ports, folder) as nginx:
                fleet = StandingFleet(replicas, nginx)
                fleet.carried()
                yield fleet


def ms(seconds: float, /) -> float:
    """Milliseconds, as they are kept."""
    return round(1000 * seconds, 2)


def _processor_seconds_of(nginx: Nginx) -> float:
    """What nginx and its workers have used so far."""
    master = (nginx.folder / "nginx.pid").read_text(encoding="utf-8").strip()
    workers = Path(f"/proc/{master}/task/{master}/children").read_text(encoding="utf-8").split()
    return sum(processor_seconds(int(pid)) for pid in (master, *workers))
