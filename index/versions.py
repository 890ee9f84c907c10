"""Versions on disk: immutable folders, whose paths `layout.py` names.

`manifest.json` is written last and holds the hash of every other file: its existence means that the version is
complete, and nothing is parsed before its hash was verified.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from corpus import Document
from corpus.storage import document_from, record_of
from index.durable import sync, write_durably
from index.engines import DEFAULT_ENGINES, Engines
from index.errors import IndexDamagedError, IndexMissingError
from index.layout import VERSION_NAME, IndexLayout
from index.manifest import BUILD_COMMAND, Manifest, read_manifest, sealed
from index.passage_table import PassageTable
from index.passage_vectors import PassageVectors
from index.passages import Passage
from index.saved_vectors import FIELDS, KEYS, POOLED, SPANS, TOKENS, EarlierVectors, SavedVectors
from index.store import VectorStore
from index.words import Words, packed_words

LARGEST_IN_MEMORY = 512 * 1024 * 1024  # bytes; a larger array is read from its file as it is needed


@dataclass(frozen=True, slots=True)
class IndexVersion:
    """A loaded version. Row i of `words`, of `vectors.pooled` and of `store` belongs to `passages[i]`."""

    name: str
    manifest: Manifest
    documents: dict[str, Document]
    passages: PassageTable
    words: Words
    vectors: PassageVectors
    store: VectorStore


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
    vectors: SavedVectors,
    engines: Engines = DEFAULT_ENGINES,
) -> Path:
    """Write a complete version; the manifest's `files` and `store` are added here. Call it inside `locking.publishing`."""
    folder = layout.version(manifest.version)
    folder.mkdir()
    rows = [record_of(document) | {"text": document.text} for document in documents]
    (folder / "documents.json").write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    table = PassageTable.of(documents, passages)
    words = packed_words((p.section for p in passages), map(table.text, range(len(table))))
    for name, array in (("passages", table.places), ("words", words.codes), ("word_starts", words.starts)):
        np.save(folder / f"{name}.npy", array, allow_pickle=False)
    known = vectors.save(folder)
    store = engines.write(np.load(folder / POOLED, mmap_mode="r", allow_pickle=False), folder)
    files = {}
    for path in sorted(folder.iterdir()):
        sync(path)
        files[path.name] = known.get(path.name) or sha256_of_file(path)
    write_durably(folder / "manifest.json", sealed(asdict(manifest) | {"files": files, "store": store}))
    sync(layout.root)
    return folder


def open_version(index_dir: Path, name: str, /, *, engines: Engines = DEFAULT_ENGINES) -> IndexVersion:
    """Verify every file of a version against its manifest, then load it.

    Raises:
        IndexMissingError: there is no such version.
        IndexDamagedError: a file is missing or its hash has changed; the message names it.
    """
    manifest = read_manifest(index_dir, name)
    folder = IndexLayout(index_dir).version(name)
    for file, expected in manifest.files.items():
        try:
            actual = sha256_of_file(folder / file)
        except OSError:
            actual = "missing"
        if actual != expected:
            raise IndexDamagedError(f"version {name}: {file} is damaged or missing.", remedy=BUILD_COMMAND)
    try:
        records = json.loads((folder / "documents.json").read_bytes())
        documents = {record["id"]: document_from(record, record["text"]) for record in records}
        passages = PassageTable(documents.values(), _load_array(folder / "passages.npy"))
        words = Words(_load_array(folder / "words.npy"), _load_array(folder / "word_starts.npy"))
        vectors = PassageVectors(*(_load_array(folder / file) for file in FIELDS))
        store = engines.open(manifest.store, folder, vectors.pooled)
    except (ValueError, TypeError, KeyError, RuntimeError, OSError):
        raise IndexDamagedError(f"version {name} cannot be read by this program.", remedy=BUILD_COMMAND) from None
    is_whole = len(passages) == len(words.starts) == manifest.passages
    if not (is_whole and vectors.fit(manifest.passages, manifest.dimension)):
        raise IndexDamagedError(f"version {name}: its vectors do not fit its passages.", remedy=BUILD_COMMAND)
    return IndexVersion(name, manifest, documents, passages, words, vectors, store)


def earlier_vectors(index_dir: Path, manifest: Manifest, /) -> EarlierVectors | None:
    """What a version has that another one may share; nothing if a byte of that has changed."""
    folder, needed = IndexLayout(index_dir).version(manifest.version), (KEYS, SPANS, POOLED, TOKENS)
    try:
        if any(sha256_of_file(folder / file) != manifest.files[file] for file in needed):
            return None
        keys, spans, pooled = (_load_array(folder / file) for file in (KEYS, SPANS, POOLED))
        base = len(np.load(folder / TOKENS, mmap_mode="r", allow_pickle=False))
    except (OSError, ValueError):
        return None
    rows = {key.tobytes(): row for row, key in enumerate(keys)}
    return EarlierVectors(folder, pooled, spans, base, rows, manifest.files[TOKENS])


def article_ids(index_dir: Path, manifest: Manifest, /) -> list[str]:
    """The ids of a version's articles; none if that file is damaged."""
    path = IndexLayout(index_dir).version(manifest.version) / "documents.json"
    try:
        if sha256_of_file(path) != manifest.files[path.name]:
            return []
        return [row["id"] for row in json.loads(path.read_bytes())]
    except OSError:
        return []


def _load_array(path: Path) -> npt.NDArray[Any]:
    """An array whose hash was verified. In memory where it fits: a mapped file that shrinks would take the process down."""
    mode: Literal["r"] | None = "r" if path.stat().st_size > LARGEST_IN_MEMORY else None
    array: npt.NDArray[Any] = np.load(path, mmap_mode=mode, allow_pickle=False)
    return array


def sha256_of_file(path: Path, /) -> str:
    """The hash of a file's content, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
