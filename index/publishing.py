"""Which version is served: publish, roll back, prune. Every change of the pointer is one line of the history."""

import json
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from index.durable import write_durably
from index.engines import DEFAULT_ENGINES, Engines
from index.errors import IndexDamagedError, IndexMissingError, StoreCallError, StoreUnreachableError
from index.layout import VERSION_NAME, IndexLayout
from index.locking import Holder, is_held
from index.manifest import BUILD_COMMAND, read_manifest
from index.versions import current_version, list_versions, open_version

FEWEST_KEPT = 3


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version as it is listed. `fault` says why it could not be published."""

    version: str
    is_current: bool
    was_published: bool
    passages: int
    fault: str = ""


def publish(layout: IndexLayout, name: str, /, *, engines: Engines = DEFAULT_ENGINES) -> None:
    """Verify a version and make it the one that is served. Call it inside `locking.publishing`.

    Raises:
        IndexMissingError, IndexDamagedError: the version is not there or not whole; nothing was changed.
        StoreUnreachableError, StoreCallError: what holds its vectors cannot be asked; the message says what was changed.
    """
    manifest = open_version(layout.root, name, engines=engines).manifest
    # The history first: killed between the two, it names a version that was meant to be published, and is whole.
    line = json.dumps({"version": name, **asdict(Holder.this_process())})
    past = layout.history.read_bytes() if layout.history.exists() else b""
    write_durably(layout.history, past + f"{line}\n".encode())
    write_durably(layout.current, f"{name}\n".encode())
    try:
        engines.announce(manifest.store)  # last: killed before it, the next publication or build makes up for it
    except StoreUnreachableError as error:
        raise StoreUnreachableError(
            f"{name} is published, but the alias may not stand for it yet: {error.message}", remedy="Publish it once more."
        ) from None


def published_before(index_dir: Path, /) -> set[str]:
    """Names of all versions that were ever published here, kept or not."""
    try:
        lines = IndexLayout(index_dir).history.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return set()
    return set(_names(lines))


def _names(lines: list[str]) -> Iterator[str]:
    for line in lines:
        try:
            yield str(json.loads(line)["version"])
        except (ValueError, KeyError, TypeError):
            continue  # a damaged line costs its own entry only


def rollback_target(index_dir: Path, /, *, engines: Engines = DEFAULT_ENGINES) -> str:
    """The version to go back to: the newest whole one that was published and is older than the current.

    With a damaged pointer it is the newest whole one that was published.

    Raises:
        IndexMissingError: there is none.
    """
    current = _current_or_none(index_dir)
    published = published_before(index_dir)
    for name in reversed(list_versions(index_dir)):
        if name in published and (current is None or name < current) and not _fault(index_dir, name, engines):
            return name
    raise IndexMissingError(f"there is no version to go back to in {index_dir}.", remedy=BUILD_COMMAND)


def rows(index_dir: Path, /) -> list[VersionRow]:
    """Every version, oldest first; a damaged pointer or version is listed all the same.

    Raises:
        IndexMissingError: there is no version at all.
    """
    names = list_versions(index_dir)
    if not names:
        raise IndexMissingError(f"there is no index at {index_dir}.", remedy=BUILD_COMMAND)
    current, published = _current_or_none(index_dir), published_before(index_dir)
    found = []
    for name in names:
        try:
            passages, fault = read_manifest(index_dir, name).passages, ""
        except IndexDamagedError as error:
            passages, fault = 0, error.message
        found.append(VersionRow(name, name == current, name in published, passages, fault))
    return found


def prunable(index_dir: Path, /, *, keep: int = FEWEST_KEPT) -> list[str]:
    """Versions that may be deleted: never the newest `keep`, the current one, or one that a process serves.

    Raises:
        ValueError: fewer than three are to be kept.
    """
    if keep < FEWEST_KEPT:
        raise ValueError(keep)
    current = _current_or_none(index_dir)
    older = list_versions(index_dir)[:-keep]
    return [name for name in older if name != current and not is_held(index_dir, name)]


def remove(layout: IndexLayout, name: str, /, *, engines: Engines = DEFAULT_ENGINES) -> None:
    """Delete a version. The manifest goes first: without it the rest is what an unfinished build leaves."""
    (layout.version(name) / "manifest.json").unlink()
    engines.remove(layout.version(name))
    shutil.rmtree(layout.version(name))


def remove_unfinished(layout: IndexLayout, /, *, engines: Engines = DEFAULT_ENGINES) -> None:
    """Delete what a killed build left: version folders without a manifest. What Milvus holds waits until it can be asked."""
    for path in layout.root.iterdir():
        if path.is_dir() and VERSION_NAME.fullmatch(path.name) and not (path / "manifest.json").exists():
            discard(path, engines=engines)


def discard(folder: Path, /, *, engines: Engines) -> None:
    """Delete a version that was never complete, as far as it can be; what names a collection stays as long as that does."""
    with suppress(StoreUnreachableError, StoreCallError):
        engines.remove(folder)
        shutil.rmtree(folder, ignore_errors=True)


def _current_or_none(index_dir: Path) -> str | None:
    try:
        return current_version(index_dir)
    except (IndexMissingError, IndexDamagedError):
        return None


def _fault(index_dir: Path, name: str, engines: Engines) -> str:
    try:
        open_version(index_dir, name, engines=engines)
    except (IndexMissingError, IndexDamagedError) as error:
        return error.message
    return ""
