"""`make audit`: are vulnerabilities known in what is locked? pip-audit asks; a canary says what its answer is worth.

A source that cannot be reached, or that does not know the packages, reports no vulnerability either. So each source is
first asked about a package that has known ones. If it does not report them, its silence is worth nothing, and the next one
is tried; if none is left, the verdict is "not audited", which is not success.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from supply_chain.locks import LOCKS, PROJECT, locked

CANARY = "gradio==4.44.1"  # vulnerabilities of it are published
SOURCES: tuple[tuple[str, ...], ...] = (("--vulnerability-service", "pypi"), ("--vulnerability-service", "osv"))
SECONDS_TO_WAIT = 15
LONGEST_REASON = 120  # characters


class Verdict(Enum):
    """The outcome; its value is the exit code."""

    CLEAN = 0
    VULNERABLE = 1
    NOT_AUDITED = 3


@dataclass(frozen=True, slots=True)
class Report:
    """What a source said: package with version → ids of its vulnerabilities; and what it could not say anything about."""

    vulnerable: dict[str, list[str]]
    unknown: tuple[str, ...]


class SourceError(Exception):
    """The source gave no answer that can be read."""


def ask(packages: Iterable[str], /, *, source: Sequence[str]) -> Report:
    """Ask one source about `name==version` lines.

    Raises:
        SourceError: no answer.
    """
    with tempfile.TemporaryDirectory() as folder:
        requirements = Path(folder) / "requirements.txt"
        requirements.write_text("\n".join(packages), encoding="utf-8")
        command = [sys.executable, "-m", "pip_audit", "--requirement", str(requirements), "--no-deps", "--disable-pip"]
        command += ["--format", "json", "--progress-spinner", "off", "--timeout", str(SECONDS_TO_WAIT), *source]
        ended = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603  our own arguments
    try:
        found: list[dict[str, Any]] = json.loads(ended.stdout)["dependencies"]
    except (ValueError, KeyError, TypeError):
        last = ended.stderr.strip().splitlines()[-1:] or ["it said nothing"]
        raise SourceError(last[0][:LONGEST_REASON]) from None
    return Report(
        {f"{one['name']}=={one['version']}": [v["id"] for v in one["vulns"]] for one in found if one.get("vulns")},
        tuple(one["name"] for one in found if "skip_reason" in one),
    )


def audit(packages: Sequence[str], /, *, sources: Sequence[Sequence[str]] = SOURCES) -> tuple[Verdict, list[str]]:
    """The verdict on `name==version` lines, and the lines that explain it."""
    said = []
    for source in sources:
        name = " ".join(source[1:2])
        try:
            if CANARY not in ask([CANARY], source=source).vulnerable:
                said.append(
                    f"{name}: does not report {CANARY}, whose vulnerabilities are published; its silence says nothing."
                )
                continue
            report = ask(packages, source=source)
        except SourceError as error:
            said.append(f"{name}: no answer ({error}).")
            continue
        if report.vulnerable:
            return Verdict.VULNERABLE, [f"{package}: {', '.join(ids)}" for package, ids in report.vulnerable.items()]
        if report.unknown:
            said.append(f"{name}: knows nothing about {', '.join(report.unknown)}.")
            continue
        return Verdict.CLEAN, [f"{name}: nothing known about {len(packages)} packages; it does report {CANARY}."]
    return Verdict.NOT_AUDITED, [*said, "NOT AUDITED: no source of advisories gave an answer that can be relied on."]


def main() -> int:
    """Audit everything that is locked; the exit code is the verdict's."""
    packages = [f"{p.name}=={p.version}{f' ; {p.marker}' if p.marker else ''}" for p in locked(PROJECT, LOCKS)]
    verdict, lines = audit(packages)
    sys.stdout.write("\n".join(lines) + "\n")
    return verdict.value


if __name__ == "__main__":
    sys.exit(main())
