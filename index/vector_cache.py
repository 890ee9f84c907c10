"""Vectors that were computed before, by (model fingerprint, text hash), so that a build embeds only what is new.

Identity and cache are two things: two passages with the same words share a vector and stay two passages. SQLite keeps
the file whole when a build is killed; what was embedded before that is kept.
"""

import hashlib
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
from tqdm import tqdm

from index.embedder import Embedder, Vectors

CHUNK = 64  # texts embedded between two commits
SHOW_PROGRESS_AFTER_SECONDS = 2


def embed_with_cache(texts: Sequence[str], /, *, embedder: Embedder, cache: Path) -> tuple[Vectors, int]:
    """Vectors of the texts, one row each, and how many texts had to be embedded."""
    keys = [hashlib.sha256(text.encode("utf-8")).digest() for text in texts]
    with closing(sqlite3.connect(cache)) as database:
        database.execute("CREATE TABLE IF NOT EXISTS vector (model TEXT, text BLOB, value BLOB, PRIMARY KEY (model, text))")
        rows = database.execute("SELECT text, value FROM vector WHERE model = ?", (embedder.fingerprint,))
        known = {key: np.frombuffer(value, dtype=np.float32) for key, value in rows}
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        by_length = sorted(new.items(), key=lambda item: len(item[1]))  # batches of similar length waste no padding
        bar = tqdm(total=len(new), desc="Embedding", unit="sentence", delay=SHOW_PROGRESS_AFTER_SECONDS)
        for first in range(0, len(by_length), CHUNK):
            chunk = by_length[first : first + CHUNK]
            vectors = embedder.embed([text for _, text in chunk])
            for (key, _), vector in zip(chunk, vectors, strict=True):
                known[key] = vector
                database.execute("INSERT INTO vector VALUES (?, ?, ?)", (embedder.fingerprint, key, vector.tobytes()))
            database.commit()
            bar.update(len(chunk))
        bar.close()
    return np.stack([known[key] for key in keys]).astype(np.float32), len(new)
