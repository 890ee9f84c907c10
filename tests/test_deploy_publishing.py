"""Three replicas in processes of their own, under questions, while versions are published: none half, none mixed, soon all.

`make stress-replicas` publishes twenty times instead of three, and keeps what was measured.
"""

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import pytest

from corpus import Document, load_corpus
from index import Encoder, build, current_version
from index.published.locking import publishing
from index.published.pointer import publish
from index.replication.object_store import ObjectStore
from index.replication.sending import push, share
from settings import PROJECT
from tests.browsers import URGENT, free_port
from tests.bucket import BucketServer, bucket_server
from tests.ending import join
from tests.nginx import until
from tests.read_only import read_only
from tests.replica_processes import ReplicaProcesses
from tests.stress.measuring import keep

REPLICAS = 3
PUBLISHES = int(os.environ.get("STRESS_PUBLISHES", "3"))
IS_MEASURED = "STRESS_PUBLISHES" in os.environ
MOST_SKEW_SECONDS = 5
SECONDS_TO_FOLLOW = 60
QUESTIONS = ("How is iron linked to dopamine?", "What causes RLS?", "Does coffee make it worse?")
PAUSE_SECONDS = 0.1  # of each asker between two questions


@dataclass
class Watched:
    """What clients saw: when each replica named each version first, answers, mixed answers, failures, and the skews."""

    seen: dict[tuple[int, str], float] = field(default_factory=dict)
    answers: int = 0
    citations: int = 0
    mixed: list[dict[str, Any]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    skew: list[float] = field(default_factory=list)  # seconds from the first to the last swap, one a version


@contextmanager
def watching(ports: tuple[int, ...], texts: dict[str, str]) -> Iterator[Watched]:
    """Ask every replica questions and for its version, until the end of the block."""
    found, is_over = Watched(), threading.Event()

    def ask(port: int) -> None:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False) as client:
            while not is_over.wait(PAUSE_SECONDS):
                response = client.post("/api/ask", json={"turns": [QUESTIONS[found.answers % len(QUESTIONS)]]})
                if response.status_code != 200:
                    found.failures.append(response.text)
                    continue
                answer, found.answers = response.json(), found.answers + 1
                text = texts[answer["index_version"]]
                found.citations += len(answer["citations"])
                if any(text[c["start"] : c["end"]] != c["quote"] for c in answer["citations"]):
                    found.mixed.append(answer)

    def look(port: int) -> None:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False) as client:
            before = ""
            while not is_over.wait(0.05):
                version = client.get("/version").json()["index_version"]
                if version != before:
                    found.seen[port, version] = time.monotonic()
                before = version

    threads = [threading.Thread(target=target, args=(port,), daemon=True) for port in ports for target in (ask, look)]
    for thread in threads:
        thread.start()
    try:
        yield found
    finally:
        is_over.set()
        for thread in threads:
            join(thread)


def publish_and_watch(ports: tuple[int, ...], texts: dict[str, str], publish_version: Callable[[str], None]) -> Watched:
    """Publish the versions in turn, each when all serve the one before; checks and tells what was seen."""
    names, follow = sorted(texts), []
    with watching(ports, texts) as found:
        for n in range(PUBLISHES):
            name = names[(n + 1) % len(names)]
            for port in ports:
                found.seen.pop((port, name), None)
            publish_version(name)
            published = time.monotonic()
            until(lambda name=name: all((port, name) in found.seen for port in ports), seconds=SECONDS_TO_FOLLOW)  # type: ignore[misc]
            swaps = [found.seen[port, name] for port in ports]
            follow += [swap - published for swap in swaps]
            found.skew.append(max(swaps) - min(swaps))
            time.sleep(0.5)
    assert (found.mixed, found.failures) == ([], [])
    assert found.citations > PUBLISHES
    figures = {
        "publishes": PUBLISHES,
        "seconds_to_swap_median": round(median(follow), 2),
        "seconds_to_swap_max": round(max(follow), 2),
        "skew_seconds_median": round(median(found.skew), 2),
        "skew_seconds_max": round(max(found.skew), 2),
        "answers": found.answers,
        "citations": found.citations,
        "mixed": len(found.mixed),
        "failed": len(found.failures),
    }
    print(figures)
    if IS_MEASURED:
        test = os.environ["PYTEST_CURRENT_TEST"].rpartition("::")[2].partition(" ")[0]
        keep(f"three replicas, {PUBLISHES} publishes: {test}", figures)
        assert max(found.skew) <= MOST_SKEW_SECONDS
    return found


@pytest.fixture
def built(real_index: Path, tmp_path: Path) -> Path:
    """The maintainer's folder."""
    return Path(shutil.copytree(real_index, tmp_path / "built"))


@pytest.fixture
def texts(built: Path, encoder: Encoder) -> dict[str, str]:
    """Four versions of the article, the published one among them: text by version, every offset different in each."""
    article = load_corpus(PROJECT / "corpus" / "articles")[0]
    found = {current_version(built): article.text}
    for n in range(1, 4):
        moved = moved_by(article, 5 * n)
        name = build([moved], encoder=encoder, index_dir=built, publish_it=False).version
        found[name] = moved.text
    return found


def moved_by(article: Document, characters: int) -> Document:
    prefix = "New. " * (characters // 5)
    sections = tuple(replace(s, start=s.start + characters, end=s.end + characters) for s in article.sections)
    return replace(article, text=prefix + article.text, sections=sections)


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[ReplicaProcesses]:
    """Replicas without the page that could not build if they would; all are ended."""
    environment = {"PAGE": "off", "CORPUS_DIR": str(tmp_path / "nothing"), "FEEDBACK_FILE": str(tmp_path / "feedback.jsonl")}
    found = ReplicaProcesses({**environment, "RATE_LIMIT": "0"}, tmp_path)
    try:
        yield found
    finally:
        for port in found.ports:
            found.kill(port)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[BucketServer]:
    (tmp_path / "s3").mkdir()
    with bucket_server(tmp_path / "s3") as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        yield server


def get(port: int, path: str) -> httpx.Response:
    return httpx.get(f"http://127.0.0.1:{port}{path}", timeout=20, trust_env=False)


def listens(port: int) -> bool:
    try:
        return get(port, "/livez").status_code == 200
    except httpx.HTTPError:
        return False


def publish_to_a_shared_folder(built: Path, texts: dict[str, str], processes: ReplicaProcesses, tmp_path: Path) -> Watched:
    """As on a network: the maintainer writes, the replicas have it mounted read-only."""
    mounted = tmp_path / "mounted"
    mounted.mkdir()
    with read_only(built, at=mounted):
        processes.environment["INDEX_DIR"] = str(mounted)
        for _ in range(REPLICAS):
            processes.start(free_port())
        for port in processes.ports:
            processes.wait_until_ready(port)

        def publish_it(name: str) -> None:
            with publishing(built) as layout:
                publish(layout, name)

        found = publish_and_watch(processes.ports, texts, publish_it)
        for port in processes.ports:
            processes.kill(port)
    return found


def test_replicas_of_one_shared_folder_that_they_may_only_read_swap_alike(
    built: Path, texts: dict[str, str], processes: ReplicaProcesses, tmp_path: Path
) -> None:
    publish_to_a_shared_folder(built, texts, processes, tmp_path)


@pytest.mark.timing
def test_replicas_of_one_shared_folder_swap_within_seconds_of_each_other(
    built: Path, texts: dict[str, str], processes: ReplicaProcesses, tmp_path: Path
) -> None:
    found = publish_to_a_shared_folder(built, texts, processes, tmp_path)
    assert max(found.skew) <= MOST_SKEW_SECONDS


@pytest.mark.slow
def test_replicas_of_an_object_store_wait_for_it_swap_alike_and_outlive_it(
    built: Path, texts: dict[str, str], processes: ReplicaProcesses, server: BucketServer, tmp_path: Path
) -> None:
    bucket = server.bucket("rls")
    source = ObjectStore(bucket.url)
    processes.environment["INDEX_SOURCE"] = bucket.url
    for number in range(REPLICAS):
        processes.environment["INDEX_DIR"] = str(tmp_path / f"replica-{number}")
        processes.start(free_port())
    first = min(texts)
    one = processes.ports[0]
    until(partial(listens, one))
    time.sleep(2)
    assert get(one, "/readyz").status_code == 503
    asked = httpx.post(f"http://127.0.0.1:{one}/api/ask", json={"turns": [URGENT]}, timeout=20, trust_env=False)
    assert asked.json()["kind"] == "urgent"
    share(source, built, first)
    for port in processes.ports:
        processes.wait_until_ready(port)
        assert get(port, "/readyz").json() == {"status": "ok", "index_version": first}

    publish_and_watch(processes.ports, texts, lambda name: share(source, built, name))
    served = get(one, "/version").json()["index_version"]

    server.stop()
    until(lambda: "not_loaded" in get(one, "/readyz").json(), seconds=30)
    ready = get(one, "/readyz")
    assert (ready.status_code, ready.json()["index_version"]) == (200, served)
    assert "INDEX_SOURCE cannot be reached" in ready.json()["not_loaded"]
    server.start()
    until(lambda: "not_loaded" not in get(one, "/readyz").json(), seconds=30)

    push(source, built, next(name for name in sorted(texts) if name != served), anew=True)
    time.sleep(2)
    assert get(one, "/version").json()["index_version"] == served, "what was only sent is not served"
    said = (tmp_path / "output").read_text(encoding="utf-8")
    assert "not-a-secret" not in said
    assert "Building" not in said


def test_told_to_stop_while_it_waits_for_its_source_a_replica_ends_at_once(
    processes: ReplicaProcesses, server: BucketServer, tmp_path: Path
) -> None:
    processes.environment |= {"INDEX_SOURCE": server.bucket("empty").url, "INDEX_DIR": str(tmp_path / "replica")}
    processes.start(port := free_port())
    until(partial(listens, port))
    time.sleep(1)
    processes.processes[port].terminate()
    assert processes.processes[port].wait(timeout=20) == 0
