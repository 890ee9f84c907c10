"""Reads the settings, wires the parts, serves. `python app.py`, or `make run`."""

import os

# No library may call home: set before any of them is imported.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
os.environ.setdefault("DO_NOT_TRACK", "1")
# Gradio would count the page's events in a table, with pandas, for a dashboard that is off: from so many events on.
os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", "1000000000")
# One thread a question: several are answered at once, and more threads than cores only wait for one another.
os.environ.setdefault("OMP_NUM_THREADS", "1")
if "SPACE_ID" in os.environ:  # a Hugging Face Space: framed by the hub, behind its proxies on a private network
    os.environ.setdefault("ALLOWED_ORIGINS", "https://huggingface.co")
    os.environ.setdefault("TRUSTED_PROXIES", "10.0.0.0/8")

import gc

gc.disable()  # nothing that is made while modules are loaded is garbage, and looking for some takes a tenth of the time

import contextlib
import math
import signal
import socket
import subprocess
import sys
import threading
import time
from types import FrameType

import uvicorn
from fastapi import FastAPI

from assistant import Assistant, LiveAssistant
from assistant.gaps.recorder import GapRecorder
from assistant.gaps.topics import Topics
from assistant.help_lines import check_region
from assistant.web import create_server
from assistant.web.admission import Admission
from assistant.web.lifecycle import Application, State
from assistant.web.logs import set_up_logs
from assistant.web.origins import AllowedOrigins
from assistant.web.rate_limit import RateLimit
from corpus import ShownError
from index import Encoder, IndexDamagedError, IndexMissingError, IndexVersion, current_version, encoder_for, open_version
from index.engines import Engines
from index.manifest import BUILD_COMMAND, read_manifest
from index.mirror import Mirror
from index.object_store import ObjectStore
from settings import PROJECT, Settings, SettingsError

gc.freeze()  # all of it stays, so no collection need go through it
gc.enable()

SECONDS_TO_TURN_AWAY = 2  # between the first sign of stopping, on /readyz, and the last new question
SECONDS_TO_FINISH = 12  # for answers in flight; more than their deadline
KEEP_ALIVE_SECONDS = 75  # longer than a reader pauses and than a proxy keeps its connections open
SWITCH_SECONDS = 0.0005  # how long a thread that computes may keep the one that answers and refuses waiting
BACKLOG = 2048  # connections that wait to be accepted


def create_app(settings: Settings, /, *, stopping: threading.Event | None = None) -> FastAPI:
    """Everything wired together. The index is fetched if there is an INDEX_SOURCE, else built if none can be served.

    `stopping` ends the waiting for a source that cannot be reached.

    Raises:
        ShownError: a part cannot be had; the message says what to do.
        SystemExit: it was told to stop before there was an index.
    """
    engines = Engines.of(settings.index_store, settings.milvus)
    mirror = _mirror(settings, stopping or threading.Event())
    version, encoder = _servable(settings, engines) if mirror is None else _fetched(settings, engines, mirror)
    gaps = GapRecorder(Topics(encoder), settings.gaps_file) if settings.record_gaps else None
    first = Assistant(version, encoder, public_url=settings.public_url, region=settings.region)
    live = LiveAssistant(first, gaps=gaps, engines=engines)
    admission = Admission(RateLimit(settings.rate_limit), region=settings.region)
    if settings.metrics_port:
        admission.metrics.serve(settings.metrics_port)
    server = create_server(
        live,
        index_dir=settings.index_dir,
        mirror=mirror,
        feedback_file=settings.feedback_file,
        allowed_origins=settings.allowed_origins,
        admission=admission,
    )
    if settings.page == "on":
        from assistant.web.chat_page import mount_chat_page  # noqa: PLC0415  gradio is loaded only where its page is

        mount_chat_page(server, live, frame_ancestors=AllowedOrigins.parse(settings.allowed_origins).frame_ancestors)
    return server


def _servable(settings: Settings, engines: Engines, /) -> tuple[IndexVersion, Encoder]:
    """The published version and its encoder; built first if there is none, or another model or engine made it.

    An edited corpus is not built here: a restart must not publish what nobody asked to publish.
    """
    try:
        name = current_version(settings.index_dir)
        if read_manifest(settings.index_dir, name).store["engine"] == engines.chosen:  # else it need not be reachable
            version, encoder = _published(settings, engines)
            if version.manifest.model == encoder.fingerprint:
                return version, encoder
    except (IndexMissingError, IndexDamagedError) as error:
        print(f"{error.message} Building it now.", flush=True)
    engines.reach()
    engines.disconnect()  # the file of Milvus Lite is opened by one process at a time
    _build(settings)
    return _published(settings, engines)


def _mirror(settings: Settings, stopping: threading.Event, /) -> Mirror | None:
    """What keeps INDEX_DIR like INDEX_SOURCE, if there is one."""
    if not settings.index_source:
        return None
    return Mirror(ObjectStore(settings.index_source), settings.index_dir, stopping=stopping)


def _fetched(settings: Settings, engines: Engines, mirror: Mirror) -> tuple[IndexVersion, Encoder]:
    """The version that the source publishes, and its encoder; nothing is ever built here."""
    mirror.first()
    try:
        return _published(settings, engines)
    except IndexDamagedError:
        if not mirror.repair(current_version(settings.index_dir)):
            raise
    except IndexMissingError:
        sys.exit(0)  # told to stop while it waited
    mirror.first()
    return _published(settings, engines)


def _published(settings: Settings, engines: Engines, /) -> tuple[IndexVersion, Encoder]:
    version = open_version(settings.index_dir, current_version(settings.index_dir), engines=engines)
    return version, encoder_for(version, settings.index_dir, model=settings.model, precision=settings.precision)


def _build(settings: Settings) -> None:
    """Build in a process of its own: it needs torch and all that comes with it, and this one should not hold them."""
    names = ["corpus_dir", "index_dir", "model", "precision", "index_store"]
    names += [name for name in Settings.model_fields if name.startswith("milvus_")]
    chosen = {name.upper(): str(getattr(settings, name)) for name in names}
    environment = os.environ | chosen | {"MILVUS_TOKEN": settings.milvus_token.get_secret_value()}
    places = os.pathsep.join([str(PROJECT), *filter(None, [os.environ.get("PYTHONPATH")])])
    command = [sys.executable, "-m", "index", "build"]  # its progress, or what is wrong, goes where ours goes
    if subprocess.run(command, env=environment | {"PYTHONPATH": places}, check=False).returncode:  # noqa: S603
        raise IndexMissingError("the index could not be built, for the reason above.", remedy=BUILD_COMMAND)


class Server(uvicorn.Server):
    """Told to stop, it first lets balancers know, then finishes what is in flight; told twice, it stops at once."""

    application: Application
    stopping: threading.Event
    _stop_at: float = math.inf  # by the monotonic clock

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal came; SIGINT is somebody at a keyboard, who need not wait for balancers."""
        self.stopping.set()
        if sig == signal.SIGINT or self._stop_at < math.inf:
            super().handle_exit(sig, frame)
            return
        self._stop_at = time.monotonic() + SECONDS_TO_TURN_AWAY
        self.application.drain()

    async def on_tick(self, counter: int) -> bool:
        """Whether to stop, asked ten times a second."""
        return await super().on_tick(counter) or time.monotonic() >= self._stop_at


def main() -> None:
    """Serve until told to stop."""
    try:
        settings = Settings.from_environment()
        check_region(settings.region)
        AllowedOrigins.parse(settings.allowed_origins)
        sockets = [_listen(settings)]
    except ShownError as error:
        sys.exit(str(error))
    set_up_logs()
    sys.setswitchinterval(SWITCH_SECONDS)

    def on_change(state: State) -> None:
        if state is State.SERVING:
            print(f"Serving on http://{settings.host}:{settings.port}", flush=True)
        elif state is State.FAILED:
            server.should_exit = True

    application = Application(
        lambda: create_app(settings, stopping=server.stopping), on_change=on_change, region=settings.region
    )
    server = Server(
        uvicorn.Config(
            application,
            lifespan="on",
            log_config=None,  # `set_up_logs` has seen to it
            proxy_headers=bool(settings.proxies),
            forwarded_allow_ips=settings.proxies,
            server_header=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            access_log=False,  # an access log would hold visitors' addresses
            timeout_graceful_shutdown=SECONDS_TO_FINISH,
        )
    )
    server.application, server.stopping = application, threading.Event()
    with contextlib.suppress(KeyboardInterrupt):  # uvicorn raises it once more, when all is done
        server.run(sockets)
    if isinstance(application.error, ShownError):
        sys.exit(str(application.error))
    if application.error is not None:
        raise application.error


def _listen(settings: Settings) -> socket.socket:
    """The socket, taken before the seconds of loading, so that a wrong address is known at once."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=BACKLOG)
    except OSError as error:
        why = str(error.strerror).split(" (while")[0]
        raise SettingsError(
            f"HOST={settings.host!r} and PORT={settings.port} cannot be used: {why}.",
            remedy="Set another port, or stop what listens there.",
        ) from None


if __name__ == "__main__":
    main()
