"""A process begins with the published version, or with the newest whole one; with none it does not end."""

import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

import app
from assistant.web.process.live import reason
from assistant.web.process.starting import NothingToServeError, begin
from corpus import load_corpus
from index import Encoder, IndexMissingError, ModelError, build, current_version
from index.errors import StoreCallError, StoreUnreachableError
from index.published.manifest import FORMAT
from index.published.version import list_versions
from index.replication.object_store import ObjectStore
from index.replication.sending import share
from settings import PROJECT, Settings
from tests.conftest import ARTICLE, HashEncoder, make_document

GOUT = make_document("gout", ["Gout is caused by crystals of uric acid that form in a joint."])


@pytest.fixture(autouse=True)
def _nothing_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    """A build at a start would hide what these tests are about."""

    def refuse(_settings: Settings) -> None:
        raise IndexMissingError("the index could not be built, for the reason above.", remedy="Build.")

    monkeypatch.setattr(app, "_build", refuse)


@pytest.fixture
def index_dir(real_index: Path, tmp_path: Path, encoder: Encoder) -> Path:
    """A copy of the index with a second, newer version, published."""
    folder = Path(shutil.copytree(real_index, tmp_path / "index"))
    build([*load_corpus(PROJECT / "corpus" / "articles"), GOUT], encoder=encoder, index_dir=folder)
    return folder


def settings(index_dir: Path, **others: object) -> Settings:
    return Settings.model_validate({"index_dir": index_dir, "page": "off", **others})


def unreadable(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def of_another_format(manifest: Path) -> None:
    manifest.write_text(json.dumps(json.loads(manifest.read_bytes()) | {"format": FORMAT - 1}))


BAD: dict[str, Callable[[Path], object]] = {
    "damaged": lambda folder: (folder / "vectors.npy").write_bytes(b"x"),
    "half written": lambda folder: (folder / "documents.json").unlink(),
    "no manifest": lambda folder: (folder / "manifest.json").unlink(),
    "unreadable": lambda folder: unreadable(folder / "passages.npy"),
    "another format": lambda folder: of_another_format(folder / "manifest.json"),
    "gone": shutil.rmtree,
}


@pytest.mark.parametrize("spoil", BAD.values(), ids=BAD.keys())
def test_a_restart_while_a_bad_version_is_published_serves_the_newest_whole_one_and_says_so(
    index_dir: Path, spoil: Callable[[Path], object]
) -> None:
    older, bad = list_versions(index_dir)
    spoil(index_dir / bad)
    with TestClient(app.create_app(settings(index_dir))) as client:
        ready = client.get("/readyz")
        assert (ready.status_code, ready.json()["index_version"], ready.json()["wanted_version"]) == (200, older, bad)
        assert bad in ready.json()["not_loaded"]
        assert str(index_dir) not in ready.text
        answer = client.post("/api/ask", json={"turns": ["How is iron linked to dopamine?"]}).json()
        assert (answer["kind"], answer["index_version"]) == ("answer", older)
    assert current_version(index_dir) == bad, "a start publishes nothing"


def test_a_restart_on_a_version_of_another_model_serves_the_newest_of_the_right_one(index_dir: Path) -> None:
    names = list_versions(index_dir)
    build([make_document()], encoder=HashEncoder(), index_dir=index_dir)
    with TestClient(app.create_app(settings(index_dir))) as client:
        assert client.get("/readyz").json()["index_version"] == names[-1]


@pytest.mark.parametrize("content", [None, b"nonsense", b""])
def test_a_restart_without_a_sound_pointer_serves_the_newest_that_was_published(
    index_dir: Path, content: bytes | None
) -> None:
    newest = list_versions(index_dir)[-1]
    (index_dir / "CURRENT").unlink()
    if content is not None:
        (index_dir / "CURRENT").write_bytes(content)
    with TestClient(app.create_app(settings(index_dir))) as client:
        ready = client.get("/readyz").json()
    assert ready["index_version"] == newest
    assert "CURRENT" in ready["not_loaded"] or "no index" in ready["not_loaded"]
    assert "nonsense" not in str(ready)
    assert "wanted_version" not in ready, "nobody knows which one is wanted"


def test_a_version_that_was_never_published_is_not_begun_with(index_dir: Path, encoder: Encoder) -> None:
    published = list_versions(index_dir)
    build([GOUT], encoder=encoder, index_dir=index_dir, publish_it=False)
    (index_dir / published[-1] / "vectors.npy").write_bytes(b"")
    with TestClient(app.create_app(settings(index_dir))) as client:
        assert client.get("/readyz").json()["index_version"] == published[0]


def test_a_mended_version_is_served_without_another_restart(index_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.web.process.live.TRY_AGAIN_AFTER_SECONDS", 0.1)
    older, bad = list_versions(index_dir)
    whole = (index_dir / bad / "vectors.npy").read_bytes()
    (index_dir / bad / "vectors.npy").write_bytes(b"x")
    with TestClient(app.create_app(settings(index_dir))) as client:
        assert client.get("/readyz").json()["index_version"] == older
        (index_dir / bad / "vectors.npy").write_bytes(whole)
        deadline = time.monotonic() + 60
        while client.get("/readyz").json() != {"status": "ok", "index_version": bad}:
            assert time.monotonic() < deadline, client.get("/readyz").text
            time.sleep(0.1)


def test_with_no_whole_version_nothing_is_served_and_the_articles_are_at_hand(index_dir: Path) -> None:
    for name in list_versions(index_dir):
        (index_dir / name / "vectors.npy").write_bytes(b"x")
    with pytest.raises(NothingToServeError, match="could not be built") as nothing:
        app.create_app(settings(index_dir))
    assert nothing.value.documents.keys() == {ARTICLE}
    assert str(index_dir) not in nothing.value.why
    assert "vectors.npy is damaged or missing" in nothing.value.why


def test_another_attempt_is_worth_it_when_something_has_changed_and_not_before(
    index_dir: Path, small_corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tried() -> NothingToServeError:
        with pytest.raises(NothingToServeError) as nothing:
            app.create_app(settings(index_dir, corpus_dir=small_corpus))
        return nothing.value

    for name in list_versions(index_dir):
        (index_dir / name / "vectors.npy").write_bytes(b"x")
    error = tried()
    assert not error.is_worth_trying_again()
    (index_dir / "CURRENT").write_text(f"{list_versions(index_dir)[0]}\n")
    assert error.is_worth_trying_again()
    error = tried()
    assert not error.is_worth_trying_again()
    (small_corpus / "tea" / "text.txt").write_text("New.")
    assert error.is_worth_trying_again()
    error = tried()
    monkeypatch.setattr("assistant.web.process.starting.time.monotonic", lambda: 1e12)
    assert error.is_worth_trying_again()


def test_a_store_that_gives_no_answer_is_waited_for_and_not_passed_over(index_dir: Path) -> None:
    def unreachable(_name: str) -> object:
        raise StoreUnreachableError("Milvus gives no answer.", remedy="Wait.")

    with pytest.raises(StoreUnreachableError):
        begin(index_dir, unreachable)  # type: ignore[arg-type]


def test_a_replica_whose_source_sends_nothing_stands_by_and_says_why(tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    own = settings(tmp_path / "replica", index_source=(tmp_path / "source").as_uri())
    with pytest.raises(NothingToServeError) as nothing:
        app.create_app(own)
    assert nothing.value.why == "there is no CURRENT at INDEX_SOURCE."
    assert nothing.value.is_worth_trying_again()


def test_a_replica_begins_at_once_with_what_is_here_while_its_source_is_away_and_says_so(
    index_dir: Path, tmp_path: Path
) -> None:
    (tmp_path / "source").mkdir()
    (index_dir / "encodings.sqlite").unlink()  # nothing was built here
    with TestClient(app.create_app(settings(index_dir, index_source=(tmp_path / "source").as_uri()))) as client:
        deadline = time.monotonic() + 60
        while (ready := client.get("/readyz")).json() == {"status": "ok", "index_version": current_version(index_dir)}:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert (ready.status_code, ready.json()["not_loaded"]) == (200, "there is no CURRENT at INDEX_SOURCE.")


@pytest.mark.parametrize("file", ["vectors.npy", "weights.bin"])
def test_a_replica_mends_at_its_start_what_is_damaged_here(index_dir: Path, tmp_path: Path, file: str) -> None:
    name, source = current_version(index_dir), (tmp_path / "source").as_uri()
    share(ObjectStore(source), index_dir, name)
    (index_dir / "encodings.sqlite").unlink()
    (damaged,) = (path for path in index_dir.rglob(file) if path.parent.name == name or "models" in path.parts)
    whole = damaged.read_bytes()
    damaged.write_bytes(whole[:-1])
    with TestClient(app.create_app(settings(index_dir, index_source=source))) as client:
        assert client.get("/readyz").json()["index_version"] == name
    assert damaged.read_bytes() == whole


@pytest.mark.parametrize(
    "error",
    [
        ModelError("MODEL=/srv/secret/model holds no .safetensors file.", remedy="Set another."),
        StoreCallError("https://secret.example refuses.", remedy="Set MILVUS_TOKEN."),
        OSError(5, "Input/output error", "/srv/secret/file"),
        ValueError("secret"),
    ],
)
def test_what_everybody_reads_names_no_path_no_address_and_no_content(error: Exception) -> None:
    said = reason("20260101T000000Z-aaaaaa", error)
    assert "secret" not in said
    assert "20260101T000000Z-aaaaaa" in said
