"""Encodings that were computed before, by (model fingerprint, text hash), so that a build encodes only what is new.

Identity and cache are two things: two passages with the same words share an encoding and stay two passages. SQLite keeps
the file whole when a build is killed; what was encoded before that is kept.
"""

import hashlib
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from index.encoder import Encoder, Vectors
from index.errors import IndexDamagedError
from index.store import unit

CHUNK = 64  # texts encoded between two commits
SHOW_PROGRESS_AFTER_SECONDS = 2

VECTOR_PARTS = ("vectors", "tokens", "starts")  # what `PassageVectors` is called on disk, in the order of its fields
TokenVectors = npt.NDArray[np.float16]
Starts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class PassageVectors:
    """Encodings of n passages, packed.

    `pooled` (n, d) are the sentence vectors. `tokens` (T, d) are the word pieces' vectors at unit length, passage after
    passage, in half precision (they are compared, not computed with); those of passage i begin at row `starts[i]`.
    """

    pooled: Vectors
    tokens: TokenVectors
    starts: Starts

    def by_part(self) -> dict[str, npt.NDArray[Any]]:
        """The arrays by the names that they have on disk, VECTOR_PARTS."""
        return dict(zip(VECTOR_PARTS, (self.pooled, self.tokens, self.starts), strict=True))


def encode_with_cache(texts: Sequence[str], /, *, encoder: Encoder, cache: Path) -> tuple[PassageVectors, int]:
    """Encodings of the texts, in order, and how many texts had to be encoded.

    Raises:
        IndexDamagedError: the cache is not a database.
    """
    keys = [hashlib.sha256(text.encode("utf-8")).digest() for text in texts]
    with closing(sqlite3.connect(cache)) as database:
        known = _known(database, encoder.fingerprint, cache)
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        by_length = sorted(new.items(), key=lambda item: len(item[1]))  # batches of similar length waste no padding
        bar = tqdm(total=len(new), desc="Encoding", unit="sentence", delay=SHOW_PROGRESS_AFTER_SECONDS)
        for first in range(0, len(by_length), CHUNK):
            chunk = by_length[first : first + CHUNK]
            for (key, _), encoding in zip(chunk, encoder.encode([text for _, text in chunk]), strict=True):
                pooled, tokens = encoding.pooled.astype(np.float32), unit(encoding.tokens).astype(np.float16)
                known[key] = pooled, tokens
                row = (encoder.fingerprint, key, pooled.tobytes(), tokens.tobytes())
                database.execute("INSERT INTO encoding VALUES (?, ?, ?, ?)", row)
            database.commit()
            bar.update(len(chunk))
        bar.close()
    sizes = [len(known[key][1]) for key in keys]
    packed = PassageVectors(
        pooled=np.stack([known[key][0] for key in keys]),
        tokens=np.concatenate([known[key][1] for key in keys]),
        starts=np.cumsum([0, *sizes[:-1]]),
    )
    return packed, len(new)


def _known(database: sqlite3.Connection, model: str, cache: Path) -> dict[bytes, tuple[Vectors, TokenVectors]]:
    try:
        columns = "model TEXT, text BLOB, pooled BLOB, tokens BLOB, PRIMARY KEY (model, text)"
        database.execute(f"CREATE TABLE IF NOT EXISTS encoding ({columns})")
        rows = database.execute("SELECT text, pooled, tokens FROM encoding WHERE model = ?", (model,)).fetchall()
    except sqlite3.DatabaseError as error:
        raise IndexDamagedError(f"{cache} cannot be read ({error}).", remedy="Delete it: it only saves time.") from None
    known = {}
    for key, pooled, tokens in rows:
        vector = np.frombuffer(pooled, dtype=np.float32)
        known[key] = vector, np.frombuffer(tokens, dtype=np.float16).reshape(-1, len(vector))
    return known
