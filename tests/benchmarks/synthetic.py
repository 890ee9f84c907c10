"""A version of as many passages as wanted, drawn around a real one: its articles again and again, each time moved a little.

Copies get ids of their own; their vectors are a real passage's, part of another's and noise. Their passages keep few word
pieces, so that a million fit on a disk: what a question costs with all of them is what it costs on the real passages.
"""

import time
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from corpus import Document
from index import IndexVersion, Passage
from index.encoding import unit
from index.encoding.vectors import POOLED, SPANS, TOKENS, PassageVectors, TokensInFull, TokenVectors
from index.lexical import Integers
from index.published.locking import publishing
from index.published.manifest import Manifest
from index.published.pointer import publish
from index.published.version import write_version
from index.stores import DEFAULT_ENGINES, Engines

PIECES = 8  # of each passage of a copy
ANOTHER, NOISE = 0.35, 0.02  # of another passage, and of each dimension, in a copy's vector
ROWS_AT_ONCE = 16_384
Kept = TokenVectors | TokensInFull


@dataclass(frozen=True, slots=True)
class MovedVectors:
    """Vectors of `copies` times the passages of a version, the first time as they are; `count` rows in all."""

    version: IndexVersion
    count: int

    def save(self, folder: Path, /) -> None:
        """See `SavedVectors.save`."""
        real, size = self.version.vectors, len(self.version.passages)
        assert isinstance(real, PassageVectors), "versions are drawn around one in files"
        dimension, chance, own = real.pooled.shape[1], np.random.default_rng(5), min(size, self.count)
        kept, starts = real.kept_tokens_of(range(own))
        base = len(kept)
        shape = (base + PIECES * (self.count - own), dimension)
        pooled = np.lib.format.open_memmap(folder / POOLED, "w+", np.float32, (self.count, dimension))
        tokens = np.lib.format.open_memmap(folder / TOKENS, "w+", np.int8, shape)
        pooled[:own], tokens[:base] = real.pooled[:own], kept
        for first in range(own, self.count, ROWS_AT_ONCE):
            rows = np.arange(first, min(first + ROWS_AT_ONCE, self.count))
            others = real.pooled[chance.integers(0, size, len(rows))]
            noise = chance.standard_normal((len(rows), dimension), dtype=np.float32)
            pooled[rows] = unit(real.pooled[rows % size] + np.float32(ANOTHER) * others + np.float32(NOISE) * noise)
            begin = base + PIECES * (first - own)
            tokens[begin : begin + PIECES * len(rows)] = self._pieces(kept, starts, rows % size)
        starts = np.concatenate([starts, base + PIECES * np.arange(self.count - own)])
        np.save(folder / SPANS, PassageVectors.packed(pooled, tokens, starts).spans)

    def _pieces(self, kept: Kept, starts: Integers, rows: Integers) -> Kept:
        """The first word pieces of real passages, again from the beginning where one has fewer."""
        sizes = np.diff(starts, append=len(kept))
        within = np.arange(PIECES) % np.maximum(1, sizes[rows])[:, np.newaxis]
        found: Kept = kept[(starts[rows][:, np.newaxis] + within).ravel()]
        return found


def draw(version: IndexVersion, index_dir: Path, count: int, /, *, engines: Engines = DEFAULT_ENGINES) -> dict[str, float]:
    """Publish a version of `count` passages; processor seconds and bytes that it took, without encoding."""
    began = time.process_time()
    documents: list[Document] = []
    passages: list[Passage] = []
    real = list(version.documents.values())
    own = {document.id: version.passages.of_document(document.id) for document in real}
    copy = 0
    while len(passages) < count:
        document = real[len(documents) % len(real)]
        copy = len(documents) // len(real)
        id_ = document.id if copy == 0 else f"{document.id}-{copy}"
        documents.append(replace(document, id=id_))
        passages += [replace(passage, document_id=id_) for passage in own[document.id]]
    del passages[count:]
    name = f"20261123T{count % 240000:06}Z-aaaaaa"
    manifest = replace(version.manifest, version=name, inputs="synthetic", passages=count, files={})
    with publishing(index_dir) as layout:
        folder = write_version(
            layout,
            _fresh(manifest),
            documents=documents,
            passages=passages,
            vectors=MovedVectors(version, count),
            engines=engines,
        )
        written = time.process_time() - began
        publish(layout, name, engines=engines)
    size = sum(path.stat().st_size for path in folder.iterdir())
    return {"write_processor_seconds": round(written, 2), "size_mb": round(size / 1e6, 1)}


def _fresh(manifest: Manifest) -> Manifest:
    return replace(manifest, gone=(), multilingual="")
