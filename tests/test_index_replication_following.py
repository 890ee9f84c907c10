"""Publishing to an object store and following it, over a real S3 server and a real folder."""

import json
import os
import random
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus import ShownError
from index import IndexDamagedError, build, current_version, open_version
from index.errors import IndexStorageError, SourceError
from index.published.layout import CURRENT
from index.published.locking import hold
from index.published.version import list_versions
from index.replication import following
from index.replication.following import Mirror
from index.replication.object_store import ObjectStore
from index.replication.sending import prunable_at, push, remove_at, share, versions_at
from tests.bucket import SECRET, Bucket, BucketServer, bucket_server
from tests.conftest import HashEncoder, make_document
from tests.ending import child, first_line

KILLS = int(os.environ.get("STRESS_KILLS", "3"))
MANY = 20  # of so many kills one at least comes in the middle of a fetch
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


@pytest.fixture
def downloads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are fetched."""
    fetched: list[str] = []
    pieces = ObjectStore.pieces

    def recorded(self: ObjectStore, path: str, /) -> Iterator[bytes]:
        fetched.append(path.rpartition("/")[2])
        return pieces(self, path)

    monkeypatch.setattr(ObjectStore, "pieces", recorded)
    return fetched


def failure(mirror: Mirror) -> str:
    """What a pull says that it cannot do."""
    try:
        mirror.pull()
    except ShownError as error:
        return error.message
    return ""


def test_what_is_shared_is_mirrored_bit_for_bit_and_a_roll_back_is_followed(
    source: ObjectStore, built: Path, tmp_path: Path
) -> None:
    first, second, third = list_versions(built)
    follower, replica = Mirror(source, tmp_path / "replica"), tmp_path / "replica"
    for name in (third, second, first, third):
        share(source, built, name)
        follower.pull()
        assert (follower.wanted, current_version(replica)) == (name, name)
        assert open_version(replica, name).documents == open_version(built, name).documents
        for file in (built / name).iterdir():
            assert (replica / name / file.name).read_bytes() == file.read_bytes()
    assert versions_at(source) == [first, second, third]


def test_a_version_that_was_only_sent_is_not_served(s3: ObjectStore, built: Path, mirror: Mirror, tmp_path: Path) -> None:
    first, second, _ = list_versions(built)
    share(s3, built, first)
    assert push(s3, built, second) == len(list((built / second).iterdir()))
    mirror.pull()
    assert current_version(tmp_path / "replica") == first
    share(s3, built, second)
    mirror.pull()
    assert current_version(tmp_path / "replica") == second


def test_what_is_there_is_not_sent_again_and_what_is_here_is_not_fetched_again(
    s3: ObjectStore, built: Path, mirror: Mirror, bucket: Bucket, tmp_path: Path, downloads: list[str]
) -> None:
    first, second, _ = list_versions(built)
    share(s3, built, first)
    assert push(s3, built, first) == 0
    for file in ("vectors.npy", "manifest.json"):  # as after an upload that broke off
        bucket.delete(f"{first}/{file}")
    assert push(s3, built, first) == 2
    assert mirror.pull()
    assert not mirror.pull()
    share(s3, built, second)
    assert mirror.pull()
    downloads.clear()
    share(s3, built, first)
    assert not mirror.pull()
    assert current_version(tmp_path / "replica") == first
    assert downloads == []


def test_a_fetch_that_broke_off_goes_on_from_there(
    s3: ObjectStore, built: Path, bucket: Bucket, tmp_path: Path, downloads: list[str]
) -> None:
    name = list_versions(built)[0]
    share(s3, built, name)
    whole = bucket.get(f"{name}/vectors.npy")
    bucket.put(f"{name}/vectors.npy", whole[:-1])
    assert f"{name}/vectors.npy" in failure(Mirror(s3, tmp_path / "replica"))
    assert len(downloads) > 1
    downloads.clear()
    bucket.put(f"{name}/vectors.npy", whole)
    assert Mirror(s3, tmp_path / "replica").pull()
    assert downloads[0] == "vectors.npy"
    assert "documents.json" not in downloads


@pytest.mark.parametrize("file", ["manifest.json", "vectors.npy"])
@pytest.mark.parametrize("damage", ["flipped", "cut", "longer", "gone"])
def test_what_was_tampered_with_is_refused_and_a_mended_one_is_fetched(
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
    said, replica = failure(mirror), tmp_path / "replica"
    assert (current_version(replica), list_versions(replica)) == (first, [first])
    assert mirror.wanted == second
    assert second in said
    push(s3, built, second, anew=True)
    assert failure(mirror) == said, "it is tried again after some seconds only"
    Mirror(s3, replica).pull()
    assert current_version(replica) == second
    open_version(replica, second)


def test_a_broken_version_is_tried_every_ten_seconds_and_another_pointer_ends_the_waiting(
    s3: ObjectStore, built: Path, mirror: Mirror, bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, _ = list_versions(built)
    share(s3, built, second)
    bucket.put(f"{second}/vectors.npy", b"")
    now, attempts = 0.0, []
    monkeypatch.setattr("index.replication.following.time.monotonic", lambda: now)

    def counted(source: ObjectStore, *rest: object, **named: object) -> int:
        attempts.append(now)
        return fetch(source, *rest, **named)  # type: ignore[arg-type]

    fetch = following.fetch
    monkeypatch.setattr(following, "fetch", counted)
    while now < 35:
        assert second in failure(mirror)
        now += 1
    assert attempts == [0, 10, 20, 30]
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
    assert failure(mirror) == "CURRENT at INDEX_SOURCE names no version."
    assert current_version(tmp_path / "replica") == first
    share(s3, built, first)
    mirror.pull()


def test_an_unreachable_source_changes_nothing_and_is_read_again_at_once_when_it_returns(
    s3: ObjectStore, built: Path, mirror: Mirror, server: BucketServer, tmp_path: Path
) -> None:
    first, second, _ = list_versions(built)
    share(s3, built, first)
    mirror.pull()
    share(s3, built, second)
    server.stop()
    assert failure(mirror) == "INDEX_SOURCE cannot be reached for CURRENT (no answer)."
    assert current_version(tmp_path / "replica") == first
    server.start()
    mirror.pull()
    assert current_version(tmp_path / "replica") == second


def test_a_source_that_never_answers_is_given_up_within_seconds(
    s3: ObjectStore, built: Path, mirror: Mirror, server: BucketServer
) -> None:
    share(s3, built, list_versions(built)[0])
    server.freeze()
    try:
        begun = time.monotonic()
        assert "no answer" in failure(mirror)
        assert time.monotonic() - begun < 25
    finally:
        server.thaw()
    until = time.monotonic() + RECOVERY_SECONDS
    while said := failure(mirror):  # a server that wakes up on a busy machine has a backlog first
        assert time.monotonic() < until, said


def test_a_source_that_refuses_says_so_without_the_credentials(
    bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, built: Path
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET[::-1])
    with pytest.raises(SourceError) as refused:
        Mirror(ObjectStore(bucket.url), tmp_path / "replica").pull()
    assert refused.value.message == "INDEX_SOURCE refuses access to CURRENT."
    with pytest.raises(SourceError) as error:
        share(ObjectStore(bucket.url), built, list_versions(built)[0])
    said = f"{refused.value} {error.value}"
    assert not any(word in said for word in (SECRET, SECRET[::-1], "AKIA", "127.0.0.1"))
    assert f"Then run `python -m index publish {list_versions(built)[0]}`" in said


def test_what_of_a_version_is_damaged_here_is_fetched_again(
    s3: ObjectStore, built: Path, tmp_path: Path, downloads: list[str]
) -> None:
    name, replica = list_versions(built)[-1], tmp_path / "replica"
    share(s3, built, name)
    mirror = Mirror(s3, replica)
    mirror.pull()
    path = replica / name / "tokens.npy"
    path.write_bytes(path.read_bytes()[:-2])
    with pytest.raises(IndexDamagedError):
        open_version(replica, name)
    downloads.clear()
    mirror.doubted = name
    assert mirror.pull()
    assert downloads == ["tokens.npy"]
    open_version(replica, name)
    mirror.doubted = name  # for no reason that copying could mend
    assert not mirror.pull()
    open_version(replica, name)


def test_a_version_that_cannot_be_opened_stays_as_long_as_the_source_is_away(
    s3: ObjectStore, built: Path, mirror: Mirror, bucket: Bucket, tmp_path: Path
) -> None:
    name = list_versions(built)[0]
    share(s3, built, name)
    mirror.pull()
    mirror.doubted = name
    bucket.delete(CURRENT)
    assert "there is no CURRENT" in failure(mirror)
    open_version(tmp_path / "replica", name)


def test_a_disk_that_is_almost_full_is_not_filled(
    s3: ObjectStore, built: Path, mirror: Mirror, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, downloads: list[str]
) -> None:
    share(s3, built, list_versions(built)[0])
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage._replace(free=following.SPARE))
    assert failure(mirror) == "INDEX_DIR has 64 MB free, and 64 MB are needed."
    assert downloads == []


def test_a_replica_keeps_the_newest_and_what_is_served_and_nothing_half(
    s3: ObjectStore, built: Path, mirror: Mirror, tmp_path: Path
) -> None:
    replica = tmp_path / "replica"
    names = list_versions(built)
    names += [
        build([make_document(paragraphs=[t])], encoder=HashEncoder(), index_dir=built).version for t in ("4.", "5.", "6.")
    ]
    share(s3, built, names[0])
    mirror.pull()
    with hold(replica, names[0]):  # as a process does that serves it
        for name in names[1:]:
            share(s3, built, name)
            mirror.pull()
            mirror.prune()
        assert list_versions(replica) == [names[0], *names[-3:]]
    mirror.prune()
    assert list_versions(replica) == names[-3:]
    assert sorted(path.name for path in replica.iterdir() if path.name.startswith(".")) in ([], [".pulling"])
    assert not list(replica.glob(".pulling/*T*"))


def test_old_versions_are_deleted_at_the_source_but_never_the_current_or_the_newest(
    s3: ObjectStore, built: Path, bucket: Bucket
) -> None:
    names = list_versions(built)
    names += [
        build([make_document(paragraphs=[text])], encoder=HashEncoder(), index_dir=built).version for text in ("4.", "5.")
    ]
    for name in names:
        push(s3, built, name)
    assert prunable_at(s3) == names[:2]
    bucket.put("models/0123456789abcdef/weights.bin", b"of no version")
    share(s3, built, names[0])
    assert prunable_at(s3) == [names[1]]
    remove_at(s3, prunable_at(s3))
    assert versions_at(s3) == [names[0], *names[2:]]
    assert not [path for path in bucket.paths if path.startswith(("models", names[1]))]


def test_a_folder_in_which_versions_are_built_is_no_mirror(s3: ObjectStore, built: Path) -> None:
    with pytest.raises(IndexStorageError, match="what INDEX_SOURCE holds needs a folder of its own"):
        Mirror(s3, built)


def test_a_fetch_ends_when_the_process_is_told_to_stop_and_the_next_one_goes_on(
    s3: ObjectStore, built: Path, tmp_path: Path
) -> None:
    stopping, replica = threading.Event(), tmp_path / "replica"
    share(s3, built, list_versions(built)[0])
    stopping.set()
    assert "the process ends" in failure(Mirror(s3, replica, stopping=stopping))
    assert list_versions(replica) == []
    assert Mirror(s3, replica).pull()


def test_a_pull_that_is_killed_at_any_moment_leaves_the_old_version_or_the_new_one(
    s3: ObjectStore, bucket: Bucket, tmp_path: Path
) -> None:
    built, replica = tmp_path / "built", tmp_path / "replica"
    texts = {}
    for word in ("tea", "ale"):
        document = make_document(paragraphs=[f"Of {word} number {n} much can be said." for n in range(300)])
        texts[build([document], encoder=HashEncoder(), index_dir=built).version] = document.text
    older, newer = texts
    for name in (newer, older):
        share(s3, built, name)
    Mirror(s3, replica).pull()
    chance, halves = random.Random(3), 0
    for n in range(KILLS):
        wanted = (newer, older)[n % 2]
        shutil.rmtree(replica / wanted, ignore_errors=True)
        share(s3, built, wanted)
        command = [sys.executable, "-m", "tests.killed_puller", bucket.url, str(replica)]
        with child(command) as puller:
            assert first_line(puller) == "ready"
            time.sleep(chance.uniform(0, 0.1))
        halves += bool(list(replica.glob(".pulling/*T*")))
        served = open_version(replica, current_version(replica))
        assert [document.text for document in served.documents.values()] == [texts[served.name]]
        Mirror(s3, replica).pull()
        assert current_version(replica) == wanted
    print(json.dumps({"kills": KILLS, "in the middle": halves}))
    if KILLS >= MANY:
        assert halves > 0, "no kill came at a moment that matters"
