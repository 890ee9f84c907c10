"""Words in packed arrays, and those of them that a misspelt word is nearest to. numpy only.

An edit is a letter that is missing, added, another, or swapped with its neighbour: optimal string alignment, as in
L. Boytsov, "Indexing methods for approximate dictionary searching", JEA 16 (2011), section 2.2.2.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.bytes_]
LETTER_BITS = 31  # a character's last five bits: another for each of the 26 letters


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Lower-case ASCII words in order.

    `counts` (n,) say how common each is, `lengths` (n,) how long. `letters` (n, longest) are their characters, 0 behind the
    last; `letter_sets` (n,) have a bit for each letter that a word holds: an edit takes one away, brings one, or both.
    """

    words: Words
    counts: npt.NDArray[np.int64]
    lengths: npt.NDArray[np.int16]
    letters: npt.NDArray[np.uint8]
    letter_sets: npt.NDArray[np.uint32]

    @classmethod
    def of(cls, counts: Mapping[str, int], /) -> Self:
        """The words that are counted."""
        words = sorted(counts)
        return cls.packed(np.array(words, dtype=np.bytes_), np.array([counts[word] for word in words], dtype=np.int64))

    @classmethod
    def packed(cls, words: Words, counts: npt.NDArray[np.int64], /) -> Self:
        """Words that are in order already."""
        letters = words.view(np.uint8).reshape(len(words), words.itemsize)
        bits = np.where(letters > 0, np.uint32(1) << (letters & LETTER_BITS).astype(np.uint32), np.uint32(0))
        lengths = np.count_nonzero(letters, axis=1).astype(np.int16)
        return cls(words, counts, lengths, letters, np.bitwise_or.reduce(bits, axis=1))

    def nearest(self, word: str, /, *, edits: int) -> str | None:
        """The word that the fewest edits lead to, of those the most common, of those the first; `None` if all need more.

        >>> Vocabulary.of({"iron": 1, "irons": 2}).nearest("irn", edits=1)
        'iron'
        """
        typed = np.frombuffer(word.encode("ascii"), np.uint8)
        letter_set = np.bitwise_or.reduce(np.uint32(1) << (typed & LETTER_BITS).astype(np.uint32))
        unlike = np.bitwise_count(self.letter_sets ^ letter_set)
        for within in range(1, edits + 1):  # most misspelt words are one edit away, and few words are that near
            places = np.flatnonzero((unlike <= 2 * within) & (abs(self.lengths - len(typed)) <= within))
            if not len(places):
                continue
            distances = edits_between(typed, self.letters[places, : len(typed) + within], self.lengths[places])
            if len(nearest := places[distances <= within]):
                best = nearest[np.argmax(self.counts[nearest])]  # the first of the most common
                return str(self.words[best], "ascii")
        return None


def is_among(word: str, words: Words, /) -> bool:
    """Whether an ASCII word is one of some that are in order."""
    sought = word.encode("ascii")
    place = int(np.searchsorted(words, np.bytes_(sought)))
    return place < len(words) and bool(words[place] == sought)


def edits_between(
    word: npt.NDArray[np.uint8], others: npt.NDArray[np.uint8], lengths: npt.NDArray[np.int16], /
) -> npt.NDArray[np.int16]:
    """The edits between a word and each of others (n, longest) with these `lengths` (n,), row by row of the usual table.

    >>> others = np.frombuffer(b"thethy", np.uint8).reshape(2, 3)
    >>> edits_between(np.frombuffer(b"hte", np.uint8), others, np.array([3, 3], np.int16)).tolist()
    [1, 2]
    """
    columns = np.arange(others.shape[1] + 1, dtype=np.int16)
    before = row = np.broadcast_to(columns, (len(others), len(columns)))
    for count, letter in enumerate(word.tolist(), 1):
        following = np.empty_like(row)
        following[:, 0] = count
        following[:, 1:] = np.minimum(row[:, 1:] + 1, row[:, :-1] + (others != letter))
        if count > 1:
            swapped = (others[:, :-1] == letter) & (others[:, 1:] == word[count - 2])
            following[:, 2:] = np.where(swapped, np.minimum(following[:, 2:], before[:, :-2] + 1), following[:, 2:])
        following = np.minimum.accumulate(following - columns, axis=1) + columns  # letters that are added
        before, row = row, following
    found: npt.NDArray[np.int16] = row[np.arange(len(others)), lengths]
    return found
