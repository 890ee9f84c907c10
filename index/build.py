"""From a corpus to a published version: rebuilt whole, encoded incrementally (only sentences never seen before)."""

import hashlib
import json
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from corpus import Document
from corpus.storage import record_of
from index.encoder import Encoder
from index.encoding_cache import encode_with_cache
from index.errors import IndexDamagedError, IndexMissingError
from index.passages import SPLITTER, reading_texts, split
from index.versions import (
    FORMAT,
    VERSION_NAME,
    IndexLayout,
    IndexVersion,
    Manifest,
    current_version,
    open_version,
    publish,
    publishing,
    write_version,
)


@dataclass(frozen=True, slots=True)
class BuildResult:
    """The version that now stands, and what it took: sentences encoded, or nothing at all."""

    version: str
    is_new: bool
    passages: int
    encoded: int


def build(documents: list[Document], /, *, encoder: Encoder, index_dir: Path) -> BuildResult:
    """Build and publish a version, unless the published one was made from the very same inputs.

    Raises:
        ShownError: another process is building.
    """
    inputs = fingerprint_inputs(documents, model=encoder.fingerprint)
    with publishing(index_dir) as layout:
        _remove_unfinished(layout)
        published = _current_if_whole(index_dir)
        if published is not None and published.manifest.inputs == inputs:
            return BuildResult(published.name, is_new=False, passages=len(published.passages), encoded=0)
        passages = [passage for document in documents for passage in split(document)]
        texts = {document.id: document.text for document in documents}
        vectors, encoded = encode_with_cache(reading_texts(passages, texts), encoder=encoder, cache=layout.encoding_cache)
        name = f"{_free_second(layout)}-{inputs[:6]}"
        manifest = Manifest(
            name,
            inputs,
            encoder.fingerprint,
            SPLITTER,
            len(passages),
            vectors.pooled.shape[1],
            files={},
            gone=_gone(published, documents),
        )
        write_version(layout, manifest, documents=documents, passages=passages, vectors=vectors)
        publish(layout, name)
    return BuildResult(name, is_new=True, passages=len(passages), encoded=encoded)


def fingerprint_inputs(documents: list[Document], /, *, model: str) -> str:
    """Hash of all that decides a version's content: documents with provenance, model, splitter, format."""
    rows = [record_of(document) | {"text": document.text} for document in documents]
    content = json.dumps([FORMAT, model, SPLITTER, rows], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(content.encode("utf-8")).hexdigest()


def _free_second(layout: IndexLayout) -> str:
    """Now, or the next second that no version is named after: names stay unique and sort by age."""
    moment = datetime.now(UTC)
    while any(layout.root.glob(f"{moment:%Y%m%dT%H%M%SZ}-*")):
        moment += timedelta(seconds=1)
    return f"{moment:%Y%m%dT%H%M%SZ}"


def _current_if_whole(index_dir: Path) -> IndexVersion | None:
    try:
        return open_version(index_dir, current_version(index_dir))
    except (IndexMissingError, IndexDamagedError):
        return None


def _gone(published: IndexVersion | None, documents: list[Document]) -> tuple[str, ...]:
    """What visitors could read before and cannot any more: its address should say so rather than "never heard of"."""
    if published is None:
        return ()
    known = {*published.manifest.gone, *published.documents}
    return tuple(sorted(known - {document.id for document in documents}))


def _remove_unfinished(layout: IndexLayout) -> None:
    """Delete what a killed build left: version folders without a manifest."""
    for path in layout.root.iterdir():
        if path.is_dir() and VERSION_NAME.fullmatch(path.name) and not (path / "manifest.json").exists():
            shutil.rmtree(path)
