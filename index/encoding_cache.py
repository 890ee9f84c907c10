"""Encodings that were computed before, by (model fingerprint, text hash), so that a build encodes only what is new.

Identity and cache are two things: two passages with the same words share an encoding and stay two passages. SQLite keeps
the file whole when a build is killed; what was encoded before that is kept.
"""

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
from tqdm import tqdm

from index.encoder import Encoder, Vectors
from index.errors import IndexDamagedError
from index.passage_vectors import PassageVectors, TokenVectors
from index.store import unit

CHUNK = 512  # texts encoded between two commits
SHOW_PROGRESS_AFTER_SECONDS = 2

Row = tuple[Vectors, TokenVectors]


def encode_missing(texts: Sequence[str], /, *, encoder: Encoder, cache: Path) -> int:
    """Encode what the cache does not hold yet; how many texts that were.

    Raises:
        IndexDamagedError: the cache is not a database.
    """
    with closing(sqlite3.connect(cache)) as database:
        known = _known_keys(database, encoder.fingerprint, cache)
        new = {key: text for key, text in ((encoding_key(text), text) for text in texts) if key not in known}
        by_length = sorted(new.items(), key=lambda item: len(item[1]))  # batches of similar length waste no padding
        # The work grows with the length of a text: counted in characters, the remaining time is about right.
        characters = sum(len(text) for _, text in by_length)
        bar = tqdm(total=characters, desc="Encoding", unit=" characters", unit_scale=True, delay=SHOW_PROGRESS_AFTER_SECONDS)
        for first in range(0, len(by_length), CHUNK):
            chunk = by_length[first : first + CHUNK]
            for (key, _), encoding in zip(chunk, encoder.encode([text for _, text in chunk]), strict=True):
                pooled, tokens = encoding.pooled.astype(np.float32), unit(encoding.tokens).astype(np.float16)
                row = (encoder.fingerprint, key, pooled.tobytes(), tokens.tobytes())
                database.execute("INSERT INTO encoding VALUES (?, ?, ?, ?)", row)
            database.commit()
            bar.update(sum(len(text) for _, text in chunk))
        bar.close()
    return len(new)


def encode_with_cache(texts: Sequence[str], /, *, encoder: Encoder, cache: Path) -> tuple[PassageVectors, int]:
    """Encodings of the texts in memory, in order, and how many texts had to be encoded.

    Raises:
        IndexDamagedError: the cache is not a database.
    """
    encoded = encode_missing(texts, encoder=encoder, cache=cache)
    with closing(sqlite3.connect(cache)) as database:
        rows = [_arrays(*row) for row in read_encodings(database, encoder.fingerprint, map(encoding_key, texts))]
    sizes = [len(tokens) for _, tokens in rows]
    packed = PassageVectors.packed(
        np.stack([pooled for pooled, _ in rows]),
        np.concatenate([tokens for _, tokens in rows]),
        np.cumsum([0, *sizes[:-1]]),
    )
    return packed, encoded


def cached_dimension(cache: Path, model: str, text: str, /) -> int:
    """The number of dimensions of a text's encoding, which the cache holds."""
    with closing(sqlite3.connect(cache)) as database:
        pooled, _ = next(read_encodings(database, model, [encoding_key(text)]))
    return len(pooled) // np.dtype(np.float32).itemsize


def encoding_key(text: str, /) -> bytes:
    """What a text is known by: 32 bytes."""
    return hashlib.sha256(text.encode("utf-8")).digest()


def _arrays(pooled: bytes, tokens: bytes) -> Row:
    vector = np.frombuffer(pooled, dtype=np.float32)
    return vector, np.frombuffer(tokens, dtype=np.float16).reshape(-1, len(vector))


def read_encodings(database: sqlite3.Connection, model: str, keys: Iterable[bytes], /) -> Iterator[tuple[bytes, bytes]]:
    """The bytes of the pooled vector and of the word pieces' vectors of texts that were encoded, by their keys."""
    query = "SELECT pooled, tokens FROM encoding WHERE model = ? AND text = ?"
    for key in keys:
        yield database.execute(query, (model, key)).fetchone()


def _known_keys(database: sqlite3.Connection, model: str, cache: Path) -> set[bytes]:
    try:
        columns = "model TEXT, text BLOB, pooled BLOB, tokens BLOB, PRIMARY KEY (model, text)"
        database.execute(f"CREATE TABLE IF NOT EXISTS encoding ({columns})")
        return {key for (key,) in database.execute("SELECT text FROM encoding WHERE model = ?", (model,))}
    except sqlite3.OperationalError:
        raise  # the disk, not the file: told as such where the index is written
    except sqlite3.DatabaseError as error:
        raise IndexDamagedError(f"{cache} cannot be read ({error}).", remedy="Delete it: it only saves time.") from None
