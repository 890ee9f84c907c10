"""Words, and those of them that a misspelt word is nearest to; the search is RapidFuzz's.

An edit is a letter that is missing, added, another, or swapped with its neighbour: optimal string alignment, as in
L. Boytsov, "Indexing methods for approximate dictionary searching", JEA 16 (2011), section 2.2.2.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA
from rapidfuzz.process import cdist


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words in order; `counts` (n,) say how common each is."""

    words: tuple[str, ...]
    counts: npt.NDArray[np.int64]

    @classmethod
    def of(cls, counts: Mapping[str, int], /) -> Self:
        """The words that are counted."""
        words = tuple(sorted(counts))
        return cls(words, np.array([counts[word] for word in words], dtype=np.int64))

    def nearest(self, word: str, /, *, edits: int) -> str | None:
        """The word that the fewest edits lead to, of those the most common, of those the first; `None` if all need more.

        >>> Vocabulary.of({"iron": 1, "irons": 2}).nearest("irn", edits=1)
        'iron'
        """
        distances = cdist([word], self.words, scorer=OSA.distance, score_cutoff=edits, dtype=np.uint8)[0]  # or one more
        places = np.flatnonzero(distances == distances.min(initial=edits))
        return self.words[places[np.argmax(self.counts[places])]] if len(places) else None  # the first of the most common
