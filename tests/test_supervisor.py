"""supervisor.py: a process that serves is watched, ended when it hangs, and started anew on the same socket.

The watched processes are small ones; tests/test_web_watchdog.py has the real server.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from settings import PROJECT
from tests.browsers import free_port

START = """
import os, signal, socket, sys, time
sys.path.insert(0, PROJECT)
import supervisor
from supervisor import Beat
heartbeat = supervisor.supervised(os.environ)
listener = heartbeat.listener
if listener is None:
    listener = socket.create_server(("127.0.0.1", PORT))
    heartbeat.lend(listener)
def serve(seconds, beat=Beat.SERVING):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        heartbeat.beat(beat)
        listener.settimeout(0.05)
        try:
            one, _ = listener.accept()
        except TimeoutError:
            continue
        one.settimeout(1)
        letter = one.recv(1)
        while letter == b"h":
            pass
        if letter == b"w":
            time.sleep(4)
        one.sendall(str(os.getpid()).encode())
        one.close()
"""


@contextmanager
def watched(folder: Path, code: str, port: int) -> Iterator["subprocess.Popen[str]"]:
    program = folder / "program.py"
    program.write_text(START.replace("PROJECT", repr(str(PROJECT))).replace("PORT", str(port)) + code, encoding="utf-8")
    child = subprocess.Popen([sys.executable, str(program)], stderr=subprocess.PIPE, text=True, cwd=folder)
    try:
        yield child
    finally:
        child.kill()
        child.wait(timeout=20)
        assert child.stderr
        child.stderr.close()


def served_by(port: int, letter: bytes = b"?") -> int:
    """The process that answers; waits until one does."""
    until = time.monotonic() + 15
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), 10) as one:
                one.sendall(letter)
                if said := one.recv(100):
                    return int(said)
        except ConnectionRefusedError:
            assert time.monotonic() < until
            time.sleep(0.02)


def test_whoever_asks_while_the_server_hangs_waits_and_is_answered_by_the_next_one(tmp_path: Path) -> None:
    with watched(tmp_path, "serve(60)", port := free_port()) as parent:
        first = served_by(port)
        with socket.create_connection(("127.0.0.1", port)) as hanging:
            begun = time.monotonic()
            hanging.sendall(b"h")
            time.sleep(0.2)
            second = served_by(port)  # not refused, though nobody accepts it for seconds
        assert time.monotonic() - begun < 5
        assert len({first, second, parent.pid}) == 3
        parent.terminate()
        said = [json.loads(line) for line in parent.communicate(timeout=20)[1].splitlines()]
        (message,) = [line["message"] for line in said]
        assert message.startswith("The server has not answered for ")
        assert parent.returncode == -signal.SIGTERM


def test_a_server_that_is_silent_and_does_not_compute_is_given_more_time(tmp_path: Path) -> None:
    """So looks a server on a machine that has too much else to do; to start it anew would add to that."""
    with watched(tmp_path, "serve(60)", port := free_port()) as parent:
        assert served_by(port) == served_by(port, b"w") == served_by(port)
        parent.terminate()
        assert parent.communicate(timeout=20)[1] == ""


def test_a_server_that_the_system_kills_is_started_anew_at_once(tmp_path: Path) -> None:
    with watched(tmp_path, "serve(60)", port := free_port()) as parent:
        for _ in range(7):  # more often than starts may fail in a row
            killed = served_by(port)
            os.kill(killed, signal.SIGKILL)
            assert served_by(port) != killed
        assert parent.poll() is None


def test_loading_for_longer_than_a_server_may_be_silent_is_no_hang(tmp_path: Path) -> None:
    with watched(tmp_path, "time.sleep(3)\nserve(60)", port := free_port()) as parent:
        assert served_by(port) == served_by(port)
        parent.terminate()
        assert parent.communicate(timeout=20)[1] == ""


def test_a_server_that_says_that_it_is_stuck_is_replaced_at_once(tmp_path: Path) -> None:
    code = "serve(0.5)\nheartbeat.beat(Beat.STUCK)\ntime.sleep(60)"
    with watched(tmp_path, code, port := free_port()) as parent:
        first = served_by(port)
        time.sleep(1)
        assert served_by(port) != first
        parent.terminate()
        assert "has no thread left that answers" in parent.communicate(timeout=20)[1]


def test_what_cannot_start_is_given_up_with_a_clear_line(tmp_path: Path) -> None:
    with watched(tmp_path, "os.kill(os.getpid(), signal.SIGABRT)", free_port()) as parent:
        lines = [json.loads(line)["message"] for line in parent.communicate(timeout=20)[1].splitlines()]
    assert parent.returncode == 1
    assert lines[:-1] == ["The server was ended by SIGABRT."] * 5
    assert lines[-1].startswith("The server ended 5 times in a row before it could serve.")


@pytest.mark.parametrize(("code", "expected"), [("sys.exit(3)", 3), ("sys.exit('A bad setting.')", 1), ("serve(0.2)", 0)])
def test_what_ends_by_itself_is_not_started_again_and_its_exit_code_is_kept(
    tmp_path: Path, code: str, expected: int
) -> None:
    with watched(tmp_path, code, free_port()) as parent:
        said = parent.communicate(timeout=10)[1]
    assert (parent.returncode, said) == (expected, "A bad setting.\n" if expected == 1 else "")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_reaches_the_server_once_and_it_may_take_its_time_to_end(tmp_path: Path, number: int) -> None:
    code = f"""
got = []
signal.signal({int(number)}, lambda *_: got.append(1))
while not got:
    serve(0.1)
heartbeat.beat(Beat.STOPPING)
listener.close()
time.sleep(3)
sys.exit(40 + len(got))
"""
    with watched(tmp_path, code, port := free_port()) as parent:
        served_by(port)
        parent.send_signal(number)
        time.sleep(0.7)
        with pytest.raises(ConnectionRefusedError):  # newcomers are not left waiting
            socket.create_connection(("127.0.0.1", port))
        assert parent.wait(timeout=10) == 41


def test_a_server_ends_with_the_process_that_watches_it_even_while_it_hangs(tmp_path: Path) -> None:
    with watched(tmp_path, "serve(60)", port := free_port()) as parent:
        child = served_by(port)
        with socket.create_connection(("127.0.0.1", port)) as hanging:
            hanging.sendall(b"h")
            time.sleep(0.2)
            parent.kill()
            parent.wait(timeout=20)
            until = time.monotonic() + 5
            while is_running(child):
                assert time.monotonic() < until
                time.sleep(0.02)


def is_running(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2][:3]
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_watching_takes_little_memory(tmp_path: Path) -> None:
    with watched(tmp_path, "serve(60)", port := free_port()) as parent:
        served_by(port)
        status = Path(f"/proc/{parent.pid}/status").read_text(encoding="utf-8")
    (resident,) = [int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")]
    assert resident < 24 * 1024  # kB
