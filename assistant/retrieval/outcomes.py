"""Knowing what kind of answer a question gets: calibrated probabilities of what would happen. numpy only.

Flows in: a question's encoding, its evidence, its passages' scores. Flows out: the probability of six outcomes: the best
passage is right, the corpus does not say, advice, urgent, chat, and "lost" (it does say, but the best passage is not it).
The probability of the first is the confidence that is shown.

How grave a message is, is judged sentence by sentence. Long messages of tired people are flat, and danger is said in them
late or in passing: read as a whole, one urgent sentence out of nine is lost, or nine sad ones are taken for danger.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from assistant.answer import RECOGNISED, Kind
from assistant.retrieval.evidence import Evidence, is_rare
from index import Encoding
from index.encoding import Vectors

OUTCOMES = (*(kind.value for kind in Kind), "lost")
QUESTION_FEATURES = (
    *("top", "margin", "mass", "entropy", "dense", "late", "least_word", "lexical", "uncovered", "least_covered", "strange"),
    *("strange_rare", "strange_share", "late_spread", *(kind.value for kind in RECOGNISED), "words", "turns"),
    *("leaning_gap", "bigram", "worst"),
)
SCALE = 20.0  # what cosines are multiplied by in every softmax; as in training
NO_RIVAL = 5.0  # the margin of a passage that is alone
LEVELS = ("calm", "gentle", "urgent")  # gentle: exhausted, frightened or alone, without danger to life
LONG = 150  # characters; read whole, of 28 longer held-out harmless messages eight were taken for urgent, by pieces five


@dataclass(frozen=True, slots=True)
class Heads:
    """What was learned beside the encoder.

    `kinds` (r, k, d): unit vectors of the r RECOGNISED kinds; `specific` (s, d): of what the labelled article leaves
    unanswered; `bias` (2 + r,): of "no passage answers", of `specific`, and of those kinds; `mix` (3,): weights of dense,
    late and worst.
    """

    kinds: Vectors
    specific: Vectors
    bias: Vectors
    mix: Vectors

    def logits(self, question: Encoding, /) -> Vectors:
        """How much the question is like each kind (r,): log-mean-exp over the kind's vectors, plus its bias."""
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


@dataclass(frozen=True, slots=True)
class Danger:
    """Probabilities that a message is urgent, and that it is urgent or gentle; `is_long` if it is more than a question.
    `is_multilingual`: the multilingual encoder read it."""

    urgent: float
    distress: float
    is_long: bool = False
    is_multilingual: bool = False

    def with_pieces(self, urgent: Iterable[float], /) -> "Danger":
        """The same, where each piece by itself is urgent with these probabilities: the gravest counts."""
        return replace(self, urgent=max(self.urgent, *urgent, 0.0))


@dataclass(frozen=True, slots=True)
class LevelHead:
    """Multinomial logistic regression over pooled vectors: `weights` (levels, d), `bias` (levels,)."""

    weights: Vectors
    bias: Vectors

    def danger(self, pieces: Sequence[Encoding], /, *, is_long: bool = False) -> Danger:
        """What the pieces of a message say together: that at least one of them does (noisy or)."""
        pooled = np.stack([piece.pooled for piece in pieces])
        logits = SCALE * (pooled @ self.weights.T) + self.bias
        shares = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        calm, _, urgent = shares.T
        return Danger(float(1 - np.prod(1 - urgent)), float(1 - np.prod(calm)), is_long=is_long)


def is_long(text: str, /) -> bool:
    """Whether a text is more than a question, so that it must not be judged as a whole."""
    return len(text) > LONG


# Urgent help is shown from a smaller probability on than anything else, since a miss costs more than a false alarm, unless
# the last turn is all but certainly harmless by itself. On 1,154 held-out English questions of up to 150 letters, rules in
# front, that catches nine in ten urgent ones and alarms 0.4 % of the others.
URGENT_FROM = 0.3
HARMLESS_BELOW = 0.05
SURELY_URGENT = 0.9  # by itself, whatever it is in context
# A long message is judged by its sentences alone: read whole, it is taken for urgent because it is long.
# On 56 held-out long ones this catches 13 of 16 urgent ones and alarms 7 of 28 calm ones, written to look like them.
URGENT_SENTENCE_FROM = 0.65
# A kind word is said when it is this likely that somebody is in distress; short texts on other subjects look like it.
DISTRESS_FROM, LONG_DISTRESS_FROM = 0.98, 0.8
# Quotes are shown when it is this likely that the corpus says it. On held-out English questions 0.774 of the outcomes are
# right with it and 0.778 without, but it stays silent on more near misses (0.79 against 0.76), and on other diseases.
ANSWER_FROM = 0.6
# Small talk is known by rules. What only looks like it may be a fright, "could I die from this": of eleven held-out ones
# below this five are questions.
CHAT_FROM = 0.8


# The encoder reads English. In a language that it was not made for it guesses, most often urgent, and a notice that the
# article is in English is no harm: so a kind must be nearly certain. Of 474 harmless questions that it had never seen and
# that no rule of triage settles, 140 passed URGENT_FROM and 28 pass this; of 33 urgent ones, 28 and 24.
FOREIGN_FROM = {Kind.URGENT: 0.8, Kind.ADVICE: 0.7, Kind.CHAT: 0.7}


# The multilingual encoder reads every language, and its probabilities hold for all. On 1,532 labelled questions in 22
# languages, whose language and topic nothing knew, this catches 396 of 410 urgent ones and alarms 37 of 1,122 others, all of
# which were written to look alike; from 0.3 on it would be 400 and 70. Help is shown to who is known to be in distress from
# SURELY_URGENT on. A quote is shown where advice is unlikely: of 26 quotes shown for danger or for advice 14 are left.
MULTILINGUAL_URGENT_FROM, MULTILINGUAL_CHAT_FROM, MULTILINGUAL_ANSWER_FROM = 0.5, 0.5, 0.5
ADVICE_BELOW = 0.2
MULTILINGUAL_DISTRESS_FROM = 0.5
# Of messages of several sentences in other languages that no rule finds, each read without its own label's vote, whole ones
# find 11 of 25 urgent and alarm 2 of 122 others; with each sentence by itself, from here on, 20 and 9.
MULTILINGUAL_PIECE_FROM = 0.85
MULTILINGUAL_PIECE_GENTLE_FROM = 0.75


def decide(
    outcomes: dict[str, float],
    danger: Danger,
    /,
    *,
    is_english: bool = True,
    is_multilingual: bool = False,
    is_distressed: bool = False,
) -> Kind:
    """The kind of answer: urgent by what is read in context or by the last turn alone, else the likeliest; quotes only from
    a larger probability on.

    `is_distressed`: the rules know that somebody is in distress. They go before the judgement unless it is sure, and in a
    language that the encoder does not read before its guess: of eleven such messages ten told of distress and one of danger.
    """
    if is_multilingual:
        return _decide_multilingual(outcomes, danger, is_distressed=is_distressed)
    if not is_english:
        return _decide_foreign(outcomes, without={Kind.URGENT} if is_distressed else set())
    if is_urgent(outcomes[Kind.URGENT], danger, is_distressed=is_distressed):
        return Kind.URGENT
    kinds = {Kind.ANSWER, Kind.UNANSWERED, Kind.ADVICE} | ({Kind.CHAT} if outcomes[Kind.CHAT] >= CHAT_FROM else set())
    kind = max((kind for kind in Kind if kind in kinds), key=lambda kind: outcomes[kind])
    if kind is Kind.ANSWER and outcomes[Kind.ANSWER] + outcomes["lost"] < ANSWER_FROM:
        return Kind.UNANSWERED
    return kind


def is_urgent(in_context: float, danger: Danger, /, *, is_distressed: bool = False) -> bool:
    """Whether a message is answered with help: by its probability in context, and by what its last turn says by itself."""
    if is_distressed:
        return danger.urgent >= SURELY_URGENT
    if danger.is_long:
        return danger.urgent >= URGENT_SENTENCE_FROM
    return danger.urgent >= SURELY_URGENT or (in_context >= URGENT_FROM and danger.urgent >= HARMLESS_BELOW)


def sounds_distressed(danger: Danger, /) -> bool:
    """Whether somebody is in distress who is not in danger."""
    if danger.is_multilingual:
        return danger.distress >= MULTILINGUAL_DISTRESS_FROM or danger.urgent >= MULTILINGUAL_PIECE_GENTLE_FROM
    return danger.distress >= (LONG_DISTRESS_FROM if danger.is_long else DISTRESS_FROM)


def _decide_multilingual(outcomes: dict[str, float], danger: Danger, *, is_distressed: bool) -> Kind:
    enough = SURELY_URGENT if is_distressed else MULTILINGUAL_URGENT_FROM
    if outcomes[Kind.URGENT] >= enough or danger.urgent >= max(enough, MULTILINGUAL_PIECE_FROM):
        return Kind.URGENT
    if outcomes[Kind.CHAT] >= MULTILINGUAL_CHAT_FROM:
        return Kind.CHAT
    if outcomes[Kind.ADVICE] >= max(ADVICE_BELOW, outcomes[Kind.UNANSWERED]):
        return Kind.ADVICE
    is_said = outcomes[Kind.ANSWER] + outcomes["lost"] >= MULTILINGUAL_ANSWER_FROM
    return Kind.ANSWER if is_said and outcomes[Kind.ADVICE] < ADVICE_BELOW else Kind.UNANSWERED


def _decide_foreign(outcomes: dict[str, float], *, without: set[Kind]) -> Kind:
    for kind, enough in FOREIGN_FROM.items():
        if kind not in without and outcomes[kind] >= enough:
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
            float(self.question.follows),
        )


def softmax(logits: npt.NDArray[np.floating], /) -> Vectors:
    """Shares that sum to one."""
    exp = np.exp(logits - logits.max())
    shares: Vectors = (exp / exp.sum()).astype(np.float32)
    return shares
