"""Questions in other languages than English. A multilingual encoder compares them with the labelled questions, most of them
English, and where nobody labelled anything, with the sentences.

Flows in: a question as it was typed. Flows out: what `Retriever` finds for an English one: scored passages, the probability
of each outcome, how grave it is. The condition's name is put into English first, and each language's mean is taken out of
its vectors: else questions in one language are near each other whatever they ask.

Nothing is loaded before the first such question.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from threading import Lock
from typing import Self

import numpy as np
import numpy.typing as npt

from assistant.answer import MOST_CITATIONS, RECOGNISED, Kind
from assistant.languages.terms import with_english_name
from assistant.question import Question
from assistant.reading.reader import pieces_of, some_of
from assistant.retrieval.found import Found, speaks_clearly
from assistant.retrieval.neighbours import FLOOR, LabelledQuestions, Votes, placed
from assistant.retrieval.outcomes import Danger, OutcomeModel, is_long, softmax
from index import Encoder, Encoding, IndexVersion
from index.encoding import Vectors, unit
from index.lexical import Integers

NEAREST = 128  # labelled questions that are looked at
# How many of them vote, and over which distance (of cosines) a vote falls to 1/e: the nearest decide, more make it steady.
NARROW, WIDE = (16, 0.02), (64, 0.05)
MOST_READ = 16  # sentences of a message, each of which takes as long as a question
AT_ONCE = 2048  # vectors that are compared together
CANDIDATES = 256  # sentences that compete where nothing is labelled
SHARPNESS = 20.0  # what cosines are multiplied by, for shares of probability
LABELLED_FEATURES = (
    *(f"narrow_{kind}" for kind in Kind),
    *(f"wide_{kind}" for kind in Kind),
    *(f"best_{kind}" for kind in Kind),
    *("nearest", "long", "top_narrow", "top_wide", "spread"),
)
# Whether labelled questions are answered says something of the labelled article only.
SENTENCE_FEATURES = (
    *(f"narrow_{kind}" for kind in RECOGNISED),
    *(f"wide_{kind}" for kind in RECOGNISED),
    *(f"best_{kind}" for kind in RECOGNISED),
    *("nearest", "long", "top", "margin", "stands_out", "mean"),
)
GENERAL = ""  # the code of the mean of all languages but English


@dataclass(frozen=True, slots=True)
class Centres:
    """The mean vector of each language's questions: `vectors` (c, d), by code; GENERAL for one that has none."""

    codes: tuple[str, ...]
    vectors: Vectors

    def centred(self, vector: Vectors, code: str, /) -> Vectors:
        """A vector (d,) without what all questions of its language have in common, at unit length."""
        place = self.codes.index(code if code in self.codes else GENERAL)
        return unit(vector - self.vectors[place])


@dataclass(frozen=True, slots=True)
class ForeignVotes:
    """What the labelled neighbours of a question say, few and `narrow`, many and `wide`; `best` (k,) is the cosine of the
    nearest of each kind, `distress` how likely somebody is in distress."""

    narrow: Votes
    wide: Votes
    best: Vectors
    distress: float
    is_long: bool

    @property
    def passages(self) -> Vectors:
        """The votes for each passage (n,)."""
        return _mean(self.narrow.passages, self.wide.passages)

    @property
    def together(self) -> Votes:
        """Both as one."""
        return Votes(self.passages, _mean(self.narrow.kinds, self.wide.kinds), self.narrow.nearest)

    @property
    def labelled_features(self) -> Vectors:
        """The features named by LABELLED_FEATURES."""
        own = [self.narrow.passages.max(initial=0), self.wide.passages.max(initial=0), self.wide.passages.sum()]
        return np.array([*self._of(Kind), *own], np.float32)

    def sentence_features(self, cosines: Vectors, /) -> Vectors:
        """The features named by SENTENCE_FEATURES, where these are the sentences' cosines (n,) with the question."""
        best = np.sort(cosines)[::-1]
        stands_out = (best[0] - cosines.mean()) / max(1e-6, float(cosines.std()))
        own = [best[0], best[0] - best[min(1, len(best) - 1)], stands_out, cosines.mean()]
        return np.array([*self._of(RECOGNISED), *own], np.float32)

    def _of(self, kinds: Iterable[Kind]) -> tuple[float, ...]:
        numbers = [kind.number for kind in kinds]
        votes = (self.narrow.kinds, self.wide.kinds, self.best)
        return (*np.concatenate([every[numbers] for every in votes]), self.narrow.nearest, self.is_long)


class Voters:
    """Labelled questions, all of which are compared with a question: a store of them would take four times the memory."""

    def __init__(self, questions: LabelledQuestions, /) -> None:
        self.questions, pooled = questions, questions.pooled
        self._lengths = np.concatenate([np.linalg.norm(part, axis=1) for part in _parts(pooled)])

    def votes(self, vector: Vectors, /, *, is_long: bool) -> ForeignVotes:
        """The votes on a question with this centred vector (d,)."""
        cosines = np.concatenate([part @ vector for part in _parts(self.questions.pooled)]) / self._lengths
        rows = nearest(cosines)
        return votes_of(self.questions, rows, cosines[rows], is_long=is_long)


def nearest(cosines: Vectors, /) -> Integers:
    """The numbers of the NEAREST of some cosines (m,), nearest first."""
    rows = np.argpartition(-cosines, min(NEAREST, len(cosines) - 1))[:NEAREST]
    return rows[np.argsort(-cosines[rows], kind="stable")]


def _parts(pooled: npt.NDArray[np.float32 | np.float16 | np.int8]) -> Iterator[Vectors]:
    """The vectors (m, d), some at a time, as they are computed with."""
    return (pooled[first : first + AT_ONCE].astype(np.float32) for first in range(0, len(pooled), AT_ONCE))


def votes_of(questions: LabelledQuestions, rows: Integers, cosines: Vectors, /, *, is_long: bool) -> ForeignVotes:
    """The votes of some labelled questions (r,), nearest first, with their cosines (r,)."""
    kinds, (count, falls) = questions.kinds[rows], NARROW
    best = np.array([cosines[kinds == kind.number].max(initial=cosines[-1]) for kind in Kind], np.float32)
    narrow, wide = (_voted(questions, rows[:most], cosines[:most], over) for most, over in (NARROW, WIDE))
    distress = float(_weights(cosines[:count], falls) @ questions.gentle[rows[:count]])
    return ForeignVotes(narrow, wide, best, distress, is_long)


def _voted(questions: LabelledQuestions, rows: Integers, cosines: Vectors, falls: float) -> Votes:
    weight = _weights(cosines, falls)
    kinds = np.bincount(questions.kinds[rows], weights=weight, minlength=len(Kind)).astype(np.float32)
    return Votes((weight @ questions.gold[rows]).astype(np.float32), kinds, float(cosines[0]))


def _mean(one: Vectors, other: Vectors) -> Vectors:
    mean: Vectors = (one + other) * np.float32(0.5)
    return mean


def _weights(cosines: Vectors, falls: float) -> Vectors:
    weight = np.exp((cosines - cosines[0]) / falls)
    shares: Vectors = weight / weight.sum()
    return shares


@dataclass(frozen=True, slots=True)
class MultilingualModel:
    """What was learned for other languages; `encoder` is the fingerprint of the encoder that it holds for.

    `questions` have centred vectors. The models read LABELLED_FEATURES and SENTENCE_FEATURES.
    """

    encoder: str
    questions: LabelledQuestions
    centres: Centres
    labelled: OutcomeModel
    any_article: OutcomeModel


Loaded = tuple[Encoder, MultilingualModel]


class OtherLanguages:
    """Reads questions for one version with the multilingual encoder. Safe to call from several threads.

    The encoder and what was learned for it are loaded with the first question; what can be read then is said by `is_there`.
    """

    def __init__(self, version: IndexVersion, load: Callable[[], Loaded | None], /) -> None:
        """`load` gives the encoder and what was learned for it; `None` where the encoder is not installed."""
        self._version, self._load, self._loading = version, load, Lock()

    def find(self, asked: Question, /, *, labelled: bool, among: Integers | None) -> Found | None:
        """What answers the question, as `Retriever.find` tells it: labelled sentences by their labels, others beside them
        where they speak clearly. `None` if there is nothing to compare it with.

        Args:
            asked: the question.
            labelled: whether the labelled sentences may be quoted.
            among: the rows that may be quoted; `None` for all.
        """
        with self._loading:
            ready = self._ready
        if ready is None:
            return None
        code = asked.recognised.written
        question, *pieces = ready.encoder.encode([as_read(asked), *pieces_read(asked)])
        vector = ready.model.centres.centred(question.pooled, code)
        votes = ready.voters.votes(vector, is_long=is_long(asked.text))
        found = own = _by_labels(ready.model, question, votes, ready.rows) if labelled and ready.rows is not None else None
        count = len(self._version.passages) if among is None else len(among)
        if ready.sentences is not None and (own is None or len(own.rows) < count):
            rows = np.arange(count) if among is None else among
            beside = _by_sentences(ready.model, question, votes, rows, ready.sentences.cosines(rows, vector))
            found = beside if own is None or speaks_clearly(beside, own) else own
        if found is None:
            return None
        return replace(found, danger=found.danger.with_pieces([ready.urgent(piece, code) for piece in pieces]))

    @cached_property
    def _ready(self) -> "Ready | None":
        loaded = self._load()
        if loaded is None:
            return None
        encoder, model = loaded
        vectors, made_by = self._version.multilingual, self._version.manifest.multilingual
        sentences = None
        if vectors is not None and made_by == model.encoder:
            sentences = Sentences.of(vectors)
        found = placed(model.questions, self._version)
        voters = Voters(model.questions if found is None else found.questions)
        return Ready(encoder, model, voters, None if found is None else found.rows, sentences)


@dataclass(frozen=True, slots=True)
class Ready:
    """What questions in other languages are read with: `sentences` are the version's, if it has their vectors; `rows` of its
    passages are the labelled sentences, on which the `voters` vote."""

    encoder: Encoder
    model: MultilingualModel
    voters: Voters
    rows: Integers | None
    sentences: "Sentences | None"

    def urgent(self, piece: Encoding, code: str, /) -> float:
        """The probability that a sentence of a message in a language is urgent by itself, whatever is quoted."""
        votes = self.voters.votes(self.model.centres.centred(piece.pooled, code), is_long=False)
        return self.model.labelled.probabilities(votes.labelled_features)[Kind.URGENT]


@dataclass(frozen=True, slots=True)
class Sentences:
    """The vectors (n, d) of a version's sentences as they are in its file, the `mean`, which says nothing of any, and the
    `lengths` (n,) without that, which are all that is kept of each."""

    vectors: npt.NDArray[np.float16]
    mean: Vectors
    lengths: Vectors

    @classmethod
    def of(cls, vectors: npt.NDArray[np.float16], /) -> Self:
        """Those of a version; one pass for the mean, one for the lengths."""
        mean: Vectors = vectors.mean(axis=0, dtype=np.float32)
        return cls(vectors, mean, np.concatenate([np.linalg.norm(part - mean, axis=1) for part in _parts(vectors)]))

    def cosines(self, rows: Integers, vector: Vectors, /) -> Vectors:
        """Of the sentences of some rows, ascending, with a vector at unit length; 0 for one that is the mean."""
        scores, lengths = np.zeros(len(rows), np.float32), self.lengths[rows]
        for first in range(0, len(rows), AT_ONCE):
            here = slice(first, first + AT_ONCE)
            scores[here] = (self.vectors[rows[here]].astype(np.float32) - self.mean) @ vector
        return np.divide(scores, lengths, out=np.zeros_like(scores), where=lengths > 0)


def as_read(asked: Question, /) -> str:
    """What the encoder reads: the question behind the turn that it leans on, with the condition's name in English."""
    text = asked.text if asked.before is None else f"{asked.before} {asked.text}"
    return with_english_name(text, asked.recognised.written)


def pieces_read(asked: Question, /) -> list[str]:
    """The sentences of a message that has several, as the encoder reads them; of many the first and the last."""
    pieces, written = pieces_of(asked.text), asked.recognised.written
    return [with_english_name(piece, written) for piece in some_of(pieces, MOST_READ)] if len(pieces) > 1 else []


def _by_labels(model: MultilingualModel, question: Encoding, votes: ForeignVotes, rows: Integers) -> Found:
    scores = np.log(FLOOR + votes.passages).astype(np.float32)
    outcomes = model.labelled.probabilities(votes.labelled_features)
    parts = votes.together.parts(MOST_CITATIONS) if votes.together.is_whole_topic else ()
    return _found(tuple(rows.tolist()), scores, outcomes, question, votes, parts)


def _by_sentences(
    model: MultilingualModel, question: Encoding, votes: ForeignVotes, rows: Integers, cosines: Vectors
) -> Found:
    """The nearest of the sentences `rows` (n,), whose cosines (n,) with the question these are."""
    outcomes = model.any_article.probabilities(votes.sentence_features(cosines))
    nearest = np.sort(np.argsort(-cosines, kind="stable")[:CANDIDATES])
    return _found(tuple(rows[nearest].tolist()), SHARPNESS * cosines[nearest], outcomes, question, votes)


def _found(
    rows: tuple[int, ...],
    scores: Vectors,
    outcomes: dict[str, float],
    question: Encoding,
    votes: ForeignVotes,
    parts: tuple[int, ...] = (),
) -> Found:
    danger = Danger(
        outcomes[Kind.URGENT], outcomes[Kind.URGENT] + votes.distress, is_long=votes.is_long, is_multilingual=True
    )
    return Found(rows, scores, softmax(scores), outcomes, question, danger, parts, is_multilingual=True)
