"""assistant/web/process/serving.py: what the serving process says of itself to the one that watches it."""

import socket
import threading
import time
from contextlib import ExitStack

from fastapi import FastAPI

from assistant import Assistant
from assistant.web import create_server
from assistant.web.gate.admission import Admission
from assistant.web.gate.rate_limit import RateLimit
from assistant.web.process.connections import Room
from assistant.web.process.lifecycle import Application
from assistant.web.process.live import LiveAssistant
from assistant.web.process.serving import Server
from supervisor import BEATS, Beat, Heartbeat
from tests.ending import join


class Following(LiveAssistant):
    """One whose wanted version a test decides."""

    other = ""

    @property
    def wanted(self) -> str:
        return self.other or self.current.version.name


class StuckAdmission(Admission):
    lost = False

    @property
    def is_stuck(self) -> bool:
        return self.lost


class Told:
    """What a watching process would have heard."""

    def __init__(self) -> None:
        self.own, self.theirs = socket.socketpair()
        self.own.setblocking(False)
        self.theirs.setblocking(False)
        self.heartbeat = Heartbeat(self.theirs, None)

    def is_now(self, beat: Beat) -> bool:
        """Whether that, and nothing else, is said for a while."""
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            self.heard()
            time.sleep(0.35)
            if self.heard() == {beat}:
                return True
        return False

    def heard(self) -> set[Beat]:
        try:
            return {BEATS[letter] for letter in self.own.recv(4_096)}
        except BlockingIOError:
            return set()


def test_the_event_loop_says_what_it_is_doing(assistant: Assistant) -> None:
    told, may_load, stopping = Told(), threading.Event(), threading.Event()
    live, admission = Following(assistant), StuckAdmission(RateLimit(0))

    def load() -> FastAPI:
        assert may_load.wait(10)
        return create_server(live, admission=admission)

    application = Application(load, on_change=lambda _state: None)
    server = Server(application, Room(10, 10), proxies=(), stopping=stopping, heartbeat=told.heartbeat)
    with ExitStack() as stack:
        stack.enter_context(told.own)
        stack.enter_context(told.theirs)
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()

        def stop() -> None:
            server.should_exit = True
            join(thread)

        with ExitStack() as running:
            running.callback(stop)
            assert told.is_now(Beat.STARTING)
            may_load.set()
            assert told.is_now(Beat.SERVING)
            live.other = "20991231T000000Z-aaaaaa"  # published, and being opened
            assert told.is_now(Beat.STARTING)
            live.failure = "it is damaged"
            assert told.is_now(Beat.SERVING)
            admission.lost = True
            assert told.is_now(Beat.STUCK)
        assert Beat.STOPPING in told.heard()
