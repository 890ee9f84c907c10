"""Paraphrases kept in one fold, and what is held out, so that no figure is measured on what was trained.

Flows in: questions and vectors of an encoder that has seen none of them. Flows out: group and fold numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from assistant.evidence import Integers
from assistant.training.labels import Labels, Question
from index.encoder import Vectors

NEAR = 0.9  # cosine of untuned vectors from which on two questions count as paraphrases
FOLDS, HELD_FOLDS, SEED = 16, (1, 2), 3
LARGE = 0.02  # groups above this share of all rows are dealt first, the largest before the others
CHUNK = 512  # rows compared with all others at a time
# Two of the twelve, six of the own ones: three on health, three on anything else, one on the main article's subject among
# them.
LEFT_OUT = (
    *("low-vision", "scabies", "asthma", "osteoporosis", "rls-living", "complement-system", "stoicism", "trieste"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class HeldOut:
    """What the first training does not see: ids of questions of the main article, and slugs of whole articles."""

    ids: frozenset[str]
    slugs: tuple[str, ...]

    def __contains__(self, question: Question) -> bool:
        return question.label.id in self.ids or question.slug in self.slugs


def hold_out(labels: Labels, vectors: Vectors, /, *, slugs: tuple[str, ...] = LEFT_OUT, folds: int = FOLDS) -> HeldOut:
    """Two folds of the main article's questions, paraphrases together, and the articles that are left out.

    Args:
        labels: all of them.
        vectors: (questions of the main article, d) of the untuned encoder, unit length.
        slugs: the articles to leave out.
        folds: two of so many are held out.
    """
    rows = labels.asked_main
    numbers = group_folds(paraphrase_groups(rows, vectors), folds=folds, seed=SEED)
    held = (question.label.id for question, fold in zip(rows, numbers, strict=True) if fold in HELD_FOLDS)
    return HeldOut(frozenset(held), slugs)


def paraphrase_groups(questions: Sequence[Question], vectors: Vectors, /, *, near: float = NEAR) -> Integers:
    """A group number for each question (n,).

    Two are joined when they ask the same article and either topic and gold agree or their cosine is at least `near`; what
    is joined to one is joined to the other. `vectors` (n, d) have unit length.
    """
    first: dict[tuple[str, str, tuple[int, ...]], int] = {}
    pairs = [
        (row, first.setdefault((question.slug, question.label.topic, question.gold), row))
        for row, question in enumerate(questions)
        if question.gold
    ]
    for start in range(0, len(questions), CHUNK):
        close = np.argwhere(vectors[start : start + CHUNK] @ vectors.T >= near)
        pairs += [(start + a, b) for a, b in close.tolist() if questions[start + a].slug == questions[b].slug]
    ones, ends = np.ones(len(pairs)), np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    graph = coo_array((ones, (ends[0], ends[1])), shape=(len(questions), len(questions)))
    groups: Integers = connected_components(graph, directed=False)[1].astype(np.int64)
    return groups


def group_folds(groups: Integers, /, *, folds: int, seed: int) -> Integers:
    """Fold number of each row (n,); whole groups are dealt, in random order, to the fold that holds fewest rows."""
    sizes = np.bincount(groups)
    order = np.random.default_rng(seed).permutation(len(sizes))
    load = np.zeros(folds, dtype=np.int64)
    fold_of = np.zeros(len(sizes), dtype=np.int64)
    for group in sorted(order, key=lambda group: -sizes[group] if sizes[group] > LARGE * len(groups) else 0):
        fold_of[group] = np.argmin(load)
        load[fold_of[group]] += sizes[group]
    numbers: Integers = fold_of[groups]
    return numbers
