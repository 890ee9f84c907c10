"""The encodings of a version's passages, as they are written.

Flows in: texts that were encoded, and the version before. Flows out: files, one passage at a time, so that a large corpus
needs no more memory than a small one. The word pieces' vectors are most of a version. A version whose passages are mostly
those of the version before shares that one's file by a hard link and writes only what is new beside it: an edit costs its
own sentences. Each version stays a folder of its own, whole and verified alone; the file is there until the last is deleted.
"""

import os
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import numpy as np
from tqdm import tqdm

from index.encoder import Vectors
from index.encoding_cache import SHOW_PROGRESS_AFTER_SECONDS, read_encodings
from index.words import Integers

POOLED, TOKENS, ADDED, SPANS, KEYS = "vectors.npy", "tokens.npy", "added_tokens.npy", "token_spans.npy", "texts.npy"
FIELDS = (POOLED, TOKENS, ADDED, SPANS)  # of `PassageVectors`, in order
VECTOR_FILES = {*FIELDS, KEYS}
SHARED_FROM = 64 * 1024 * 1024  # bytes; a smaller file is written anew, so that damage to it stays with one version
LEAST_USED = 0.75  # of a shared file's rows; with fewer in use all is written anew
Hashes = dict[str, str]  # sha256 by the name of a file


class SavedVectors(Protocol):
    """The encodings of a version's passages, wherever they are."""

    def save(self, folder: Path, /) -> Hashes:
        """Write VECTOR_FILES; hashes of those whose hash is known without reading them again."""
        ...


@dataclass(frozen=True, slots=True)
class EarlierVectors:
    """What another version of the same model holds, whose files were verified: `rows` by the key of a text."""

    folder: Path
    pooled: Vectors
    spans: Integers
    base: int  # rows of its TOKENS
    rows: dict[bytes, int]
    sha256: str  # of its TOKENS

    def is_worth_sharing(self, keys: Sequence[bytes], /) -> bool:
        """Whether most of what it holds is wanted, and most of what is wanted is in it."""
        if (self.folder / TOKENS).stat().st_size < SHARED_FROM:
            return False
        wanted = [row for key in set(keys) if (row := self.rows.get(key)) is not None]
        first, sizes = self.spans[wanted].T
        used = int(sizes[first < self.base].sum())
        return used >= LEAST_USED * self.base and int((first < self.base).sum()) >= LEAST_USED * len(set(keys))


@dataclass(frozen=True, slots=True)
class CachedVectors:
    """The encodings of some texts as they stand in a cache, to be written without holding them in memory."""

    cache: Path
    model: str
    keys: Sequence[bytes]
    dimension: int
    earlier: EarlierVectors | None = None

    def save(self, folder: Path, /) -> Hashes:
        """See `SavedVectors.save`."""
        shared = self.earlier if self.earlier is not None and self.earlier.is_worth_sharing(self.keys) else None
        base = 0 if shared is None else shared.base
        if shared is not None:
            _link(shared.folder / TOKENS, folder / TOKENS)
        placed: dict[bytes, tuple[int, int]] = {}
        spans = np.empty((len(self.keys), 2), np.int64)
        end = base
        with (
            closing(sqlite3.connect(self.cache)) as database,
            (folder / POOLED).open("wb") as pooled_file,
            (folder / (TOKENS if shared is None else ADDED)).open("wb") as token_file,
        ):
            _write_header(pooled_file, np.dtype(np.float32), (len(self.keys), self.dimension))
            _write_header(token_file, np.dtype(np.float16), (0, self.dimension))
            bar = tqdm(self.keys, desc="Writing", unit=" sentences", delay=SHOW_PROGRESS_AFTER_SECONDS)
            for row, key in enumerate(bar):
                known = None if shared is None else shared.rows.get(key)
                if shared is not None and known is not None and shared.spans[known, 0] < base:
                    pooled_file.write(shared.pooled[known].tobytes())
                    spans[row] = shared.spans[known]
                    continue
                pooled, tokens = next(read_encodings(database, self.model, [key]))
                pooled_file.write(pooled)
                if key not in placed:
                    placed[key] = (end, len(tokens) // (self.dimension * np.dtype(np.float16).itemsize))
                    end += placed[key][1]
                    token_file.write(tokens)
                spans[row] = placed[key]
            token_file.seek(0)
            _write_header(token_file, np.dtype(np.float16), (end - base, self.dimension))  # as long as before
        if shared is None:
            np.save(folder / ADDED, np.empty((0, self.dimension), np.float16), allow_pickle=False)
        np.save(folder / SPANS, spans, allow_pickle=False)
        keys = np.frombuffer(b"".join(self.keys), np.uint8).reshape(len(self.keys), -1)
        np.save(folder / KEYS, keys, allow_pickle=False)
        return {} if shared is None else {TOKENS: shared.sha256}


def _link(source: Path, to: Path) -> None:
    try:
        os.link(source, to)
    except OSError:  # a file system without hard links
        shutil.copyfile(source, to)


def _write_header(file: BinaryIO, dtype: np.dtype[Any], shape: tuple[int, int]) -> None:
    header = {"descr": np.lib.format.dtype_to_descr(dtype), "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, header)
