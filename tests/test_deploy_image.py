"""deploy/Containerfile, really built and run, where something builds images; else it says what is missing."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.request import urlopen

import pytest

from settings import PROJECT
from tests.browsers import free_port

BASE = "docker.io/library/python:3.11-slim-bookworm"
OWN_BASE = "localhost/python-3.11-of-debian"
IMAGE = "localhost/rls-assistant-test"
PULL_SECONDS, BASE_SECONDS, BUILD_SECONDS, START_SECONDS = 120, 600, 2_400, 120

pytestmark = [pytest.mark.slow, pytest.mark.timeout(PULL_SECONDS + BASE_SECONDS + BUILD_SECONDS + 1_800)]
# Without a daemon, and without more rights than this process has.
ENVIRONMENT = os.environ | {"BUILDAH_ISOLATION": "chroot"}


def buildah(*arguments: str, seconds: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["buildah", *arguments], env=ENVIRONMENT, capture_output=True, text=True, timeout=seconds)


def is_here(image: str) -> bool:
    return buildah("inspect", "--type", "image", image, seconds=60).returncode == 0


def base(folder: Path) -> str:
    """The image to build on: the one that the file names, or Debian's Python where no registry of images is reached."""
    with suppress(subprocess.TimeoutExpired):
        if is_here(BASE) or buildah("pull", BASE, seconds=PULL_SECONDS).returncode == 0:
            return BASE
    if is_here(OWN_BASE):
        return OWN_BASE
    if shutil.which("debootstrap") is None or os.geteuid() != 0:
        pytest.skip(f"NOT BUILT: {BASE} cannot be fetched here, and only root with debootstrap can make another base")
    packages = "--include=python3,python3-venv,ca-certificates"
    made = subprocess.run(
        ["debootstrap", "--variant=minbase", packages, "bookworm", str(folder / "root")],
        capture_output=True,
        text=True,
        timeout=BASE_SECONDS,
    )
    if made.returncode:
        pytest.skip(f"NOT BUILT: {BASE} cannot be fetched here, and debootstrap failed: {made.stdout[-300:]}")
    (folder / "Containerfile").write_text("FROM scratch\nCOPY root /\n", encoding="utf-8")
    built = buildah("bud", "-t", OWN_BASE, "-f", str(folder / "Containerfile"), str(folder), seconds=BASE_SECONDS)
    shutil.rmtree(folder / "root")
    assert built.returncode == 0, built.stderr[-2_000:]
    return OWN_BASE


def settings_of_pip() -> list[str]:
    """Volumes for what pip is told here: a build stands where this machine does, and reaches what it reaches."""
    pip = [sys.executable, "-m", "pip", "config"]
    files, values = (
        subprocess.run([*pip, what], capture_output=True, text=True, check=True).stdout for what in ("debug", "list")
    )
    told = re.findall(r"^\s+(/.*), exists: True$", files, re.MULTILINE)
    named = re.findall(r"(?<![:/\w])(?:file://)?(/[^\s']+)", values)
    # An index in a folder keeps its files beside its pages.
    places = {Path(one).parent if one.endswith("/simple") else Path(one) for one in (*told, *named)}
    return [f"--volume={place}:{place}:ro" for place in sorted(places) if place.exists()]


@pytest.fixture(scope="module")
def container(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A container of the image, built from this checkout; its name."""
    if shutil.which("buildah") is None:
        pytest.skip("NOT BUILT: there is no buildah (apt-get install buildah debootstrap)")
    options = [
        "--format=docker",
        "--pull-never",
        "--network=host",
        f"--build-arg=BASE={base(tmp_path_factory.mktemp('base'))}",
    ]
    file = ["-f", "deploy/Containerfile", "-t", IMAGE, str(PROJECT)]
    built = buildah("bud", *options, *settings_of_pip(), *file, seconds=BUILD_SECONDS)
    assert built.returncode == 0, built.stderr[-4_000:]
    name = buildah("from", "--pull-never", IMAGE, seconds=300).stdout.strip()
    yield name
    buildah("rm", name, seconds=300)
    buildah("rmi", IMAGE, seconds=900)  # two gigabytes, on a busy disk


def test_the_image_is_built_and_its_server_answers_as_nobody_in_particular(container: str) -> None:
    port = free_port()
    command = ["buildah", "run", "--network=host", "--env=HOST=127.0.0.1", f"--env=PORT={port}", container, "--"]
    server = subprocess.Popen([*command, "/app/.venv/bin/python", "app.py"], env=ENVIRONMENT)
    try:
        give_up_at = time.monotonic() + START_SECONDS
        while time.monotonic() < give_up_at and server.poll() is None:
            with suppress(OSError), urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
                break
            time.sleep(0.5)
        body = json.dumps({"turns": ["How is iron linked to dopamine?"]}).encode()
        with urlopen(f"http://127.0.0.1:{port}/api/ask", data=body, timeout=20) as response:
            assert json.loads(response.read())["kind"] == "answer"
        assert buildah("run", container, "--", "id", "-u", seconds=30).stdout.strip() == "10001"
        assert buildah("run", container, "--", "touch", "/app/written", seconds=30).returncode != 0
        image = json.loads(buildah("inspect", "--type", "image", IMAGE, seconds=60).stdout)["Docker"]["config"]
        assert image["Healthcheck"]["Test"][0] == "CMD"
    finally:
        server.terminate()
        server.wait(30)
