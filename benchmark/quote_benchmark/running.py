"""A system in a process of its own, or at an address: the articles once, then one question after the other.

Flows in: a system's name, file or address, and a set. Flows out: outcomes, and seconds. A system that breaks says why, and
the others run all the same.
"""

import json
import random
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from subprocess import PIPE
from typing import IO, Any

from quote_benchmark.environments import environment_variables, python_with
from quote_benchmark.judging import Outcome, Share, judge, squash
from quote_benchmark.sets import CHECKOUT, HERE, Labelled, QuestionSet

SYSTEMS = HERE / "systems"
OURS = "ours"  # needs the checkout and its environment
SEED = 20261130
STANDING_ALONE, CONVERSATIONS, MOST_EARLIER = 60, 3, 3  # questions, each asked after that many others, of so many turns
LONGEST = 60  # seconds for one answer of an address
SECONDS_TO_END = 10
Reply = Callable[[Sequence[str]], dict[str, Any]]


class SystemFailedError(Exception):
    """A system could not be started, or gave no answer; says why."""


@dataclass(frozen=True, slots=True)
class Run:
    """What came of a set; `changed` is how often another context changed an answer."""

    outcomes: tuple[Outcome, ...]
    changed: Share
    first_answer_seconds: float


def system_names() -> list[str]:
    """The systems that come with the benchmark."""
    return sorted(path.stem for path in SYSTEMS.glob("*.py") if path.stem != "__init__")


def run(system: str, asked: QuestionSet, /, *, environments: Path, variables: dict[str, str] | None = None) -> Run:
    """Put a set to a system: the name of one that comes along, a file, or an address that answers `{"turns"}`.

    Raises:
        SystemFailedError: it could not be started, or an answer did not come.
    """
    texts = {document.id: squash(document.plain) for document in asked.documents}
    begun = time.perf_counter()
    with _speaking(system, asked, environments, variables or {}) as reply:
        reply(["Hello"])
        started = time.perf_counter() - begun

        def outcome(question: Labelled, before: Sequence[str] = ()) -> Outcome:
            clock = time.perf_counter()
            answer = reply([*before, *question.turns])
            return judge(question, answer, texts, milliseconds=(time.perf_counter() - clock) * 1e3)

        outcomes = tuple(outcome(question) for question in asked.questions)
        return Run(outcomes, _changed(outcomes, outcome), started)


def _changed(outcomes: Sequence[Outcome], ask: Callable[[Labelled, Sequence[str]], Outcome]) -> Share:
    """How often a question that names its subject is answered otherwise after turns on other topics; danger is left out."""
    rng = random.Random(SEED)  # noqa: S311  the same questions for everybody
    calm = [one for one in outcomes if len(one.asked.turns) == 1 and "urgent" not in (one.asked.expect, one.kind)]
    whole = [one for one in calm if one.asked.expect == "answer" and _names_its_subject(one.asked.turns[-1])]
    flags = []
    for alone in rng.sample(whole, min(STANDING_ALONE, len(whole))):
        others = [one.asked.turns[-1] for one in calm if one.asked.topic != alone.asked.topic]
        for _ in range(CONVERSATIONS):
            before = rng.sample(others, rng.randint(1, MOST_EARLIER))
            flags.append(ask(alone.asked, before).shown != alone.shown)
    return Share.of(flags)


def _names_its_subject(question: str) -> bool:
    words = question.casefold().replace("?", "").split()
    return len(words) > 4 and not {"it", "its", "that", "this", "they", "them", "these", "those", "he", "she"} & set(words)


@contextmanager
def _speaking(system: str, asked: QuestionSet, environments: Path, variables: dict[str, str]) -> Iterator[Reply]:
    """What replies to turns, while it lives."""
    if system.startswith(("http://", "https://")):
        yield lambda turns: _posted(system, turns)
        return
    file = SYSTEMS / f"{system}.py" if system in system_names() else Path(system)
    if not file.is_file():
        raise SystemFailedError(
            f"There is no system {system!r}. Name a file, an address, or one of: {', '.join(system_names())}."
        )
    python = _python(file, environments)
    search = [str(HERE.parent), *([str(CHECKOUT)] if file.parent == SYSTEMS and file.stem == OURS else [])]
    environment = environment_variables() | {"PYTHONPATH": ":".join(search)} | variables
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as errors:
        command = [str(python), "-P", str(file)]  # -P: a file may be named as the package that it speaks for
        with subprocess.Popen(command, stdin=PIPE, stdout=PIPE, stderr=errors, text=True, env=environment) as process:  # noqa: S603
            try:
                _said(process, {"documents": [asdict(document) for document in asked.documents]}, errors)
                yield lambda turns: _said(process, {"turns": list(turns)}, errors)
            finally:
                process.kill()


def _said(process: "subprocess.Popen[str]", line: dict[str, Any], errors: IO[str]) -> dict[str, Any]:
    heard = ""
    with suppress(BrokenPipeError):
        assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018  both are pipes
        process.stdin.write(json.dumps(line) + "\n")
        process.stdin.flush()
        heard = process.stdout.readline()
    if not heard:
        with suppress(subprocess.TimeoutExpired):
            process.wait(SECONDS_TO_END)  # it says why after it has closed what we read
        errors.seek(0)
        raise SystemFailedError((errors.read().strip().splitlines() or ["It ended without a word of why."])[-1][:300])
    answer: dict[str, Any] = json.loads(heard)
    return answer


def _posted(address: str, turns: Sequence[str]) -> dict[str, Any]:
    """An answer of an address. It serves its own articles, which should be the set's."""
    body = json.dumps({"turns": list(turns)}).encode()
    request = urllib.request.Request(address, body, {"Content-Type": "application/json"})  # noqa: S310  only http and https
    try:
        with urllib.request.urlopen(request, timeout=LONGEST) as response:  # noqa: S310
            answer: dict[str, Any] = json.load(response)
    except (OSError, ValueError) as error:
        raise SystemFailedError(f"{address} gave no answer: {error}") from None
    return answer


def _python(file: Path, environments: Path) -> Path:
    """The interpreter that a system runs in: its own where it lists packages, else this one; ours in the checkout's."""
    packages, own = file.with_suffix(".txt"), CHECKOUT / ".venv"
    if not packages.is_file():
        return own / "bin" / "python" if file.stem == OURS and own.is_dir() else Path(sys.executable)
    # What needs a model needs torch, which is large: where the checkout has it, it is not installed again.
    sites = list(own.resolve().glob("lib/python*/site-packages")) if "minilm" in packages.read_text(encoding="utf-8") else []
    try:
        return python_with(packages, environments / file.stem, beside=sites[0] if sites else None)
    except (OSError, subprocess.SubprocessError) as error:
        raise SystemFailedError(f"Its packages could not be installed: {error}"[:300]) from None
