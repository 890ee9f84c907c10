"""assistant/web/process/live.py: what is published is served, without a dropped or mixed answer; a bad version is not."""

import json
import os
import re
import shutil
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from fastapi.testclient import TestClient

from assistant import Assistant
from assistant.web import create_server
from assistant.web.process.live import NOT_FETCHED, NOT_TIDIED, LiveAssistant, check_self
from corpus import Document, load_corpus
from index import Encoder, IndexDamagedError, build, current_version, open_version
from index.errors import SourceError
from index.passages import PassageTable
from index.published.locking import publishing
from index.published.pointer import publish
from index.published.version import list_versions
from index.replication.following import Mirror
from index.replication.object_store import ObjectStore
from index.replication.sending import share
from settings import PROJECT
from tests.browsers import serving
from tests.conftest import ARTICLE, HashEncoder, make_document
from tests.ending import join

CAUSE = "What causes gout?"
QUESTIONS = int(os.environ.get("STRESS_QUESTIONS", "100"))  # `make stress-refresh` asks 10,000
SWAPS = int(os.environ.get("STRESS_SWAPS", "4"))
IRON = "How is iron linked to dopamine?"
GOUT = make_document(
    "gout", ["Gout is caused by crystals of uric acid that form in a joint. Beer raises its level in the blood."]
)
SECONDS_TO_FOLLOW = 60  # five here (tests/benchmarks/results), more where other work takes the processor


@pytest.fixture
def index_dir(real_index: Path, tmp_path: Path) -> Path:
    """A copy of the index, to publish in."""
    return Path(shutil.copytree(real_index, tmp_path / "index"))


@pytest.fixture
def article() -> Document:
    return load_corpus(PROJECT / "corpus" / "articles")[0]


@pytest.fixture
def live(assistant: Assistant) -> LiveAssistant:
    return LiveAssistant(assistant)


@pytest.fixture
def client(live: LiveAssistant, index_dir: Path) -> Iterator[TestClient]:
    """The server without the chat page, following the index."""
    with TestClient(create_server(live, index_dir=index_dir)) as client:
        yield client


def publish_version(index_dir: Path, name: str) -> None:
    with publishing(index_dir) as layout:
        publish(layout, name)


def wait_for(live: LiveAssistant, name: str) -> None:
    deadline = time.monotonic() + SECONDS_TO_FOLLOW
    while live.current.version.name != name:
        assert time.monotonic() < deadline, f"{name} is not served; {live.failure}"
        time.sleep(0.05)


def test_a_published_version_is_served_without_a_restart_and_a_rolled_back_one_again(
    client: TestClient, live: LiveAssistant, index_dir: Path, article: Document, encoder: Encoder
) -> None:
    first = live.current.version.name
    second = build([article, GOUT], encoder=encoder, index_dir=index_dir).version
    wait_for(live, second)
    assert client.get("/articles/gout").status_code == 200
    assert client.get("/version").json()["articles"] == [ARTICLE, "gout"]
    answer = client.post("/api/ask", json={"turns": [CAUSE]}).json()
    assert (answer["index_version"], answer["citations"][0]["article"]) == (second, "gout")
    publish_version(index_dir, first)
    wait_for(live, first)
    assert client.get("/readyz").json() == {"status": "ok", "index_version": first}
    assert (live.swaps, live.failures) == (2, 0)


def test_of_a_removed_article_nothing_is_left_anywhere_on_a_running_server(
    index_dir: Path, tmp_path: Path, article: Document, encoder: Encoder
) -> None:
    def get(path: str, body: dict[str, object] | None = None) -> httpx.Response:
        return httpx.request("POST" if body else "GET", f"{server.url}{path}", json=body, timeout=20)

    def publish_and_wait(*documents: Document) -> None:
        name = build(list(documents), encoder=encoder, index_dir=index_dir).version
        deadline = time.monotonic() + SECONDS_TO_FOLLOW
        while get("/readyz").json() != {"status": "ok", "index_version": name}:
            assert time.monotonic() < deadline, get("/readyz").text
            time.sleep(0.1)

    with serving(["app.py"], index_dir=index_dir, feedback_file=tmp_path / "feedback.jsonl") as server:
        publish_and_wait(article, GOUT)
        for path in ("/", "/articles/gout"):
            assert GOUT.source.title in get(path).text, path
        assert "articles/gout" in get("/api/ask", {"turns": [CAUSE]}).text
        publish_and_wait(article)
        for path in ("/", "/version"):
            assert "gout" not in re.findall(r"\w+", get(path).text.lower()), path
        for question in (CAUSE, GOUT.source.title, IRON):
            answer = get("/api/ask", {"turns": [question]}).json()
            assert "gout" not in json.dumps(answer | {"message": ""})  # a message may name the visitor's own word
        assert get("/articles/gout").status_code == 410
        assert get("/articles/ale").status_code == 404


def test_what_is_gone_stays_gone_over_further_versions_until_it_comes_back(
    index_dir: Path, article: Document, encoder: Encoder
) -> None:
    def gone_after(*documents: Document) -> tuple[str, ...]:
        return open_version(index_dir, build(list(documents), encoder=encoder, index_dir=index_dir).version).manifest.gone

    assert gone_after(article, GOUT) == ()
    assert gone_after(article) == ("gout",)
    assert gone_after(replace(article, source=replace(article.source, author="Another"))) == ("gout",)
    assert gone_after(article, GOUT) == ()


@pytest.mark.parametrize("file", ["passages.npy", "vectors.npy", "store.faiss", "manifest.json"])
def test_a_damaged_version_leaves_the_old_one_serving_and_the_reason_is_told(
    client: TestClient, live: LiveAssistant, index_dir: Path, article: Document, encoder: Encoder, file: str
) -> None:
    first = live.current.version.name
    name = build([article, GOUT], encoder=encoder, index_dir=index_dir).version
    path = index_dir / name / file
    path.write_bytes(path.read_bytes()[:-1])
    assert not live.look(index_dir)
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()["index_version"], ready.json()["wanted_version"]) == (200, first, name)
    assert live.seconds_behind > 0
    assert name in ready.json()["not_loaded"]
    assert str(index_dir) not in ready.text
    assert client.post("/api/ask", json={"turns": [IRON]}).json()["index_version"] == first
    publish_version(index_dir, first)
    live.look(index_dir)
    assert live.failure == ""


def test_a_failure_is_counted_once_however_often_it_is_seen(live: LiveAssistant, index_dir: Path) -> None:
    (index_dir / "CURRENT").write_text("nonsense", encoding="utf-8")
    for _ in range(3):
        assert not live.look(index_dir)
    assert live.failures == 1
    assert "names no version" in live.failure


def test_a_version_of_another_model_is_not_served(live: LiveAssistant, index_dir: Path, article: Document) -> None:
    build([article], encoder=HashEncoder(), index_dir=index_dir)
    assert not live.look(index_dir)
    assert "another model" in live.failure


def test_a_version_that_the_page_cannot_show_is_not_served(
    live: LiveAssistant, index_dir: Path, article: Document, encoder: Encoder
) -> None:
    def refuse(_fresh: Assistant) -> None:
        raise RuntimeError

    live.before_each_swap(refuse)
    before = live.current
    build([article, GOUT], encoder=encoder, index_dir=index_dir)
    assert not live.look(index_dir)
    assert live.current is before
    assert "RuntimeError while loading version" in live.failure


def test_a_version_whose_passages_were_swapped_does_not_find_itself(assistant: Assistant) -> None:
    check_self(assistant)
    version = assistant.version
    swapped = replace(version, passages=PassageTable(version.documents.values(), version.passages.places[::-1]))
    with pytest.raises(IndexDamagedError, match=r"a query for passage .* does not find it"):
        check_self(assistant.on(swapped))


def test_questions_under_swaps_get_answers_of_one_version_each(
    live: LiveAssistant, index_dir: Path, article: Document, encoder: Encoder
) -> None:
    """Published to and fro while questions are asked: every answer cites one version, and its words stand in that."""
    moved = replace(
        article,
        text="New. " + article.text,
        sections=tuple(replace(section, start=section.start + 5, end=section.end + 5) for section in article.sections),
    )
    texts = {current_version(index_dir): article.text}
    texts[build([moved], encoder=encoder, index_dir=index_dir).version] = moved.text
    names = list_versions(index_dir)
    assert len(names) == len(texts) == 2
    is_over = threading.Event()

    def publish_to_and_fro() -> None:
        while not is_over.is_set():
            publish_version(index_dir, next(name for name in names if name != live.current.version.name))
            live.look(index_dir)

    publisher = threading.Thread(target=publish_to_and_fro, daemon=True)
    seen = set()
    publisher.start()
    try:
        asked = 0
        while asked < QUESTIONS or live.swaps < SWAPS:
            answer = live.current.ask([IRON, "What causes RLS?", "Does coffee make it worse?"][: 1 + asked % 3])
            seen.add(answer.index_version)
            for citation in answer.citations:
                assert texts[answer.index_version][citation.start : citation.end] == citation.quote
            asked += 1
            assert publisher.is_alive()
            assert (live.failures, live.failure) == (0, "")
    finally:
        is_over.set()
        join(publisher)
    assert seen == set(names)
    assert (live.failures, live.failure) == (0, "")
    assert live.swaps >= SWAPS
    print({"questions": asked, "swaps": live.swaps, "errors": 0, "mixed": 0})


class BrokenMirror:
    """Fails in each step in a way that nobody foresaw."""

    wanted, since, doubted = "", 0.0, ""

    def __init__(self) -> None:
        self.pulls = 0
        self.is_broken = True
        self.error: Exception = RuntimeError("/etc/passwd")

    def pull(self) -> bool:
        self.pulls += 1
        if self.is_broken:
            raise self.error
        return False

    def prune(self) -> None:
        if self.is_broken:
            raise IndexDamagedError("the manifest of a version cannot be read.", remedy="Build.")


def test_nothing_ends_the_thread_that_follows_and_what_it_met_is_told_in_fixed_words(
    live: LiveAssistant, index_dir: Path, caplog: pytest.LogCaptureFixture, article: Document, encoder: Encoder
) -> None:
    mirror = BrokenMirror()
    server = create_server(live, index_dir=index_dir, mirror=mirror)  # type: ignore[arg-type]
    with TestClient(server) as client:
        deadline = time.monotonic() + SECONDS_TO_FOLLOW
        while mirror.pulls < 3:
            assert time.monotonic() < deadline, "the thread has died"
            time.sleep(0.05)
        assert client.get("/readyz").json()["not_loaded"] == f"{NOT_FETCHED} {NOT_TIDIED}"
        told = [record.getMessage() for record in caplog.records if record.name == "assistant.web.process.live"]
        assert len(told) == 2, "each is told once"
        assert "RuntimeError" in told[0]
        assert "cannot be read" in told[1]
        mirror.error = SourceError(f"{index_dir} is away.", remedy="Check it.")  # of which everybody may know
        while client.get("/readyz").json()["not_loaded"] != f"INDEX_DIR is away. {NOT_TIDIED}":
            assert time.monotonic() < deadline
            time.sleep(0.05)
        assert (live.fetch_failures, "Check it." in caplog.text) == (2, True)
        name = build([article, GOUT], encoder=encoder, index_dir=index_dir).version
        wait_for(live, name)  # it goes on following all the same
        mirror.is_broken = False
        while "not_loaded" in client.get("/readyz").json():
            assert time.monotonic() < deadline + SECONDS_TO_FOLLOW
            time.sleep(0.05)


def test_a_version_of_an_older_format_beside_the_live_one_does_not_stop_the_mirror(
    live: LiveAssistant, index_dir: Path, tmp_path: Path
) -> None:
    replica, source = tmp_path / "replica", ObjectStore((tmp_path / "source").as_uri())
    share(source, index_dir, current_version(index_dir))
    mirror = Mirror(source, replica)
    mirror.pull()
    for number in range(4):
        stray = replica / f"2025010{number + 1}T000000Z-aaaaaa"
        stray.mkdir()
        (stray / "manifest.json").write_text('{"format": 5}', encoding="utf-8")
    mirror.prune()
    assert len(list_versions(replica)) == 3
    with TestClient(create_server(live, index_dir=replica, mirror=mirror)) as client:
        time.sleep(2.5)
        assert client.get("/readyz").json() == {"status": "ok", "index_version": live.current.version.name}


def test_a_folder_that_vanished_is_a_failure_and_not_the_end(live: LiveAssistant, tmp_path: Path) -> None:
    before = live.current
    assert not live.look(tmp_path / "nowhere")
    assert live.current is before
    assert live.failure.startswith("there is no index at INDEX_DIR")
