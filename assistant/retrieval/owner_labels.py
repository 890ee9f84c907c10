"""What the owners of a version's articles said of questions: which sentences answer them, or that an article does not say.

Flows in: a version, whose documents hold the labels, and the encoder that serves it. Flows out: scores and outcomes that
heed the labels nearest to a question. Nothing is trained: a label counts as soon as its version is opened. A label speaks
for its own article's sentences alone, and never against danger.
"""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from assistant.answer import Kind
from assistant.retrieval.neighbours import matched
from corpus import Document
from index import Encoder, Encoding, IndexVersion
from index.encoding import Vectors, unit

SAME = 0.8  # cosine of questions that are all but the same: then the label decides; as among shipped labels
DOUBT = 0.1  # of a label that decides: what is left to the judgement
ALONE = 30.0  # what a sentence gains that a label names: it ranks first
# A label that is only near decides nothing, but where it names the sentence that ranks first, this is likelier right:
# the log odds rise by so much a unit of the cosine above the least. Measured by `tests.benchmarks.owner_labels`.
NEAR, SUPPORT = 0.4, 8.0


@dataclass(frozen=True, slots=True)
class Placed:
    """A labelled question with the `sentences` named, as labelled, and their `rows` in a version; none: not said."""

    article: str
    question: str
    sentences: tuple[str, ...]
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the nearest labels decide: `rows` of the sentences that answer, and articles that are `silent`."""

    rows: tuple[int, ...] = ()
    silent: frozenset[str] = frozenset()


@dataclass(frozen=True)
class OwnerLabels:
    """The labels of a version's articles, with the questions' vectors `pooled` (m, d) at unit length."""

    placed: tuple[Placed, ...]
    pooled: Vectors

    @classmethod
    def of(cls, version: IndexVersion, encoder: Encoder, as_read: Callable[[str], str], /) -> Self | None:
        """Those of a version, each question as a visitor's is read; `None` without any."""
        found = tuple(label for document in version.documents.with_labels() for label in placed_labels(document, version))
        if not found:
            return None
        encoded = encoder.encode([as_read(own.question) for own in found])
        return cls(found, unit(np.stack([encoding.pooled for encoding in encoded])))

    def of_articles(self, articles: Collection[str], /) -> "OwnerLabels":
        """Those of some articles."""
        return self._of([place for place, own in enumerate(self.placed) if own.article in articles])

    def without_articles(self, articles: Collection[str], /) -> "OwnerLabels":
        """Those of all but some articles."""
        return self._of([place for place, own in enumerate(self.placed) if own.article not in articles])

    def _of(self, kept: Sequence[int]) -> "OwnerLabels":
        return replace(self, placed=tuple(self.placed[place] for place in kept), pooled=self.pooled[kept])

    def verdict(self, question: Encoding, /) -> Verdict:
        """What the label of each article says that is nearest to a question, if it is near enough to decide."""
        cosine = self.pooled @ question.pooled
        nearest: dict[str, int] = {}
        for place in np.argsort(-cosine, kind="stable").tolist():
            if cosine[place] < SAME:
                break
            nearest.setdefault(self.placed[place].article, place)
        said = [self.placed[place] for place in nearest.values()]
        rows = tuple(row for own in said for row in own.rows)
        return Verdict(rows, frozenset(own.article for own in said if not own.rows))

    def support(self, question: Encoding, row: int, /) -> float:
        """By how much the log odds rise that the passage of a row, which ranks first, answers a question."""
        cosine = self.pooled @ question.pooled
        nearest = int(cosine.argmax()) if len(cosine) else -1
        if nearest < 0 or row not in self.placed[nearest].rows:
            return 0.0
        return SUPPORT * max(0.0, float(cosine[nearest]) - NEAR)


def placed_labels(document: Document, version: IndexVersion, /) -> list[Placed]:
    """The labels of a document whose sentences stand in the version, word for word or nearly so, and those that it says
    nothing of. One that named sentences of which none is left drops out."""
    if not document.labels:
        return []
    rows = version.passages.rows_of({document.id}).tolist()
    named = list(dict.fromkeys(answer for label in document.labels for answer in label.answers))
    places = matched(named, [version.passages.text(row) for row in rows])
    row_of = {named[number]: rows[place] for number, place in places.items()}
    found = []
    for label in document.labels:
        left = tuple(answer for answer in label.answers if answer in row_of)
        if left or not label.answers:
            found.append(Placed(document.id, label.question, left, tuple(row_of[answer] for answer in left)))
    return found


def named_first(rows: Sequence[int], scores: Vectors, named: Sequence[int], /) -> tuple[tuple[int, ...], Vectors]:
    """Competing rows, ascending, and their scores when labels name some rows: those compete, and rank first.

    >>> rows, scores = named_first([2, 4], np.array([1.0, 2.0]), [3])
    >>> rows, scores.tolist()
    ((2, 3, 4), [1.0, 31.0, 2.0])
    """
    lacking = [row for row in named if row not in rows]
    all_rows = np.array([*rows, *lacking])
    all_scores = np.append(scores, np.full(len(lacking), scores.min(), np.float32))
    all_scores[np.isin(all_rows, named)] += ALONE
    order = np.argsort(all_rows, kind="stable")
    return tuple(all_rows[order].tolist()), all_scores[order].astype(np.float32)


def supported(outcomes: Mapping[str, float], support: float, /) -> dict[str, float]:
    """The outcomes when the log odds of what is said against what is not rise; how likely all others are stays the same.

    >>> supported({"answer": 0.3, "lost": 0.1, "unanswered": 0.4, "urgent": 0.2}, math.log(3))
    {'answer': 0.45, 'lost': 0.15, 'unanswered': 0.2, 'urgent': 0.2}
    """
    said, not_said = outcomes[Kind.ANSWER] + outcomes["lost"], outcomes[Kind.UNANSWERED]
    if support == 0 or said == 0:
        return dict(outcomes)
    more = said * math.exp(support)
    grown = (said + not_said) * more / (more + not_said) / said
    raised = {name: outcomes[name] * grown for name in (Kind.ANSWER, "lost")}
    return {**outcomes, **raised, Kind.UNANSWERED: said + not_said - sum(raised.values())}


def settled_for(kind: Kind, outcomes: Mapping[str, float], /) -> dict[str, float]:
    """The outcomes when a label decides for a kind: some doubt is left."""
    return {name: (1 - DOUBT) * (name == kind) + DOUBT * p for name, p in outcomes.items()}
