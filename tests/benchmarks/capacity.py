"""`make capacity`: what a question costs, what replicas carry, and how near the simulation comes to it.

    python -m tests.benchmarks.capacity --nice -15        # results/capacity.json

On a machine with two cores replicas get the first, and nginx and the client the second; a priority below 0 (as root) keeps
what else runs there from taking part. In the place of three cores, each of three replicas gets a fifth of one, in turns, and
so does the one that they are compared with. The simulation is told what an answer costs, and how much of the processor there
is, when there is always another question; everything else it has to say by itself.
"""

import dataclasses
import itertools
import json
import os
import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from assistant import Assistant
from corpus import command_line
from index import current_version, encoder_for, open_version
from tests.benchmarks.queueing import Costs, Fleet, Outcome, percentile, simulate
from tests.benchmarks.standing_fleet import SECONDS, Figures, StandingFleet, ms, standing_fleet
from tests.stress.measuring import keep, published_index
from tests.stress.questions import QUESTIONS

ANSWERS_TIMED = 400
REPEATED = 0.6  # of questions, those that were asked before
# The rate, as a share of what the replicas carry when all questions are new; the share that was asked before.
ROUNDS = ((0.5, 0.0), (0.8, 0.0), (0.95, 0.0), (1.2, 0.0), (2.0, 0.0), (1.0, REPEATED), (2.0, REPEATED))
REPETITIONS = 3  # of each round; what is kept is the median

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def main(nice: Annotated[int, typer.Option(help="of the replicas; below 0 needs root")] = 0) -> None:
    """Measure, simulate, compare, keep."""
    with published_index() as index_dir:
        answers = answering_seconds(index_dir)
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})  # of the client, and of what is started from here on
        os.setpriority(os.PRIO_PROCESS, 0, nice)
        with standing_fleet(1, index_dir, nice=nice) as fleet:
            costs, single = fleet.costs(answers)
            one = {"one core": fleet.carried(), "a fifth of a core": fleet.in_turns()}
        with standing_fleet(3, index_dir, nice=nice) as fleet:
            three = {"one core between them": fleet.carried(), "a fifth of a core each": fleet.in_turns()}
            rows = compared(fleet, costs, three["one core between them"])
            for port in fleet.replicas.ports:
                fleet.replicas.set_aside(port, cores={0, 1}, nice=nice)
            three |= {"all cores": fleet.carried()}
    spread = {"mean_ms": ms(statistics.fmean(answers))}
    spread |= {f"p{share}_ms": ms(percentile(answers, share / 100)) for share in (50, 95)}
    told = {
        "answers": spread,
        "request_ms": ms(costs.request),
        "refusal_ms": ms(costs.refusal),
        "outside_ms": ms(costs.outside),
    }
    own_core = on_its_own_core(at_work(costs, one["one core"]))
    keep(
        "capacity",
        {**single, "costs": told, "one": one, "three": three, "compared": rows, "own_core_simulated": own_core},
        file_name="capacity.json",
    )


def answering_seconds(index_dir: Path, /) -> list[float]:
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


def at_work(costs: Costs, saturated: Figures, /) -> Costs:
    """The costs as they are where answers cost so much on the whole."""
    answer = saturated["processor_ms_an_answer"] / 1000 - costs.request
    factor = answer / statistics.fmean(costs.answers)
    return dataclasses.replace(costs, answers=[factor * seconds for seconds in costs.answers])


def compared(fleet: StandingFleet, costs: Costs, saturated: Figures, /) -> list[Figures]:
    """Rounds at several rates, measured and simulated."""
    capacity = saturated["answered_a_second"]
    shape = Fleet(len(fleet.replicas.ports), processors=saturated["processors_used"])
    costs = at_work(costs, saturated)
    rows = []
    for load, repeated in ROUNDS:
        rate = load * capacity
        measured = [fleet.at_rate(rate, repeated) for _ in range(REPETITIONS)]
        seeds = range(REPETITIONS)
        found = [simulate(costs, shape, a_second=rate, repeated=repeated, seconds=SECONDS, seed=seed) for seed in seeds]
        rows.append(
            {
                "asked_a_second": round(rate, 1),
                "load": load,
                "repeated": repeated,
                "measured": medians(measured),
                "simulated": medians([as_figures(one) for one in found]),
                "each_measured": measured,
            }
        )
        print(json.dumps(rows[-1]), flush=True)
    return rows


def on_its_own_core(costs: Costs, /) -> list[Figures]:
    """What replicas with a core each do at several rates, simulated."""
    rows = []
    for repeated, replicas, load in itertools.product((0.0, 0.3, REPEATED), (1, 3, 10), (0.5, 0.7, 0.8, 0.9)):
        mean = costs.request + (1 - repeated) * statistics.fmean(costs.answers)
        found = simulate(costs, Fleet(replicas), a_second=load * replicas / mean, repeated=repeated, seconds=20)
        rows.append({"repeated": repeated, "replicas": replicas, "load": load, **as_figures(found)})
    return rows


def as_figures(found: Outcome, /) -> Figures:
    """An outcome in the units of what is measured."""
    return {
        "answered_a_second": round(found.answered_a_second, 1),
        "refused": round(found.refused, 3),
        "p50_ms": ms(found.p50),
        "p95_ms": ms(found.p95),
    }


def medians(rounds: Sequence[Figures], /) -> Figures:
    """The median of each figure."""
    names = [name for name, value in rounds[0].items() if not isinstance(value, dict)]
    return {name: round(statistics.median(one[name] for one in rounds), 3) for name in names}


if __name__ == "__main__":
    command_line.run(app, name="python -m tests.benchmarks.capacity")
