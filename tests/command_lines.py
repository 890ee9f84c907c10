"""Running a command line in this process as its `__main__` does: real arguments, standard input, exit code, both outputs."""

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest
import typer

from corpus import command_line


@dataclass(frozen=True, slots=True)
class Outcome:
    exit_code: int
    out: str
    error: str


Run = Callable[..., Outcome]


def runner(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], app: typer.Typer, name: str) -> Run:
    """A function that runs `python -m NAME` with its arguments."""

    def run(*arguments: str, given: bytes = b"") -> Outcome:
        monkeypatch.setattr(sys, "argv", [name, *arguments])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
        with pytest.raises(SystemExit) as ended:
            command_line.run(app, name=f"python -m {name}")
        out, error = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return Outcome(ended.value.code, out, error)

    return run


def assert_one_line_error(outcome: Outcome, *parts: str) -> None:
    assert (outcome.exit_code, outcome.out) == (2, "")
    assert outcome.error.count("\n") == 1
    for part in parts:
        assert part in outcome.error
