"""Knowing what kind of answer a question gets: calibrated probabilities of what would happen. numpy only.

Flows in: a question's encoding, its evidence, its passages' scores. Flows out: the probability of six outcomes: the best
passage is right, the corpus does not say, advice, urgent, chat, and "lost" (it does say, but the best passage is not it).
The probability of the first is the confidence that is shown.
"""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from assistant.answer import Kind
from assistant.evidence import Evidence, is_rare
from index import Encoding
from index.encoder import Vectors

OUTCOMES = ("answer", "unanswered", "advice", "urgent", "chat", "lost")
QUESTION_FEATURES = (
    *("top", "margin", "mass", "entropy", "dense", "late", "least_word", "lexical", "uncovered", "least_covered", "strange"),
    *("strange_rare", "strange_share", "late_spread", "advice", "urgent", "chat", "words", "turns", "leaning_gap", "bigram"),
    "worst",
)
SCALE = 20.0  # what cosines are multiplied by in every softmax; as in training
NO_RIVAL = 5.0  # the margin of a passage that is alone


@dataclass(frozen=True, slots=True)
class Heads:
    """What was learned beside the encoder.

    `kinds` (3, k, d): unit vectors of advice, urgent and chat; `specific` (s, d): of what the labelled article leaves
    unanswered; `bias` (5,): of "no passage answers", of `specific`, and of the kinds; `mix` (3,): weights of dense, late and
    worst.
    """

    kinds: Vectors
    specific: Vectors
    bias: Vectors
    mix: Vectors

    def logits(self, question: Encoding, /) -> Vectors:
        """How much the question is like advice, urgent, chat (3,): log-mean-exp over each kind's vectors, plus its bias."""
        return np.array([_near(vectors, question) for vectors in self.kinds], dtype=np.float32) + self.bias[2:]

    def specific_logit(self, question: Encoding, /) -> float:
        """The same for what the labelled article leaves unanswered."""
        return _near(self.specific, question) + float(self.bias[1])


@dataclass(frozen=True, slots=True)
class OutcomeModel:
    """Multinomial logistic regression over standardised features: `weights` (outcomes, features), `bias` (outcomes,)."""

    mean: Vectors
    scale: Vectors
    weights: Vectors
    bias: Vectors

    def probabilities(self, features: Vectors, /) -> dict[str, float]:
        """The probability of each outcome; they sum to one."""
        shares = softmax(self.weights @ ((features - self.mean) / self.scale) + self.bias)
        return dict(zip(OUTCOMES, shares.tolist(), strict=True))


# Urgent help is shown from a smaller probability on than anything else: a miss costs more than a false alarm.
URGENT_FROM = 0.3
# Quotes are shown when it is this likely that the corpus says it. On held-out English questions 0.774 of the outcomes are
# right with it and 0.778 without, but it stays silent on more near misses (0.79 against 0.76), and on other diseases.
ANSWER_FROM = 0.6


# The encoder reads English. In a language that it was not made for it guesses, most often urgent, and a notice that the
# article is in English is no harm: so a kind must be nearly certain. Of 474 harmless questions that it had never seen and
# that no rule of triage settles, 140 passed URGENT_FROM and 28 pass this; of 33 urgent ones, 28 and 24.
FOREIGN_FROM = {Kind.URGENT: 0.8, Kind.ADVICE: 0.7, Kind.CHAT: 0.7}


def decide(outcomes: dict[str, float], /, *, is_english: bool = True) -> Kind:
    """The likeliest kind of answer; urgent already from a smaller probability, quotes only from a larger one."""
    if not is_english:
        return _decide_foreign(outcomes)
    if outcomes[Kind.URGENT] >= URGENT_FROM:
        return Kind.URGENT
    kind = max(Kind, key=lambda kind: outcomes[kind])
    if kind is Kind.ANSWER and outcomes[Kind.ANSWER] + outcomes["lost"] < ANSWER_FROM:
        return Kind.UNANSWERED
    return kind


def _decide_foreign(outcomes: dict[str, float]) -> Kind:
    for kind, enough in FOREIGN_FROM.items():
        if outcomes[kind] >= enough:
            return kind
    return Kind.ANSWER if outcomes[Kind.ANSWER] + outcomes["lost"] >= ANSWER_FROM else Kind.UNANSWERED


def agreed(first: dict[str, float], second: dict[str, float], /) -> dict[str, float]:
    """The probabilities of two opinions together: their mean."""
    return {outcome: (first[outcome] + second[outcome]) / 2 for outcome in OUTCOMES}


def _near(vectors: Vectors, question: Encoding, /) -> float:
    cosine = SCALE * (vectors @ question.pooled)
    top = float(cosine.max())
    return top + math.log(float(np.exp(cosine - top).mean()))


@dataclass(frozen=True)
class Asked:
    """A question, what speaks for each passage as its answer, and how it looks to what was learned."""

    question: Encoding
    evidence: Evidence
    heads: Heads

    def features(self, scores: Vectors, /) -> Vectors:
        """The features named by QUESTION_FEATURES, in that order, where the best of these scores (n,) would be quoted."""
        order = np.argsort(-scores, kind="stable")
        best = order[0]
        top, row, share = float(scores[best]), self.evidence.features[best], softmax(scores)
        uncovered = float(self.evidence.rarity @ (1 - self.evidence.coverage[:, best])) / self._weight
        margin = top - float(scores[order[1]]) if len(order) > 1 else NO_RIVAL
        entropy = -float((share * np.log(share + 1e-9)).sum())
        mass, *whatever_is_quoted = self._whatever_is_quoted
        return np.array(
            [top, margin, mass, entropy, *row[:4], uncovered, *whatever_is_quoted, row[0] - row[4], row[7], row[9]],
            dtype=np.float32,
        )

    @property
    def _weight(self) -> float:
        return max(1e-6, float(self.evidence.rarity.sum()))

    @cached_property
    def _whatever_is_quoted(self) -> tuple[float, ...]:
        """Of QUESTION_FEATURES "mass" and, from "least_covered" to "turns", those that no score has a say in."""
        evidence, rarity = self.evidence, self.evidence.rarity
        anywhere = evidence.coverage.max(axis=1)
        strange = rarity * ~evidence.known
        logits = evidence.features[:, (0, 1, 9)] @ self.heads.mix
        peak = float(logits.max())
        return (
            SCALE * peak + math.log(float(np.exp(SCALE * (logits - peak)).sum())) - float(self.heads.bias[0]),
            float(anywhere[is_rare(rarity)].min()),
            float((strange * (1 - anywhere)).max()),
            float(strange.max()),
            float(strange.sum()) / self._weight,
            peak - float(np.median(logits)),
            *self.heads.logits(self.question).tolist(),
            math.log1p(len(evidence.words)),
            float("[SEP]" in self.question.pieces),
        )


def softmax(logits: npt.NDArray[np.floating], /) -> Vectors:
    """Shares that sum to one."""
    exp = np.exp(logits - logits.max())
    shares: Vectors = (exp / exp.sum()).astype(np.float32)
    return shares
