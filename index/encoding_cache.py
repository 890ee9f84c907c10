"""Encodings that were computed before, by (model fingerprint, text hash), so that a build encodes only what is new.

Identity and cache are two things: two passages with the same words share an encoding and stay two passages. SQLite keeps
the file whole when a build is killed; what was encoded before that is kept. Encodings flow from the cache to a version's
files one passage at a time, so that a large corpus needs no more memory than a small one.
"""

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from index.encoder import Encoder, Vectors
from index.errors import IndexDamagedError
from index.store import unit
from index.words import gathered

CHUNK = 512  # texts encoded between two commits
SHOW_PROGRESS_AFTER_SECONDS = 2

VECTOR_PARTS = ("vectors", "tokens", "starts")  # what `PassageVectors` is called on disk, in the order of its fields
TokenVectors = npt.NDArray[np.float16]
Starts = npt.NDArray[np.int64]
Row = tuple[Vectors, TokenVectors]


class SavedVectors(Protocol):
    """The encodings of a version's passages, wherever they are."""

    def save(self, folder: Path, /) -> None:
        """Write one .npy file a part of VECTOR_PARTS."""
        ...


@dataclass(frozen=True, slots=True)
class PassageVectors:
    """Encodings of n passages, packed.

    `pooled` (n, d) are the sentence vectors. `tokens` (T, d) are the word pieces' vectors at unit length, passage after
    passage, in half precision (they are compared, not computed with); those of passage i begin at row `starts[i]`.
    """

    pooled: Vectors
    tokens: TokenVectors
    starts: Starts

    def tokens_of(self, rows: Sequence[int] | Starts, /) -> tuple[TokenVectors, Starts]:
        """The word pieces' vectors of some passages, packed, and where each passage's begin."""
        return gathered(np.asarray(self.tokens), self.starts, rows)

    def by_part(self) -> dict[str, npt.NDArray[Any]]:
        """The arrays by the names that they have on disk, VECTOR_PARTS."""
        return dict(zip(VECTOR_PARTS, (self.pooled, self.tokens, self.starts), strict=True))

    def save(self, folder: Path, /) -> None:
        """Write one .npy file a part."""
        for part, array in self.by_part().items():
            np.save(folder / f"{part}.npy", array, allow_pickle=False)


@dataclass(frozen=True, slots=True)
class CachedVectors:
    """The encodings of some texts as they stand in a cache, to be written without holding them in memory."""

    cache: Path
    model: str
    texts: Sequence[str]
    dimension: int

    def save(self, folder: Path, /) -> None:
        """Write the same files as `PassageVectors.save`, a passage at a time."""
        starts, total = [], 0
        with closing(sqlite3.connect(self.cache)) as database:
            sizes = _token_rows(database, self.model, self.dimension)
            for key in map(_key, self.texts):
                starts.append(total)
                total += sizes[key]
            np.save(folder / "starts.npy", np.array(starts, dtype=np.int64), allow_pickle=False)
            with (folder / "vectors.npy").open("wb") as pooled_file, (folder / "tokens.npy").open("wb") as token_file:
                _write_header(pooled_file, np.dtype(np.float32), (len(self.texts), self.dimension))
                _write_header(token_file, np.dtype(np.float16), (total, self.dimension))
                bar = tqdm(self.texts, desc="Writing", unit=" sentences", delay=SHOW_PROGRESS_AFTER_SECONDS)
                for pooled, tokens in _read(database, self.model, bar):
                    pooled_file.write(pooled)
                    token_file.write(tokens)


def encode_missing(texts: Sequence[str], /, *, encoder: Encoder, cache: Path) -> int:
    """Encode what the cache does not hold yet; how many texts that were.

    Raises:
        IndexDamagedError: the cache is not a database.
    """
    with closing(sqlite3.connect(cache)) as database:
        known = _known_keys(database, encoder.fingerprint, cache)
        new = {key: text for key, text in ((_key(text), text) for text in texts) if key not in known}
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
        rows = [_arrays(*row) for row in _read(database, encoder.fingerprint, texts)]
    sizes = [len(tokens) for _, tokens in rows]
    packed = PassageVectors(
        pooled=np.stack([pooled for pooled, _ in rows]),
        tokens=np.concatenate([tokens for _, tokens in rows]),
        starts=np.cumsum([0, *sizes[:-1]]),
    )
    return packed, encoded


def cached_dimension(cache: Path, model: str, text: str, /) -> int:
    """The number of dimensions of a text's encoding, which the cache holds."""
    with closing(sqlite3.connect(cache)) as database:
        pooled, _ = next(_read(database, model, [text]))
    return len(pooled) // np.dtype(np.float32).itemsize


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8")).digest()


def _arrays(pooled: bytes, tokens: bytes) -> Row:
    vector = np.frombuffer(pooled, dtype=np.float32)
    return vector, np.frombuffer(tokens, dtype=np.float16).reshape(-1, len(vector))


def _read(database: sqlite3.Connection, model: str, texts: Iterable[str]) -> Iterator[tuple[bytes, bytes]]:
    for text in texts:
        query = "SELECT pooled, tokens FROM encoding WHERE model = ? AND text = ?"
        yield database.execute(query, (model, _key(text))).fetchone()


def _token_rows(database: sqlite3.Connection, model: str, dimension: int) -> dict[bytes, int]:
    width = dimension * np.dtype(np.float16).itemsize
    rows = database.execute("SELECT text, length(tokens) FROM encoding WHERE model = ?", (model,))
    return {key: size // width for key, size in rows}


def _known_keys(database: sqlite3.Connection, model: str, cache: Path) -> set[bytes]:
    try:
        columns = "model TEXT, text BLOB, pooled BLOB, tokens BLOB, PRIMARY KEY (model, text)"
        database.execute(f"CREATE TABLE IF NOT EXISTS encoding ({columns})")
        return {key for (key,) in database.execute("SELECT text FROM encoding WHERE model = ?", (model,))}
    except sqlite3.OperationalError:
        raise  # the disk, not the file: told as such where the index is written
    except sqlite3.DatabaseError as error:
        raise IndexDamagedError(f"{cache} cannot be read ({error}).", remedy="Delete it: it only saves time.") from None


def _write_header(file: BinaryIO, dtype: np.dtype[Any], shape: tuple[int, int]) -> None:
    header = {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, header)
