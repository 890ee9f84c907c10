"""The nearest labelled questions, for an article that has some: a second opinion beside what holds for any article.

Used only where every article of the corpus is the very text that was labelled: a vote for "the article does not say"
would be wrong as soon as another article might."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from assistant.abstention import Heads
from assistant.answer import Kind
from index import Encoding
from index.encoder import Vectors
from index.faiss_store import Shortlist
from index.store import unit

NEIGHBOURS = 12
SHORTLISTED = 64  # whose exact cosines are computed; of 720 nearest neighbours of 60 questions 40 held every one
SHARPNESS = 15.0  # how fast a neighbour's weight falls with its distance; as in fitting
# Right passages, on average, from which on a question is about the whole topic: so were 73 % of 60 held-out questions with
# five right passages or more, and 1 % of 1,153 with one or two.
WHOLE_TOPIC = 3.0
SOME = 0.2  # neighbours' weight below which too few are answered to tell
NEIGHBOUR_FEATURES = (
    *("specific", "vote_answer", "vote_unanswered", "vote_advice", "vote_urgent", "vote_chat", "vote_top", "nearest"),
)


@dataclass(frozen=True, slots=True)
class Votes:
    """What the neighbours say: `passages` (n,) and `kinds` (5,) in [0, 1], and the cosine of the nearest."""

    passages: Vectors
    kinds: Vectors
    nearest: float

    @property
    def is_whole_topic(self) -> bool:
        """Whether those neighbours that are answered have many right passages each."""
        answered = float(self.kinds[list(Kind).index(Kind.ANSWER)])
        return float(self.passages.sum()) >= WHOLE_TOPIC * max(answered, SOME)

    def features(self, question: Encoding, heads: Heads, best: int, /) -> Vectors:
        """The features named by NEIGHBOUR_FEATURES; `best` is the passage that would be quoted."""
        return np.array([heads.specific_logit(question), *self.kinds, self.passages[best], self.nearest], dtype=np.float32)


@dataclass(frozen=True)
class LabelledQuestions:
    """The labelled questions of one article.

    `text_sha256` is of its canonical text. `pooled` (m, d) are the questions' vectors at any length, whole numbers or not;
    `gold` (m, n) is 1 where a passage is a right quote; `kinds` (m,) number the right kind, in the order of `Kind`.
    """

    text_sha256: str
    pooled: npt.NDArray[np.float32 | np.int8]
    gold: Vectors
    kinds: npt.NDArray[np.int64]

    @cached_property
    def _shortlist(self) -> Shortlist:
        return Shortlist(self.pooled)

    def votes(self, question: Encoding, /) -> Votes:
        """The votes of the nearest questions, weighted by nearness."""
        listed = self._shortlist.rows(question.pooled, count=SHORTLISTED)
        cosine = unit(self.pooled[listed].astype(np.float32)) @ question.pooled
        best = largest(cosine, NEIGHBOURS)
        nearest = listed[best]
        weight = np.exp(SHARPNESS * (cosine[best] - cosine[best].max()))
        weight /= weight.sum()
        kinds = np.bincount(self.kinds[nearest], weights=weight, minlength=5)
        return Votes((weight @ self.gold[nearest]).astype(np.float32), kinds.astype(np.float32), float(cosine[best].max()))


def largest(values: Vectors, count: int, /) -> npt.NDArray[np.intp]:
    """Where the largest values stand, largest first and equal ones in order; quicker than sorting all of them."""
    least = np.partition(values, -count)[-count] if len(values) > count else values.min()
    places = np.flatnonzero(values >= least)
    return places[np.argsort(-values[places], kind="stable")][:count]
