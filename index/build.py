"""From a corpus to a published version: rebuilt whole, embedded incrementally (only sentences never seen before)."""

import hashlib
import json
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from corpus import Document
from corpus.storage import record_of
from index.embedder import Embedder
from index.errors import IndexDamagedError, IndexMissingError
from index.passages import SPLITTER, Passage, split
from index.vector_cache import embed_with_cache
from index.versions import (
    FORMAT,
    VERSION_NAME,
    IndexLayout,
    Manifest,
    current_version,
    open_version,
    publish,
    publishing,
    write_version,
)


@dataclass(frozen=True, slots=True)
class BuildResult:
    """The version that now stands, and what it took: sentences embedded, or nothing at all."""

    version: str
    is_new: bool
    passages: int
    embedded: int


def build(documents: list[Document], /, *, embedder: Embedder, index_dir: Path) -> BuildResult:
    """Build and publish a version, unless the published one was made from the very same inputs.

    Raises:
        ShownError: another process is building.
    """
    inputs = fingerprint_inputs(documents, model=embedder.fingerprint)
    with publishing(index_dir) as layout:
        _remove_unfinished(layout)
        if (standing := _current_if_whole(index_dir, inputs)) is not None:
            return standing
        passages = [passage for document in documents for passage in split(document)]
        texts = {document.id: document.text for document in documents}
        vectors, embedded = embed_with_cache(
            [embedding_text(passage, texts[passage.document_id]) for passage in passages],
            embedder=embedder,
            cache=layout.vector_cache,
        )
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{inputs[:6]}"
        manifest = Manifest(name, inputs, embedder.fingerprint, SPLITTER, len(passages), vectors.shape[1], files={})
        write_version(layout, manifest, documents=documents, passages=passages, vectors=vectors)
        publish(layout, name)
    return BuildResult(name, is_new=True, passages=len(passages), embedded=embedded)


def embedding_text(passage: Passage, text: str, /) -> str:
    """What is embedded for a passage: its section's heading tells what "it" and "these" are about."""
    return f"{passage.section}: {text[passage.start : passage.end]}"


def fingerprint_inputs(documents: list[Document], /, *, model: str) -> str:
    """Hash of all that decides a version's content: documents with provenance, model, splitter, format."""
    rows = [record_of(document) | {"text": document.text} for document in documents]
    content = json.dumps([FORMAT, model, SPLITTER, rows], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(content.encode("utf-8")).hexdigest()


def _current_if_whole(index_dir: Path, inputs: str) -> BuildResult | None:
    try:
        current = open_version(index_dir, current_version(index_dir))
    except (IndexMissingError, IndexDamagedError):
        return None
    if current.manifest.inputs != inputs:
        return None
    return BuildResult(current.name, is_new=False, passages=len(current.passages), embedded=0)


def _remove_unfinished(layout: IndexLayout) -> None:
    """Delete what a killed build left: version folders without a manifest."""
    for path in layout.root.iterdir():
        if path.is_dir() and VERSION_NAME.fullmatch(path.name) and not (path / "manifest.json").exists():
            shutil.rmtree(path)
