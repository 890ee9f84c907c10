"""The nearest labelled questions, for an article that has some: a second opinion beside what holds for any article.

Used only where every article of the corpus is the very text that was labelled: a vote for "the article does not say"
would be wrong as soon as another article might. numpy only.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assistant.abstention import Heads
from index import Encoding
from index.encoder import Vectors

NEIGHBOURS = 12
SHARPNESS = 15.0  # how fast a neighbour's weight falls with its distance; as in fitting
NEIGHBOUR_FEATURES = (
    *("specific", "vote_answer", "vote_unanswered", "vote_advice", "vote_urgent", "vote_chat", "vote_top", "nearest"),
)


@dataclass(frozen=True, slots=True)
class Votes:
    """What the neighbours say: `passages` (n,) and `kinds` (5,) in [0, 1], and the cosine of the nearest."""

    passages: Vectors
    kinds: Vectors
    nearest: float

    def features(self, question: Encoding, heads: Heads, best: int, /) -> Vectors:
        """The features named by NEIGHBOUR_FEATURES; `best` is the passage that would be quoted."""
        return np.array([heads.specific_logit(question), *self.kinds, self.passages[best], self.nearest], dtype=np.float32)


@dataclass(frozen=True, slots=True)
class LabelledQuestions:
    """The labelled questions of one article.

    `text_sha256` is of its canonical text. `pooled` (m, d) are the questions' vectors; `gold` (m, n) is 1 where a passage is
    a right quote; `kinds` (m,) number the right kind, in the order of `Kind`.
    """

    text_sha256: str
    pooled: Vectors
    gold: Vectors
    kinds: npt.NDArray[np.int64]

    def votes(self, question: Encoding, /) -> Votes:
        """The votes of the nearest questions, weighted by nearness."""
        cosine = self.pooled @ question.pooled
        nearest = np.argsort(-cosine, kind="stable")[:NEIGHBOURS]
        weight = np.exp(SHARPNESS * (cosine[nearest] - cosine[nearest].max()))
        weight /= weight.sum()
        kinds = np.bincount(self.kinds[nearest], weights=weight, minlength=5)
        return Votes(
            (weight @ self.gold[nearest]).astype(np.float32), kinds.astype(np.float32), float(cosine[nearest].max())
        )
