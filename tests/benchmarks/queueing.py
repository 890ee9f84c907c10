"""Replicas behind nginx as a queue: what a rate of questions does to response times and refusals.

Flows in: measured processor times (`Costs`), the shape of a fleet (`Fleet`), a rate of arrivals. Flows out: an `Outcome`.

Each replica is what `assistant/web/admission.py` makes it: one thread reads requests in order of arrival and refuses them
when 33 questions are pending, another answers those that were let in, one at a time. nginx gives a request to the replica
with the fewest in flight. Threads share processors equally; within a replica they share one (Python's lock). Arrivals are
Poisson.
"""

import itertools
import math
import random
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from assistant.web.admission import DEADLINE_SECONDS, MOST_WAITING

ROUNDING = 1e-12  # seconds


@dataclass(frozen=True, slots=True)
class Costs:
    """Processor seconds, measured."""

    answers: Sequence[float]  # of answering, one for each of many questions that were not asked before
    request: float  # of reading a request and writing its response: all that a question costs that was asked before
    refusal: float  # of a request that is refused
    outside: float = 0.0  # not of a replica's processor: nginx, TLS, network


@dataclass(frozen=True, slots=True)
class Fleet:
    """Replicas, and the processors that all of them share; `None`: one each."""

    replicas: int
    processors: float | None = None
    most_waiting: int = MOST_WAITING
    deadline: float = DEADLINE_SECONDS  # seconds


@dataclass(frozen=True, slots=True)
class Outcome:
    """What visitors meet."""

    answered_a_second: float
    refused: float  # share of all
    p50: float  # seconds, of answered questions
    p95: float


@dataclass(slots=True)
class Job:
    """A question under way."""

    arrived: float
    answering: float  # processor seconds
    left: float = 0.0  # processor seconds that what is now done with it still takes
    is_refused: bool = False


@dataclass(slots=True)
class Replica:
    """A process: what each of its two threads is at, and what waits for them."""

    reading: Job | None = None
    answering: Job | None = None
    to_read: deque[Job] = field(default_factory=deque)
    to_answer: deque[Job] = field(default_factory=deque)

    @property
    def pending(self) -> int:
        """Questions that were let in."""
        return len(self.to_answer) + (self.answering is not None)

    @property
    def in_flight(self) -> int:
        """Requests that nginx waits for."""
        return self.pending + len(self.to_read) + (self.reading is not None)

    @property
    def computing(self) -> list[Job]:
        """What its threads are at."""
        return [job for job in (self.reading, self.answering) if job is not None]

    def go_on(self, now: float, costs: Costs, fleet: Fleet) -> list[Job]:
        """Put aside what is done and begin what waits; returns the questions that are over, answered or refused."""
        over = []
        if self.reading is not None and self.reading.left <= ROUNDING:
            read, self.reading = self.reading, None
            if read.is_refused:
                over.append(read)
            else:
                read.left = read.answering
                self.to_answer.append(read)
        if self.answering is not None and self.answering.left <= ROUNDING:
            over.append(self.answering)
            self.answering = None
        while self.answering is None and self.to_answer:
            first = self.to_answer.popleft()
            if now - first.arrived > fleet.deadline:
                first.is_refused = True
                over.append(first)
            else:
                self.answering = first
        if self.reading is None and self.to_read:
            self.reading = self.to_read.popleft()
            self.reading.is_refused = self.pending > fleet.most_waiting
            self.reading.left = costs.refusal if self.reading.is_refused else costs.request
        return over


def simulate(
    costs: Costs, fleet: Fleet, /, *, a_second: float, repeated: float = 0.0, seconds: float = 60, seed: int = 1
) -> Outcome:
    """What so many questions a second meet, of which a share was asked before."""
    chance = random.Random(seed)
    replicas = [Replica() for _ in range(fleet.replicas)]
    turn = itertools.cycle(range(fleet.replicas))  # who comes first among equals
    over: list[tuple[Job, float]] = []  # and when
    now, arrival = 0.0, chance.expovariate(a_second)
    while arrival < math.inf or any(replica.computing for replica in replicas):
        threads = sum(len(replica.computing) for replica in replicas)
        share = (fleet.processors or math.inf) / max(1, threads)
        rates = [(job, min(1 / len(one.computing), share)) for one in replicas for job in one.computing]
        step = min([arrival - now, *(job.left / rate for job, rate in rates)])
        now += step
        for job, rate in rates:
            job.left -= step * rate
        if now >= arrival:
            answering = 0.0 if chance.random() < repeated else chance.choice(costs.answers)
            first = next(turn)
            least_busy = min((*replicas[first:], *replicas[:first]), key=lambda replica: replica.in_flight)
            least_busy.to_read.append(Job(now, answering))
            arrival = now + chance.expovariate(a_second) if now < seconds else math.inf
        over += [(job, now) for replica in replicas for job in replica.go_on(now, costs, fleet)]
    times = [ended - job.arrived + costs.outside for job, ended in over if not job.is_refused]
    return Outcome(len(times) / now, 1 - len(times) / len(over), percentile(times, 0.5), percentile(times, 0.95))


def percentile(values: Sequence[float], share: float, /) -> float:
    """The value that this share of them does not exceed; not a number of none.

    >>> percentile([3, 1, 2], 0.5)
    2
    """
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else math.nan
