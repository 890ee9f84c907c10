"""`python -m tests.advisories SNAPSHOT LOCK`: which locked packages have known vulnerabilities, without a network.

Flows in: a snapshot of advisories in OSV's form, a zip of a JSON file each, as OSV exports it for PyPI; a lock. Flows out: a
line for each vulnerability, and the date of the newest advisory: a snapshot knows nothing later. As with the audit over the
network, it is believed only if it knows what was published of the canary.
"""

import json
import re
import sys
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

CANARY = ("gradio", Version("4.44.1"))
OLD = 30  # days, after which a snapshot is called old
FOUND, NOT_AUDITED = 1, 3  # exit statuses
PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Advisories by the canonical name of the package, and when the newest was changed."""

    advisories: Mapping[str, list[dict[str, Any]]]
    newest: datetime

    def of(self, name: str, version: Version, /) -> list[str]:
        """The ids of what is known of a version."""
        return sorted({one["id"] for one in self.advisories.get(canonicalize_name(name), ()) if affects(one, name, version)})


def read_snapshot(path: Path, /) -> Snapshot:
    """Read it whole; advisories that were withdrawn are left out.

    Raises:
        OSError: there is no such file.
        ValueError, zipfile.BadZipFile: it is no snapshot.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    newest = datetime.min.replace(tzinfo=UTC)
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if not name.endswith(".json"):
                continue
            advisory = json.loads(archive.read(name))
            newest = max(newest, datetime.fromisoformat(advisory["modified"]))
            if not advisory.get("withdrawn"):
                for package in {package for package, _ in _affected(advisory)}:
                    found.setdefault(package, []).append(advisory)
    return Snapshot(found, newest)


def affects(advisory: Mapping[str, Any], name: str, version: Version, /) -> bool:
    """Whether a version is listed, or lies in a range: from `introduced` to before `fixed`, or to `last_affected`."""
    for package, affected in _affected(advisory):
        if package != canonicalize_name(name):
            continue
        if any(_version(listed) == version for listed in affected.get("versions", ())):
            return True
        events = [event for one in affected.get("ranges", ()) if one["type"] == "ECOSYSTEM" for event in one["events"]]
        is_in = False
        for kind, at in sorted(((kind, _version(at)) for event in events for kind, at in event.items()), key=_order):
            if at is None:
                continue
            if kind == "introduced" and version >= at:
                is_in = True
            elif (kind == "fixed" and version >= at) or (kind == "last_affected" and version > at):
                is_in = False
        if is_in:
            return True
    return False


def locked(lock: str, /) -> list[tuple[str, Version]]:
    """The packages that a lock pins."""
    return [(name, Version(version)) for name, version in PIN.findall(lock)]


def main(snapshot_file: Path, lock: Path) -> int:
    """Print what was found; the exit status says whether all is well."""
    try:
        snapshot = read_snapshot(snapshot_file)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        print(f"NOT AUDITED: {snapshot_file} is no snapshot of advisories ({type(error).__name__}).", file=sys.stderr)
        return NOT_AUDITED
    if not snapshot.of(*CANARY):
        print(f"NOT AUDITED: {snapshot_file} does not know what was published of {CANARY[0]}.", file=sys.stderr)
        return NOT_AUDITED
    age = (datetime.now(UTC) - snapshot.newest).days
    pins = locked(lock.read_text(encoding="utf-8"))
    known = [(name, version, ids) for name, version in pins if (ids := snapshot.of(name, version))]
    for name, version, ids in known:
        print(f"{name} {version}: {', '.join(ids)}")
    print(f"{len(known)} of {len(pins)} locked packages have known vulnerabilities, by a snapshot of {snapshot.newest:%F}.")
    print(f"It is {age} days old and knows nothing later.{' Get a newer one: make advisories.' if age > OLD else ''}")
    return FOUND if known else 0


def _affected(advisory: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for affected in advisory.get("affected", ()):
        if affected["package"]["ecosystem"] == "PyPI":
            yield canonicalize_name(affected["package"]["name"]), affected


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except InvalidVersion:
        return None


def _order(event: tuple[str, Version | None]) -> tuple[Version, bool]:
    """By version; at the same one what begins comes last, since a fix ends what was introduced before."""
    return event[1] or Version("0"), event[0] == "introduced"


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
