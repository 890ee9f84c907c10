"""From a corpus to a version: rebuilt whole, encoded incrementally (only sentences never seen before)."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from corpus import Document
from corpus.storage import record_of
from index.encoder import Encoder
from index.encoding_cache import cached_dimension, encode_missing, encoding_key
from index.engines import DEFAULT_ENGINES, Engines
from index.errors import IndexDamagedError, IndexMissingError
from index.layout import VERSION_NAME, IndexLayout
from index.locking import publishing
from index.manifest import FORMAT, Manifest, read_manifest
from index.passages import SPLITTER, reading_texts, split
from index.publishing import discard, publish, published_before, remove_unfinished
from index.saved_vectors import CachedVectors
from index.versions import article_ids, current_version, earlier_vectors, list_versions, open_version, write_version


@dataclass(frozen=True, slots=True)
class BuildResult:
    """The version that now stands for the corpus, and what it took: sentences encoded, or nothing at all."""

    version: str
    is_new: bool
    passages: int
    encoded: int


def build(
    documents: list[Document],
    /,
    *,
    encoder: Encoder,
    index_dir: Path,
    removed: Iterable[str] = (),
    publish_it: bool = True,
    engines: Engines = DEFAULT_ENGINES,
) -> BuildResult:
    """Build a version, unless one from the very same inputs stands; publish it, unless told not to.

    Args:
        documents: the corpus.
        encoder: what makes the vectors.
        index_dir: where versions are kept.
        removed: ids of articles that the corpus remembers as removed: their addresses are gone, not unknown.
        publish_it: serve it at once.
        engines: what holds its vectors.

    Raises:
        IndexBusyError: another process is building.
        IndexStorageError: it could not be written; what is published was not touched.
        StoreUnreachableError, StoreCallError: what is to hold its vectors cannot be asked, or refuses them.
    """
    inputs = fingerprint_inputs(documents, model=encoder.fingerprint, engine=engines.chosen)
    with publishing(index_dir) as layout:
        remove_unfinished(layout, engines=engines)
        published = _published(index_dir)
        if published is not None and published.inputs == inputs and _is_whole(index_dir, published.version, engines):
            engines.announce(published.store)
            return BuildResult(published.version, is_new=False, passages=published.passages, encoded=0)
        waiting = _waiting(index_dir, inputs, published, engines)
        gone = _gone(index_dir, published, documents, removed)
        result = waiting or _write(layout, documents, encoder, inputs, gone=gone, published=published, engines=engines)
        if publish_it:
            publish(layout, result.version, engines=engines)
    return BuildResult(
        result.version, is_new=waiting is None or publish_it, passages=result.passages, encoded=result.encoded
    )


def fingerprint_inputs(documents: list[Document], /, *, model: str, engine: str) -> str:
    """Hash of all that decides a version's content: documents with provenance, model, splitter, engine, format."""
    rows = [record_of(document) | {"text": document.text} for document in documents]
    content = json.dumps([FORMAT, model, SPLITTER, engine, rows], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(content.encode("utf-8")).hexdigest()


def _write(
    layout: IndexLayout,
    documents: list[Document],
    encoder: Encoder,
    inputs: str,
    /,
    *,
    gone: tuple[str, ...],
    published: Manifest | None,
    engines: Engines,
) -> BuildResult:
    passages = [passage for document in documents for passage in split(document)]
    read = reading_texts(passages, {document.id: document.text for document in documents})
    encoded = encode_missing(read, encoder=encoder, cache=layout.encoding_cache)
    dimension = cached_dimension(layout.encoding_cache, encoder.fingerprint, read[0])
    name = f"{_free_second(layout)}-{inputs[:6]}"
    manifest = Manifest(name, inputs, encoder.fingerprint, SPLITTER, len(passages), dimension, files={}, gone=gone)
    keys = [encoding_key(text) for text in read]
    is_of_this_model = published is not None and published.model == encoder.fingerprint
    earlier = earlier_vectors(layout.root, published) if published is not None and is_of_this_model else None
    vectors = CachedVectors(layout.encoding_cache, encoder.fingerprint, keys, dimension, earlier)
    try:
        write_version(layout, manifest, documents=documents, passages=passages, vectors=vectors, engines=engines)
    except BaseException:
        discard(layout.version(name), engines=engines)  # a full disk is not left full
        raise
    return BuildResult(name, is_new=True, passages=len(passages), encoded=encoded)


def _free_second(layout: IndexLayout) -> str:
    """Now, or the second after the newest version, kept or deleted: names stay unique and sort by age."""
    names = {*list_versions(layout.root), *published_before(layout.root)}
    seconds = [name.split("-")[0] for name in names if VERSION_NAME.fullmatch(name)]
    newest = datetime.strptime(f"{max(seconds)}+0000", "%Y%m%dT%H%M%SZ%z") if seconds else datetime.min.replace(tzinfo=UTC)
    return f"{max(datetime.now(UTC), newest + timedelta(seconds=1)):%Y%m%dT%H%M%SZ}"


def _published(index_dir: Path) -> Manifest | None:
    try:
        return read_manifest(index_dir, current_version(index_dir))
    except (IndexMissingError, IndexDamagedError):
        return None


def _is_whole(index_dir: Path, name: str, engines: Engines) -> bool:
    """Every file verified, which takes its time on a large version: asked only when nothing else is to be done."""
    try:
        open_version(index_dir, name, engines=engines)
    except IndexDamagedError:
        return False
    return True


def _waiting(index_dir: Path, inputs: str, published: Manifest | None, engines: Engines) -> BuildResult | None:
    """A version from the same inputs that is newer than the published one: built, and not published yet."""
    for name in reversed(list_versions(index_dir)):
        if published is None or name <= published.version:
            return None  # with nothing usable published, nothing old is trusted: all is built anew, from the cache
        try:
            if read_manifest(index_dir, name).inputs == inputs:
                version = open_version(index_dir, name, engines=engines)
                return BuildResult(name, is_new=False, passages=len(version.passages), encoded=0)
        except IndexDamagedError:
            continue
    return None


def _gone(index_dir: Path, published: Manifest | None, documents: list[Document], removed: Iterable[str]) -> tuple[str, ...]:
    """What visitors could read before and cannot any more: its address should say so rather than "never heard of"."""
    known = {*published.gone, *article_ids(index_dir, published)} if published else set()
    return tuple(sorted({*known, *removed} - {document.id for document in documents}))
