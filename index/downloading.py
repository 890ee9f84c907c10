"""A version and its model, from an object store to an index folder: whole and verified, or not at all.

Both are fetched to a folder beside the versions, record first, every file then by the name and the hash that the sealed
record gives it. What was fetched before a failure is not fetched again, nor what stands in another version here.
"""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import get_args

from index.durable import sync
from index.errors import IndexDamagedError, IndexStorageError
from index.exported_model import RECORD, read_record
from index.layout import IndexLayout, Precision
from index.locking import publishing
from index.manifest import read_manifest
from index.object_store import ObjectMissingError, ObjectStore
from index.versions import list_versions, sha256_of_file

MANIFEST = "manifest.json"
SPARE = 64 * 2**20  # bytes of the disk that are left free


def is_here(layout: IndexLayout, name: str, /) -> bool:
    """Whether a version stands in the folder, with its model if it has one."""
    return bool(name) and (layout.version(name) / MANIFEST).is_file()


def bring(
    source: ObjectStore,
    index_dir: Path,
    name: str,
    /,
    *,
    between: Callable[[], None] = lambda: None,
    keep: frozenset[str] = frozenset(),
) -> None:
    """Fetch a version and its model, unless they are here.

    Args:
        source: where it is.
        index_dir: where it is wanted.
        name: the version's.
        between: called after each few megabytes; what it raises ends the fetching.
        keep: versions of which a part may stand here already, and stays.

    Raises:
        SourceError, IndexDamagedError, IndexStorageError, IndexBusyError: it cannot be had; the folder is as it was.
    """
    with publishing(index_dir) as layout:
        if is_here(layout, name):
            return
        staging = layout.pulling
        _clear(staging, keep=keep | {name})
        staged = staging.version(name)
        _fetch_record(source, f"{name}/{MANIFEST}", staged / MANIFEST)
        manifest = read_manifest(staging.root, name)
        for precision in get_args(Precision):
            if read_record(layout, manifest.model, precision) is None:
                _bring_model(source, layout, manifest.model, precision, between)
        _fetch(source, name, staged, manifest.files, layout=layout, between=between)
        _put(staged, layout.version(name))


def damaged_folders(layout: IndexLayout, name: str, /) -> list[Path]:
    """The folder of a version and that of its model, if a file of them is not what was brought."""
    version = layout.version(name)
    try:
        manifest = read_manifest(layout.root, name)
    except IndexDamagedError:
        return [version]
    found = [] if _is_whole(version, manifest.files) else [version]
    for precision in get_args(Precision):
        model, record = layout.model(manifest.model, precision), read_record(layout, manifest.model, precision)
        if model.exists() and (record is None or not _is_whole(model, record["files"])):
            found = [version, model, *found[1:]]  # a version that is here counts as here with its models
    return found


def delete_folder(folder: Path, /) -> None:
    """Delete a version or a model. Its record goes first: without it the rest is what an unfinished fetch leaves."""
    for record in (MANIFEST, RECORD):
        (folder / record).unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


def _bring_model(
    source: ObjectStore, layout: IndexLayout, fingerprint: str, precision: Precision, between: Callable[[], None]
) -> None:
    """The files that its record names; an index may have none, and is then served with sentence-transformers."""
    staging = layout.pulling
    staged = staging.model(fingerprint, precision)
    remote = f"models/{staged.name}"
    try:
        _fetch_record(source, f"{remote}/{RECORD}", staged / RECORD)
    except ObjectMissingError:
        return
    record = read_record(staging, fingerprint, precision)
    if record is None:
        raise _damaged(remote, RECORD)
    _fetch(source, remote, staged, record["files"], layout=layout, between=between)
    _put(staged, layout.model(fingerprint, precision))


def _fetch_record(source: ObjectStore, remote: str, to: Path) -> None:
    data = source.read(remote).data
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_bytes(data)


def _fetch(
    source: ObjectStore,
    remote: str,
    folder: Path,
    files: dict[str, str],
    /,
    *,
    layout: IndexLayout,
    between: Callable[[], None],
) -> None:
    sizes, here = source.sizes(remote), _files_here(layout)
    for name in files:
        if Path(name).name != name or name not in sizes:
            raise _damaged(remote, name)
    _check_space(layout.root, sum(sizes[name] for name in files))
    for name, sha256 in files.items():
        file, same = folder / name, here.get(sha256)
        if _is(file, sha256):
            continue
        file.unlink(missing_ok=True)
        if same is not None and _is(same, sha256):
            _link(same, file)
        else:
            source.download(f"{remote}/{name}", file, size=sizes[name], between=between)
            if not _is(file, sha256):
                file.unlink()
                raise _damaged(remote, name)


def _files_here(layout: IndexLayout) -> dict[str, Path]:
    """The files of the versions that are here, by hash: an edit of few words leaves some as they were."""
    found: dict[str, Path] = {}
    for name in list_versions(layout.root):
        try:
            files = read_manifest(layout.root, name).files
        except IndexDamagedError:
            continue
        found |= {sha256: layout.version(name) / file for file, sha256 in files.items()}
    return found


def _check_space(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed + SPARE:
        raise IndexStorageError(
            f"INDEX_DIR has {free // 2**20} MB free, and {(needed + SPARE) // 2**20} MB are needed.", remedy="Free some."
        )


def _put(staged: Path, final: Path) -> None:
    shutil.rmtree(final, ignore_errors=True)  # no complete one stands there, or this one would not have been fetched
    final.parent.mkdir(exist_ok=True)
    for path in (*staged.iterdir(), staged):
        sync(path)
    staged.replace(final)
    sync(final.parent)


def _clear(staging: IndexLayout, *, keep: frozenset[str]) -> None:
    for folder in staging.root.glob("*"):
        if folder != staging.models and folder.name not in keep:
            shutil.rmtree(folder, ignore_errors=True)


def _is_whole(folder: Path, files: dict[str, str]) -> bool:
    return all(_is(folder / name, sha256) for name, sha256 in files.items())


def _is(file: Path, sha256: str) -> bool:
    try:
        return sha256_of_file(file) == sha256
    except OSError:
        return False


def _link(same: Path, file: Path) -> None:
    try:
        file.hardlink_to(same)
    except OSError:
        shutil.copyfile(same, file)


def _damaged(remote: str, name: str) -> IndexDamagedError:
    return IndexDamagedError(f"{remote} at INDEX_SOURCE is damaged or not whole: {name}.", remedy="Send it again.")
