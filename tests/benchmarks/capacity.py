"""`make capacity`: what a question costs, what replicas carry, and how near the simulation comes to it.

    python -m tests.benchmarks.capacity        # results/capacity.json, and a table

On a machine with two cores replicas get the first, and nginx and the client the second; `--nice -15` (as root) keeps what
else runs there from taking part. In the place of three cores, each of three replicas gets a fifth of one, in turns, and so
does the one that they are compared with. The simulation is told what an answer costs, and how much of the processor there
is, when there is always another question; everything else it has to say by itself.
"""

import asyncio
import dataclasses
import itertools
import json
import os
import signal
import statistics
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from assistant import Assistant
from corpus import command_line
from index import current_version, encoder_for, open_version
from tests.benchmarks.http_load import OK, Place, Reply, at_random, new_questions, partly_repeated, steadily
from tests.benchmarks.queueing import Costs, Fleet, Outcome, percentile, simulate
from tests.nginx import Nginx, nginx_before
from tests.replica_processes import ReplicaProcesses, replica_processes
from tests.stress.measuring import keep, published_index
from tests.stress.questions import QUESTIONS

SECONDS = 8.0  # of load, each time
ANSWERS_TIMED = 400
CLIENTS = 12  # fewer than one replica lets in
REPEATED = 0.6  # of questions, those that were asked before
# The rate, as a share of what the replicas carry when all questions are new; the share that was asked before.
ROUNDS = ((0.5, 0.0), (0.8, 0.0), (0.95, 0.0), (1.2, 0.0), (2.0, 0.0), (1.0, REPEATED), (2.0, REPEATED))
REPETITIONS = 3  # of each round; what is kept is the median
TURN_SECONDS = 0.02
TURNS = 5  # a replica computes in one of so many
Figures = dict[str, Any]

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def main(nice: Annotated[int, typer.Option(help="of the replicas; below 0 needs root")] = 0) -> None:
    """Measure, simulate, compare, keep."""
    with published_index() as index_dir, ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))

        @contextmanager
        def fleet(count: int) -> Iterator[tuple[ReplicaProcesses, Nginx]]:
            with tempfile.TemporaryDirectory(dir=folder) as name:
                place = Path(name)
                with replica_processes(count, index_dir=index_dir, folder=place, PAGE="off") as processes:
                    for port in processes.ports:
                        processes.set_aside(port, cores={0}, nice=nice)
                    with nginx_before(processes.ports, place) as nginx:
                        _carried(processes, nginx)  # a warm-up
                        yield processes, nginx

        answers = _answering_seconds(index_dir)
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})  # of the client, and of what is started from here on
        os.setpriority(os.PRIO_PROCESS, 0, nice)
        with fleet(1) as (processes, nginx):
            costs, one = _costs(processes, nginx, answers)
            one |= {"a fifth of a core": _in_turns(processes, nginx)}
        with fleet(3) as (processes, nginx):
            sharing = _carried(processes, nginx)
            three = {"one core between them": sharing, "a fifth of a core each": _in_turns(processes, nginx)}
            compared = _compared(processes, nginx, _at_work(costs, sharing), sharing)
            for port in processes.ports:
                processes.set_aside(port, cores={0, 1}, nice=nice)
            three |= {"all cores": _carried(processes, nginx)}
    kept = {"answers": _spread(costs.answers), **{name: getattr(costs, name) for name in ("request", "refusal", "outside")}}
    figures = {
        "costs": kept,
        "one": one,
        "three": three,
        "simulated_and_measured": compared,
        "own_core": _own_core(costs, one),
    }
    keep("capacity", figures, file_name="capacity.json")


def _answering_seconds(index_dir: Path) -> list[float]:
    """Processor seconds of one thread for each of many questions, in this process, after a warm-up."""
    version = open_version(index_dir, current_version(index_dir))
    assistant = Assistant(version, encoder_for(version, index_dir, model="all-MiniLM-L6-v2"))
    asked = [turns[-1] for turns in QUESTIONS[:: len(QUESTIONS) // ANSWERS_TIMED]]
    for question in asked[:50]:
        assistant.ask([f"{question} 0"])
    times = []
    for question in asked:
        begun = time.thread_time()
        assistant.ask([question]).as_json()
        times.append(time.thread_time() - begun)
    return times


def _costs(processes: ReplicaProcesses, nginx: Nginx, answers: list[float]) -> tuple[Costs, Figures]:
    """What a request costs a replica beside its answer, and what one replica carries."""
    (port,) = processes.ports
    direct = Place(f"http://127.0.0.1:{port}")

    def cost(asking: Iterator[str], clients: int) -> tuple[float, list[Reply]]:
        before = processes.processor_seconds(port)
        replies = asyncio.run(steadily(direct, asking, clients=clients, seconds=SECONDS / 2))
        return (processes.processor_seconds(port) - before) / len(replies), replies

    new, _ = cost(new_questions(), 1)
    known, alone = cost(itertools.repeat("How is iron linked to dopamine?"), 4)
    # With more clients than are let in: what is spent beyond the answers, by refusal.
    mixed, replies = cost(new_questions(), 100)
    refused = [seconds for status, seconds in replies if status != OK]
    refusal = (mixed * len(replies) - new * (len(replies) - len(refused))) / max(1, len(refused))
    through = asyncio.run(
        steadily(
            Place(nginx.https, nginx.trusted), itertools.repeat("How is iron linked to dopamine?"), clients=1, seconds=2
        )
    )
    straight = asyncio.run(steadily(direct, itertools.repeat("How is iron linked to dopamine?"), clients=1, seconds=2))
    outside = percentile([s for _, s in through], 0.5) - known
    # An answer in a server costs more than in a loop of its own: what the two differ by is the request's.
    request = max(known, new - statistics.fmean(answers))
    figures = {
        "processor_ms_a_new_question": _ms(new),
        "processor_ms_a_question_asked_before": _ms(known),
        "processor_ms_a_refusal": _ms(max(0.0, refusal)),
        "refused_of_100_clients": round(len(refused) / len(replies), 3),
        "p50_ms_through_nginx_and_straight": [_ms(percentile([s for _, s in one], 0.5)) for one in (through, straight)],
        "memory_mb": round(processes.megabytes(port)),
        "one core": _carried(processes, nginx),
        "asked_before_a_second": round(len(alone) / (SECONDS / 2), 1),
    }
    return Costs(answers, request, max(0.0, refusal), max(0.0, outside)), figures


def _carried(processes: ReplicaProcesses, nginx: Nginx) -> Figures:
    """Answers a second when there is always another new question, and the processors' part in it."""
    before = sum(map(processes.processor_seconds, processes.ports))
    begun = time.perf_counter()
    replies = asyncio.run(
        steadily(Place(nginx.https, nginx.trusted), new_questions(), clients=CLIENTS * len(processes.ports), seconds=SECONDS)
    )
    seconds = time.perf_counter() - begun
    spent = sum(map(processes.processor_seconds, processes.ports)) - before
    answered = [took for status, took in replies if status == OK]
    return {
        "answers_a_second": round(len(answered) / seconds, 1),
        "processors_used": round(spent / seconds, 2),
        "processor_ms_an_answer": _ms(spent / len(answered)),
        "not_answered": len(replies) - len(answered),
        "p50_ms": _ms(percentile(answered, 0.5)),
        "p95_ms": _ms(percentile(answered, 0.95)),
    }


def _in_turns(processes: ReplicaProcesses, nginx: Nginx) -> Figures:
    """The same, each replica on a fifth of a core: one of five turns is its own, and nobody else's."""
    is_over = threading.Event()

    def take_turns() -> None:
        for turn in itertools.cycle(range(TURNS)):
            if is_over.is_set():
                break
            pid = processes.processes[processes.ports[turn]].pid if turn < len(processes.ports) else None
            if pid:
                os.kill(pid, signal.SIGCONT)
            time.sleep(TURN_SECONDS)
            if pid:
                os.kill(pid, signal.SIGSTOP)

    for port in processes.ports:
        os.kill(processes.processes[port].pid, signal.SIGSTOP)
    thread = threading.Thread(target=take_turns)
    thread.start()
    try:
        return _carried(processes, nginx)
    finally:
        is_over.set()
        thread.join()
        for port in processes.ports:
            os.kill(processes.processes[port].pid, signal.SIGCONT)


def _at_work(costs: Costs, saturated: Figures) -> Costs:
    """The costs as they are where answers cost so much on the whole."""
    answer = saturated["processor_ms_an_answer"] / 1000 - costs.request
    factor = answer / statistics.fmean(costs.answers)
    return dataclasses.replace(costs, answers=[factor * seconds for seconds in costs.answers])


def _own_core(costs: Costs, one: Figures) -> list[Figures]:
    """What a replica with a core of its own does at several rates, simulated: the same for each of a fleet."""
    at_work = _at_work(costs, one["one core"])
    rows = []
    for repeated, replicas, load in itertools.product((0.0, 0.3, REPEATED), (1, 3), (0.5, 0.7, 0.8, 0.9)):
        mean = at_work.request + (1 - repeated) * statistics.fmean(at_work.answers)
        found = simulate(at_work, Fleet(replicas), a_second=load * replicas / mean, repeated=repeated, seconds=SECONDS * 20)
        rows.append({"repeated": repeated, "replicas": replicas, "load": load, **_as_figures(found)})
    return rows


def _compared(processes: ReplicaProcesses, nginx: Nginx, costs: Costs, saturated: Figures) -> list[Figures]:
    """Rounds at several rates, measured and simulated."""
    capacity = saturated["answers_a_second"]
    fleet = Fleet(len(processes.ports), processors=saturated["processors_used"])
    rows = []
    for load, repeated in ROUNDS:
        rate = load * capacity
        measured = [_round(processes, nginx, rate, repeated) for _ in range(REPETITIONS)]
        simulated = [simulate(costs, fleet, a_second=rate, repeated=repeated, seconds=SECONDS, seed=n) for n in (1, 2, 3)]
        rows.append(
            {
                "asked_a_second": round(rate, 1),
                "load": load,
                "repeated": repeated,
                "measured": _medians(measured),
                "simulated": _medians([_as_figures(one) for one in simulated]),
                "each_measured": measured,
            }
        )
        print(json.dumps(rows[-1]), flush=True)
    return rows


def _round(processes: ReplicaProcesses, nginx: Nginx, rate: float, repeated: float) -> Figures:
    """What so many questions a second met."""
    before = sum(map(processes.processor_seconds, processes.ports))
    begun = time.perf_counter()
    replies = asyncio.run(
        at_random(Place(nginx.https, nginx.trusted), partly_repeated(repeated), a_second=rate, seconds=SECONDS)
    )
    seconds = time.perf_counter() - begun
    used = (sum(map(processes.processor_seconds, processes.ports)) - before) / seconds
    answered = [took for status, took in replies if status == OK]
    return {
        "answered_a_second": round(len(answered) / seconds, 1),
        "refused": round(1 - len(answered) / len(replies), 3),
        "p50_ms": _ms(percentile(answered, 0.5)),
        "p95_ms": _ms(percentile(answered, 0.95)),
        "processors_used": round(used, 2),
        "statuses": dict(Counter(str(status) for status, _ in replies)),
    }


def _medians(rounds: Sequence[Figures]) -> Figures:
    names = [name for name, value in rounds[0].items() if not isinstance(value, dict)]
    return {name: statistics.median(one[name] for one in rounds) for name in names}


def _as_figures(found: Outcome) -> Figures:
    return {
        "answered_a_second": round(found.answered_a_second, 1),
        "refused": round(found.refused, 3),
        "p50_ms": _ms(found.p50),
        "p95_ms": _ms(found.p95),
    }


def _spread(seconds: Sequence[float]) -> Figures:
    return {
        "mean_ms": _ms(statistics.fmean(seconds)),
        "p50_ms": _ms(percentile(seconds, 0.5)),
        "p95_ms": _ms(percentile(seconds, 0.95)),
        "questions": len(seconds),
    }


def _ms(seconds: float) -> float:
    return round(1000 * seconds, 2)


if __name__ == "__main__":
    command_line.run(app, name="python -m tests.benchmarks.capacity")
