"""The repository as a Hugging Face Space: what its front matter promises holds, and its environment is understood.

Source: Hugging Face, "Spaces Configuration Reference", https://huggingface.co/docs/hub/spaces-config-reference.
"""

import os
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest
import yaml

from settings import PROJECT, Settings
from tests.browsers import START_SECONDS, free_port
from tests.nginx import is_ready, until

COLOURS = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}


@pytest.fixture(scope="module")
def front_matter() -> dict[str, object]:
    begin, block, _ = (PROJECT / "README.md").read_text(encoding="utf-8").split("---\n", 2)
    assert begin == ""
    return dict(yaml.safe_load(block))


def test_the_front_matter_names_the_application_and_the_pinned_versions(front_matter: dict[str, object]) -> None:
    assert front_matter["sdk"] == "gradio"
    pins = (PROJECT / "requirements.txt").read_text(encoding="utf-8")
    assert f"\ngradio=={front_matter['sdk_version']} " in pins
    assert (PROJECT / str(front_matter["app_file"])).is_file()
    assert {front_matter["colorFrom"], front_matter["colorTo"]} <= COLOURS
    assert len(str(front_matter["short_description"])) <= 60  # characters; a Space with more is refused
    major, minor = str(front_matter["python_version"]).split(".")
    assert (int(major), int(minor)) >= (3, 11)


def test_host_and_port_come_from_the_environment_of_a_space(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOST", raising=False)
    monkeypatch.setenv("GRADIO_SERVER_NAME", "0.0.0.0")  # noqa: S104
    monkeypatch.setenv("GRADIO_SERVER_PORT", "7861")
    found = Settings.from_environment()
    assert (found.host, found.port) == ("0.0.0.0", 7861)  # noqa: S104
    monkeypatch.setenv("HOST", "127.0.0.2")
    monkeypatch.setenv("PORT", "7862")
    found = Settings.from_environment()
    assert (found.host, found.port) == ("127.0.0.2", 7862)


@pytest.mark.slow
def test_it_serves_as_a_space_starts_it(tmp_path: Path) -> None:
    """`python app.py` in a copy of what git holds, with the environment of a Space and without an index."""
    files = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, check=True, text=True).stdout
    for name in files.strip("\0").split("\0"):
        if name.startswith(("tests/", "docs/")):
            continue
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes((PROJECT / name).read_bytes())
    port = free_port()
    space = {"SPACE_ID": "someone/rls", "SYSTEM": "spaces", "GRADIO_SERVER_NAME": "0.0.0.0"}  # noqa: S104
    own = {name: value for name, value in os.environ.items() if name not in {"HOST", "PORT", "INDEX_DIR"}}
    process = subprocess.Popen(
        [sys.executable, "app.py"], cwd=tmp_path, env={**own, **space, "GRADIO_SERVER_PORT": str(port)}
    )
    try:
        until(lambda: is_ready(f"http://127.0.0.1:{port}") or process.poll() is not None, seconds=START_SECONDS)
        with urlopen(f"http://127.0.0.1:{port}/", timeout=20) as page:
            assert b"Restless Legs" in page.read()
            assert "https://huggingface.co" in page.headers["Content-Security-Policy"].partition("frame-ancestors")[2]
        with urlopen(f"http://127.0.0.1:{port}/api/ask", data=b'{"turns": ["hello"]}', timeout=20) as answer:
            assert b'"chat"' in answer.read()
    finally:
        process.terminate()
        process.wait(timeout=20)
