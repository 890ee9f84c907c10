"""From the index folder of a maintainer to the source that replicas follow: versions, and which one is served.

A record (a version's manifest, or a model's) is sent after the files that it names, so what has a record there is whole;
CURRENT is sent last. What is there is replaced only by `anew`. Every function raises SourceError if the source
cannot be reached.
"""

import json
from contextlib import suppress
from pathlib import Path

from corpus.regular_files import read_regular
from index.errors import BUILD_COMMAND, IndexDamagedError, SourceError
from index.published.layout import CURRENT, MANIFEST, ROLLBACK, VERSION_NAME, IndexLayout
from index.published.manifest import read_manifest
from index.published.model import RECORD, read_record
from index.published.pointer import FEWEST_KEPT
from index.published.signing import LARGEST, signature_of
from index.published.version import damaged_files
from index.replication.following import published_at
from index.replication.object_store import ObjectMissingError, ObjectStore


def push(source: ObjectStore, index_dir: Path, name: str, /, *, anew: bool = False) -> int:
    """Send a version and its model, with `anew` to replace damaged files there; how many files were sent.

    Raises:
        IndexMissingError, IndexDamagedError: it is not whole here, or another version of that name is there.
    """
    layout, manifest = IndexLayout(index_dir), read_manifest(index_dir, name)
    record, sent = read_record(layout, manifest.model), 0
    if record is not None:  # another host's export of the same model, if it is there, is as good
        sent = _send(source, layout, layout.model(manifest.model) / RECORD, record["files"], anew=anew) or 0
    more = _send(source, layout, layout.version(name) / MANIFEST, manifest.files, anew=anew)
    if more is None:
        raise IndexDamagedError(f"another version {name} is at INDEX_SOURCE.", remedy="Send it with `--anew`.")
    return sent + more


def share(source: ObjectStore, index_dir: Path, name: str, /) -> None:
    """Send a version that was published here, and make replicas serve it; an order to roll back goes with it.

    Raises:
        SourceError: it could not be sent; what is published here stays published.
    """
    try:
        push(source, index_dir, name)
        if (order := IndexLayout(index_dir).order).exists():
            source.write(ROLLBACK, read_regular(order, most=LARGEST))  # before the pointer, which may need it
        source.write(CURRENT, f"{name}\n".encode())
    except SourceError as error:
        raise SourceError(
            f"{name} is published in INDEX_DIR, but not at INDEX_SOURCE: {error.message}",
            remedy=f"{error.remedy} Then run `python -m index publish {name}`.",
        ) from None


def served_at(source: ObjectStore, /) -> str:
    """The version that is published there; empty if none ever was."""
    with suppress(ObjectMissingError):
        return published_at(source)
    return ""


def versions_at(source: ObjectStore, /) -> list[str]:
    """The complete versions there, oldest first."""
    names = [path.removesuffix(f"/{MANIFEST}") for path in source.sizes()]
    return sorted(name for name in names if VERSION_NAME.fullmatch(name))


def prunable_at(source: ObjectStore, /, *, keep: int = FEWEST_KEPT) -> list[str]:
    """Versions there that may be deleted: never the newest `keep`, or the published one; replicas have their own copies."""
    served = served_at(source)
    return [name for name in versions_at(source)[:-keep] if name != served]


def remove_at(source: ObjectStore, names: list[str], /) -> None:
    """Delete versions there, manifest first, and the models that no version there names any more."""
    source.delete([f"{name}/{MANIFEST}" for name in names])
    used, there = {_model_of(source, name) for name in versions_at(source)}, source.sizes()
    source.delete([path for path in there if path.split("/")[0] in names])
    if "" not in used:  # if a version's model is not known, none is deleted
        source.delete([path for path in there if path.startswith("models/") and path.split("/")[1] not in used])


def _model_of(source: ObjectStore, name: str) -> str:
    """The name of the folder of a version's model; empty if its manifest does not tell."""
    with suppress(ValueError, KeyError, TypeError, AttributeError):
        return IndexLayout(Path()).model(json.loads(source.read(f"{name}/{MANIFEST}"))["model"]).name
    return ""


def _send(source: ObjectStore, layout: IndexLayout, record: Path, files: dict[str, str], /, *, anew: bool) -> int | None:
    """Send a record's files, its signature, then the record: how many files. None if another record is there."""
    folder, signature = record.parent, signature_of(record)
    remote = folder.relative_to(layout.root).as_posix()
    for name in damaged_files(folder, files):
        raise IndexDamagedError(f"{remote} is damaged: {name}.", remedy=BUILD_COMMAND)
    there = b"" if anew else source.read(f"{remote}/{record.name}", missing=b"")
    if there not in {b"", record.read_bytes()}:
        return None
    sizes = {} if anew else source.sizes(remote)  # what has the right size is whole there
    to_send = [folder / name for name in files if sizes.get(name) != (folder / name).stat().st_size]
    if signature.exists() and source.read(f"{remote}/{signature.name}", missing=b"") != signature.read_bytes():
        to_send.append(signature)
    if not there:
        to_send.append(record)
    for path in to_send:
        source.write(f"{remote}/{path.name}", path)
    return len(to_send)
