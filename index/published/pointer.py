"""Which version is served: publish, roll back, prune. Every change of the pointer is one line of the history."""

import json
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from corpus.durable import Holder, write_durably
from corpus.regular_files import LARGEST_HISTORY, read_regular
from index.errors import BUILD_COMMAND, IndexDamagedError, IndexMissingError, StoreCallError, StoreUnreachableError
from index.published.layout import MANIFEST, VERSION_NAME, IndexLayout
from index.published.locking import is_held
from index.published.manifest import read_manifest
from index.published.signing import NO_KEY, Trust
from index.published.version import current_version, list_versions, open_version
from index.stores import DEFAULT_ENGINES, Engines

FEWEST_KEPT = 3


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One version as it is listed. `fault` says why it could not be published."""

    version: str
    is_current: bool
    was_published: bool
    passages: int
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What a maintainer says of a publication: `by` whom, if that is not the user of the machine, and why."""

    by: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Publication:
    """One line of the history. `since` is a time in UTC."""

    version: str
    user: str
    host: str
    since: str
    by: str = ""
    why: str = ""


NOTHING_SAID = Said()


def publish(
    layout: IndexLayout,
    name: str,
    /,
    *,
    engines: Engines = DEFAULT_ENGINES,
    trust: Trust = NO_KEY,
    said: Said = NOTHING_SAID,
) -> None:
    """Verify a version and make it the one that is served. Call it inside `locking.publishing`.

    Raises:
        IndexMissingError, IndexDamagedError: the version is not there or not whole; nothing was changed.
        StoreUnreachableError, StoreCallError: the vector store gives no answer; the message says what was changed.
    """
    trust.check_age(layout.root, name)
    manifest = open_version(layout.root, name, engines=engines, trust=trust).manifest
    point_to(layout, name, said)
    trust.saw(layout.root, name)
    try:
        engines.announce(manifest.store)  # last: if killed before, the next publication or build does it
    except StoreUnreachableError as error:
        raise StoreUnreachableError(
            f"{name} is published, but the alias in Milvus may not point to it yet: {error.message}",
            remedy=f"Run `python -m index publish {name}` again.",
        ) from None


def point_to(layout: IndexLayout, name: str, said: Said = NOTHING_SAID, /) -> None:
    """Point to a version that is whole, and note it in the history. Call it inside `locking.publishing`."""
    # The history first: if killed between the two, it names a whole version that was about to be published.
    spoken = {key: text for key, text in asdict(said).items() if text}
    line = json.dumps({"version": name, **asdict(Holder.this_process()), **spoken})
    past = read_regular(layout.history, most=LARGEST_HISTORY) if layout.history.exists() else b""
    write_durably(layout.history, past + f"{line}\n".encode())
    write_durably(layout.current, f"{name}\n".encode())


def published_before(index_dir: Path, /) -> set[str]:
    """Names of all versions that were ever published here, kept or not."""
    return {publication.version for publication in publications(index_dir)}


def publications(index_dir: Path, /) -> list[Publication]:
    """Every publication, oldest first."""
    try:
        lines = read_regular(IndexLayout(index_dir).history, most=LARGEST_HISTORY).decode("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []
    return list(_publications(lines))


def is_withdrawn(index_dir: Path, name: str, /) -> bool:
    """Whether a version was rolled back: it was published, and an older one is served since."""
    current = _current_or_none(index_dir)
    return current is not None and name > current and name in published_before(index_dir)


def _publications(lines: list[str]) -> Iterator[Publication]:
    for line in lines:
        try:
            row = json.loads(line)
            name, *rest = str(row["version"]), *(str(row.get(key, "")) for key in ("user", "host", "since", "by", "why"))
        except (ValueError, KeyError, TypeError, AttributeError):
            continue  # a damaged line costs its own entry only
        yield Publication(name, *rest)


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
    found = _rows(index_dir)
    if not found:
        raise IndexMissingError(f"there is no index at {index_dir}.", remedy=BUILD_COMMAND)
    return found


def _rows(index_dir: Path) -> list[VersionRow]:
    current, published = _current_or_none(index_dir), published_before(index_dir)
    found = []
    for name in list_versions(index_dir):
        try:
            passages, fault = read_manifest(index_dir, name).passages, ""
        except (IndexDamagedError, IndexMissingError) as error:
            passages, fault = 0, error.message
        found.append(VersionRow(name, name == current, name in published, passages, fault))
    return found


def prunable(index_dir: Path, /, *, keep: int = FEWEST_KEPT) -> list[str]:
    """Versions that may be deleted: never the newest `keep`, the current one, a served one, or one that cannot be read.

    Raises:
        ValueError: fewer than three are to be kept.
    """
    if keep < FEWEST_KEPT:
        raise ValueError(keep)
    current = _current_or_none(index_dir)
    older = list_versions(index_dir)[:-keep]
    unreadable = unreadable_versions(index_dir)
    return [name for name in older if name not in {current, *unreadable} and not is_held(index_dir, name)]


def unreadable_versions(index_dir: Path, /) -> dict[str, str]:
    """Versions whose manifest this program cannot read, with the reason: damaged, or of another program's format."""
    return {row.version: row.fault for row in _rows(index_dir) if row.fault}


def remove(layout: IndexLayout, name: str, /, *, engines: Engines = DEFAULT_ENGINES) -> None:
    """Delete a version. The manifest goes first: without it the rest is what an unfinished build leaves."""
    (layout.version(name) / MANIFEST).unlink()
    engines.remove(layout.version(name))
    shutil.rmtree(layout.version(name))


def remove_unfinished(layout: IndexLayout, /, *, engines: Engines = DEFAULT_ENGINES) -> None:
    """Delete version folders without a manifest, which a killed build leaves. See `discard`."""
    for path in layout.root.iterdir():
        if path.is_dir() and VERSION_NAME.fullmatch(path.name) and not (path / MANIFEST).exists():
            discard(path, engines=engines)


def discard(folder: Path, /, *, engines: Engines) -> None:
    """Delete an incomplete version. While Milvus cannot delete its collection, the folder that names it stays."""
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
