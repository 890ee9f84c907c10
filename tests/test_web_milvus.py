"""Serving from Milvus: the same answers as from files; refused with a remedy while it is gone; urgent help always."""

import asyncio
import os
import random
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import uvicorn
from fastapi.testclient import TestClient

import app
from assistant import Assistant
from assistant.evaluation.labelled import read_questions
from assistant.web import create_server
from assistant.web.process.lifecycle import Application
from assistant.web.process.live import LiveAssistant
from corpus import load_corpus
from index import build, current_version, open_version
from index.encoding.sentence_transformer import SentenceTransformerEncoder
from index.published.model import export_if_missing
from index.published.version import IndexVersion
from index.stores import Engines
from settings import PROJECT, Settings
from tests.conftest import ARTICLE, make_document
from tests.milvus import ALIAS, LiteServer, engines_of, milvus, pointed_at
from tests.nginx import until

IRON = "How is iron linked to dopamine?"
DYING = "I want to kill myself"
SAMPLE = int(os.environ.get("MILVUS_QUESTIONS", "60"))  # of the labelled ones; 0: all
# More passages than compete, so that every question asks the store.
OTHERS = [
    make_document(f"plant-{n}", [f"Plant {n} has {n} leaves. Its root is {n} inches long. Gardeners number {n} like it."])
    for n in range(160)
]


class Builder:
    """Builds versions of all or some of the articles; each sentence is encoded once for all tests."""

    def __init__(self, encoder: SentenceTransformerEncoder, folder: Path) -> None:
        self.encoder = encoder
        self.documents = [*load_corpus(PROJECT / "corpus" / "articles"), *OTHERS]
        self._encodings = folder / "encodings.sqlite"
        build(self.documents, encoder=encoder, index_dir=folder)

    def build(self, index_dir: Path, engines: Engines, *, without: str = "") -> IndexVersion:
        if not index_dir.exists():
            index_dir.mkdir()
            shutil.copy(self._encodings, index_dir)
        documents = [document for document in self.documents if document.id != without]
        name = build(documents, encoder=self.encoder, index_dir=index_dir, engines=engines).version
        return open_version(index_dir, name, engines=engines)


@pytest.fixture(scope="module")
def builder(encoder: SentenceTransformerEncoder, tmp_path_factory: pytest.TempPathFactory) -> Builder:
    return Builder(encoder, tmp_path_factory.mktemp("builder"))


@pytest.fixture(scope="module")
def both(builder: Builder, tmp_path_factory: pytest.TempPathFactory) -> tuple[Assistant, Assistant]:
    """The same corpus, in files and in Milvus."""
    index_dir = tmp_path_factory.mktemp("both") / "index"
    versions = [builder.build(index_dir, engines) for engines in (Engines(), engines_of(milvus()))]
    assert len(versions[0].passages) > 256
    in_files, in_milvus = (Assistant(version, builder.encoder) for version in versions)
    return in_files, in_milvus


@pytest.mark.slow
def test_labelled_questions_get_the_same_answers_from_files_and_from_milvus(both: tuple[Assistant, Assistant]) -> None:
    questions = [question.turns for question in read_questions(PROJECT / "tests" / "questions" / "dev.jsonl")]
    chosen = random.Random(1).sample(questions, SAMPLE or len(questions))
    names = [assistant.version.name for assistant in both]
    differing = [
        turns
        for turns in chosen
        if both[0].ask(turns).as_json().replace(names[0], "") != both[1].ask(turns).as_json().replace(names[1], "")
    ]
    print(f"{len(chosen) - len(differing)} of {len(chosen)} answers are the same, byte for byte")
    assert differing == []


def test_labelled_questions_find_the_same_rows_in_files_and_in_milvus(
    both: tuple[Assistant, Assistant], encoder: SentenceTransformerEncoder
) -> None:
    in_files, in_milvus = (assistant.version for assistant in both)
    questions = [question.turns[-1] for question in read_questions(PROJECT / "tests" / "questions" / "dev.jsonl")]
    asked = [row.pooled for row in encoder.encode(random.Random(2).sample(questions, SAMPLE or len(questions)))]
    pairs = [[version.store.search(query, count=10)[1] for query in asked] for version in (in_files, in_milvus)]
    first = np.mean([left[0] == right[0] for left, right in zip(*pairs, strict=True)])
    recall = np.mean([np.isin(left, right).mean() for left, right in zip(*pairs, strict=True)])
    print(f"top 1 equal {first:.4f}, recall@10 {recall:.4f} of {len(asked)} questions")
    assert first >= 0.99
    assert recall >= 0.99


def test_nothing_of_a_removed_article_is_found(builder: Builder, both: tuple[Assistant, Assistant], tmp_path: Path) -> None:
    fewer = builder.build(tmp_path / "index", engines_of(milvus()), without=ARTICLE)
    whole = both[1].version
    removed = [row for row, passage in enumerate(whole.passages) if passage.document_id == ARTICLE]
    leaks = 0
    for row in removed:
        scores, rows = fewer.store.search(whole.vectors.pooled_of([row])[0], count=10)
        leaks += sum(fewer.passages[hit].document_id == ARTICLE for hit in rows) + int(scores[0] > 1 - 1e-5)
    assert leaks == 0
    assert pointed_at(milvus()) == fewer.manifest.store["collection"]


@contextmanager
def served(application: Application) -> Iterator[httpx.Client]:
    """An application behind a real server; once it is left it must be able to stop."""
    server = uvicorn.Server(uvicorn.Config(application, port=0, lifespan="on", log_config=None))
    thread = threading.Thread(target=asyncio.run, args=(server.serve(),), daemon=True)
    thread.start()
    until(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=20) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join(30)
        assert not thread.is_alive()


def ask(client: Any, question: str) -> Any:
    """Of a test client or of one of HTTP."""
    return client.post("/api/ask", json={"turns": [question]})


def test_while_milvus_is_gone_questions_get_503_with_a_remedy_and_it_recovers_by_itself(
    own_milvus: LiteServer, builder: Builder, tmp_path: Path
) -> None:
    engines = engines_of(own_milvus.milvus)
    version = builder.build(tmp_path / "index", engines)
    live = LiveAssistant(Assistant(version, builder.encoder), engines=engines)
    with TestClient(create_server(live, index_dir=tmp_path / "index")) as client:
        before = ask(client, IRON).json()
        own_milvus.kill()
        for number in range(4):
            begun = time.monotonic()
            refused = ask(client, f"What about plant {number}?")
            assert time.monotonic() - begun < 5
            assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
            assert refused.json()["error"] == "What holds the passages gives no answer."
            assert refused.json()["remedy"].startswith("Ask again in 5 seconds. In an emergency, call 112")
            assert ask(client, DYING).json()["kind"] == "urgent"
        assert ask(client, IRON).json() == before, "what was answered is remembered"
        assert client.get("/readyz").status_code == 200
        own_milvus.start()
        back = time.monotonic()
        while ask(client, "Why do my legs twitch at night?").status_code != 200:
            assert time.monotonic() - back < 10
            time.sleep(0.2)
        print(f"recovered {time.monotonic() - back:.1f} s after it was back")


def test_a_milvus_that_hangs_costs_one_question_five_seconds_and_urgent_help_is_soon_there(
    own_milvus: LiteServer, builder: Builder, tmp_path: Path
) -> None:
    version = builder.build(tmp_path / "index", engines_of(own_milvus.milvus))
    with TestClient(create_server(LiveAssistant(Assistant(version, builder.encoder)))) as client:
        own_milvus.signal(signal.SIGSTOP)
        seconds = []
        for number in range(3):
            begun = time.monotonic()
            assert ask(client, f"What about plant {number}?").status_code == 503
            seconds.append(time.monotonic() - begun)
        assert seconds[0] < 8
        assert max(seconds[1:]) < 2
        own_milvus.signal(signal.SIGCONT)
        back = time.monotonic()
        while ask(client, IRON).status_code != 200:
            assert time.monotonic() - back < 10
            time.sleep(0.2)


@pytest.mark.slow
def test_a_version_published_while_milvus_is_gone_waits_and_the_old_one_is_served(
    own_milvus: LiteServer, builder: Builder, tmp_path: Path
) -> None:
    index_dir, engines = tmp_path / "index", engines_of(own_milvus.milvus)
    first = builder.build(index_dir, Engines())  # in files: it goes on answering
    live = LiveAssistant(Assistant(first, builder.encoder), engines=engines)
    second = builder.build(index_dir, engines)
    own_milvus.kill()
    assert not live.look(index_dir)
    assert live.current.version.name == first.name
    assert live.failure == f"what holds the vectors of version {second.name} cannot be asked."
    assert live.current.ask([IRON]).citations
    own_milvus.start()
    live._failed = ("", 0.0)  # thirty seconds later
    assert live.look(index_dir)
    assert live.current.version.name == second.name


def settings_of(index_dir: Path, uri: str) -> Settings:
    values = {"index_store": "milvus", "milvus_uri": uri, "milvus_alias": ALIAS, "page": "off", "index_dir": index_dir}
    return Settings.model_validate(values)


@pytest.mark.slow
def test_a_start_before_milvus_waits_for_it_and_gives_urgent_help_meanwhile(
    own_milvus: LiteServer,
    builder: Builder,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    index_dir = tmp_path / "index"
    version = builder.build(index_dir, engines_of(own_milvus.milvus))
    export_if_missing(builder.encoder, version, index_dir)
    own_milvus.kill()
    settings = settings_of(index_dir, own_milvus.milvus.uri)
    with served(Application(lambda: app.create_app(settings), on_change=lambda _: None)) as client:
        time.sleep(3)
        assert (client.get("/livez").status_code, client.get("/readyz").status_code) == (200, 503)
        assert ask(client, DYING).json()["kind"] == "urgent"
        assert ask(client, IRON).status_code == 503
        own_milvus.start()
        back = time.monotonic()
        while client.get("/readyz").status_code != 200:
            assert time.monotonic() - back < 30
            time.sleep(0.2)
        assert ask(client, IRON).json()["index_version"] == version.name
    said = [record.getMessage() for record in caplog.records if record.name == "assistant.web.process.lifecycle"]
    assert sum("Trying again every 2 seconds." in line for line in said) == 1, "the same trouble is told once"


def test_a_start_that_waits_for_milvus_can_be_stopped(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "index", "http://127.0.0.1:9")
    application = Application(lambda: app.create_app(settings), on_change=lambda _: None)
    with served(application) as client:
        assert client.get("/livez").status_code == 200
    assert application.error is None
    assert not list(tmp_path.glob("index/2*")), "nothing was built"


@pytest.mark.skipif(SAMPLE > 0, reason="a minute on a busy machine: make test-milvus")
def test_an_index_is_built_into_a_file_of_milvus_lite_and_served_from_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = settings_of(tmp_path / "index", str(tmp_path / "own.db"))
    with TestClient(app.create_app(settings)) as client:
        assert ask(client, IRON).json()["kind"] == "answer"
    assert current_version(tmp_path / "index")
    assert "Building it now" in capsys.readouterr().out
    Engines.of(settings.index_store, settings.milvus).disconnect()
