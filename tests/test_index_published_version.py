"""Published versions: complete or not there, verified before anything is parsed, one pointer that is swapped."""

import json
import pickle
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import ShownError
from corpus.library import sha256_of
from index import IndexDamagedError, IndexMissingError, build, current_version, open_version
from index.published.layout import IndexLayout
from index.published.locking import publishing
from index.published.manifest import FORMAT, Manifest, files_of, read_manifest, sealed
from index.published.pointer import publish
from index.published.version import list_versions, write_version
from tests.conftest import HashEncoder, arrays_of, make_document
from tests.ending import child, first_line

FILES = files_of({"engine": "faiss"})
OLDER = "20250101T000000Z-aaaaaa"
HOLD_THE_LOCK = """
import sys, filelock
with filelock.FileLock(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.read()
"""


class Touch:
    """Unpickling it writes a file: a proof that somebody parsed what nobody had verified."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[[Path], None], tuple[Path]]:
        return Path.touch, (self.path,)


class UnusableVectors:
    """Without a second axis."""

    def save(self, folder: Path, /) -> None:
        for name in ("vectors.npy", "tokens.npy", "token_spans.npy"):
            np.save(folder / name, np.zeros(2, np.float32))


def flip_a_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def replace_by_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGES: dict[str, Callable[[Path], object]] = {
    "one bit": flip_a_bit,
    "cut short": lambda path: path.write_bytes(path.read_bytes()[:-1]),
    "one byte more": lambda path: path.write_bytes(path.read_bytes() + b"\n"),
    "empty": lambda path: path.write_bytes(b""),
    "garbage": lambda path: path.write_bytes(b"\xff\x00 garbage"),
    "missing": lambda path: path.unlink(),
    "a folder": replace_by_a_folder,
}
every_file = pytest.mark.parametrize("file", sorted(FILES))


@pytest.fixture
def index_dir(tmp_path: Path, hash_encoder: HashEncoder) -> Path:
    """An index with one published version."""
    build([make_document()], encoder=hash_encoder, index_dir=tmp_path / "index")
    return tmp_path / "index"


@pytest.fixture
def two_versions(index_dir: Path, hash_encoder: HashEncoder) -> tuple[Path, str, str]:
    """An index with two versions, the newer one published."""
    older = current_version(index_dir)
    newer = build([make_document(paragraphs=["New."])], encoder=hash_encoder, index_dir=index_dir).version
    return index_dir, older, newer


def folder_of(index_dir: Path) -> Path:
    return index_dir / current_version(index_dir)


def test_the_manifest_holds_the_hash_of_every_other_file(index_dir: Path) -> None:
    folder = folder_of(index_dir)
    manifest = read_manifest(index_dir, folder.name)
    assert {path.name for path in folder.iterdir()} == {"manifest.json", *FILES}
    assert manifest.files == {name: sha256_of((folder / name).read_bytes()) for name in FILES}


def test_the_manifest_says_what_holds_the_vectors(index_dir: Path) -> None:
    assert read_manifest(index_dir, current_version(index_dir)).store == {"engine": "faiss", "kind": "flat"}


def test_a_version_is_what_it_was_built_from(index_dir: Path) -> None:
    version = open_version(index_dir, current_version(index_dir))
    document = make_document()
    assert version.documents == {"tea": document}
    assert [document.text[p.start : p.end] for p in version.passages] == ["Tea is a drink.", "It is hot."]
    vectors = arrays_of(version)
    assert vectors.pooled.shape == (2, 64) == (version.manifest.passages, version.manifest.dimension)
    assert (vectors.spans.tolist(), vectors.tokens.shape) == ([[0, 6], [6, 9]], (15, 64))
    assert version.store.search(vectors.pooled[1], count=1)[1].tolist() == [1]


def test_a_large_array_is_read_from_its_file_as_it_is_needed(index_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = current_version(index_dir)
    small = open_version(index_dir, name)
    monkeypatch.setattr("index.published.version.LARGEST_IN_MEMORY", 100)
    large = open_version(index_dir, name)
    assert isinstance(arrays_of(large).tokens, np.memmap)
    assert not isinstance(arrays_of(small).tokens, np.memmap)
    np.testing.assert_array_equal(arrays_of(large).tokens, arrays_of(small).tokens)


def test_a_write_that_fails_before_the_manifest_leaves_no_version(tmp_path: Path) -> None:
    manifest = Manifest(OLDER, "", "", "", 1, 2, files={})
    with publishing(tmp_path) as layout, pytest.raises(IndexError):
        write_version(layout, manifest, documents=[make_document()], passages=[], vectors=UnusableVectors())
    assert (tmp_path / OLDER / "vectors.npy").exists()
    assert not (tmp_path / OLDER / "manifest.json").exists()
    assert list_versions(tmp_path) == []
    with pytest.raises(IndexMissingError, match=f"there is no version {OLDER}"):
        open_version(tmp_path, OLDER)


def test_a_version_is_never_written_over_another(index_dir: Path) -> None:
    version = open_version(index_dir, current_version(index_dir))
    with publishing(index_dir) as layout, pytest.raises(FileExistsError):
        write_version(layout, version.manifest, documents=[], passages=[], vectors=UnusableVectors())
    assert open_version(index_dir, version.name).documents == version.documents


@every_file
@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_file_is_refused_by_its_name(index_dir: Path, file: str, damage: Callable[[Path], object]) -> None:
    folder = folder_of(index_dir)
    damage(folder / file)
    with pytest.raises(IndexDamagedError, match=f"{folder.name}: {file} is damaged or missing. Run `python -m index build`"):
        open_version(index_dir, folder.name)


@every_file
def test_a_file_is_not_parsed_before_its_hash_was_verified(index_dir: Path, tmp_path: Path, file: str) -> None:
    (folder_of(index_dir) / file).write_bytes(pickle.dumps(Touch(tmp_path / "parsed")))
    with pytest.raises(IndexDamagedError, match=file):
        open_version(index_dir, current_version(index_dir))
    assert not (tmp_path / "parsed").exists()


def seal(folder: Path, record: dict[str, Any]) -> None:
    """Write a manifest as the project does, so that nothing but what it says is wrong with it."""
    del record["sha256"]
    (folder / "manifest.json").write_bytes(sealed(record))


def record_the_hash(folder: Path, file: str) -> None:
    record = json.loads((folder / "manifest.json").read_bytes())
    record["files"][file] = sha256_of((folder / file).read_bytes())
    seal(folder, record)


@pytest.mark.parametrize("file", ["passages.npy", "vectors.npy", "tokens.npy", "token_spans.npy"])
def test_pickled_vectors_are_not_unpickled_even_with_a_hash_that_fits(index_dir: Path, tmp_path: Path, file: str) -> None:
    folder = folder_of(index_dir)
    np.save(folder / file, np.array([Touch(tmp_path / "parsed")]), allow_pickle=True)
    record_the_hash(folder, file)
    with pytest.raises(IndexDamagedError, match="cannot be read by this program"):
        open_version(index_dir, folder.name)
    assert not (tmp_path / "parsed").exists()


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"{}", b"null", b"\xff\xfe", f'{{"format": {FORMAT}}}'.encode()],
    ids=["empty", "cut", "list", "object", "null", "bytes", "fields"],
)
def test_a_manifest_that_cannot_be_read_is_refused(index_dir: Path, content: bytes) -> None:
    (folder_of(index_dir) / "manifest.json").write_bytes(content)
    with pytest.raises(IndexDamagedError, match=r"manifest of version .* cannot be read. Run"):
        open_version(index_dir, current_version(index_dir))


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("format", FORMAT - 1, "another format or version"),
        ("format", FORMAT + 1, "another format or version"),
        ("version", OLDER, "another format or version"),
        ("files", {}, "does not name its files"),
        ("files", [], "does not name its files"),
        ("files", {"documents.json": "x"}, "does not name its files"),
        ("store", {"engine": "another"}, "cannot be read"),
        ("store", {}, "cannot be read"),
        ("store", ["faiss"], "cannot be read"),
        ("passages", 3, "vectors do not fit its passages"),
        ("dimension", 63, "vectors do not fit its passages"),
    ],
)
def test_a_manifest_that_does_not_fit_its_version_is_refused(index_dir: Path, field: str, value: object, fault: str) -> None:
    path = folder_of(index_dir) / "manifest.json"
    record = json.loads(path.read_bytes())
    record[field] = value
    seal(path.parent, record)
    with pytest.raises(IndexDamagedError, match=fault):
        open_version(index_dir, current_version(index_dir))


@pytest.mark.parametrize(
    ("file", "array"),
    [
        ("vectors.npy", np.zeros((3, 64), np.float32)),
        ("vectors.npy", np.zeros((2, 63), np.float32)),
        ("tokens.npy", np.zeros((15, 63), np.int8)),
        ("tokens.npy", np.zeros((15, 64), np.float16)),
        ("token_spans.npy", np.zeros((3, 2), np.int64)),
        ("token_spans.npy", np.array([[0, 6], [6, 10]])),
        ("token_spans.npy", np.array([[0, 6], [-1, 1]])),
        ("passages.npy", np.zeros((3, 4), np.int64)),
    ],
    ids=[
        *("a row more", "a dimension less", "narrow tokens", "tokens in full", "a span more", "past the tokens"),
        *("negative", "a passage more"),
    ],
)
def test_vectors_that_do_not_fit_the_passages_are_refused_even_with_a_hash_that_fits(
    index_dir: Path, file: str, array: npt.NDArray[np.generic]
) -> None:
    folder = folder_of(index_dir)
    np.save(folder / file, array)
    record_the_hash(folder, file)
    with pytest.raises(IndexDamagedError, match="its vectors do not fit its passages"):
        open_version(index_dir, folder.name)


@pytest.mark.parametrize(
    "places",
    [[[1, 0, 0, 1]] * 2, [[0, 1, 0, 1]] * 2, [[0, 0, 2, 1]] * 2, [[0, 0, 0, 999]] * 2, [[-1, 0, 0, 1]] * 2, [[0, 0, 0]] * 2],
    ids=["no such document", "no such section", "ends before it starts", "past the text", "negative", "a column less"],
)
def test_passages_that_name_nothing_are_refused_even_with_a_hash_that_fits(index_dir: Path, places: list[list[int]]) -> None:
    folder = folder_of(index_dir)
    np.save(folder / "passages.npy", np.array(places))
    record_the_hash(folder, "passages.npy")
    with pytest.raises(IndexDamagedError, match="cannot be read by this program"):
        open_version(index_dir, folder.name)


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    """An index whose manifest is changed again and again, and the manifest as it was written."""
    index_dir = tmp_path_factory.mktemp("fuzzed")
    build([make_document()], encoder=HashEncoder(), index_dir=index_dir)
    return index_dir, (folder_of(index_dir) / "manifest.json").read_bytes()


@given(place=st.integers(min_value=0), value=st.binary(max_size=2), data=st.data())
def test_any_change_of_the_manifest_gives_the_same_content_or_a_refusal(
    fuzzed: tuple[Path, bytes], place: int, value: bytes, data: st.DataObject
) -> None:
    index_dir, manifest = fuzzed
    place %= len(manifest)
    length = data.draw(st.integers(0, 3))
    (folder_of(index_dir) / "manifest.json").write_bytes(manifest[:place] + value + manifest[place + length :])
    try:
        version = open_version(index_dir, current_version(index_dir))
    except IndexDamagedError:
        return
    assert version.documents == {"tea": make_document()}
    assert len(version.passages) == len(arrays_of(version).pooled) == len(arrays_of(version).spans) == 2


def test_without_an_index_the_remedy_is_to_build_one(tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError, match=r"there is no index at .* Run `python -m index build`"):
        current_version(tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"\xff\xfe\x00",
        b"latest",
        b"../../etc/passwd",
        b"20250101T000000Z-aaaaaa/..",
        b"20250101",
        b"x" * 100_000,
    ],
    ids=["empty", "blank", "bytes", "word", "path", "below", "date", "long"],
)
def test_a_pointer_that_names_no_version_is_refused_in_a_short_line(index_dir: Path, content: bytes) -> None:
    (index_dir / "CURRENT").write_bytes(content)
    with pytest.raises(IndexDamagedError, match=r"CURRENT names no version\. Run `python -m index build`") as refused:
        current_version(index_dir)
    assert len(refused.value.message) < len(str(index_dir)) + 100


def test_a_pointer_to_a_version_that_is_gone_is_refused_by_its_name(index_dir: Path) -> None:
    (index_dir / "CURRENT").write_text(OLDER, encoding="utf-8")
    with pytest.raises(IndexMissingError, match=f"there is no version {OLDER}"):
        open_version(index_dir, current_version(index_dir))


def test_publishing_an_older_version_rolls_back(two_versions: tuple[Path, str, str]) -> None:
    index_dir, older, newer = two_versions
    assert current_version(index_dir) == newer
    with publishing(index_dir) as layout:
        publish(layout, older)
    assert current_version(index_dir) == older
    assert list_versions(index_dir) == [older, newer]


@pytest.mark.parametrize("file", [*sorted(FILES), "manifest.json"])
def test_a_damaged_version_is_not_published_and_the_pointer_stays(two_versions: tuple[Path, str, str], file: str) -> None:
    index_dir, older, newer = two_versions
    (index_dir / older / file).write_bytes(b"damaged")
    with publishing(index_dir) as layout, pytest.raises(IndexDamagedError):
        publish(layout, older)
    assert (index_dir / "CURRENT").read_text(encoding="utf-8") == f"{newer}\n"


@pytest.mark.parametrize("name", [OLDER, "", "..", "no such\nversion"])
def test_a_version_that_is_not_there_is_not_published(index_dir: Path, name: str) -> None:
    before = current_version(index_dir)
    with publishing(index_dir) as layout, pytest.raises(IndexMissingError):
        publish(layout, name)
    assert current_version(index_dir) == before


def test_incomplete_and_foreign_folders_are_no_versions(two_versions: tuple[Path, str, str]) -> None:
    index_dir, older, newer = two_versions
    (index_dir / newer / "manifest.json").unlink()
    (index_dir / "notes").mkdir()
    (index_dir / "notes" / "manifest.json").write_text("{}", encoding="utf-8")
    assert list_versions(index_dir) == [older]


def test_an_index_that_is_not_there_has_no_versions(tmp_path: Path) -> None:
    assert list_versions(tmp_path / "nowhere") == []


def test_while_another_process_holds_the_lock_nothing_is_built(index_dir: Path, hash_encoder: HashEncoder) -> None:
    before = sorted(index_dir.iterdir())
    command = [sys.executable, "-c", HOLD_THE_LOCK, str(IndexLayout(index_dir).lock)]
    with child(command, stdin=subprocess.PIPE) as other:
        assert first_line(other) == "held"
        started = time.monotonic()
        with pytest.raises(ShownError, match=r"is being built or published by another process. Try again later"):
            build([make_document(paragraphs=["New."])], encoder=hash_encoder, index_dir=index_dir)
        assert time.monotonic() - started < 10
        assert sorted(index_dir.iterdir()) == before
        other.kill()
        other.wait(timeout=20)
        assert build([make_document(paragraphs=["New."])], encoder=hash_encoder, index_dir=index_dir).is_new


def test_the_lock_is_released_when_publishing_fails(index_dir: Path) -> None:
    with pytest.raises(IndexMissingError), publishing(index_dir) as layout:
        publish(layout, OLDER)
    with publishing(index_dir) as layout:
        publish(layout, current_version(index_dir))


def test_a_version_holds_its_sentences_for_other_languages_where_it_was_built_with_such_an_encoder(
    tmp_path: Path, hash_encoder: HashEncoder
) -> None:
    plain = build([make_document()], encoder=hash_encoder, index_dir=tmp_path)
    assert open_version(tmp_path, plain.version).multilingual is None
    built = build([make_document()], encoder=hash_encoder, index_dir=tmp_path, multilingual=HashEncoder())
    assert built.is_new
    version = open_version(tmp_path, built.version)
    assert version.manifest.multilingual == hash_encoder.fingerprint
    assert version.multilingual is not None
    assert np.allclose(version.multilingual, arrays_of(version).pooled, atol=1e-3)
    path = tmp_path / built.version / "multilingual.npy"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(IndexDamagedError, match="multilingual"):
        open_version(tmp_path, built.version)
