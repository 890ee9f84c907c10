"""`python -m tests.stress`: one long attack a command; what was measured is kept in tests/benchmarks/results/stress.json."""

from typing import Annotated

import typer

from corpus import command_line
from tests.stress import connections as connecting
from tests.stress import fuzz as fuzzing
from tests.stress import kills as killing
from tests.stress import load as loading
from tests.stress import triage as triaging

app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False, rich_markup_mode=None)


@app.command()
def load(users: int = 50, seconds: int = 600) -> None:
    """Visitors of page and API for ten minutes."""
    loading.load(users=users, seconds=seconds)


@app.command()
def overload(times: Annotated[float, typer.Option(help="how many times what it can carry")] = 5) -> None:
    """Five times the load it can carry."""
    loading.overload(times_capacity=times)


@app.command()
def soak(questions: int = 10_000) -> None:
    """10,000 questions one after another."""
    loading.soak(questions=questions)


@app.command()
def connections(megabytes: int = 500, silent: int = 5_000, requests: int = 5_000, hangs: int = 5) -> None:
    """Requests without an end, thousands of silent connections, floods of what goes wrong, and hangs."""
    connecting.connections(megabytes=megabytes, silent_ones=silent, requests=requests, hangs=hangs)


@app.command()
def fuzz(questions: int = 100_000) -> None:
    """100,000 fuzzed questions to the running server."""
    fuzzing.fuzz(questions=questions)


@app.command()
def fuzz_by_coverage(questions: int = 100_000) -> None:
    """100,000 fuzzed questions, led by coverage, to what reads them first."""
    fuzzing.fuzz_by_coverage(questions=questions)


@app.command()
def triage(texts: int = 200_000) -> None:
    """200,000 texts of 1,000 characters, made of the rules' own words: what the worst of them costs."""
    triaging.triage(texts=texts)


@app.command()
def kills(replicas: int = 3, seconds: float = 180, every: float = 20, browsers: int = 1, programs: int = 4) -> None:
    """Replicas behind nginx, one killed every 20 seconds for three minutes, under visitors of page, widget and API."""
    killing.kills(replicas=replicas, seconds=seconds, every=every, browsers=browsers, programs=programs)


command_line.run(app, name="python -m tests.stress")
