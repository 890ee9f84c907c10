"""The nearest labelled questions of the labelled article: a second opinion beside the model for any article.

A label belongs to sentences, not to an article: it holds where its sentence stands, word for word or nearly so. A vote for
"the article does not say" was given on the labelled sentences, and holds for those alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import Indel
from rapidfuzz.process import cdist

from assistant.answer import Kind
from assistant.retrieval.outcomes import Heads
from index import Encoding, IndexVersion
from index.encoding import Vectors, unit
from index.lexical import Integers
from index.stores.faiss import FaissStore

NEIGHBOURS = 12
FLOOR = 0.02  # the vote for a passage that no neighbour names; as in fitting
SHARPNESS = 15.0  # how fast a neighbour's weight falls with its distance; as in fitting
# Right passages, on average, that make a question one about the whole topic: this finds 73 % of 60 held-out questions with
# five right passages or more, and 1 % of 1,153 with one or two.
WHOLE_TOPIC = 3.0
NAMED = 0.35  # share of the answered neighbours that must name a passage as a part of the whole topic
# All but the same question. On held-out ones, other questions on their topics voting, 99 of 100 verdicts that it is not said
# are right, and 94 of 100 that name a sentence (as often as these are asked).
NEAREST, AGREED, SAME_ANSWER = 0.8, 0.9, 0.8
# For the whole topic one asks in few ways ("list them"): of 1,118 held-out questions that the article does not answer, one
# has such neighbours so near.
NEAREST_WHOLE = 0.65
SOME = 0.2  # least weight that answered neighbours count with
# Share of its letters that an edited sentence keeps, at least; and of its sentences that the labelled article keeps.
SAME_SENTENCE, SAME_ARTICLE = 0.7, 0.25
NEIGHBOUR_FEATURES = (*("specific", *(f"vote_{kind}" for kind in Kind), "vote_top", "nearest"),)


@dataclass(frozen=True, slots=True)
class Votes:
    """What the neighbours say: `passages` (n,) and `kinds` (k,) in [0, 1], and the cosine of the nearest; `follows` if the
    question is read after another turn."""

    passages: Vectors
    kinds: Vectors
    nearest: float
    follows: bool = False

    @property
    def is_whole_topic(self) -> bool:
        """Whether the answered neighbours have many right passages each."""
        answered = float(self.kinds[Kind.ANSWER.number])
        return float(self.passages.sum()) >= WHOLE_TOPIC * max(answered, SOME)

    @property
    def are_sure(self) -> bool:
        """Whether a question all but the same was labelled, and its neighbours agree: then the label decides."""
        kind = int(self.kinds.argmax())
        agreed = float(self.passages.max(initial=0.0)) if kind == Kind.ANSWER.number else 1.0
        is_one_kind = self.kinds[kind] >= AGREED and kind != Kind.URGENT.number
        is_of_all = kind == Kind.ANSWER.number and self.is_whole_topic and not self.follows
        is_near = self.nearest >= (NEAREST_WHOLE if is_of_all else NEAREST)
        return is_near and is_one_kind and agreed >= SAME_ANSWER

    def parts(self, most: int, /) -> tuple[int, ...]:
        """The passages that together are the whole topic, in reading order: those that most answered neighbours name."""
        answered = max(float(self.kinds[Kind.ANSWER.number]), SOME)
        named = np.flatnonzero(self.passages >= NAMED * answered)
        best = named[np.argsort(-self.passages[named], kind="stable")[:most]]
        return tuple(sorted(best.tolist()))

    def features(self, question: Encoding, heads: Heads, best: int, /) -> Vectors:
        """The features named by NEIGHBOUR_FEATURES; `best` is the passage that would be quoted."""
        return np.array([heads.specific_logit(question), *self.kinds, self.passages[best], self.nearest], dtype=np.float32)


@dataclass(frozen=True)
class LabelledQuestions:
    """The labelled questions of one article.

    `sentences` (n) are its own, in reading order. `pooled` (m, d) are the questions' vectors at any length, whole numbers or
    not; `gold` (m, n) is 1 where a sentence is a right quote; `kinds` (m,) the right `Kind.number`; `gentle` (m,), if it is
    known, is 1 where somebody is in distress who is not in danger.
    """

    sentences: tuple[str, ...]
    pooled: npt.NDArray[np.float32 | np.int8]
    gold: Vectors
    kinds: npt.NDArray[np.int64]
    gentle: Vectors = field(default_factory=lambda: np.zeros(0, np.float32))

    @cached_property
    def _store(self) -> FaissStore:
        # Always all of them: an inverted file would be trained at each start, take 60 MB more, and miss some of the nearest.
        return FaissStore.build(self.pooled.astype(np.float32), flat_up_to=len(self.pooled))

    def nearest(self, vector: Vectors, /, *, count: int) -> tuple[Integers, Vectors]:
        """The numbers of the questions nearest to a vector (d,), nearest first, and their cosines with it."""
        _, nearest = self._store.search(vector, count=count)
        cosines = unit(self.pooled[nearest].astype(np.float32)) @ vector  # FAISS rounds differently, and votes may tie
        return nearest, cosines

    def votes(self, question: Encoding, /, *, but: int | None = None) -> Votes:
        """The votes of the nearest questions, weighted by nearness; `but` is the number of one that does not vote."""
        nearest, cosine = self.nearest(question.pooled, count=NEIGHBOURS + (but is not None))
        if but is not None:
            others = np.flatnonzero(nearest != but)[:NEIGHBOURS]
            nearest, cosine = nearest[others], cosine[others]
        weight = np.exp(SHARPNESS * (cosine - cosine.max()))
        weight /= weight.sum()
        kinds = np.bincount(self.kinds[nearest], weights=weight, minlength=len(Kind))
        passages = (weight @ self.gold[nearest]).astype(np.float32)
        return Votes(passages, kinds.astype(np.float32), float(cosine.max()), follows=question.follows)

    def only(self, sentences: Integers, /) -> "LabelledQuestions":
        """The labels of some of the sentences, by their numbers. A question that none of these answers drops out."""
        if np.array_equal(sentences, np.arange(len(self.sentences))):
            return self
        gold = self.gold[:, sentences]
        kept = (self.kinds != Kind.ANSWER.number) | (gold.sum(axis=1) > 0)
        texts = tuple(self.sentences[number] for number in sentences.tolist())
        gentle = self.gentle[kept] if len(self.gentle) else self.gentle
        return LabelledQuestions(texts, self.pooled[kept], gold[kept], self.kinds[kept], gentle)


@dataclass(frozen=True, slots=True)
class Placed:
    """Labelled questions where their sentences stand in a version: `rows` (n,) of the `questions`' sentences, ascending."""

    article: str
    rows: Integers
    questions: LabelledQuestions


def placed(questions: LabelledQuestions, version: IndexVersion, /) -> Placed | None:
    """The labelled sentences, found again in the article of the version that holds most of them; `None` if it has too few.

    A sentence is found by its words; one that is not, is the most similar other sentence of that article, if any is similar.
    """
    passages, known = version.passages, set(questions.sentences)
    hits = np.array([row for row in range(len(passages)) if passages.text(row) in known], dtype=np.int64)
    owners = passages.places[hits, 0]
    if not len(owners):
        return None
    own = passages.rows_of_numbers([int(np.bincount(owners).argmax())])
    found = matched(questions.sentences, [passages.text(row) for row in own.tolist()])
    if len(found) < SAME_ARTICLE * len(questions.sentences):
        return None
    by_place = sorted((place, sentence) for sentence, place in found.items())
    sentences = np.array([sentence for _, sentence in by_place])
    rows = own[[place for place, _ in by_place]]
    return Placed(passages[int(rows[0])].document_id, rows, questions.only(sentences))


def matched(sentences: Sequence[str], texts: Sequence[str], /) -> dict[int, int]:
    """The place of each sentence among some texts that it equals, or else is most like, by its number; each place once."""
    places: dict[str, list[int]] = {}
    for place, text in enumerate(texts):
        places.setdefault(text, []).append(place)
    found = {number: places[sentence].pop(0) for number, sentence in enumerate(sentences) if places.get(sentence)}
    lost = [number for number in range(len(sentences)) if number not in found]
    free = sorted(set(range(len(texts))) - set(found.values()))
    if not lost or not free:
        return found
    likeness = cdist(
        [sentences[number] for number in lost], [texts[place] for place in free], scorer=Indel.normalized_similarity
    )
    while likeness.size and likeness.max() >= SAME_SENTENCE:
        one, other = np.unravel_index(likeness.argmax(), likeness.shape)
        found[lost[int(one)]] = free[int(other)]
        likeness[one, :] = likeness[:, other] = 0
    return found
