"""Reads the settings, wires the parts, serves. `python app.py`, or `make run`."""

import os

HEARTBEAT = None
if __name__ == "__main__":
    import supervisor

    HEARTBEAT = supervisor.supervised(os.environ)  # the process that watches goes no further, and so stays small

# No library may call home: set before any of them is imported.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
os.environ.setdefault("DO_NOT_TRACK", "1")
# After so many events Gradio would count them with pandas, for a dashboard that is off.
os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", "1000000000")
# One thread a question: several are answered at once, and threads beyond the cores would only wait.
os.environ.setdefault("OMP_NUM_THREADS", "1")
if "SPACE_ID" in os.environ:  # a Hugging Face Space: framed by the hub, behind its proxies on a private network
    os.environ.setdefault("ALLOWED_ORIGINS", "https://huggingface.co")
    os.environ.setdefault("TRUSTED_PROXIES", "10.0.0.0/8")

import contextlib
import inspect
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from functools import partial
from types import ModuleType
from typing import Any

from fastapi import FastAPI

from assistant import Assistant
from assistant.gaps.recorder import GapRecorder
from assistant.gaps.topics import Topics
from assistant.retrieval.learned.multilingual import load_multilingual
from assistant.triage.urgent import check_region
from assistant.web import create_server
from assistant.web.gate.admission import Admission
from assistant.web.gate.origins import AllowedOrigins
from assistant.web.gate.rate_limit import RateLimit
from assistant.web.process.connections import make_room
from assistant.web.process.lifecycle import Application, State
from assistant.web.process.live import LiveAssistant, reason
from assistant.web.process.logs import as_log_lines, set_up_logs
from assistant.web.process.serving import Server, forbid_core_dumps
from assistant.web.process.starting import COMPLETED, NothingToServeError, Opened, Start, Watched, begin
from corpus import Document, ShownError, load_corpus
from corpus.site import load_site
from index import IndexDamagedError, IndexMissingError, current_version, encoder_for, open_version
from index.errors import BUILD_COMMAND, StoreUnreachableError
from index.published.manifest import read_manifest
from index.published.signing import Trust
from index.replication.following import Mirror
from index.replication.object_store import ObjectStore
from index.stores import Engines
from settings import PROJECT, Settings, SettingsError
from supervisor import Heartbeat

SECONDS_BETWEEN_STARTS = 2.0  # while INDEX_SOURCE has nothing to serve
SWITCH_SECONDS = 0.0005  # how long a thread that computes may delay the one that answers and refuses


def create_app(settings: Settings, /, *, stopping: threading.Event | None = None) -> FastAPI:
    """Everything wired together. The index is fetched if there is an INDEX_SOURCE, else built if none can be served.

    `stopping` ends what is being fetched from a source, and the waiting for one.

    Raises:
        ShownError: a part is missing; the message says what to do.
        SystemExit: it was told to stop before there was an index.
    """
    engines, trust = Engines.of(settings.index_store, settings.milvus), Trust.of(settings.index_public_key)
    opened, mirror = partial(_opened, settings, engines, trust), None
    if settings.index_source:
        stopping = stopping or threading.Event()
        mirror = Mirror(ObjectStore(settings.index_source), settings.index_dir, stopping=stopping, trust=trust)
        start = _fetched(settings, mirror, opened, stopping)
    else:
        start = _built_or_published(settings, engines, trust, opened)
    first = start.assistant
    trust.saw(settings.index_dir, first.version.name)
    gaps = GapRecorder(Topics(first.encoder), settings.gaps_file) if settings.record_gaps else None
    live = LiveAssistant(first, gaps=gaps, engines=engines, trust=trust)
    if start.why:
        live.missed(start.wanted, start.why)
    admission = Admission(RateLimit(settings.rate_limit), region=settings.region)
    if settings.preload_languages:
        load_multilingual()
    if settings.metrics_port:
        admission.metrics.serve(settings.metrics_port)
    server = create_server(
        live,
        index_dir=settings.index_dir,
        mirror=mirror,
        feedback_file=settings.feedback_file,
        allowed_origins=settings.allowed_origins,
        admission=admission,
        security_contacts=settings.security_contacts,
        public_url=settings.public_url,
        mcp=settings.mcp == "on",
        operator=settings.operator,
    )
    if settings.page == "on":
        with _light_import():
            from assistant.web.routes.chat import mount_chat_page  # noqa: PLC0415  gradio is loaded only where its page is

        frame_ancestors = AllowedOrigins.parse(settings.allowed_origins).frame_ancestors
        mount_chat_page(server, live, frame_ancestors=frame_ancestors, operator=settings.operator)
    return server


@contextlib.contextmanager
def _light_import() -> Iterator[None]:
    """While Gradio is imported: without pandas (67 MB) and MCP (25 MB), and without comparing stubs with sources (1.2 s).

    One module of it asks pandas whether a value is a table; our page has none. A class whose file is not known gets no stub.
    """
    stand_in, getfile = ModuleType("pandas"), inspect.getfile
    stand_in.DataFrame = stand_in.Series = type("Table", (), {})  # type: ignore[attr-defined]
    # Gradio would import the whole SDK of MCP, which is loaded here, less of it, when somebody uses it.
    hidden = "mcp" not in sys.modules
    if hidden:
        sys.modules["mcp"] = None  # type: ignore[assignment]

    def file_of(thing: Any) -> str:
        if isinstance(thing, type) and thing.__module__.startswith("gradio."):
            raise OSError("no stub is wanted")
        return getfile(thing)

    sys.modules.setdefault("pandas", stand_in)
    inspect.getfile = file_of  # type: ignore[assignment]
    try:
        yield
    finally:
        inspect.getfile = getfile
        if hidden:
            del sys.modules["mcp"]
        if sys.modules["pandas"] is stand_in:
            del sys.modules["pandas"]  # others look for pandas among the modules, RapidFuzz at each question


def _built_or_published(settings: Settings, engines: Engines, trust: Trust, opened: Opened, /) -> Start:
    """The published version, or the newest whole one; built first if there is none, or if another engine is chosen.

    An edited corpus is not built here: nobody asked a restart to publish it.

    Raises:
        NothingToServeError: there is none, and none can be built.
    """
    why = "the chosen engine has no version yet."
    watched = [(settings.corpus_dir, "*/*"), *((settings.index_dir, pattern) for pattern in COMPLETED)]
    try:
        if _is_of_engine(settings, engines, trust):
            return begin(settings.index_dir, opened)
    except StoreUnreachableError:
        raise
    except ShownError as error:
        why = reason("", error).replace(str(settings.index_dir), "INDEX_DIR")
        if trust.is_on:  # what is built here nobody has signed
            raise _nothing(settings, error, watched=watched, why=why) from None
        print(f"{error.message} Building it now.", flush=True)
    try:
        engines.reach()
        engines.disconnect()  # the file of Milvus Lite is opened by one process at a time
        _build(settings)
        return begin(settings.index_dir, opened)
    except StoreUnreachableError:
        raise
    except ShownError as error:
        raise _nothing(settings, error, watched=watched, why=why) from None


def _is_of_engine(settings: Settings, engines: Engines, trust: Trust, /) -> bool:
    """Whether the published version is of the chosen engine; yes if its manifest cannot be read. No store is asked."""
    try:
        published = read_manifest(settings.index_dir, current_version(settings.index_dir), trust=trust)
    except (IndexMissingError, IndexDamagedError):
        return True
    return bool(published.store["engine"] == engines.chosen)


def _nothing(settings: Settings, error: ShownError, /, *, watched: Sequence[Watched], why: str = "") -> NothingToServeError:
    """The error that says there is nothing to serve; it brings the articles, which can still be read."""
    documents: list[Document] = []
    site = ""
    with contextlib.suppress(ShownError):
        documents = load_corpus(settings.corpus_dir)
        site = load_site(settings.corpus_dir)
    return NothingToServeError(error, documents=documents, site=site, watched=watched, why=why)


def _fetched(settings: Settings, mirror: Mirror, opened: Opened, stopping: threading.Event, /) -> Start:
    """The version that the source publishes, or the newest whole one that is here; nothing is ever built here.

    Raises:
        NothingToServeError: there is none here.
    """

    def mended(name: str) -> Assistant:
        try:
            return opened(name)
        except IndexDamagedError:
            mirror.doubted = name
            mirror.pull()
            return opened(name)

    failure: ShownError | None = None
    try:
        mirror.pull()
    except ShownError as error:
        failure = error
    try:
        return begin(settings.index_dir, mended)
    except StoreUnreachableError:
        raise
    except ShownError as error:
        if stopping.wait(SECONDS_BETWEEN_STARTS):
            sys.exit(0)  # told to stop while there was nothing to serve
        why = failure.message.replace(str(settings.index_dir), "INDEX_DIR") if failure else ""
        raise _nothing(settings, failure or error, watched=(), why=why) from None


def _opened(settings: Settings, engines: Engines, trust: Trust, name: str, /) -> Assistant:
    trust.check_age(settings.index_dir, name)
    version = open_version(settings.index_dir, name, engines=engines, trust=trust)
    encoder = encoder_for(version, settings.index_dir, model=settings.model, trust=trust)
    return Assistant(version, encoder, public_url=settings.public_url, region=settings.region)


def _build(settings: Settings) -> None:
    """Build in a process of its own, so that torch never enters this one."""
    names = ["corpus_dir", "index_dir", "model", "index_store"]
    names += [name for name in Settings.model_fields if name.startswith("milvus_")]
    chosen = {name.upper(): str(getattr(settings, name)) for name in names}
    environment = os.environ | chosen | {"MILVUS_TOKEN": settings.milvus_token.get_secret_value()}
    places = os.pathsep.join([str(PROJECT), *filter(None, [os.environ.get("PYTHONPATH")])])
    command = [sys.executable, "-m", "index", "build"]  # its progress, or what is wrong, goes where ours goes
    if subprocess.run(command, env=environment | {"PYTHONPATH": places}, check=False).returncode:  # noqa: S603
        raise IndexMissingError("the index could not be built, for the reason above.", remedy=BUILD_COMMAND)


def main(heartbeat: Heartbeat | None = None, /) -> None:
    """Serve until told to stop; with a `heartbeat`, watched by another process."""
    room = make_room()
    try:
        settings = Settings.from_environment()
        check_region(settings.region)
        AllowedOrigins.parse(settings.allowed_origins)
        listener = (heartbeat and heartbeat.listener) or _listen(settings, room.backlog)
    except ShownError as error:
        sys.exit(str(error))
    if heartbeat and not heartbeat.listener:
        heartbeat.lend(listener)
    set_up_logs()
    sys.setswitchinterval(SWITCH_SECONDS)

    def on_change(state: State) -> None:
        if state is State.SERVING:
            server.beat()  # before the first question: who is starting is given a minute, who serves five seconds
            print(f"Serving on http://{settings.host}:{settings.port}", flush=True)
        elif state is State.FAILED:
            server.should_exit = True

    stopping = threading.Event()
    application = Application(
        lambda: create_app(settings, stopping=stopping),
        on_change=on_change,
        region=settings.region,
        allowed_origins=settings.allowed_origins,
    )
    server = Server(application, room, proxies=settings.proxies, stopping=stopping, heartbeat=heartbeat)
    # uvicorn raises KeyboardInterrupt once more, when all is done
    with contextlib.suppress(KeyboardInterrupt), contextlib.redirect_stderr(as_log_lines()):
        server.run([listener])
    if isinstance(application.error, ShownError):
        sys.exit(str(application.error))
    if application.error is not None:
        raise application.error


def _listen(settings: Settings, backlog: int) -> socket.socket:
    """The socket, taken before the seconds of loading, so that a wrong address is known at once."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=backlog)
    except OSError as error:
        why = str(error.strerror).split(" (while")[0]
        raise SettingsError(
            f"HOST={settings.host!r} and PORT={settings.port} cannot be used: {why}.",
            remedy="Set another port, or stop what listens there.",
        ) from None


if __name__ == "__main__":
    forbid_core_dumps()
    main(HEARTBEAT)
