"""deploy/Containerfile, really built and run, where something builds images and its base can be had; else it says so."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.request import urlopen

import pytest

from settings import PROJECT
from tests.browsers import free_port

BASE = "docker.io/library/python:3.11-slim-bookworm"
IMAGE = "localhost/rls-assistant-test"
PULL_SECONDS, BUILD_SECONDS, START_SECONDS = 180, 1_500, 120
# What pip and apt of this machine are told of package indexes holds in the build, too.
OF_PIP = [
    Path(place)
    for place in ("/etc/pip.conf", "/root/.pip", "/root/.config/pip", "/opt/wheels", "/opt/pypi", "/opt/pypi-more")
]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(PULL_SECONDS + BUILD_SECONDS + 300)]


def buildah(*arguments: str, seconds: int) -> subprocess.CompletedProcess[str]:
    """Without a daemon, and without more rights than this process has."""
    environment = os.environ | {"BUILDAH_ISOLATION": "chroot", "STORAGE_DRIVER": "vfs"}
    return subprocess.run(["buildah", *arguments], env=environment, capture_output=True, text=True, timeout=seconds)


@pytest.fixture(scope="module")
def container() -> Iterator[str]:
    """A container of the image, built from this checkout; its name."""
    if shutil.which("buildah") is None:
        pytest.skip("NOT BUILT: there is no buildah (apt-get install buildah)")
    if buildah("inspect", "--type", "image", BASE, seconds=60).returncode:
        with suppress(subprocess.TimeoutExpired):
            buildah("pull", BASE, seconds=PULL_SECONDS)
        if buildah("inspect", "--type", "image", BASE, seconds=60).returncode:
            pytest.skip(f"NOT BUILT: {BASE} cannot be fetched here")
    volumes = [f"--volume={place}:{place}:ro" for place in OF_PIP if place.exists()]
    options = ["--pull-never", "--network=host", *volumes, "-f", "deploy/Containerfile", "-t", IMAGE]
    built = buildah("bud", *options, str(PROJECT), seconds=BUILD_SECONDS)
    assert built.returncode == 0, built.stderr[-4_000:]
    name = buildah("from", "--pull-never", IMAGE, seconds=300).stdout.strip()
    yield name
    buildah("rm", name, seconds=60)
    buildah("rmi", IMAGE, seconds=60)


def test_the_image_is_built_and_its_server_answers_as_nobody_in_particular(container: str) -> None:
    port = free_port()
    environment = os.environ | {"BUILDAH_ISOLATION": "chroot", "STORAGE_DRIVER": "vfs"}
    command = ["buildah", "run", "--network=host", f"--env=PORT={port}", container, "--"]
    server = subprocess.Popen([*command, "/app/.venv/bin/python", "app.py"], env=environment)
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
    finally:
        server.terminate()
        server.wait(30)
