"""Two processes: a small one that watches, and one that serves. If the second hangs or dies, the first starts it anew.

Python lets one thread compute at a time, and some computations never let go: then the event loop is dead, and with it every
health check and all urgent help, though the process lives. Only another process can see and end that.

    watching (this module, 10 MB)                     serving (`app.py`)
    starts it ──────────────── the same command ────▶ takes the listening socket
    keeps a copy ◀──────────── the socket ─────────── and lends it
    counts the silence ◀────── beats ──────────────── from the event loop, ten a second

The listening socket outlives the process that serves, so that no connection is refused between two of them: it waits in the
kernel's queue. Nothing but the standard library is imported here, so that watching costs little memory. Signals to stop are
passed on, and the exit code is that of the process that serves.
"""

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import Enum
from types import FrameType

HANDED = "RLS_SUPERVISED"  # variable: the descriptors of the channel and, after a restart, of the listening socket
TICK = 0.25  # seconds between two looks
LEAST_BUSY = 0.1  # of a core: a process that hangs computes; one that is silent and does not is waiting
STARVED_SECONDS = 10.0  # of silence, for a process that hardly computes: more likely the machine is overloaded
MOST_FAILED_STARTS = 5  # in a row, none of which came to serve
STOP = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
READ = 4096  # bytes; far more beats than there are between two looks
PR_SET_PDEATHSIG = 1  # of prctl(2)
CPUCLOCK_SCHED = 2  # the last bits of the clock of a process's processor time, on Linux


class Beat(Enum):
    """What the serving process says of itself, and for how many seconds it may then be silent."""

    STARTING = b"s", 60.0  # modules or an index are loaded, which may keep the interpreter for seconds
    SERVING = b"o", 2.0  # with a second or two for a new process, somebody who waits is answered within five
    STOPPING = b"e", 30.0  # answers in flight are finished
    STUCK = b"x", 0.0  # no thread is left that could answer

    @property
    def letter(self) -> bytes:
        """What is sent."""
        return self.value[0]

    @property
    def patience(self) -> float:
        """Seconds."""
        return self.value[1]


BEATS = {beat.letter[0]: beat for beat in Beat}


class Heartbeat:
    """The serving process's end of the channel."""

    def __init__(self, channel: socket.socket, listener: socket.socket | None) -> None:
        self._channel = channel
        self.listener = listener  # what the process before listened on

    @classmethod
    def of(cls, handed: str, /) -> "Heartbeat":
        """Take over the descriptors of the watching process, and end when it ends."""
        channel, *listener = (socket.socket(fileno=int(number)) for number in handed.split())
        for one in (channel, *listener):
            one.set_inheritable(False)
        channel.setblocking(False)
        _end_with_parent()
        return cls(channel, listener[0] if listener else None)

    def lend(self, listener: socket.socket, /) -> None:
        """Let the watching process keep a copy of the listening socket."""
        socket.send_fds(self._channel, [Beat.STARTING.letter], [listener.fileno()])

    def beat(self, beat: Beat, /) -> None:
        """Say that the event loop runs."""
        try:
            self._channel.send(beat.letter)
        except BlockingIOError:
            pass  # the watching process does not read now: a terminal or the machine may be suspended
        except OSError:
            os._exit(1)  # nobody watches any longer, and the next one needs the port


class Supervisor:
    """Runs a command, watched, until it ends by itself or is told to stop."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], /) -> None:
        self._command = command
        self._environment = environment
        self._listener: socket.socket | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._signals: list[int] = []  # that told it to stop

    def run(self) -> int:
        """The exit code of the last process; negative for a signal that ended it."""
        for number in STOP:
            signal.signal(number, self._pass_on)
        failed = 0
        while True:
            code, has_served = self._serve()
            if code >= 0 or self._signals or -code in STOP:
                return code
            failed = 0 if has_served else failed + 1
            if failed == MOST_FAILED_STARTS:
                _log(f"The server ended {failed} times in a row before it could serve. What it said stands above.")
                return 1

    def _serve(self) -> tuple[int, bool]:
        """One process, from its start to its end: its exit code, and whether it came to serve."""
        own, theirs = socket.socketpair()
        with own:
            with theirs:
                passed = [theirs.fileno(), *([self._listener.fileno()] if self._listener else [])]
                environment = {**self._environment, HANDED: " ".join(map(str, passed))}
                # A group of its own: what a terminal sends to all of a group would reach it twice.
                self._child = subprocess.Popen(self._command, env=environment, pass_fds=passed, process_group=0)  # noqa: S603
            for number in self._signals:  # that came meanwhile
                self._child.send_signal(number)
            return self._watch(own, self._child)

    def _watch(self, channel: socket.socket, child: "subprocess.Popen[bytes]") -> tuple[int, bool]:
        state, silent, has_served, last, spent = Beat.STARTING, 0.0, False, time.monotonic(), 0.0
        while True:
            readable, _, _ = select.select([channel], [], [], TICK)
            beats = self._read(channel) if readable else None
            if beats == b"":  # it is ending, or has ended
                return self._ended(child, state), has_served
            now = time.monotonic()
            # While this process did not run either, because the machine slept or is overloaded, silence proves nothing.
            silent, last = silent + min(now - last, 2 * TICK), now
            if beats:
                state, silent, spent = BEATS[beats[-1]], 0.0, _processor_seconds(child.pid)
                has_served = has_served or state is Beat.SERVING
            if state is Beat.STOPPING and self._listener:
                self._listener.close()  # else new connections would wait for a process that takes none
                self._listener = None
            is_busy = _processor_seconds(child.pid) - spent >= LEAST_BUSY * silent
            if silent >= (state.patience if is_busy or state is not Beat.SERVING else STARVED_SECONDS):
                return self._kill(child, silent, state), has_served

    def _read(self, channel: socket.socket) -> bytes:
        try:
            beats, descriptors, _, _ = socket.recv_fds(channel, READ, 1)
        except ConnectionError:
            return b""
        for descriptor in descriptors:
            self._listener = socket.socket(fileno=descriptor)
        return beats

    def _ended(self, child: "subprocess.Popen[bytes]", state: Beat) -> int:
        try:
            code = child.wait(Beat.STOPPING.patience)
        except subprocess.TimeoutExpired:
            return self._kill(child, Beat.STOPPING.patience, state)
        if code < 0 and -code not in STOP:
            _log(f"The server was ended by {signal.Signals(-code).name}.")
        return code

    def _kill(self, child: "subprocess.Popen[bytes]", silent: float, state: Beat) -> int:
        what = "has no thread left that answers" if state is Beat.STUCK else f"has not answered for {silent:.1f} s"
        _log(f"The server {what}: it is ended and started anew.")
        child.kill()
        child.wait()
        return -signal.SIGKILL

    def _pass_on(self, number: int, _frame: FrameType | None) -> None:
        self._signals.append(number)
        if self._child is not None:
            self._child.send_signal(number)


def supervised(environment: Mapping[str, str], /) -> Heartbeat:
    """In the watched process, return its heartbeat. In the first one, start and watch that, and end as it ends."""
    if handed := environment.get(HANDED):
        return Heartbeat.of(handed)
    code = Supervisor([sys.executable, *sys.orig_argv[1:]], environment).run()
    if code < 0:  # by the same signal, so that a shell or systemd is told the same
        signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    sys.exit(code)


def _processor_seconds(pid: int) -> float:
    """Processor time of all threads of a process. Where the system does not tell, it seems to compute all the time."""
    try:
        return time.clock_gettime(~pid << 3 | CPUCLOCK_SCHED)  # what clock_getcpuclockid(3) gives for a process
    except OSError:
        return time.monotonic()


def _end_with_parent() -> None:
    """Linux: be killed when the watching process is gone. Elsewhere the next beat finds out, unless the loop hangs."""
    if sys.platform == "linux":
        import ctypes  # noqa: PLC0415  the watching process does not need it

        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _log(message: str) -> None:
    """One line of JSON, as `assistant.web.process.logs` writes them."""
    time_ = datetime.now(UTC).isoformat(timespec="milliseconds")
    line = {"time": time_, "level": "error", "logger": "supervisor", "message": message}
    with contextlib.suppress(OSError):  # nobody reads it any longer, which is no reason to stop serving
        sys.stderr.write(json.dumps(line) + "\n")
        sys.stderr.flush()
