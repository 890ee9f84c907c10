"""Publishing to an object store and following it, over a real S3 server and a real folder."""

import json
import os
import random
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from index import IndexDamagedError, build, current_version, open_version
from index.downloading import bring
from index.errors import SourceError
from index.layout import IndexLayout
from index.mirror import CURRENT, NEXT, Mirror
from index.object_store import ObjectStore
from index.pushing import point, prunable_at, push, remove_at, share, versions_at
from index.versions import list_versions
from settings import PROJECT
from tests.bucket import SECRET, Bucket, BucketServer, bucket_server
from tests.conftest import HashEncoder, make_document

KILLS = int(os.environ.get("STRESS_KILLS", "3"))
RECOVERY_SECONDS = 30


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BucketServer]:
    with bucket_server(tmp_path_factory.mktemp("s3")) as server:
        yield server


@pytest.fixture
def bucket(server: BucketServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """A bucket, empty, and reached by the AWS_* variables."""
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    return server.bucket(tmp_path.name)


@pytest.fixture(params=["s3", "file"])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    """Both kinds of source."""
    if request.param == "s3":
        return ObjectStore(request.getfixturevalue("bucket").url)
    return ObjectStore((tmp_path / "a shared folder").as_uri())


@pytest.fixture
def s3(bucket: Bucket) -> ObjectStore:
    return ObjectStore(bucket.url)


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """The maintainer's folder, with three versions, the newest published."""
    for text in ("One.", "Two. And more.", "Three."):
        build([make_document(paragraphs=[text] * 20)], encoder=HashEncoder(), index_dir=tmp_path / "built")
    return tmp_path / "built"


@pytest.fixture
def mirror(s3: ObjectStore, tmp_path: Path) -> Mirror:
    return Mirror(s3, tmp_path / "replica")


def test_what_is_shared_is_mirrored_bit_for_bit_and_a_roll_back_is_followed(
    source: ObjectStore, built: Path, tmp_path: Path
) -> None:
    first, second, third = list_versions(built)
    follower, replica = Mirror(source, tmp_path / "replica"), tmp_path / "replica"
    for name in (third, second, first, third):
        share(source, built, name)
        follower.pull()
        assert (follower.wanted, current_version(replica), follower.failure) == (name, name, "")
        assert open_version(replica, name).documents == open_version(built, name).documents
        for file in (built / name).iterdir():
            assert (replica / name / file.name).read_bytes() == file.read_bytes()
    assert versions_at(source) == [first, second, third]


def test_a_version_that_was_only_sent_is_fetched_ahead_and_not_served(
    s3: ObjectStore, built: Path, mirror: Mirror, tmp_path: Path
) -> None:
    first, second, _ = list_versions(built)
    share(s3, built, first)
    mirror.pull()
    assert push(s3, built, second) == len(list((built / second).iterdir()))
    mirror.pull()
    assert current_version(tmp_path / "replica") == first
    assert list_versions(tmp_path / "replica") == [first, second]
    point(s3, second)
    mirror.pull()
    assert current_version(tmp_path / "replica") == second


def test_what_is_there_is_not_sent_again_and_what_is_here_is_not_fetched_again(
    s3: ObjectStore, built: Path, mirror: Mirror, bucket: Bucket, tmp_path: Path
) -> None:
    first, second, third = list_versions(built)
    share(s3, built, first)
    assert push(s3, built, first) == 0
    bucket.delete(f"{first}/vectors.npy")  # as after an upload that broke off
    assert push(s3, built, first) == 1
    mirror.pull()
    bucket.delete(f"{first}/vectors.npy")
    share(s3, built, second)
    mirror.pull()
    point(s3, first)
    mirror.pull()
    assert (current_version(tmp_path / "replica"), mirror.failure) == (first, "")
    assert third not in list_versions(tmp_path / "replica")


def test_files_of_other_versions_are_used_again(
    s3: ObjectStore, built: Path, mirror: Mirror, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched: list[str] = []
    download = ObjectStore.download

    def recorded(self: ObjectStore, path: str, *rest: object, **named: object) -> None:
        fetched.append(path.rpartition("/")[2])
        download(self, path, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(ObjectStore, "download", recorded)
    share(s3, built, list_versions(built)[-1])
    mirror.pull()
    assert "vectors.npy" in fetched
    fetched.clear()
    document = make_document(paragraphs=["Three."] * 20)
    build([make_document("tea2"), document], encoder=HashEncoder(), index_dir=built)
    again = build([document], encoder=HashEncoder(), index_dir=built).version  # another version of the same corpus
    share(s3, built, again)
    mirror.pull()
    assert current_version(tmp_path / "replica") == again
    assert fetched == []


@pytest.mark.parametrize("file", ["manifest.json", "vectors.npy"])
@pytest.mark.parametrize("damage", ["flipped", "cut", "longer", "gone"])
def test_what_was_tampered_with_is_refused_and_deleted_and_a_mended_one_is_fetched(
    s3: ObjectStore, built: Path, mirror: Mirror, bucket: Bucket, tmp_path: Path, file: str, damage: str
) -> None:
    first, second, _ = list_versions(built)
    share(s3, built, first)
    mirror.pull()
    share(s3, built, second)
    content = bucket.get(f"{second}/{file}")
    if damage == "gone":
        bucket.delete(f"{second}/{file}")
    else:
        flipped = bytes([content[0] ^ 1]) + content[1:]
        bucket.put(f"{second}/{file}", {"flipped": flipped, "cut": content[:-1], "longer": content + b"x"}[damage])
    mirror.pull()
    replica = tmp_path / "replica"
    assert (current_version(replica), list_versions(replica)) == (first, [first])
    assert (mirror.wanted, mirror.failures) == (second, 1)
    assert second in mirror.failure
    staged = replica / ".pulling" / second / file
    assert file == "manifest.json" or not staged.exists()
    mirror.pull()  # the next attempt is a second later
    assert mirror.failures == 1
    push(s3, built, second, anew=True)
    time.sleep(1.1)
    mirror.pull()
    assert (current_version(replica), mirror.failure) == (second, "")
    open_version(replica, second)


def test_attempts_at_a_broken_version_become_rare_and_another_pointer_ends_the_waiting(
    s3: ObjectStore, built: Path, mirror: Mirror, bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, _ = list_versions(built)
    share(s3, built, second)
    bucket.put(f"{second}/vectors.npy", b"")
    now, attempts = 0.0, []
    monkeypatch.setattr("index.mirror.time.monotonic", lambda: now)

    def counted(*arguments: object, **named: object) -> None:
        attempts.append(now)
        bring(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr("index.mirror.bring", counted)
    while now < 240:
        mirror.pull()
        now += 1
    assert [round(later - before) for before, later in pairwise(attempts)] == [
        1,
        2,
        4,
        8,
        16,
        32,
        60,
        60,
    ]
    share(s3, built, first)
    mirror.pull()
    assert current_version(tmp_path / "replica") == first


@pytest.mark.parametrize("content", [b"", b"latest\n", b"\xff\xfe", b"../../etc/passwd", b"x" * 1000])
def test_a_pointer_that_names_no_version_moves_nothing(
    s3: ObjectStore, built: Path, mirror: Mirror, bucket: Bucket, tmp_path: Path, content: bytes
) -> None:
    first = list_versions(built)[0]
    share(s3, built, first)
    mirror.pull()
    bucket.put(CURRENT, content)
    mirror.pull()
    assert current_version(tmp_path / "replica") == first
    assert "CURRENT at INDEX_SOURCE names no version" in mirror.failure
    point(s3, first)
    mirror.pull()
    assert mirror.failure == ""


def test_an_unreachable_source_changes_nothing_is_said_once_and_is_read_again_when_it_returns(
    s3: ObjectStore, built: Path, mirror: Mirror, server: BucketServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first, second, _ = list_versions(built)
    share(s3, built, first)
    mirror.pull()
    push(s3, built, second)
    server.stop()
    caplog.clear()
    with caplog.at_level("INFO"):
        for _ in range(3):
            mirror.pull()
        assert mirror.failure == "INDEX_SOURCE cannot be reached for CURRENT (no answer)."
        server.start()
        mirror.pull()
    told = [record.message for record in caplog.records if record.name == "index.mirror"]
    assert told[0] == "INDEX_SOURCE cannot be reached for CURRENT (no answer)."
    assert told[1] == f"no more: {told[0]}"
    assert (mirror.failures, mirror.failure) == (1, "")
    assert list_versions(tmp_path / "replica") == [first, second]


def test_a_source_that_never_answers_is_given_up_within_seconds(
    s3: ObjectStore, built: Path, mirror: Mirror, server: BucketServer
) -> None:
    share(s3, built, list_versions(built)[0])
    server.freeze()
    try:
        begun = time.monotonic()
        mirror.pull()
        assert time.monotonic() - begun < 25
    finally:
        server.thaw()
    assert "no answer" in mirror.failure
    until = time.monotonic() + RECOVERY_SECONDS
    while mirror.failure and time.monotonic() < until:  # a server that wakes up on a busy machine has a backlog first
        mirror.pull()
    assert mirror.failure == ""


def test_a_source_that_refuses_says_so_without_the_credentials(
    bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, built: Path
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET[::-1])
    refused = Mirror(ObjectStore(bucket.url), tmp_path / "replica")
    refused.pull()
    assert refused.failure == "INDEX_SOURCE refuses access to CURRENT."
    with pytest.raises(SourceError) as error:
        share(ObjectStore(bucket.url), built, list_versions(built)[0])
    said = f"{refused.failure} {error.value}"
    assert not any(word in said for word in (SECRET, SECRET[::-1], "AKIA", "127.0.0.1"))
    assert f"Then run `python -m index publish {list_versions(built)[0]}`" in said


def test_a_version_that_is_damaged_here_is_fetched_again(
    s3: ObjectStore, built: Path, mirror: Mirror, tmp_path: Path
) -> None:
    name = list_versions(built)[-1]
    share(s3, built, name)
    mirror.pull()
    assert not mirror.repair(name)
    fresh = Mirror(s3, tmp_path / "replica")
    path = tmp_path / "replica" / name / "tokens.npy"
    path.write_bytes(path.read_bytes()[:-2])
    with pytest.raises(IndexDamagedError):
        open_version(tmp_path / "replica", name)
    assert fresh.repair(name)
    fresh.pull()
    open_version(tmp_path / "replica", name)


def test_a_replica_keeps_the_newest_and_what_is_served_and_nothing_half(
    s3: ObjectStore, built: Path, mirror: Mirror, tmp_path: Path
) -> None:
    replica = tmp_path / "replica"
    names = list_versions(built)
    names += [
        build([make_document(paragraphs=[t])], encoder=HashEncoder(), index_dir=built).version for t in ("4.", "5.", "6.")
    ]
    for name in names:
        share(s3, built, name)
        mirror.pull()
        mirror.prune(served=names[1] if len(list_versions(replica)) > 1 else "")
    assert list_versions(replica) == [names[1], *names[-3:]]
    mirror.prune(served=names[-1])
    assert list_versions(replica) == names[-3:]
    assert sorted(path.name for path in replica.iterdir() if path.name.startswith(".")) in ([], [".pulling"])
    assert not list(replica.glob(".pulling/*T*"))


def test_old_versions_are_deleted_at_the_source_but_never_the_current_or_the_next(
    s3: ObjectStore, built: Path, bucket: Bucket
) -> None:
    names = list_versions(built)
    names += [
        build([make_document(paragraphs=[text])], encoder=HashEncoder(), index_dir=built).version for text in ("4.", "5.")
    ]
    for name in names:
        push(s3, built, name)
    bucket.put("models/0123456789abcdef/weights.bin", b"of no version")
    point(s3, names[0])
    assert prunable_at(s3) == [names[1]]
    remove_at(s3, prunable_at(s3))
    assert versions_at(s3) == [names[0], *names[2:]]
    assert not [path for path in bucket.paths if path.startswith(("models", names[1]))]


def test_a_folder_in_which_versions_are_built_is_no_mirror(s3: ObjectStore, built: Path) -> None:
    with pytest.raises(Exception, match="INDEX_SOURCE is fetched to a folder of its own"):
        Mirror(s3, built).first()


def test_a_start_waits_for_the_wanted_version_and_ends_when_told(
    s3: ObjectStore, built: Path, tmp_path: Path, bucket: Bucket
) -> None:
    stopping = threading.Event()
    waiting = Mirror(s3, tmp_path / "replica", stopping=stopping)
    thread = threading.Thread(target=waiting.first)
    thread.start()
    time.sleep(1.5)
    assert thread.is_alive()
    assert "there is no CURRENT at INDEX_SOURCE" in waiting.failure
    share(s3, built, list_versions(built)[0])
    thread.join(timeout=10)
    assert not thread.is_alive()
    assert waiting.is_current
    shutil.rmtree(tmp_path / "replica")
    bucket.delete(CURRENT)
    thread = threading.Thread(target=waiting.first)
    thread.start()
    stopping.set()
    thread.join(timeout=10)
    assert not thread.is_alive()


def test_a_start_without_its_source_serves_what_was_here_after_some_patience(
    s3: ObjectStore, built: Path, tmp_path: Path, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    share(s3, built, list_versions(built)[0])
    Mirror(s3, tmp_path / "replica").pull()
    bucket.delete(CURRENT)
    monkeypatch.setattr("index.mirror.PATIENCE_SECONDS", 1.5)
    begun = time.monotonic()
    restarted = Mirror(s3, tmp_path / "replica")
    restarted.first()
    assert time.monotonic() - begun >= 1.5
    assert not restarted.is_current


def test_a_pull_that_is_killed_at_any_moment_leaves_the_old_version_or_the_new_one(
    s3: ObjectStore, bucket: Bucket, tmp_path: Path
) -> None:
    built, replica = tmp_path / "built", tmp_path / "replica"
    texts = {}
    for word in ("tea", "ale"):
        document = make_document(paragraphs=[f"Of {word} number {n} much can be said." for n in range(300)])
        texts[build([document], encoder=HashEncoder(), index_dir=built).version] = document.text
    for name in texts:
        push(s3, built, name)
    older, newer = texts
    point(s3, older)
    Mirror(s3, replica).pull()
    chance, halves = random.Random(3), 0
    for n in range(KILLS):
        wanted = (newer, older)[n % 2]
        shutil.rmtree(replica / wanted, ignore_errors=True)
        point(s3, wanted)
        command = [sys.executable, "-m", "tests.killed_puller", bucket.url, str(replica)]
        with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == b"ready\n"
            time.sleep(chance.uniform(0, 0.1))
            child.kill()
        halves += bool(list(replica.glob(".pulling/*T*")))
        served = open_version(replica, current_version(replica))
        assert [document.text for document in served.documents.values()] == [texts[served.name]]
        Mirror(s3, replica).pull()
        assert current_version(replica) == wanted
    print(json.dumps({"kills": KILLS, "in the middle": halves}))
    assert halves > 0 or KILLS < 20, "no kill came at a moment that matters"


def test_next_names_what_was_sent_last(s3: ObjectStore, built: Path, bucket: Bucket) -> None:
    name = list_versions(built)[0]
    push(s3, built, name)
    assert bucket.get(NEXT).decode() == f"{name}\n"
    assert CURRENT not in bucket.paths
    assert IndexLayout(built).current.read_text(encoding="ascii") != f"{name}\n"
