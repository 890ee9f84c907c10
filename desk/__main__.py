"""`python -m desk`: open the maintainer's desk, or watch the sources; `python -m corpus desk` and `watch` start it."""

import os

# No library may call home: set before any of them is imported.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
os.environ.setdefault("DO_NOT_TRACK", "1")

import json
import sys
import tempfile
import threading
import webbrowser
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated

import typer
import uvicorn

from assistant.evaluation.labelled import read_questions
from assistant.refresh.report import MOST_LABELLED
from assistant.refresh.workshop import Workshop
from corpus import command_line
from corpus.durable import HeldError, only_writer
from corpus.errors import CorpusError
from desk import Desk
from desk.articles import settle
from desk.page.application import desk_app
from desk.telling import Ways, tell
from desk.watching import CODES
from desk.watching import watch as watch_once
from index.folder import IndexFolder
from index.published.signing import Trust
from index.stores import Engines
from settings import PROJECT, Settings

app = typer.Typer(help="The maintainer's desk.", no_args_is_help=True, add_completion=False, rich_markup_mode=None)
LOCAL, PORT = "127.0.0.1", 7861
REPORTS = PROJECT / "reports"
OWN_QUESTIONS = PROJECT / "tests" / "questions" / "dev.jsonl"  # where the project has its tests with it
SECONDS_TO_STOP = 5
Key = Annotated[Path | None, typer.Option("--key", help="file of the private key that signs what is published")]
Sample = Annotated[int, typer.Option("--sample", min=1, help="how many labelled questions to ask both versions")]
Folder = Annotated[Path, typer.Option("--report", help="where reports are kept")]


@app.command("open")
def open_(
    host: Annotated[str, typer.Option(help="address to listen on; others than this machine need DESK_PASSWORD")] = LOCAL,
    port: Annotated[int, typer.Option(min=1, max=65535)] = PORT,
    key: Key = None,
    folder: Folder = REPORTS,
    sample: Sample = MOST_LABELLED,
    is_shown: Annotated[bool, typer.Option("--browser/--no-browser", help="open it in a browser")] = True,
) -> None:
    """Open the desk: add, check, publish and take back articles in a browser, on this machine.

    From another machine it is refused, unless DESK_PASSWORD is set and a proxy that TRUSTED_PROXIES names brings https.
    """
    settings = Settings.from_environment()
    password = settings.desk_password.get_secret_value()
    if host not in {LOCAL, "::1", "localhost"} and not password:
        raise CorpusError(f"the desk is not opened at {host} without a password.", remedy="Set DESK_PASSWORD.")
    desk = _desk(settings, folder, key, sample)
    os.environ["GRADIO_TEMP_DIR"] = str(desk.inbox / "dropped")  # nobody else of this machine reads what an editor drops
    try:
        settle(desk)  # a change that was cut off is finished, or taken back
    except CorpusError as error:
        print(error.message, file=sys.stderr)  # somebody is at it now; the desk opens all the same
    with alone(desk) as note:
        server = uvicorn.Server(
            uvicorn.Config(
                desk_app(desk, password=password, proxies=settings.proxies, note=note),
                host=host,
                port=port,
                ws="none",
                proxy_headers=False,  # the gate judges what a proxy says
                server_header=False,
                access_log=False,
                log_level="warning",
                timeout_graceful_shutdown=SECONDS_TO_STOP,
            )
        )
        address = f"http://{host}:{port}/"
        print(f"The desk is open at {address}\n{note}".rstrip(), flush=True)
        if is_shown:
            threading.Timer(1.0, webbrowser.open, [address]).start()
        server.run()
        if not server.started:
            raise CorpusError(f"the desk could not be opened at {address}.", remedy="Choose another --port.")


@app.command()
def watch(
    publish: Annotated[bool, typer.Option("--publish", help="publish what holds the gate; else only propose it")] = False,
    key: Key = None,
    folder: Folder = REPORTS,
    sample: Sample = MOST_LABELLED,
    file: Annotated[Path | None, typer.Option("--file", help="where the notice is written; else watch.json")] = None,
    as_json: command_line.AsJson = False,
) -> None:
    """Refresh the sources, build, and propose what changed for visitors; for a timer.

    Exit code 0: nothing changed, or it was published; 3: a version waits to be published; 1: something must be looked at;
    2: an error. WATCH_WEBHOOK and WATCH_EMAIL are told as well, unless nothing changed.
    """
    settings = Settings.from_environment()
    notice = watch_once(_desk(settings, folder, key, sample), publishes=publish)
    ways = Ways(settings.watch_webhook.get_secret_value(), settings.watch_email, settings.smtp_url.get_secret_value())
    if notice.state == "unchanged":
        ways = Ways()
    notice = notice.leading_to(settings.desk_url or f"http://{LOCAL}:{PORT}/")
    failed = tell(notice, file=file or folder / "watch.json", ways=ways)
    print(json.dumps(notice.plain(), ensure_ascii=False) if as_json else notice.text)
    for line in failed:
        print(line, file=sys.stderr)
    raise typer.Exit(2 if failed else CODES[notice.state])


def _desk(settings: Settings, folder: Path, key: Path | None, sample: int) -> Desk:
    engines, trust = Engines.of(settings.index_store, settings.milvus), Trust.of(settings.index_public_key)
    index = IndexFolder(settings.index_dir, engines, trust, settings.index_source)
    questions = tuple(read_questions(OWN_QUESTIONS)) if OWN_QUESTIONS.is_file() else ()
    return Desk(
        Workshop(settings.corpus_dir, index, settings.model, settings.public_url, settings.region),
        reports=folder,
        inbox=Path(_inbox.name),
        feedback_file=settings.feedback_file,
        gaps_file=settings.gaps_file,
        servers=tuple(settings.served_at),
        questions=questions,
        sample=sample,
        key=key,
    )


@contextmanager
def alone(desk: Desk) -> Iterator[str]:
    """Say that a desk is open here; gives a sentence on another one, if there is one. Both may work: changes are locked."""
    note = ""
    with ExitStack() as stack:
        try:
            desk.corpus_dir.mkdir(parents=True, exist_ok=True)
            stack.enter_context(only_writer(desk.corpus_dir / ".lock-desk", desk.corpus_dir / ".lock-desk.holder"))
        except HeldError as held:
            note = f"Another desk is open: {held}. What both change at once, one of them is told."
        except OSError as error:
            note = f"The articles can be looked at, and not changed: {desk.corpus_dir} cannot be written ({error.strerror})."
        yield note


_inbox = tempfile.TemporaryDirectory(prefix="rls-desk-")  # deleted at the end of the program

if __name__ == "__main__":
    command_line.run(app, name="python -m desk")
