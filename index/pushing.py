"""A version, and which one is served, from the index folder of whoever builds to an object store that replicas follow.

A version's files go first, its manifest last, so that what has a manifest there is whole. NEXT then names it, and replicas
fetch it; only CURRENT makes them serve it. Versions and models are never changed there, but for a version that is sent anew.
"""

import json
from pathlib import Path
from typing import get_args

from index.downloading import MANIFEST, damaged_folders
from index.errors import IndexDamagedError, SourceError
from index.exported_model import RECORD, read_record
from index.layout import VERSION_NAME, IndexLayout, Precision
from index.manifest import BUILD_COMMAND, read_manifest
from index.mirror import CURRENT, NEXT
from index.object_store import ObjectMissingError, ObjectStore
from index.publishing import FEWEST_KEPT


def push(source: ObjectStore, index_dir: Path, name: str, /, *, anew: bool = False) -> int:
    """Send a version and its model, and let replicas fetch them; how many files were sent.

    What is there is not sent again unless `anew`, which mends what was damaged there.

    Raises:
        IndexMissingError, IndexDamagedError: it is not whole here, or another version of that name is there.
        SourceError: the source cannot be reached, or refuses.
    """
    layout, manifest = IndexLayout(index_dir), read_manifest(index_dir, name)
    for folder in damaged_folders(layout, name):
        raise IndexDamagedError(f"version {name} is damaged: {folder.name}.", remedy=BUILD_COMMAND)
    sent = 0
    for precision in get_args(Precision):
        record, folder = read_record(layout, manifest.model, precision), layout.model(manifest.model, precision)
        remote = f"models/{folder.name}"
        # Another host's export of the same model is as good.
        if record is not None and (anew or RECORD not in source.sizes(remote)):
            sent += _send(source, remote, folder, [*record["files"], RECORD], anew=anew)
    there = source.sizes(name)
    if MANIFEST in there and not anew:
        here = (layout.version(name) / MANIFEST).read_bytes()
        if source.read(f"{name}/{MANIFEST}").data != here:
            raise IndexDamagedError(f"another version {name} is at INDEX_SOURCE.", remedy="Send it with `--anew`.")
    sent += _send(source, name, layout.version(name), [*manifest.files, MANIFEST], anew=anew)
    source.write(NEXT, f"{name}\n".encode())
    return sent


def point(source: ObjectStore, name: str, /) -> None:
    """Make replicas serve a version that is there.

    Raises:
        SourceError: it is not there, or the source cannot be reached.
    """
    source.read(f"{name}/{MANIFEST}")
    source.write(CURRENT, f"{name}\n".encode())


def share(source: ObjectStore, index_dir: Path, name: str, /) -> None:
    """Send a version that was published here, and make replicas serve it.

    Raises:
        SourceError: it could not be done; what is published here stays published.
    """
    try:
        push(source, index_dir, name)
        point(source, name)
    except SourceError as error:
        raise SourceError(
            f"{name} is published in INDEX_DIR, and not at INDEX_SOURCE: {error.message}",
            remedy=f"{error.remedy} Then run `python -m index publish {name}`.",
        ) from None


def pointer(source: ObjectStore, path: str = CURRENT, /) -> str:
    """The version that a pointer names; empty if there is none.

    Raises:
        SourceError: the source cannot be reached.
    """
    try:
        return source.read(path).data.decode("ascii", errors="replace").strip()
    except ObjectMissingError:
        return ""


def versions_at(source: ObjectStore, /) -> list[str]:
    """The complete versions there, oldest first.

    Raises:
        SourceError: the source cannot be reached.
    """
    names = [name for name in source.folders() if VERSION_NAME.fullmatch(name)]
    return [name for name in names if MANIFEST in source.sizes(name)]


def prunable_at(source: ObjectStore, /, *, keep: int = FEWEST_KEPT) -> list[str]:
    """Versions there that may be deleted: never the newest `keep`, the current or the next one.

    A replica that still serves one of them has it on its own disk.

    Raises:
        SourceError: the source cannot be reached.
    """
    kept = {pointer(source, CURRENT), pointer(source, NEXT)}
    return [name for name in versions_at(source)[:-keep] if name not in kept]


def remove_at(source: ObjectStore, names: list[str], /) -> None:
    """Delete versions there, manifest first, and the models that no version there names any more.

    Raises:
        SourceError: the source cannot be reached.
    """
    for name in names:
        source.delete([f"{name}/{MANIFEST}"])
        source.delete([f"{name}/{file}" for file in source.sizes(name)])
    used = {folder for name in versions_at(source) for folder in _models_of(source, name)}
    for model in source.folders("models"):
        if model not in used:
            source.delete([f"models/{model}/{file}" for file in source.sizes(f"models/{model}")])


def _models_of(source: ObjectStore, name: str) -> set[str]:
    """The names of the folders that a version's model may have."""
    try:
        fingerprint = json.loads(source.read(f"{name}/{MANIFEST}").data)["model"]
    except (ValueError, KeyError, TypeError):
        raise SourceError(f"the manifest of {name} at INDEX_SOURCE cannot be read.", remedy="Send it anew.") from None
    return {IndexLayout(Path()).model(fingerprint, precision).name for precision in get_args(Precision)}


def _send(source: ObjectStore, remote: str, folder: Path, files: list[str], /, *, anew: bool) -> int:
    """Send the files of a folder in this order; how many had to be sent. What has the right size is whole there."""
    there = {} if anew else source.sizes(remote)
    missing = [file for file in files if there.get(file) != (folder / file).stat().st_size]
    for file in missing:
        source.upload(f"{remote}/{file}", folder / file)
    return len(missing)
