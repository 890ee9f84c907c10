"""What a version was made from, and the hash of every file of it; sealed by a hash of its own."""

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corpus.regular_files import LARGEST_RECORD, read_regular
from index.errors import BUILD_COMMAND, IndexDamagedError, IndexMissingError
from index.published.layout import DOCUMENTS, MANIFEST, MULTILINGUAL, PASSAGES, PLACES, TEXTS, IndexLayout
from index.published.signing import NO_KEY, Trust
from index.stores import FAISS, Description
from index.stores import FILES as STORE_FILES

FORMAT = 11  # bump when an older program would misread a version
COMMON_FILES = {DOCUMENTS, TEXTS, PLACES, PASSAGES}
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
    store: Description = field(default_factory=lambda: {"engine": FAISS})  # where the vectors are searched; `index/stores`
    site: str = ""  # the corpus's `site.toml`
    gone: tuple[str, ...] = ()  # ids of articles that were published before and are no more
    multilingual: str = ""  # the encoder of MULTILINGUAL, by its fingerprint; empty without that file
    format: int = FORMAT


def files_of(store: Description, /, *, is_multilingual: bool = False) -> set[str]:
    """The files of a version with such a store, and with sentences for other languages or not, beside the manifest.

    Raises:
        KeyError: this program has no such store.
    """
    return COMMON_FILES | STORE_FILES[store["engine"]] | ({MULTILINGUAL} if is_multilingual else set())


def _files_of(manifest: Manifest) -> set[str]:
    return files_of(manifest.store, is_multilingual=bool(manifest.multilingual))


def sealed(record: dict[str, Any], /) -> bytes:
    """A record as the bytes of a file. Its `sha256` is the hash of these bytes with zeros in its own place."""
    blank = json.dumps(record | {"sha256": NO_SEAL}, indent=2).encode("utf-8")
    return blank.replace(NO_SEAL.encode(), hashlib.sha256(blank).hexdigest().encode())


def is_sealed(data: bytes, seal: str, /) -> bool:
    """Whether `seal` is the hash that `sealed` wrote into this file: no byte of it has changed."""
    return hashlib.sha256(data.replace(seal.encode(), NO_SEAL.encode(), 1)).hexdigest() == seal


def read_manifest(index_dir: Path, name: str, /, *, trust: Trust = NO_KEY) -> Manifest:
    """The manifest of a version. With a key, its signature is checked before anything is parsed.

    Raises:
        IndexMissingError: there is no such version.
        SignatureError: it is not signed with the key.
        IndexDamagedError: a byte of it has changed, or it is of another format.
    """
    path = IndexLayout(index_dir).version(name) / MANIFEST
    try:
        data = read_regular(path, most=LARGEST_RECORD)
        trust.check_file(path, data, what=f"version {name}")
        return _parsed(data, name)
    except FileNotFoundError:
        raise IndexMissingError(f"there is no version {name} in {index_dir}.", remedy=BUILD_COMMAND) from None
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        raise IndexDamagedError(f"the manifest of version {name} cannot be read.", remedy=BUILD_COMMAND) from None


def _parsed(data: bytes, name: str) -> Manifest:
    record: dict[str, Any] = json.loads(data)
    seal = str(record.pop("sha256")) if record.get("format") == FORMAT else ""
    if record["format"] != FORMAT or record["version"] != name:
        raise IndexDamagedError(f"version {name}: its manifest is of another format or version.", remedy=BUILD_COMMAND)
    if not is_sealed(data, seal):
        raise IndexDamagedError(f"version {name}: {MANIFEST} is damaged.", remedy=BUILD_COMMAND)
    manifest = Manifest(**record | {"gone": tuple(record["gone"])})
    if not isinstance(manifest.files, dict) or manifest.files.keys() != _files_of(manifest):
        raise IndexDamagedError(f"the manifest of version {name} does not name its files.", remedy=BUILD_COMMAND)
    return manifest
