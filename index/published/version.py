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
from corpus.durable import sync, write_durably
from corpus.regular_files import LARGEST_POINTER, open_regular, read_regular
from index.documents import Bytes, Documents, FiledDocuments, write_documents
from index.encoding.cache import CachedSentences, SavedVectors
from index.encoding.vectors import VECTOR_FILES, PassageVectors, RowVectors
from index.errors import BUILD_COMMAND, IndexDamagedError, IndexMissingError
from index.passages import Passage, PassageTable
from index.published.layout import DOCUMENTS, MANIFEST, MULTILINGUAL, PASSAGES, PLACES, TEXTS, VERSION_NAME, IndexLayout
from index.published.manifest import Manifest, read_manifest, sealed
from index.published.signing import NO_KEY, Trust
from index.stores import DEFAULT_ENGINES, Engines, VectorStore

# Bytes of a file; a larger one is read as it is needed. Of articles and places a question needs little, and every server
# would hold them, whatever holds the vectors.
LARGEST_IN_MEMORY, LARGEST_READ_WHOLE = 512 * 2**20, 4 * 2**20


@dataclass(frozen=True, slots=True)
class IndexVersion:
    """A loaded version. Row i of `vectors`, of `store` and of `multilingual` (n, d), if it has that, belongs to
    `passages[i]`."""

    name: str
    manifest: Manifest
    documents: Documents
    passages: PassageTable
    vectors: RowVectors
    store: VectorStore
    multilingual: npt.NDArray[np.float16] | None = None


def list_versions(index_dir: Path, /) -> list[str]:
    """Names of the complete versions, oldest first."""
    if not index_dir.is_dir():
        return []
    return sorted(p.name for p in index_dir.iterdir() if VERSION_NAME.fullmatch(p.name) and _is_complete(p))


def _is_complete(folder: Path) -> bool:
    try:
        return (folder / MANIFEST).is_file()
    except OSError:  # a folder that this process may not read
        return False


def current_version(index_dir: Path, /) -> str:
    """The published version's name.

    Raises:
        IndexMissingError: nothing was published.
        IndexDamagedError: the pointer names no version.
    """
    try:
        name = read_regular(IndexLayout(index_dir).current, most=LARGEST_POINTER).decode("ascii").strip()
    except FileNotFoundError:
        raise IndexMissingError(f"there is no index at {index_dir}.", remedy=BUILD_COMMAND) from None
    except (OSError, UnicodeDecodeError):
        name = ""
    if not VERSION_NAME.fullmatch(name):
        raise IndexDamagedError(f"{index_dir}/CURRENT names no version.", remedy=BUILD_COMMAND)
    return name


def write_version(
    layout: IndexLayout,
    manifest: Manifest,
    /,
    *,
    documents: list[Document],
    passages: list[Passage],
    vectors: SavedVectors,
    multilingual: CachedSentences | None = None,
    engines: Engines = DEFAULT_ENGINES,
) -> Path:
    """Write a complete version; the manifest's `files` and `store` are added here. Call it inside `locking.publishing`."""
    folder = layout.version(manifest.version)
    folder.mkdir()
    write_documents(documents, records=folder / DOCUMENTS, texts=folder / TEXTS, table=folder / PLACES)
    table = PassageTable.of(documents, passages)
    np.save(folder / PASSAGES, table.places, allow_pickle=False)
    vectors.save(folder)
    if multilingual is not None:
        multilingual.save(folder / MULTILINGUAL)
    mapped = (np.load(folder / file, mmap_mode="r", allow_pickle=False) for file in VECTOR_FILES)
    store = engines.write(PassageVectors(*mapped), folder)
    files = {}
    for path in sorted(folder.iterdir()):
        sync(path)
        files[path.name] = sha256_of_file(path)
    write_durably(folder / MANIFEST, sealed(asdict(manifest) | {"files": files, "store": store}))
    sync(layout.root)
    return folder


def open_version(
    index_dir: Path, name: str, /, *, engines: Engines = DEFAULT_ENGINES, trust: Trust = NO_KEY
) -> IndexVersion:
    """Verify every file of a version against its manifest, then load it.

    Raises:
        IndexMissingError: there is no such version.
        IndexDamagedError: a file is missing or its hash has changed; the message names it.
        SignatureError: there is a key, and the manifest is not signed with it.
    """
    manifest = read_manifest(index_dir, name, trust=trust)
    folder = IndexLayout(index_dir).version(name)
    for file in damaged_files(folder, manifest.files):
        raise IndexDamagedError(f"version {name}: {file} is damaged or missing.", remedy=BUILD_COMMAND)
    try:
        records, texts = (_load_bytes(folder / file, LARGEST_READ_WHOLE) for file in (DOCUMENTS, TEXTS))
        documents = FiledDocuments(records, texts, _load_array(folder / PLACES, LARGEST_READ_WHOLE))
        passages = PassageTable(documents, _load_array(folder / PASSAGES, LARGEST_READ_WHOLE))
        store = engines.open(manifest.store, folder)
        vectors = store if isinstance(store, RowVectors) else _load_vectors(folder)
        multilingual = _load_array(folder / MULTILINGUAL, LARGEST_READ_WHOLE) if manifest.multilingual else None
    except (ValueError, TypeError, KeyError, RuntimeError, OSError):
        raise IndexDamagedError(f"version {name} cannot be read by this program.", remedy=BUILD_COMMAND) from None
    is_whole = multilingual is None or len(multilingual) == manifest.passages
    if not (is_whole and len(passages) == manifest.passages and vectors.fit(manifest.passages, manifest.dimension)):
        raise IndexDamagedError(f"version {name}: its vectors do not fit its passages.", remedy=BUILD_COMMAND)
    return IndexVersion(name, manifest, documents, passages, vectors, store, multilingual)


def article_ids(index_dir: Path, manifest: Manifest, /) -> list[str]:
    """The ids of a version's articles; none if that file is damaged."""
    path = IndexLayout(index_dir).version(manifest.version) / DOCUMENTS
    try:
        if sha256_of_file(path) != manifest.files[path.name]:
            return []
        return [row["id"] for row in json.loads(path.read_bytes())]
    except OSError:
        return []


def _load_vectors(folder: Path) -> PassageVectors:
    return PassageVectors(*(_load_array(folder / file, LARGEST_IN_MEMORY) for file in VECTOR_FILES))


def _load_array(path: Path, most: int) -> npt.NDArray[Any]:
    """An array whose hash was verified; in memory up to `most` bytes, since a mapped file that shrinks takes the process
    down."""
    mode: Literal["r"] | None = "r" if path.stat().st_size > most else None
    array: npt.NDArray[Any] = np.load(path, mmap_mode=mode, allow_pickle=False)
    return array


def _load_bytes(path: Path, most: int) -> Bytes:
    """The same for a file that is no array."""
    return np.memmap(path, np.uint8, "r") if path.stat().st_size > most else np.fromfile(path, np.uint8)


def damaged_files(folder: Path, files: dict[str, str], /) -> list[str]:
    """The files that are missing or do not have the hash that `files` names."""
    return [name for name, expected in files.items() if _sha256_or_missing(folder / name) != expected]


def _sha256_or_missing(path: Path) -> str:
    try:
        return sha256_of_file(path)
    except OSError:
        return "missing"


def sha256_of_file(path: Path, /) -> str:
    """The hash of a file's content, in hexadecimal digits."""
    with open_regular(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
