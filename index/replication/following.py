"""A folder that follows a source: it copies what it lacks, verifies every hash, and moves its pointer last.

Flows in: the source's CURRENT, asked for once a second, and the versions and models beside it; a source is laid out like an
index folder. Flows out: an index folder whose CURRENT only names a version that is here whole. What a version holds is not
parsed here; the process that serves it opens and verifies it once more.
"""

import logging
import shutil
import threading
import time
from contextlib import suppress
from pathlib import Path

from corpus import ShownError
from corpus.durable import sync, write_durably
from index.errors import IndexBusyError, IndexDamagedError, IndexMissingError, IndexStorageError, SignatureError, SourceError
from index.published.layout import CURRENT, MANIFEST, ROLLBACK, VERSION_NAME, IndexLayout
from index.published.locking import is_held, publishing
from index.published.manifest import read_manifest
from index.published.model import RECORD, put_in_place, read_record, remove_unused
from index.published.pointer import FEWEST_KEPT, point_to
from index.published.signing import NO_KEY, SUFFIX, Trust, signature_of
from index.published.version import current_version, damaged_files, list_versions
from index.replication.object_store import ObjectMissingError, ObjectStore

TRY_AGAIN_SECONDS = 10.0  # after a fetch failed; at once if another version is published, or the source was away
SPARE = 64 * 2**20  # bytes of the disk that are left free

logger = logging.getLogger(__name__)


class Mirror:
    """Keeps an index folder like its source. One thread calls the methods; others may read `wanted` and `since`."""

    def __init__(
        self, source: ObjectStore, index_dir: Path, /, *, stopping: threading.Event | None = None, trust: Trust = NO_KEY
    ) -> None:
        """Nothing is asked yet. When `stopping` is set, `pull` ends soon.

        Raises:
            IndexStorageError: versions are built in this folder; it is no mirror.
        """
        self._layout = IndexLayout(index_dir)
        if self._layout.encoding_cache.exists():
            raise IndexStorageError(
                f"versions are built in {index_dir}, and what INDEX_SOURCE holds needs a folder of its own.",
                remedy="Set another INDEX_DIR, or serve here without INDEX_SOURCE.",
            )
        self._source = source
        self._trust = trust
        self._stopping = stopping or threading.Event()
        self.wanted = ""  # what the source publishes; empty until it was reached
        self.since = 0.0  # when that was seen first, by the monotonic clock
        self.doubted = ""  # a version that could not be opened: its damaged files are copied again
        self._failed: tuple[float, ShownError] | None = None  # until when a fetch is not tried again, and why

    def pull(self) -> bool:
        """Fetch what is published, and point to it; whether files were copied.

        Raises:
            SourceError, IndexDamagedError, IndexStorageError: it cannot be fetched; what is published here stays.
        """
        copied = 0
        self._look()
        if self.doubted == self.wanted or not self._is_here:
            if self._failed is not None and time.monotonic() < self._failed[0]:
                raise self._failed[1].with_traceback(None)
            try:
                with publishing(self._layout.root) as layout:
                    copied = fetch(self._source, layout, self.wanted, stopping=self._stopping, trust=self._trust)
            except IndexBusyError:
                return False  # another process of this machine keeps the same folder
            except ShownError as error:
                self._failed = (time.monotonic() + TRY_AGAIN_SECONDS, error)
                raise
            self.doubted = ""
            logger.info("fetched version %s: %d files", self.wanted, copied)
            self._look()  # it may have taken long
        if self._is_here and self._pointer() != self.wanted:
            with suppress(IndexBusyError):
                self._point()
        return copied > 0

    def prune(self) -> None:
        """Delete versions that are neither among the newest three, nor published, nor served on this machine."""
        kept = {self.wanted, self._pointer()}
        older = [name for name in list_versions(self._layout.root)[:-FEWEST_KEPT] if name not in kept]
        older = [name for name in older if not is_held(self._layout.root, name)]
        if older:
            with suppress(IndexBusyError), publishing(self._layout.root) as layout:
                for name in older:
                    (layout.version(name) / MANIFEST).unlink(missing_ok=True)  # first: the rest is no version any more
                    shutil.rmtree(layout.version(name), ignore_errors=True)
                remove_unused(layout)

    @property
    def _is_here(self) -> bool:
        return (self._layout.version(self.wanted) / MANIFEST).is_file()

    def _pointer(self) -> str:
        with suppress(IndexMissingError, IndexDamagedError):
            return current_version(self._layout.root)
        return ""

    def _look(self) -> None:
        try:
            name = published_at(self._source)
        except SourceError:
            self._failed = None
            raise
        if name != self.wanted:
            self.wanted, self.since, self._failed = name, time.monotonic(), None

    def _point(self) -> None:
        """Move the pointer; where versions are signed, back to an older one only by a signed order."""
        with publishing(self._layout.root) as layout:
            if self._trust.is_on:
                order = self._source.read(ROLLBACK, missing=b"")
                with suppress(SignatureError):  # one that is not signed is left there
                    if self._trust.parsed_order(order) != self._trust.order(layout.root):
                        write_durably(layout.order, order)
                self._trust.check_age(layout.root, self.wanted)
            point_to(layout, self.wanted)


def published_at(source: ObjectStore, /) -> str:
    """The version that a source publishes. ObjectMissingError: none ever; SourceError: none, or it cannot be reached."""
    name = source.read(CURRENT).decode("ascii", errors="replace").strip()
    if not VERSION_NAME.fullmatch(name):
        raise SourceError("CURRENT at INDEX_SOURCE names no version.", remedy="Run `python -m index publish VERSION`.")
    return name


def fetch(source: ObjectStore, layout: IndexLayout, name: str, /, *, stopping: threading.Event, trust: Trust) -> int:
    """Copy a version and its model; how many files were copied. Call it inside `locking.publishing`.

    Each is put together in `.pulling/` and then moved to its place, the model first. A file that is there or here with the
    right hash is not copied again. With a key nothing is parsed that is not signed.

    Raises:
        SourceError, IndexDamagedError, IndexStorageError: it cannot be fetched. The next attempt continues from there.
    """
    for leftover in set(layout.pulling.root.glob("*")) - {layout.pulling.models, layout.pulling.version(name)}:
        shutil.rmtree(leftover, ignore_errors=True)
    _copy_record(source, layout, f"{name}/{MANIFEST}")
    manifest = read_manifest(layout.pulling.root, name, trust=trust)
    folders = {name: manifest.files}
    if not _has_model(layout, manifest.model, trust):
        model = f"models/{layout.model(manifest.model).name}"
        with suppress(ObjectMissingError):  # an index without an exported model is served with sentence-transformers
            _copy_record(source, layout, f"{model}/{RECORD}")
            if (record := read_record(layout.pulling, manifest.model, trust=trust)) is None:
                raise _damaged(f"{model}/{RECORD}")
            folders = {model: record["files"], **folders}
    copied = 0
    for remote, files in folders.items():
        copied += _copy_files(source, layout, remote, files, stopping)
        put_in_place(layout.pulling.root / remote, layout.root / remote)
    return copied


def _has_model(layout: IndexLayout, fingerprint: str, trust: Trust) -> bool:
    with suppress(SignatureError):
        record = read_record(layout, fingerprint, trust=trust)
        return record is not None and not damaged_files(layout.model(fingerprint), record["files"])
    return False


def _copy_record(source: ObjectStore, layout: IndexLayout, path: str) -> None:
    """A record, with its signature if it has one: signatures may be asked for later."""
    data, signature = source.read(path), source.read(path + SUFFIX, missing=b"")
    record = layout.pulling.root / path
    record.parent.mkdir(parents=True, exist_ok=True)
    record.write_bytes(data)
    signature_of(record).unlink(missing_ok=True)
    if signature:
        signature_of(record).write_bytes(signature)


def _copy_files(
    source: ObjectStore, layout: IndexLayout, remote: str, files: dict[str, str], stopping: threading.Event
) -> int:
    """Put the files of a folder into that folder in `.pulling/`, and sync all; how many were copied from the source."""
    if any(Path(name).name != name for name in files):
        raise _damaged(remote)
    folder, here, sizes = layout.pulling.root / remote, layout.root / remote, source.sizes(remote)
    for name in damaged_files(folder, files):
        (folder / name).unlink(missing_ok=True)
        if not damaged_files(here, {name: files[name]}):
            with suppress(OSError):  # a file system without hard links
                (folder / name).hardlink_to(here / name)
    missing = [name for name in files if not (folder / name).exists()]
    free, needed = shutil.disk_usage(folder).free, SPARE + sum(sizes.get(name, 0) for name in missing)
    if free < needed:
        said = f"INDEX_DIR has {free // 2**20} MB free, and {needed // 2**20} MB are needed."
        raise IndexStorageError(said, remedy="Free disk space there.")
    for name in missing:
        with (folder / name).open("xb") as file:
            for piece in source.pieces(f"{remote}/{name}"):
                file.write(piece)
                if stopping.is_set():
                    raise SourceError(f"{remote} was not fetched: the process ends.", remedy="Start it again.")
        if damaged_files(folder, {name: files[name]}):
            raise _damaged(f"{remote}/{name}")
    for path in (*folder.iterdir(), folder):
        sync(path)
    return len(missing)


def _damaged(path: str) -> IndexDamagedError:
    remedy = "Send it again: `python -m index push VERSION --anew`."
    return IndexDamagedError(f"{path} at INDEX_SOURCE is damaged or not whole.", remedy=remedy)
