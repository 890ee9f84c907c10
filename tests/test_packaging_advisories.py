"""`make audit` without a network: a snapshot is believed if it knows the canary, and it says how old it is."""

import json
import subprocess
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from packaging.version import Version

from settings import PROJECT
from tests.advisories import CANARY, affects, locked, read_snapshot


def advisory(package: str, *events: dict[str, str], **others: Any) -> dict[str, Any]:
    ranges = [{"type": "ECOSYSTEM", "events": list(events)}] if events else []
    affected = {"package": {"name": package, "ecosystem": "PyPI"}, "ranges": ranges, "versions": others.pop("versions", [])}
    return {"id": f"GHSA-{package}", "modified": "2026-11-20T10:00:00Z", "affected": [affected], **others}


CANARYS = advisory(CANARY[0], {"introduced": "0"}, {"fixed": "5.0"})


def snapshot(folder: Path, *advisories: dict[str, Any]) -> Path:
    file = folder / "all.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for number, one in enumerate(advisories):
            archive.writestr(f"{one['id']}-{number}.json", json.dumps(one))
    return file


@pytest.mark.parametrize(
    ("version", "is_affected"),
    [("0.9", False), ("1.0", True), ("1.4.post1", True), ("1.5", False), ("2.0", True), ("2.3", False)],
)
def test_a_version_is_affected_between_what_introduced_and_what_fixed_it(version: str, *, is_affected: bool) -> None:
    ranges = advisory("Some_Thing", {"fixed": "1.5"}, {"introduced": "1.0"}, {"introduced": "2"}, {"last_affected": "2.2"})
    assert affects(ranges, "some-thing", Version(version)) is is_affected


def test_a_version_that_is_listed_is_affected_whatever_the_ranges_say() -> None:
    listed = advisory("thing", {"introduced": "3"}, versions=["1.0.0", "no version"])
    assert affects(listed, "thing", Version("1.0"))
    assert not affects(listed, "thing", Version("2.0"))
    assert not affects(listed, "another", Version("1.0"))


def test_what_was_withdrawn_is_not_known(tmp_path: Path) -> None:
    withdrawn = advisory("thing", {"introduced": "0"}, withdrawn="2026-01-01T00:00:00Z")
    assert read_snapshot(snapshot(tmp_path, withdrawn)).of("thing", Version("1")) == []


def test_every_package_of_the_lock_is_looked_up() -> None:
    lock = (PROJECT / "requirements-dev.txt").read_text(encoding="utf-8")
    assert len(locked(lock)) == sum("==" in line.split(" ")[0] for line in lock.splitlines()) > 100


@pytest.mark.parametrize(
    ("advisories", "status", "said"),
    [
        ([CANARYS], 0, "0 of"),
        ([CANARYS, advisory("ruff", {"introduced": "0.1"})], 1, "ruff 0.17.6: GHSA-ruff"),
        ([advisory("ruff", {"introduced": "0.1"})], 3, "NOT AUDITED"),  # it knows too little to be believed
        (None, 3, "NOT AUDITED"),
    ],
)
def test_without_the_network_an_audit_takes_the_snapshot_or_says_that_there_was_none(
    tmp_path: Path, advisories: list[dict[str, Any]] | None, status: int, said: str
) -> None:
    file = tmp_path / "none.zip" if advisories is None else snapshot(tmp_path, *advisories)
    nobody = "AUDIT=false"  # as where no source can be reached
    command = ["make", "--assume-old=.venv/installed-dev", "audit", nobody, f"ADVISORIES={file}"]
    ended = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert said in ended.stdout + ended.stderr
    assert (ended.returncode == 0) is (status == 0)
    assert f"Error {status}" in ended.stderr or status == 0


@pytest.mark.parametrize(("days", "is_old"), [(2, False), (40, True)])
def test_a_snapshot_tells_its_date_and_that_it_is_old(tmp_path: Path, days: int, *, is_old: bool) -> None:
    changed = datetime.now(UTC) - timedelta(days=days)
    file = snapshot(tmp_path, CANARYS | {"modified": f"{changed:%Y-%m-%dT%H:%M:%SZ}"})
    command = ["make", "--assume-old=.venv/installed-dev", "audit", "AUDIT=false", f"ADVISORIES={file}"]
    told = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True).stdout
    assert f"by a snapshot of {changed:%Y-%m-%d}" in told
    assert ("Get a newer one" in told) is is_old
