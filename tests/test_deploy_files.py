"""The systemd unit and the container files, judged by the tools of their trade."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from settings import PROJECT, Settings

UNIT = PROJECT / "deploy" / "rls-assistant.service"
WATCH = PROJECT / "deploy" / "rls-assistant-watch.service"
CONTAINERFILE = PROJECT / "deploy" / "Containerfile"
HIGHEST_EXPOSURE = 1.5  # of 10, systemd's own scale; below 2 it says "OK"


def systemd_analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the tool; continuous integration may not go without it."""
    if shutil.which("systemd-analyze") is None:
        message = "systemd-analyze is not installed: apt-get install systemd"
        pytest.fail(message) if "CI" in os.environ else pytest.skip(message)
    return subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True)


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit with its program where this checkout has one: a program that is not there fails the verification."""
    program, place = tmp_path / "python", tmp_path / "project"  # a checkout's own path may hold a space, a unit's may not
    program.symlink_to(sys.executable)
    place.symlink_to(PROJECT)
    text = UNIT.read_text(encoding="utf-8").replace("/opt/rls-assistant/.venv/bin/python", str(program))
    copy = tmp_path / UNIT.name
    copy.write_text(text.replace("/opt/rls-assistant", str(place)), encoding="utf-8")
    return copy


def test_systemd_finds_nothing_wrong_with_the_unit(unit: Path) -> None:
    verified = systemd_analyze("verify", "--man=no", str(unit))
    assert (verified.returncode, verified.stderr) == (0, "")


def test_systemd_does_find_what_is_wrong_with_a_unit(unit: Path) -> None:
    unit.write_text(unit.read_text(encoding="utf-8").replace("ProtectSystem=strict", "ProtectSystem=very"), encoding="utf-8")
    assert "protect system value" in systemd_analyze("verify", "--man=no", str(unit)).stderr


def test_the_units_exposure_is_low(unit: Path) -> None:
    judged = systemd_analyze("security", "--offline=true", "--no-pager", str(unit))
    level = re.search(r"Overall exposure level for .*: ([\d.]+)", judged.stdout)
    assert level, judged.stderr
    assert float(level[1]) <= HIGHEST_EXPOSURE


def test_the_unit_that_watches_is_in_order_guarded_and_publishes_nothing(tmp_path: Path) -> None:
    program, place = tmp_path / "python", tmp_path / "project"
    program.symlink_to(sys.executable)
    place.symlink_to(PROJECT)
    text = WATCH.read_text(encoding="utf-8")
    assert "-m corpus watch" in text
    assert "--publish" not in text
    for name in (WATCH.name, WATCH.with_suffix(".timer").name):
        text = (PROJECT / "deploy" / name).read_text(encoding="utf-8")
        text = text.replace("/opt/rls-assistant/.venv/bin/python", str(program))
        (tmp_path / name).write_text(text.replace("/opt/rls-assistant", str(place)), encoding="utf-8")
        verified = systemd_analyze("verify", "--man=no", str(tmp_path / name))
        assert (verified.returncode, verified.stderr) == (0, "")
    judged = systemd_analyze("security", "--offline=true", "--no-pager", str(tmp_path / WATCH.name))
    level = re.search(r"Overall exposure level for .*: ([\d.]+)", judged.stdout)
    assert level, judged.stderr
    assert float(level[1]) <= 2.5  # it must reach its sources, wherever they are


def test_the_linter_finds_nothing_wrong_with_the_container_file(tmp_path: Path) -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    judged = subprocess.run([hadolint, "--failure-threshold", "style", CONTAINERFILE], capture_output=True, text=True)
    assert (judged.returncode, judged.stdout) == (0, "")
    as_root = tmp_path / "Containerfile"
    as_root.write_text(CONTAINERFILE.read_text(encoding="utf-8").replace("USER 10001", "USER root"), encoding="utf-8")
    assert "DL3002" in subprocess.run([hadolint, as_root], capture_output=True, text=True).stdout  # it does look


def test_the_image_has_two_stages_no_root_a_health_check_and_what_it_copies_exists() -> None:
    text = CONTAINERFILE.read_text(encoding="utf-8")
    assert len(re.findall(r"^FROM ", text, re.MULTILINE)) == 2
    assert re.findall(r"^USER (\S+)", text, re.MULTILINE)[-1] == "10001"
    assert "HEALTHCHECK" in text
    sources = [word for line in re.findall(r"^COPY (?!--from)(.*)$", text, re.MULTILINE) for word in line.split()[:-1]]
    assert [source for source in sources if not (PROJECT / source).exists()] == []
    let_through = (PROJECT / ".dockerignore").read_text(encoding="utf-8")
    for source in sources:
        top = re.sub(r"requirements.*(\.\w+)$", r"requirements*\1", source)
        assert f"!{top}\n" in let_through, source


def test_what_the_image_copies_first_is_all_that_its_first_make_reads(tmp_path: Path) -> None:
    first = CONTAINERFILE.read_text(encoding="utf-8").split("RUN make", 1)[0]
    for line in re.findall(r"^COPY (.*)$", first, re.MULTILINE):
        for source in line.split()[:-1]:
            shutil.copy(PROJECT / source, tmp_path / source)
    planned = subprocess.run(["make", "--dry-run", ".venv/installed"], cwd=tmp_path, capture_output=True, text=True)
    assert (planned.returncode, planned.stderr) == (0, "")


def test_the_health_check_asks_a_real_server() -> None:
    """The very command of the image, against a port where nobody listens: it must fail, and as a program should."""
    text = CONTAINERFILE.read_text(encoding="utf-8")
    check = yaml.safe_load(text.split("HEALTHCHECK", 1)[1].split("CMD ", 1)[1].split("\n", 1)[0])
    ended = subprocess.run([sys.executable, *check[1:]], env={"PORT": "9"}, capture_output=True, text=True)
    assert ended.returncode == 1
    assert "Connection refused" in ended.stderr


def test_every_service_of_the_compose_file_has_a_read_only_root_and_no_privilege() -> None:
    services = yaml.safe_load((PROJECT / "deploy" / "compose.yaml").read_text(encoding="utf-8"))["services"]
    assert set(services) == {"assistant", "nginx", "watch"}
    for service in services.values():
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
    assert services["watch"]["profiles"] == ["watch"]  # it runs when it is called, and not beside the others
    assert "--publish" not in services["watch"]["command"]
    assert "ports" not in services["assistant"]  # nobody reaches it but nginx
    assert services["assistant"]["networks"] == ["inside"]


def test_whatever_starts_the_server_keeps_it_running_stops_it_once_and_lets_it_leave_no_core() -> None:
    unit = UNIT.read_text(encoding="utf-8").splitlines()
    assert {"Restart=always", "KillMode=mixed", "LimitCORE=0"} <= set(unit)
    service = yaml.safe_load((PROJECT / "deploy" / "compose.yaml").read_text(encoding="utf-8"))["services"]["assistant"]
    assert (service["restart"], service["init"], service["ulimits"]["core"]) == ("unless-stopped", True, 0)


def test_the_deployed_environment_names_settings_that_exist() -> None:
    """A setting's misspelt name would be ignored without a word."""
    known = {name.upper() for name in Settings.model_fields}
    foreign = {"HF_HOME", "HF_HUB_OFFLINE", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}
    image = re.findall(r"^(?:ENV)? +([A-Z_]+)=\S+", CONTAINERFILE.read_text(encoding="utf-8"), re.MULTILINE)
    unit = re.findall(
        r"([A-Z_]+)=", " ".join(re.findall(r"^Environment=(.*)$", UNIT.read_text(encoding="utf-8"), re.MULTILINE))
    )
    compose = yaml.safe_load((PROJECT / "deploy" / "compose.yaml").read_text(encoding="utf-8"))
    unit += re.findall(
        r"([A-Z_]+)=", " ".join(re.findall(r"^Environment=(.*)$", WATCH.read_text(encoding="utf-8"), re.MULTILINE))
    )
    services = compose["services"]
    named = {*image, *unit, *services["assistant"]["environment"], *services["watch"]["environment"]}
    assert {"HOST", "PORT", "INDEX_DIR", "PUBLIC_URL"} <= named
    assert named - foreign - known == set()
