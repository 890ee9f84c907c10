"""Reads the settings, wires the parts, serves. `python app.py`, or `make run`."""

import os

# No library may call home: set before any of them is imported.
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
os.environ.setdefault("DO_NOT_TRACK", "1")
if "SPACE_ID" in os.environ:  # a Hugging Face Space: framed by the hub, behind its proxies on a private network
    os.environ.setdefault("ALLOWED_ORIGINS", "https://huggingface.co")
    os.environ.setdefault("TRUSTED_PROXIES", "10.0.0.0/8")

import sys

import uvicorn
from fastapi import FastAPI

from assistant import Assistant, LiveAssistant
from assistant.web import create_server
from assistant.web.admission import Admission
from assistant.web.origins import AllowedOrigins
from assistant.web.rate_limit import RateLimit
from corpus import ShownError, load_corpus
from corpus.changing import removed_articles
from index import (
    Encoder,
    IndexDamagedError,
    IndexMissingError,
    IndexVersion,
    build,
    current_version,
    load_encoder,
    open_version,
)
from settings import Settings

SECONDS_TO_FINISH = 10  # for answers in flight when the process is told to stop


def create_app(settings: Settings, /) -> FastAPI:
    """Everything wired together; the index is built if none can be served.

    Raises:
        ShownError: a part cannot be had; the message says what to do.
    """
    encoder = load_encoder(settings.model)
    version = _servable_version(settings, encoder)
    live = LiveAssistant(Assistant(version, encoder, public_url=settings.public_url, region=settings.region))
    server = create_server(
        live,
        index_dir=settings.index_dir,
        feedback_file=settings.feedback_file,
        allowed_origins=settings.allowed_origins,
        admission=Admission(RateLimit(settings.rate_limit), region=settings.region),
    )
    if settings.page == "on":
        from assistant.web.chat_page import mount_chat_page  # noqa: PLC0415  gradio is loaded only where its page is

        mount_chat_page(server, live, frame_ancestors=AllowedOrigins.parse(settings.allowed_origins).frame_ancestors)
    return server


def _servable_version(settings: Settings, encoder: Encoder) -> IndexVersion:
    """The published version, built first if there is none or another model made it.

    An edited corpus is not built here: a restart must not publish what nobody asked to publish.
    """
    try:
        version = open_version(settings.index_dir, current_version(settings.index_dir))
        if version.manifest.model == encoder.fingerprint:
            return version
    except (IndexMissingError, IndexDamagedError) as error:
        print(f"{error.message} Building it now.")
    documents, removed = load_corpus(settings.corpus_dir), removed_articles(settings.corpus_dir)
    build(documents, encoder=encoder, index_dir=settings.index_dir, removed=removed)
    return open_version(settings.index_dir, current_version(settings.index_dir))


def main() -> None:
    """Serve until told to stop."""
    try:
        settings = Settings.from_environment()
        server = create_app(settings)
    except ShownError as error:
        sys.exit(str(error))
    print(f"Serving on http://{settings.host}:{settings.port}", flush=True)
    uvicorn.run(
        server,
        host=settings.host,
        port=settings.port,
        log_level="warning",
        proxy_headers=bool(settings.proxies),
        forwarded_allow_ips=settings.proxies,
        server_header=False,
        access_log=False,  # an access log would hold visitors' addresses
        timeout_graceful_shutdown=SECONDS_TO_FINISH,
    )


if __name__ == "__main__":
    main()
