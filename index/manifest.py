"""What a version was made from, and the hash of every file of it; sealed by a hash of its own."""

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from index.engines import FAISS, Description
from index.engines import FILES as STORE_FILES
from index.errors import IndexDamagedError, IndexMissingError
from index.layout import IndexLayout
from index.saved_vectors import VECTOR_FILES

FORMAT = 6  # bump when an older program would misread a version
COMMON_FILES = {"documents.json", "passages.npy", "words.npy", "word_starts.npy", *VECTOR_FILES}
BUILD_COMMAND = "Run `python -m index build`."
NO_SEAL = "0" * 64


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
    store: Description = field(default_factory=lambda: {"engine": FAISS})  # where the vectors are searched; `engines.py`
    gone: tuple[str, ...] = ()  # ids of articles that were published before and are no more
    format: int = FORMAT


def files_of(store: Description, /) -> set[str]:
    """The files of a version with such a store, beside the manifest.

    Raises:
        KeyError: no engine of this program made it.
    """
    return COMMON_FILES | STORE_FILES[store["engine"]]


def sealed(record: dict[str, Any], /) -> bytes:
    """The file of a manifest: its fields, and the hash of that very file with zeros for the hash."""
    blank = json.dumps(record | {"sha256": NO_SEAL}, indent=2).encode("utf-8")
    return blank.replace(NO_SEAL.encode(), hashlib.sha256(blank).hexdigest().encode())


def read_manifest(index_dir: Path, name: str, /) -> Manifest:
    """The manifest of a version.

    Raises:
        IndexMissingError: there is no such version.
        IndexDamagedError: a byte of it has changed, or it is of another format.
    """
    path = IndexLayout(index_dir).version(name) / "manifest.json"
    try:
        return _parsed(path.read_bytes(), name)
    except FileNotFoundError:
        raise IndexMissingError(f"there is no version {name} in {index_dir}.", remedy=BUILD_COMMAND) from None
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        raise IndexDamagedError(f"the manifest of version {name} cannot be read.", remedy=BUILD_COMMAND) from None


def _parsed(data: bytes, name: str) -> Manifest:
    record: dict[str, Any] = json.loads(data)
    seal = str(record.pop("sha256")) if record.get("format") == FORMAT else ""
    if record["format"] != FORMAT or record["version"] != name:
        raise IndexDamagedError(f"version {name} has another format or name than its manifest.", remedy=BUILD_COMMAND)
    if hashlib.sha256(data.replace(seal.encode(), NO_SEAL.encode(), 1)).hexdigest() != seal:
        raise IndexDamagedError(f"version {name}: manifest.json is damaged.", remedy=BUILD_COMMAND)
    manifest = Manifest(**record | {"gone": tuple(record["gone"])})
    if not isinstance(manifest.files, dict) or manifest.files.keys() != files_of(manifest.store):
        raise IndexDamagedError(f"the manifest of version {name} does not name its files.", remedy=BUILD_COMMAND)
    return manifest
