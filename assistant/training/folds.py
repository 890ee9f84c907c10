"""Folds that keep paraphrases together, and what is held out: no figure is measured on training data.

Flows in: questions and vectors of an encoder that has seen none of them. Flows out: group and fold numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from assistant.retrieval.evidence import Integers
from assistant.training.labels import Labels, Question
from index.encoding import Vectors

NEAR = 0.9  # cosine of untuned vectors that makes two questions paraphrases
FOLDS, HELD_FOLDS, SEED = 16, (1, 2), 3
LARGE = 0.02  # groups above this share of all rows are dealt first, the largest before the others
CHUNK = 512  # rows compared with all others at once
NOT_SAID = "not said: "  # begins the topic of questions that leave no gold but ask the same thing
# Two of the twelve, single ones of the others, whole sites, and two on the main article's subject among them.
LEFT_OUT = (
    *("low-vision", "scabies", "asthma", "osteoporosis", "rls-living", "complement-system", "stoicism", "trieste"),
    *("rls-everyday-tips", "rls-in-children-and-teens"),
    *("kidney-stages-and-tests", "kidney-life-on-haemodialysis", "kidney-diet-before-dialysis", "kidney-stones"),
    *("kidney-transplant-first-year", "kidney-anaemia", "mind-panic-attacks", "mind-depression-in-older-people"),
    *("mind-adhd-in-adults", "mind-grief", "mind-ocd", "mind-antidepressant-side-effects"),
    *("bones-osteoporosis-men", "bones-vitamin-d", "bones-calcium-food", "bones-falls-later-life"),
    *("bones-steroid-tablets", "bones-hip-fracture"),
    *("skin-adult-acne", "skin-hand-dermatitis", "skin-nail-fungus", "skin-psoriasis", "skin-shingles"),
    "skin-sunburn-moles",
    *("teeth-childrens-teeth", "teeth-dry-mouth", "teeth-fear", "teeth-gum-disease", "teeth-implants", "teeth-wisdom-teeth"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class HeldOut:
    """What the first training does not see: question ids of the main article, and slugs of whole articles."""

    ids: frozenset[str]
    slugs: tuple[str, ...]

    def __contains__(self, question: Question) -> bool:
        return question.label.id in self.ids or question.slug in self.slugs


def hold_out(labels: Labels, vectors: Vectors, /, *, slugs: tuple[str, ...] = LEFT_OUT, folds: int = FOLDS) -> HeldOut:
    """Two folds of the main article's questions, paraphrases together, the articles that are left out, and their sites.

    Args:
        labels: all of them.
        vectors: (questions of the main article, d) of the untuned encoder, unit length.
        slugs: the articles to leave out.
        folds: two of so many are held out.
    """
    rows = labels.asked_main
    numbers = group_folds(paraphrase_groups(rows, vectors), folds=folds, seed=SEED)
    held = (question.label.id for question, fold in zip(rows, numbers, strict=True) if fold in HELD_FOLDS)
    sites = (slug for slug, article in labels.articles.items() if slug not in slugs and article.slugs <= set(slugs))
    return HeldOut(frozenset(held), (*slugs, *sites))


def paraphrase_groups(questions: Sequence[Question], vectors: Vectors, /, *, near: float = NEAR) -> Integers:
    """A group number for each question (n,).

    Two are joined when they ask the same article and either topic and gold agree or their cosine is at least `near`; what
    is joined to one is joined to the other. Messages whose gravity was labelled are joined by topic: they were written in
    groups that share their words. `vectors` (n, d) have unit length.
    """
    first: dict[tuple[str, str, tuple[int, ...]], int] = {}
    pairs = [
        (row, first.setdefault((question.slug, question.label.topic, question.gold), row))
        for row, question in enumerate(questions)
        if question.gold or question.label.level or question.label.topic.startswith(NOT_SAID)
    ]
    for start in range(0, len(questions), CHUNK):
        close = np.argwhere(vectors[start : start + CHUNK] @ vectors.T >= near)
        pairs += [(start + a, b) for a, b in close.tolist() if questions[start + a].slug == questions[b].slug]
    ones, ends = np.ones(len(pairs)), np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    graph = coo_array((ones, (ends[0], ends[1])), shape=(len(questions), len(questions)))
    groups: Integers = connected_components(graph, directed=False)[1].astype(np.int64)
    return groups


def topics_of(questions: Sequence[Question], groups: Integers, /) -> dict[str, str]:
    """The topic of each question of one article, by id: the id of the first question of its group (n,)."""
    first: dict[int, str] = {}
    ids = [question.label.id for question in questions]
    return {id: first.setdefault(group, id) for id, group in zip(ids, groups.tolist(), strict=True)}


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
