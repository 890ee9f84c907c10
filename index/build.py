"""From a corpus to a version: rebuilt whole, encoded incrementally (only sentences never seen before)."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from corpus import Document
from corpus.library import record_of
from index.encoding import Encoder
from index.encoding.cache import CachedSentences, CachedVectors, cached_dimension, encode_missing, encoding_key
from index.errors import IndexDamagedError, IndexMissingError
from index.passages import SPLITTER, reading_texts, split
from index.published.layout import VERSION_NAME, IndexLayout
from index.published.locking import publishing
from index.published.manifest import FORMAT, Manifest, read_manifest
from index.published.pointer import discard, is_withdrawn, publish, published_before, remove_unfinished
from index.published.version import article_ids, current_version, list_versions, open_version, write_version
from index.stores import DEFAULT_ENGINES, Engines


@dataclass(frozen=True, slots=True)
class BuildResult:
    """The version of the corpus as it is, and how many of its sentences had to be encoded."""

    version: str
    is_new: bool
    passages: int
    encoded: int
    is_withdrawn: bool = False  # it was rolled back, and nothing changed since


def build(
    documents: list[Document],
    /,
    *,
    encoder: Encoder,
    index_dir: Path,
    removed: Iterable[str] = (),
    site: str = "",
    publish_it: bool = True,
    engines: Engines = DEFAULT_ENGINES,
    multilingual: Encoder | None = None,
) -> BuildResult:
    """Build a version unless the same inputs built one before, and publish it unless told not to.

    One that was rolled back stays so until an input changes: it is neither built nor published again.

    Args:
        documents: the corpus.
        encoder: what makes the vectors.
        index_dir: where versions are kept.
        removed: ids of articles that were removed from the corpus: their addresses say so.
        site: what the corpus is about (`corpus.site.load_site`).
        publish_it: serve it at once.
        engines: where its vectors are kept.
        multilingual: what reads questions in other languages; without it they are compared with labelled questions alone.

    Raises:
        IndexBusyError: another process is building.
        IndexStorageError: it could not be written; what is published was not touched.
        StoreUnreachableError, StoreCallError: the vector store gives no answer, or refuses.
    """
    inputs = fingerprint_inputs(
        documents,
        model=encoder.fingerprint,
        multilingual=multilingual.fingerprint if multilingual else "",
        engine=engines.chosen,
        site=site,
    )
    with publishing(index_dir) as layout:
        remove_unfinished(layout, engines=engines)
        published = _published(index_dir)
        if published is not None and published.inputs == inputs and _is_whole(index_dir, published.version, engines):
            engines.announce(published.store)
            return BuildResult(published.version, is_new=False, passages=published.passages, encoded=0)
        waiting = _waiting(index_dir, inputs, published, engines)
        if waiting is not None and is_withdrawn(index_dir, waiting.version):
            return replace(waiting, is_withdrawn=True)
        gone = _gone(index_dir, published, documents, removed)
        result = waiting or _write(
            layout, documents, encoder, inputs, multilingual=multilingual, site=site, gone=gone, engines=engines
        )
        if publish_it:
            publish(layout, result.version, engines=engines)
    return BuildResult(
        result.version, is_new=waiting is None or publish_it, passages=result.passages, encoded=result.encoded
    )


def fingerprint_inputs(
    documents: list[Document], /, *, model: str, engine: str, site: str = "", multilingual: str = ""
) -> str:
    """Hash of what decides a version's content: documents with provenance, models, splitter, engine, format, site."""
    rows = [record_of(document) | {"text": document.text} for document in documents]
    optional = [*([site] if site else []), *([{"multilingual": multilingual}] if multilingual else [])]
    content = json.dumps([FORMAT, model, SPLITTER, engine, rows, *optional], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(content.encode("utf-8")).hexdigest()


def _write(
    layout: IndexLayout,
    documents: list[Document],
    encoder: Encoder,
    inputs: str,
    /,
    *,
    multilingual: Encoder | None,
    site: str,
    gone: tuple[str, ...],
    engines: Engines,
) -> BuildResult:
    passages = [passage for document in documents for passage in split(document)]
    read = reading_texts(passages, {document.id: document for document in documents})
    encoded = encode_missing(read, encoder=encoder, cache=layout.encoding_cache)
    dimension = cached_dimension(layout.encoding_cache, encoder.fingerprint, read[0])
    sentences = None
    if multilingual is not None:
        encode_missing(read, encoder=multilingual, cache=layout.encoding_cache)
        sentences = CachedSentences(layout.encoding_cache, multilingual.fingerprint, [*map(encoding_key, read)])
    name = f"{_free_second(layout)}-{inputs[:6]}"
    manifest = Manifest(
        name,
        inputs,
        encoder.fingerprint,
        SPLITTER,
        len(passages),
        dimension,
        files={},
        site=site,
        gone=gone,
        multilingual=sentences.model if sentences else "",
    )
    keys = [encoding_key(text) for text in read]
    vectors = CachedVectors(layout.encoding_cache, encoder.fingerprint, keys, dimension)
    try:
        write_version(
            layout,
            manifest,
            documents=documents,
            passages=passages,
            vectors=vectors,
            multilingual=sentences,
            engines=engines,
        )
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
    """Whether every file is; slow for a large version, so asked only when there is nothing else to do."""
    try:
        open_version(index_dir, name, engines=engines)
    except IndexDamagedError:
        return False
    return True


def _waiting(index_dir: Path, inputs: str, published: Manifest | None, engines: Engines) -> BuildResult | None:
    """A version from the same inputs that is newer than the published one: built, and not published yet."""
    for name in reversed(list_versions(index_dir)):
        if published is None or name <= published.version:
            return None  # with no usable published version no other is trusted: it is built again, from the cache
        try:
            if read_manifest(index_dir, name).inputs == inputs:
                version = open_version(index_dir, name, engines=engines)
                return BuildResult(name, is_new=False, passages=len(version.passages), encoded=0)
        except IndexDamagedError:
            continue
    return None


def _gone(index_dir: Path, published: Manifest | None, documents: list[Document], removed: Iterable[str]) -> tuple[str, ...]:
    """Articles that visitors could read before and no longer can: their addresses say so."""
    known = {*published.gone, *article_ids(index_dir, published)} if published else set()
    return tuple(sorted({*known, *removed} - {document.id for document in documents}))
