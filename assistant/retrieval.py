"""From turns to scored passages: one encoding of the question, candidates from the store, evidence, ranking."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from assistant.abstention import Asked, agreed, softmax
from assistant.answer import Hit
from assistant.evidence import Evidence, PassageSet, evidence_of, lexical_shares
from assistant.learned import Learned, Model
from assistant.neighbours import LabelledQuestions, Votes
from assistant.reading import QuestionReader
from corpus.storage import sha256_of
from index import Encoder, Encoding, IndexVersion
from index.encoder import Vectors
from index.words import Integers, WordMatches

FLOOR = 0.02  # the vote that counts for a passage which no neighbour names; as in fitting
CANDIDATES = 256  # passages that compete; a smaller corpus competes whole
CLOSE = 64  # of them are looked at closely, word piece by word piece
LEXICAL = 0.2  # what sharing all words with the question counts beside a cosine, when those are chosen


@dataclass(frozen=True, slots=True)
class Found:
    """What a question brought up.

    `rows` are the competing passages in reading order, `scores` theirs, `shares` the probability of each being the right
    one given that one is, `outcomes` the probability of each outcome. `is_whole_topic` says that many are likely right.
    `question` is the one encoding of the question.
    """

    rows: tuple[int, ...]
    scores: Vectors
    shares: Vectors
    outcomes: dict[str, float]
    question: Encoding
    is_whole_topic: bool = False


def passage_scores(evidence: Evidence, weights: Vectors, vote: float, votes: Votes | None, /) -> Vectors:
    """Scores of the passages (n,): weighed evidence, and what labelled neighbours say where there are some."""
    scores = (evidence.features @ weights).astype(np.float32)
    return scores if votes is None else scores + np.float32(vote) * np.log(FLOOR + votes.passages)


def outcome_features(asked: Asked, scores: Vectors, votes: Votes | None, /) -> Vectors:
    """What an `OutcomeModel` reads: QUESTION_FEATURES, followed by NEIGHBOUR_FEATURES where there are neighbours."""
    features = asked.features(scores)
    if votes is None:
        return features
    return np.append(features, votes.features(asked.question, asked.heads, int(scores.argmax())))


class Retriever:
    """Searches one version. Safe to call from several threads: nothing in it changes."""

    def __init__(self, version: IndexVersion, encoder: Encoder, learned: Learned, /, *, labels: bool = True) -> None:
        self._version = version
        self._encoder = encoder
        self._learned = learned
        self.reader = QuestionReader(document.text for document in version.documents.values())
        self._labelled = learned.questions if labels and _is_labelled(version, learned.questions) else None

    @property
    def uses_labels(self) -> bool:
        """Whether labelled neighbours have a say: only where the corpus is the very text that was labelled."""
        return self._labelled is not None

    def find(self, turns: Sequence[str], /) -> Found:
        """Score the passages that may answer the last turn, and say what is likely to come of it."""
        question = self._encoder.encode([self.reader.read(turns)])[0]
        if len(self._version.passages) <= CANDIDATES:
            rows, passages = tuple(range(len(self._version.passages))), self._all
        else:
            rows, passages = self._competing(question)
        evidence = evidence_of(question, passages, self._learned.token_weights)
        asked = Asked(question, evidence, self._learned.heads)
        scores, outcomes = self._judge(asked, self._learned.any_article)
        if self._labelled is None:
            return Found(rows, scores, softmax(scores), outcomes, question)
        votes = self._labelled.votes(question)
        scores, informed = self._judge(asked, self._learned.labelled, votes)
        return Found(rows, scores, softmax(scores), agreed(informed, outcomes), question, votes.is_whole_topic)

    def _judge(self, asked: Asked, model: Model, votes: Votes | None = None) -> tuple[Vectors, dict[str, float]]:
        """Scores of the passages, and the probability of each outcome when the best of them is quoted."""
        scores = passage_scores(asked.evidence, model.weights, model.vote, votes)
        return scores, model.outcomes.probabilities(outcome_features(asked, scores, votes))

    def hits(self, found: Found, /, *, count: int) -> list[Hit]:
        """The best passages, best first."""
        order = np.argsort(-found.scores, kind="stable")[:count]
        return [Hit(self._version.passages[found.rows[place]], float(found.shares[place])) for place in order]

    def context(self, found: Found, /) -> tuple[list[int], Callable[[int], int | None]]:
        """For each competing passage the number of its section, and what tells the place of the one that it leans on."""
        places = {row: place for place, row in enumerate(found.rows)}

        def leans_on(place: int) -> int | None:
            before = self._version.passages.leans_on(found.rows[place])
            return None if before is None else places.get(before)

        return self._version.passages.sections(found.rows).tolist(), leans_on

    @cached_property
    def _all(self) -> PassageSet:
        rows = range(len(self._version.passages))
        return self._passages(rows, WordMatches.of(self._version.words))

    def _competing(self, question: Encoding) -> tuple[tuple[int, ...], PassageSet]:
        """The nearest passages in reading order; those are looked at closely that also share the question's words."""
        _, nearest = self._version.store.search(question.pooled, count=CANDIDATES)
        rows = np.sort(nearest)
        words = WordMatches.of(self._version.words.of(rows))
        likely = self._version.vectors.pooled[rows] @ question.pooled + LEXICAL * lexical_shares(question, words)
        close = np.sort(np.argsort(-likely, kind="stable")[:CLOSE])
        return tuple(rows.tolist()), self._passages(rows, words, close)

    def _passages(self, rows: Sequence[int] | Integers, words: WordMatches, close: Integers | None = None) -> PassageSet:
        chosen = np.asarray(rows)
        tokens, starts = self._version.vectors.tokens_of(chosen if close is None else chosen[close])
        return PassageSet(
            pooled=self._version.vectors.pooled[chosen],
            tokens=tokens.astype(np.float32),
            starts=starts,
            section=self._version.passages.sections(chosen),
            words=words,
            close=close,
        )


def _is_labelled(version: IndexVersion, questions: LabelledQuestions) -> bool:
    """Whether the corpus is the labelled article and nothing else."""
    return len(version.passages) == questions.gold.shape[1] and all(
        sha256_of(document.text.encode("utf-8")) == questions.text_sha256 for document in version.documents.values()
    )
