"""Published versions on disk: immutable folders, and one pointer that is swapped.

    <index>/CURRENT                the name of the version that is served
    <index>/<version>/             documents.json, passages.json, vectors.npy, tokens.npy, starts.npy,
                                   store.faiss, manifest.json
    <index>/encodings.sqlite       the cache of encodings; may be deleted at any time
    <index>/publish.lock           held while a version is written or the pointer moves

`manifest.json` is written last and holds the hash of every other file: its existence means that the version is
complete, and nothing is parsed before its hash was verified.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock, Timeout

from corpus import Document, ShownError
from corpus.storage import document_from, record_of, sha256_of
from index.durable import sync, write_durably
from index.encoding_cache import VECTOR_PARTS, PassageVectors
from index.errors import IndexDamagedError, IndexMissingError
from index.faiss_store import FaissStore
from index.passages import Passage
from index.store import VectorStore

FORMAT = 3  # bump when an older program would misread a version
VERSION_NAME = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{6}")
FILES = {"documents.json", "passages.json", "store.faiss", *(f"{part}.npy" for part in VECTOR_PARTS)}  # in a manifest
BUILD_COMMAND = "Run `python -m index build`."


@dataclass(frozen=True, slots=True)
class IndexLayout:
    """Every path below the index folder."""

    root: Path

    @property
    def current(self) -> Path:
        """The pointer."""
        return self.root / "CURRENT"

    @property
    def encoding_cache(self) -> Path:
        """Encodings computed before."""
        return self.root / "encodings.sqlite"

    @property
    def lock(self) -> Path:
        """Held while anything below the root is written."""
        return self.root / "publish.lock"

    def version(self, name: str) -> Path:
        """The folder of one version."""
        return self.root / name


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a version was made from. `inputs` is the hash of everything that decides its content."""

    version: str
    inputs: str
    model: str
    splitter: str
    passages: int
    dimension: int
    files: dict[str, str]  # file name → sha256
    gone: tuple[str, ...] = ()  # ids of articles that were published before and are no more
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class IndexVersion:
    """A loaded version. Row i of `vectors.pooled` and of `store` belongs to `passages[i]`."""

    name: str
    manifest: Manifest
    documents: dict[str, Document]
    passages: tuple[Passage, ...]
    vectors: PassageVectors
    store: VectorStore


@contextmanager
def publishing(index_dir: Path, /) -> Iterator[IndexLayout]:
    """Hold the right to write versions; the system releases it when the process dies.

    Raises:
        ShownError: somebody else is building or publishing right now.
    """
    index_dir.mkdir(parents=True, exist_ok=True)
    layout = IndexLayout(index_dir)
    try:
        with FileLock(layout.lock, timeout=0):
            yield layout
    except Timeout:
        raise ShownError(f"{index_dir} is being built or published by another process.", remedy="Try again later.") from None


def list_versions(index_dir: Path, /) -> list[str]:
    """Names of the complete versions, oldest first."""
    if not index_dir.is_dir():
        return []
    return sorted(p.name for p in index_dir.iterdir() if VERSION_NAME.fullmatch(p.name) and (p / "manifest.json").is_file())


def current_version(index_dir: Path, /) -> str:
    """The published version's name.

    Raises:
        IndexMissingError: nothing was published.
        IndexDamagedError: the pointer names no version.
    """
    try:
        name = IndexLayout(index_dir).current.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        raise IndexMissingError(f"there is no index at {index_dir}.", remedy=BUILD_COMMAND) from None
    except UnicodeDecodeError:
        name = "not text"
    if not VERSION_NAME.fullmatch(name):
        raise IndexDamagedError(f"{index_dir}/CURRENT names no version ({name[:40]!r}).", remedy=BUILD_COMMAND)
    return name


def write_version(
    layout: IndexLayout,
    manifest: Manifest,
    /,
    *,
    documents: list[Document],
    passages: list[Passage],
    vectors: PassageVectors,
) -> Path:
    """Write a complete version; the manifest's `files` are filled in here. Call it inside `publishing`."""
    folder = layout.version(manifest.version)
    folder.mkdir()
    rows = [record_of(document) | {"text": document.text} for document in documents]
    (folder / "documents.json").write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    (folder / "passages.json").write_text(json.dumps([asdict(p) for p in passages], ensure_ascii=False), encoding="utf-8")
    for part, array in vectors.by_part().items():
        np.save(folder / f"{part}.npy", array, allow_pickle=False)
    FaissStore.build(vectors.pooled).save(folder / "store.faiss")
    files = {}
    for path in sorted(folder.iterdir()):
        sync(path)
        files[path.name] = sha256_of(path.read_bytes())
    record = asdict(manifest) | {"files": files}
    write_durably(folder / "manifest.json", json.dumps(record, indent=2).encode("utf-8"))
    sync(layout.root)
    return folder


def publish(layout: IndexLayout, name: str, /) -> None:
    """Verify a version and make it the one that is served. Call it inside `publishing`.

    Raises:
        IndexMissingError, IndexDamagedError: the version is not there or not whole; nothing was changed.
    """
    open_version(layout.root, name)
    write_durably(layout.current, f"{name}\n".encode())


def read_manifest(index_dir: Path, name: str, /) -> Manifest:
    """The manifest of a version.

    Raises:
        IndexMissingError: there is no such version.
        IndexDamagedError: the manifest is not readable or of another format.
    """
    path = IndexLayout(index_dir).version(name) / "manifest.json"
    try:
        record: dict[str, Any] = json.loads(path.read_bytes())
        manifest = Manifest(**record)
    except FileNotFoundError:
        raise IndexMissingError(f"there is no version {name} in {index_dir}.", remedy=BUILD_COMMAND) from None
    except (ValueError, TypeError):
        raise IndexDamagedError(f"the manifest of version {name} cannot be read.", remedy=BUILD_COMMAND) from None
    if manifest.format != FORMAT or manifest.version != name:
        raise IndexDamagedError(f"version {name} has another format or name than its manifest.", remedy=BUILD_COMMAND)
    if not isinstance(manifest.gone, list) or not all(isinstance(id_, str) for id_ in manifest.gone):
        raise IndexDamagedError(f"the manifest of version {name} does not name what is gone.", remedy=BUILD_COMMAND)
    manifest = replace(manifest, gone=tuple(manifest.gone))
    if not isinstance(manifest.files, dict) or manifest.files.keys() != FILES:
        raise IndexDamagedError(f"the manifest of version {name} does not name its files.", remedy=BUILD_COMMAND)
    return manifest


def open_version(index_dir: Path, name: str, /) -> IndexVersion:
    """Verify every file of a version against its manifest, then load it.

    Raises:
        IndexMissingError: there is no such version.
        IndexDamagedError: a file is missing or its hash has changed; the message names it.
    """
    manifest = read_manifest(index_dir, name)
    folder = IndexLayout(index_dir).version(name)
    for file, expected in manifest.files.items():
        try:
            actual = sha256_of((folder / file).read_bytes())
        except OSError:
            actual = "missing"
        if actual != expected:
            raise IndexDamagedError(f"version {name}: {file} is damaged or missing.", remedy=BUILD_COMMAND)
    try:
        rows = json.loads((folder / "documents.json").read_bytes())
        documents = {row["id"]: document_from(row, row["text"]) for row in rows}
        passages = tuple(Passage(**row) for row in json.loads((folder / "passages.json").read_bytes()))
        pooled, tokens, starts = (np.load(folder / f"{part}.npy", allow_pickle=False) for part in VECTOR_PARTS)
        vectors = PassageVectors(pooled, tokens, starts)
        store = FaissStore.load(folder / "store.faiss")
    except (ValueError, TypeError, KeyError, RuntimeError, OSError):
        raise IndexDamagedError(f"version {name} cannot be read by this program.", remedy=BUILD_COMMAND) from None
    shape = (manifest.passages, manifest.dimension)
    if not (len(passages) == len(starts) == manifest.passages and pooled.shape == shape and tokens.shape[1:] == shape[1:]):
        raise IndexDamagedError(f"version {name}: its vectors do not fit its passages.", remedy=BUILD_COMMAND)
    return IndexVersion(name, manifest, documents, passages, vectors, store)
