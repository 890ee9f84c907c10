"""Encodings that were computed before, by (model fingerprint, text hash), so that a build encodes only what is new.

Identity and cache are two things: two passages with the same words share an encoding and stay two passages. SQLite keeps
the file whole when a build is killed; what was encoded before that is kept. A version's files are written from it.
"""

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import numpy as np
from tqdm import tqdm

from index.encoding import Encoder, Vectors, unit
from index.encoding.vectors import POOLED, SPANS, TOKENS, PassageVectors, TokensInFull, in_eight_bits
from index.errors import IndexDamagedError

CHUNK = 512  # texts encoded between two commits
SHOW_PROGRESS_AFTER_SECONDS = 2

Row = tuple[Vectors, TokensInFull]


def encode_missing(texts: Sequence[str], /, *, encoder: Encoder, cache: Path) -> int:
    """Encode the texts that the cache does not hold; how many they were.

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


class SavedVectors(Protocol):
    """The encodings of a version's passages, wherever they are."""

    def save(self, folder: Path, /) -> None:
        """Write VECTOR_FILES."""
        ...


@dataclass(frozen=True, slots=True)
class CachedVectors:
    """The encodings of some texts in a cache, written one by one: a large corpus needs no more memory than a small one."""

    cache: Path
    model: str
    keys: Sequence[bytes]
    dimension: int

    def save(self, folder: Path, /) -> None:
        """See `SavedVectors.save`. Texts that are the same share their word pieces' vectors."""
        placed: dict[bytes, tuple[int, int]] = {}  # by the key of a text: its first row in TOKENS, and how many
        end = 0
        with (
            closing(sqlite3.connect(self.cache)) as database,
            (folder / POOLED).open("wb") as pooled_file,
            (folder / TOKENS).open("wb") as token_file,
        ):
            _write_header(pooled_file, np.dtype(np.float32), (len(self.keys), self.dimension))
            _write_header(token_file, np.dtype(np.int8), (0, self.dimension))
            bar = tqdm(self.keys, desc="Writing", unit=" sentences", delay=SHOW_PROGRESS_AFTER_SECONDS)
            for key, (pooled, tokens) in zip(bar, read_encodings(database, self.model, self.keys), strict=True):
                pooled_file.write(pooled)
                if key not in placed:
                    in_full = np.frombuffer(tokens, dtype=np.float16).reshape(-1, self.dimension)
                    placed[key] = (end, len(in_full))
                    end += len(in_full)
                    token_file.write(in_eight_bits(in_full).tobytes())
            token_file.seek(0)
            _write_header(token_file, np.dtype(np.int8), (end, self.dimension))  # NumPy pads it: as long as before
        np.save(folder / SPANS, np.array([placed[key] for key in self.keys], np.int64), allow_pickle=False)


@dataclass(frozen=True, slots=True)
class CachedSentences:
    """Only the pooled vectors of some texts in a cache, for an encoder that knows no word pieces; in half precision, since
    they are compared and not computed with."""

    cache: Path
    model: str
    keys: Sequence[bytes]

    def save(self, path: Path, /) -> None:
        """Write them to a file, one by one."""
        with closing(sqlite3.connect(self.cache)) as database, path.open("wb") as file:
            rows = read_encodings(database, self.model, self.keys)
            for row, (pooled, _) in enumerate(rows):
                vector = np.frombuffer(pooled, dtype=np.float32).astype(np.float16)
                if row == 0:
                    _write_header(file, vector.dtype, (len(self.keys), len(vector)))
                file.write(vector.tobytes())


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
        raise  # the disk failed, not the file: `locking.publishing` says so
    except sqlite3.DatabaseError as error:
        raise IndexDamagedError(f"{cache} cannot be read ({error}).", remedy="Delete it: it only saves time.") from None


def _write_header(file: BinaryIO, dtype: np.dtype[Any], shape: tuple[int, int]) -> None:
    header = {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, header)
