"""What speaks for each sentence as an answer: from one encoding of the question, for any article. numpy only.

Flows in: the encodings of a question and of passages, and the passages' words. Flows out: features of each passage (for
`ranking`) and of the question as a whole (for `abstention`). Knows nothing of labels, kinds, wording or thresholds.

Late interaction (for each token of the question its best cosine with a token of the passage) follows O. Khattab and
M. Zaharia, "ColBERT", SIGIR 2020, arXiv:2004.12832, with a learned weight for each token.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from index import Encoding
from index.encoder import Vectors
from index.store import unit

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
WORST = 10.0  # how far `worst` leans towards the least covered token; as in training
SHORT_WORDS = 6
COMMON = frozenset(
    "a about after again all also am an and any are as at be because been before being between both but by can could "
    "did do does doing for from get gets give had has have having he her here him his how i if in into is isn it its "
    "just kind know like made make makes many may me mean means might more most much my no not of off on one only or "
    "other our out over own really s say says see she so some something sort still such t tell than that the their "
    "them then there these they thing things this those to too under up us use used very was way we well were what "
    "when where which while who whom why will with would you your please explain article whats".split()
)


@dataclass(frozen=True, slots=True)
class TokenWeights:
    """How much each token of a question counts in late interaction: softplus(token · `weight` + `bias`)."""

    weight: Vectors
    bias: float


@dataclass(frozen=True, slots=True)
class PassageSet:
    """The passages that compete for a question, n of them.

    `pooled` (n, d); `tokens` (T, d) at unit length; `starts` (n,) the first token row of each; `section` (n,) numbers of
    sections; `stems` and `bigrams` of their words; `rarity` of a stem within the set; `lengths` (n,) in words.
    """

    pooled: Vectors
    tokens: Vectors
    starts: Integers
    section: Integers
    stems: tuple[frozenset[str], ...]
    bigrams: tuple[frozenset[tuple[str, str]], ...]
    rarity: dict[str, float]
    lengths: Vectors


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
    sentences: Sequence[str],
    headings: Sequence[str],
    documents: Sequence[str],
) -> PassageSet:
    """Put passages together with what is counted in their words; a section is a heading of a document."""
    stems = tuple(
        frozenset(stem(word) for word in words_of(f"{heading} {sentence}"))
        for heading, sentence in zip(headings, sentences, strict=True)
    )
    ordered = [[stem(word) for word in words_of(sentence) if word not in COMMON] for sentence in sentences]
    counts: dict[str, int] = {}
    for row in stems:
        for item in row:
            counts[item] = counts.get(item, 0) + 1
    sections = list(zip(documents, headings, strict=True))
    numbers = {section: number for number, section in enumerate(dict.fromkeys(sections))}
    return PassageSet(
        pooled=pooled,
        tokens=tokens,
        starts=starts,
        section=np.array([numbers[section] for section in sections]),
        stems=stems,
        bigrams=tuple(frozenset(pairwise(row)) for row in ordered),
        rarity={item: math.log(1 + len(stems) / count) for item, count in counts.items()},
        lengths=np.array([len(words_of(sentence)) for sentence in sentences], dtype=np.float32),
    )


def evidence_of(question: Encoding, passages: PassageSet, weights: TokenWeights, /) -> Evidence:
    """All evidence between one question and the passages."""
    count = len(passages.pooled)
    tokens = unit(question.tokens)
    best = np.zeros((0, count), np.float32)
    if len(tokens):
        best = np.maximum.reduceat(tokens @ passages.tokens.T, passages.starts, axis=1)
    weight = np.logaddexp(0.0, question.tokens @ weights.weight + weights.bias)
    share = weight / max(1e-6, float(weight.sum()))
    late = share @ best
    worst = -np.log(share @ np.exp(-WORST * best) + 1e-9) / WORST
    dense = passages.pooled @ unit(question.pooled)
    groups, words, rarity = content_words(question)
    coverage = np.stack([best[group].mean(axis=0) for group in groups]) if groups else np.ones((1, count), np.float32)
    stems = [stem(word) for word in words]
    idf = np.array([passages.rarity.get(item, 5.0) for item in stems], dtype=np.float32)
    holds = np.array([[item in row for row in passages.stems] for item in stems], dtype=np.float32)
    pairs = list(pairwise(stems))
    bigrams = np.array([sum(pair in row for pair in pairs) for row in passages.bigrams], dtype=np.float32)
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
            bigrams / max(1, len(pairs)),
            passages.lengths < SHORT_WORDS,
            worst,
        ],
        axis=1,
    )
    known = np.array([item in passages.rarity for item in stems])
    return Evidence(features.astype(np.float32), coverage, rarity, tuple(words), known)


def content_words(question: Encoding, /) -> tuple[list[list[int]], list[str], Vectors]:
    """The last turn's content words: token rows of each, its letters, and its rarity in [0, 1.15].

    Rarity is read from the vocabulary, whose whole words are ordered by frequency; a word of several pieces is rarer still.
    A question without any gives one empty word of no weight.
    """
    groups: list[list[int]] = []
    for row, piece in enumerate(question.pieces):
        if piece == "[SEP]":
            break
        if piece.startswith("##") and groups:
            groups[-1].append(row)
        else:
            groups.append([row])
    kept: list[list[int]] = []
    words: list[str] = []
    rarity: list[float] = []
    for group in groups:
        word = "".join(question.pieces[row].removeprefix("##") for row in group)
        if not any(map(str.isalnum, word)) or word in COMMON:
            continue
        rank = max(1, question.ids[group[0]] - 1995)  # word pieces of one letter and reserved ones come before
        kept.append(group)
        words.append(word)
        rarity.append(1.15 if len(group) > 1 else min(1.0, math.log(rank) / math.log(28_000)))
    if not kept:
        return [], [""], np.zeros(1, np.float32)
    return kept, words, np.array(rarity, dtype=np.float32)


def is_rare(rarity: Vectors, /) -> npt.NDArray[np.bool_]:
    """Which words carry the question's subject: the rare ones, or the rarest if none is."""
    return np.asarray(rarity >= min(0.55, float(rarity.max())))


def stem(word: str, /) -> str:
    """A light stem.

    >>> stem("causes") == stem("caused") == stem("causing")
    True
    """
    for ending in ("ations", "ation", "ingly", "ings", "ing", "edly", "ies", "ied", "ed", "es", "ly", "s", "e", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def words_of(text: str, /) -> list[str]:
    """Lower-case words.

    >>> words_of("Low B12?")
    ['low', 'b12']
    """
    return re.findall(r"[^\W_]+", text.lower())
