"""What speaks for each sentence as an answer: from one encoding of the question, for any article. numpy only.

Flows in: the encodings of a question and of passages, and the passages' words. Flows out: features of each passage and the
question's coverage by them. Knows nothing of labels, kinds, wording or thresholds.

Late interaction (for each token of the question its best cosine with a token of the passage) follows O. Khattab and
M. Zaharia, "ColBERT", SIGIR 2020, arXiv:2004.12832, with a learned weight for each token.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index import Encoding
from index.encoding import Vectors, unit
from index.lexical import COMMON, Words

Integers = npt.NDArray[np.int64]

PASSAGE_FEATURES = (
    "dense",  # cosine of the pooled vectors
    "late",  # late interaction, weighted mean over the question's tokens
    "least_word",  # coverage of the question's least covered rare word
    "lexical",  # share of the question's words, weighted by rarity, that the passage holds
    "before",  # dense and late of the passage before
    "after",  # and of the one after
    "section",  # and the mean over the section
    "best_bigram",  # share of the question's word pairs that the passage holds
    "short",  # whether it has fewer than six words
    "worst",  # late interaction softened towards the least covered token
)
WORST = 10.0  # how strongly `worst` follows the least covered token; as in training
SHORT_WORDS = 6
FALLS = 1.5  # how fast an expected cosine falls with the passage's own; measured with 64 of 256 looked at
NOWHERE = 5.0  # rarity of a word that no passage holds


@dataclass(frozen=True, slots=True)
class TokenWeights:
    """How much each token of a question counts in late interaction: softplus(token · `weight` + `bias`)."""

    weight: Vectors
    bias: float


@dataclass(frozen=True, slots=True)
class PassageSet:
    """The n passages that compete for a question; m of them are looked at closely, by default all.

    `pooled` (n, d) vectors; `section` (n,) section numbers; `words` of each; `close` (m,) places of those looked at
    closely, ascending. `tokens` (T, d), at unit length, and `starts` (m,), the first token row of each, are of those. With
    `kept` (n,), `tokens` and `starts` cover more passages, and `kept` says which of them compete.
    """

    pooled: Vectors
    tokens: Vectors
    starts: Integers
    section: Integers
    words: Words
    close: Integers | None = None
    kept: Integers | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """`features` (n, PASSAGE_FEATURES) of the passages; `coverage` (words, n) of the question's content words by each.

    `words` are those words, `rarity` (words,) how rare each is in general, `known` (words,) whether the set holds it.
    """

    features: Vectors
    coverage: Vectors
    rarity: Vectors
    words: tuple[str, ...]
    known: npt.NDArray[np.bool_]


def passage_set(
    pooled: Vectors,
    tokens: Vectors,
    starts: Integers,
    /,
    *,
    words: Words,
    headings: Sequence[str],
    documents: Sequence[str],
) -> PassageSet:
    """Put passages together with their words; a section is a heading of a document."""
    sections = list(zip(documents, headings, strict=True))
    numbers = {section: number for number, section in enumerate(dict.fromkeys(sections))}
    return PassageSet(
        pooled=pooled,
        tokens=tokens,
        starts=starts,
        section=np.array([numbers[section] for section in sections]),
        words=words,
    )


def evidence_of(question: Encoding, passages: PassageSet, weights: TokenWeights, /) -> Evidence:
    """All evidence for one question and the passages."""
    count = len(passages.pooled)
    tokens = unit(question.tokens)
    dense = passages.pooled @ unit(question.pooled)
    best = best_cosines(tokens, passages, dense)
    weight = np.logaddexp(0.0, question.tokens @ weights.weight + weights.bias)
    share = weight / max(1e-6, float(weight.sum()))
    late = share @ best
    worst = -np.log(share @ np.exp(-WORST * best) + 1e-9) / WORST
    groups, words, rarity = content_words(question)
    coverage = np.stack([best[group].mean(axis=0) for group in groups]) if groups else np.ones((1, count), np.float32)
    holds, idf, known = _held(words, passages.words)
    bigrams = passages.words.pairs(words)
    joint = (dense + late) / 2
    section_mean = np.bincount(passages.section, weights=joint) / np.bincount(passages.section)
    features = np.stack(
        [
            dense,
            late,
            coverage[is_rare(rarity)].min(axis=0),
            idf @ holds / max(1e-6, float(idf.sum())),
            np.concatenate([[joint.mean()], joint[:-1]]),
            np.concatenate([joint[1:], [joint.mean()]]),
            section_mean[passages.section],
            bigrams / max(1, len(words) - 1),
            passages.words.lengths < SHORT_WORDS,
            worst,
        ],
        axis=1,
    )
    return Evidence(features.astype(np.float32), coverage, rarity, tuple(words), known)


def best_cosines(tokens: Vectors, passages: PassageSet, dense: Vectors, /) -> Vectors:
    """For each token of a question its best cosine in each passage (tokens, n); an estimate for those not looked at closely.

    The estimate is the mean of the farther half of the close passages, less FALLS times how much farther away the passage is
    by `dense`, (n,) cosines of the pooled vectors. The outcomes' probabilities depend on such passages too.
    """
    if not len(tokens):
        return np.zeros((0, len(dense)), np.float32)
    found: Vectors = np.maximum.reduceat(tokens @ passages.tokens.T, passages.starts, axis=1)
    if passages.kept is not None:
        found = found[:, passages.kept]
    if passages.close is None:
        return found
    near = dense[passages.close]
    farther = np.argsort(near, kind="stable")[: (len(near) + 1) // 2]
    distance = FALLS * (dense - near[farther].mean())
    best: Vectors = found[:, farther].mean(axis=1, keepdims=True) + distance
    best[:, passages.close] = found
    return best


def lexical_shares(question: Encoding, words: Words, /) -> Vectors:
    """The share of a question's words, weighted by rarity among the passages, that each passage holds (n,)."""
    holds, rarity, _ = _held(content_words(question)[1], words)
    shares: Vectors = rarity @ holds / max(1e-6, float(rarity.sum()))
    return shares


def _held(asked: Sequence[str], words: Words) -> tuple[Vectors, Vectors, npt.NDArray[np.bool_]]:
    """Which passages hold the words (words, n), how rare those are among them (words,), and whether any holds them."""
    holds = words.holds(asked)
    holders = holds.sum(axis=1).tolist()
    rarity = [math.log(1 + words.count / some) if some else NOWHERE for some in holders]
    return holds, np.array(rarity, dtype=np.float32), np.array(holders) > 0


def content_words(question: Encoding, /) -> tuple[list[slice], list[str], Vectors]:
    """The last turn's content words: token rows of each, its letters, and its rarity in [0, 1.15].

    A question without content words gives one empty word of no weight.
    """
    kept = [word for word in question.words if any(map(str.isalnum, word.text)) and word.text not in COMMON]
    if not kept:
        return [], [""], np.zeros(1, np.float32)
    rarity = np.array([word.rarity for word in kept], dtype=np.float32)
    return [slice(word.first, word.end) for word in kept], [word.text for word in kept], rarity


def is_rare(rarity: Vectors, /) -> npt.NDArray[np.bool_]:
    """Which words carry the question's subject: the rare ones, or the rarest if none is."""
    return np.asarray(rarity >= min(0.55, float(rarity.max())))
