"""`python -m quote_benchmark`: run, tune, list."""

import argparse
import json
import os
import platform
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from quote_benchmark.running import OURS, Run, SystemFailedError, run, system_names
from quote_benchmark.sets import CHECKOUT, ROOT, QuestionSet, names, read_set
from quote_benchmark.table import measured, page

STEPS = 40  # thresholds that are tried


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="quote_benchmark", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, what in (("run", "put the sets to systems and write the table"), ("tune", "find a system's threshold")):
        command = commands.add_parser(name, help=what, description=what)
        command.add_argument("--system", action="append", help="a name, a file or an address; again for more")
        command.add_argument("--root", type=Path, default=ROOT, help="a checkout of the project")
        command.add_argument(
            "--environments", type=Path, default=Path(".venv-benchmark"), help="folder of the systems' packages"
        )
        if name == "run":
            command.add_argument("--set", action="append", choices=names(), help="again for more; all, if left out")
            command.add_argument("--results", type=Path, default=Path("results"), help="folder for DATE-COMMIT.md and .json")
    commands.add_parser("list", help="name the systems and the sets")
    given = parser.parse_args()
    if given.command == "list":
        print("systems:", *system_names(), "\nsets:", *names(), "\nto learn from:", *names(measuring=False))
    elif given.command == "tune":
        for system in given.system or []:
            threshold, right = _tuned(system, given.root, given.environments)
            print(f"{system}: {threshold:.3f}, right or rightly silent for {right:.3f} of the questions to learn from")
    else:
        _run(given.system or system_names(), [read_set(name, root=given.root) for name in given.set or names()], given)


def _run(systems: Sequence[str], sets: Sequence[QuestionSet], given: argparse.Namespace) -> None:
    about = _about()  # of what is run, whatever is changed meanwhile
    given.results.mkdir(parents=True, exist_ok=True)
    file = given.results / f"{about['date']}-{about['commit']}.md"
    results: dict[str, dict[str, object]] = {}
    for number, one in enumerate(sets, 1):
        for system in sorted(systems, key=lambda name: name != OURS):
            try:
                found = measured(run(system, one, environments=given.environments))
            except SystemFailedError as failure:
                found = {"failed": str(failure)}
            print(one.name, system, json.dumps(found), flush=True)
            results.setdefault(one.name, {})[Path(system).stem] = found
            # After each system, so that a run which is ended leaves what it found.
            file.write_text(page(about, sets[:number], results), encoding="utf-8")
            file.with_suffix(".json").write_text(json.dumps(about | {"results": results}, indent=1) + "\n", encoding="utf-8")
    print(f"Written: {file}")


def _tuned(system: str, root: Path, environments: Path) -> tuple[float, float]:
    """The threshold with the most right outcomes among questions that are answerable or not said."""
    (name,) = names(measuring=False)
    asked = read_set(name, root=root)
    kept = tuple(one for one in asked.questions if one.expect in ("answer", "unanswered"))
    few = QuestionSet(asked.name, asked.what, asked.seen, asked.documents, kept)
    found: Run = run(system, few, environments=environments, variables={"QUOTE_BENCHMARK_THRESHOLD": "0"})
    scored = [(one.score, any(one.hits[:1]), one.asked.expect == "unanswered", bool(one.quotes)) for one in found.outcomes]
    scores = sorted(score for score, *_ in scored)
    tried = [scores[len(scores) * step // STEPS] for step in range(STEPS)]

    def right(threshold: float) -> float:
        return sum(hit if quoted and score >= threshold else silent for score, hit, silent, quoted in scored) / len(scored)

    best = max(tried, key=right)
    return best, right(best)


def _about() -> dict[str, object]:
    describe = ["git", "-C", str(CHECKOUT), "describe", "--always", "--dirty", "--exclude=*"]
    try:
        commit = subprocess.run(describe, capture_output=True, text=True).stdout.strip()  # noqa: S603, PLW1510
    except OSError:
        commit = ""
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "commit": commit or "unknown",
        "python": f"Python {platform.python_version()}",
        "cores": os.cpu_count(),
        "load": f"{os.getloadavg()[0]:.1f}",
    }


if __name__ == "__main__":
    main()
