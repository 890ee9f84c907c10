"""uvicorn as this project runs it: connections are bounded, the event loop's heart beats, and stopping loses no answer.

Its process, which holds questions while they are answered, leaves no core dump.
"""

import ctypes
import math
import resource
import signal
import socket
import sys
import threading
import time
from collections.abc import Sequence
from types import FrameType
from typing import Any, cast

import uvicorn

from assistant.web.process.connections import Connections, Room
from assistant.web.process.lifecycle import Application, State
from supervisor import Beat, Heartbeat

SECONDS_TO_TURN_AWAY = 2  # between the first sign of stopping, on /readyz, and the last new question
SECONDS_TO_FINISH = 12  # for answers in flight; more than their deadline
KEEP_ALIVE_SECONDS = 75  # longer than a reader pauses and than a proxy keeps its connections open
PR_SET_DUMPABLE = 4  # of prctl(2)


class Server(uvicorn.Server):
    """Told to stop, it first lets balancers know, then finishes what is in flight; told twice, it stops at once."""

    def __init__(
        self,
        application: Application,
        room: Room,
        /,
        *,
        proxies: Sequence[str],
        stopping: threading.Event,
        heartbeat: Heartbeat | None = None,
    ) -> None:
        config = uvicorn.Config(
            application,
            http=cast("Any", Connections(room, proxies=proxies).protocol),
            ws="none",  # nothing here speaks it
            backlog=room.backlog,
            lifespan="on",
            log_config=None,  # `set_up_logs` has seen to it
            proxy_headers=bool(proxies),
            forwarded_allow_ips=list(proxies),
            server_header=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            access_log=False,  # an access log would hold visitors' addresses
            timeout_graceful_shutdown=SECONDS_TO_FINISH,
        )
        super().__init__(config)
        self._application = application
        self._stopping = stopping
        self._heartbeat = heartbeat
        self._stop_at = math.inf  # by the monotonic clock

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal came; SIGINT is somebody at a keyboard, who need not wait for balancers."""
        self._stopping.set()
        if sig == signal.SIGINT or self._stop_at < math.inf:
            super().handle_exit(sig, frame)
            return
        self._stop_at = time.monotonic() + SECONDS_TO_TURN_AWAY
        self._application.drain()

    async def on_tick(self, counter: int) -> bool:
        """Whether to stop, asked ten times a second."""
        self.beat()
        return await super().on_tick(counter) or time.monotonic() >= self._stop_at

    def beat(self) -> None:
        """Tell the process that watches what this one is doing, now."""
        self._beat(self._state())

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """From now on the loop only waits for what is in flight."""
        self._beat(Beat.STOPPING)
        await super().shutdown(sockets)

    def _state(self) -> Beat:
        if self._application.state is State.FAILED:
            return Beat.STOPPING
        if self._application.is_stuck:
            return Beat.STUCK
        return Beat.STARTING if self._application.is_opening else Beat.SERVING

    def _beat(self, beat: Beat) -> None:
        if self._heartbeat:
            self._heartbeat.beat(beat)


def forbid_core_dumps() -> None:
    """No core dump, whatever ends it; and on Linux no other process of this user may read its memory, either.

    A limit of 0 alone is not enough: a `core_pattern` that names a program, as systemd's does, is handed the dump all the
    same. Of a process that is not dumpable, no dump is made.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
