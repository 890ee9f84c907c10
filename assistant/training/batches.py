"""What each step of training sees. All chance is in one `random.Random`; no tensors here.

Flows in: labels and a recipe's sizes. Flows out: endless batches, each with questions of the main article, questions of one
other article with some of its passages, and questions that neither answers.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from assistant.training.labels import Article, Labels, Question
from assistant.training.misspelling import misspell
from assistant.training.subjects import DISEASES, is_related, is_swappable, names_subject, swapped

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class BatchSizes:
    """How much of what a batch holds, and how often its texts are changed."""

    main: int = 64
    other: int = 24
    other_passages: int = 28
    foreign: int = 8  # questions that name the subject of another article
    swapped: int = 6  # questions on the main article's subject, asked of another disease
    misspelt: float = 0.15  # share of questions
    headless: float = 0.2  # share of batches whose passages are read without their headings


@dataclass(frozen=True, slots=True)
class Batch:
    """One step's questions and passages.

    `asked` (main) and `asked_other` are labelled, `texts` theirs in that order, some misspelt; `strange` are texts that no
    passage answers. `article` is the other one, `rows` those of its passages that take part. `names_subject[i]` says whether
    question i of `asked_other` can only be about `article`.
    """

    asked: tuple[Question, ...]
    asked_other: tuple[Question, ...]
    texts: tuple[str, ...]
    strange: tuple[str, ...]
    article: Article
    rows: tuple[int, ...]
    is_headless: bool
    names_subject: tuple[bool, ...]

    def passages(self, article: Article, /) -> list[str]:
        """All passages of an article as this batch reads them."""
        return article.headless_texts if self.is_headless else article.reading_texts


def batches(labels: Labels, sizes: BatchSizes, rng: random.Random, /) -> Iterator[Batch]:
    """Endless batches; a pass covers every question of the main article once."""
    main = labels.articles[labels.main]
    swappable = [question for question in labels.asked_main if is_swappable(question)]
    foreign = [
        q for q in labels.asked_others if not is_related(q.slug) and _can_only_be_of(q, labels.articles[q.slug], main)
    ]
    similar = similar_lengths(labels.asked_main, sizes.main, rng)
    others = one_article_each(labels.asked_others, sizes.other, rng)
    while True:
        asked, asked_other = next(similar), next(others)
        article = labels.articles[asked_other[0].slug]
        rows = some_passages(article, asked_other, sizes.other_passages, rng)
        strange = [q.text for q in _some(foreign, sizes.foreign, rng) if q.slug != article.document.id]
        strange += [swapped(q, rng.choice(DISEASES), rng) for q in _some(swappable, sizes.swapped, rng)]
        texts = [misspell(q.text, rng) if rng.random() < sizes.misspelt else q.text for q in (*asked, *asked_other)]
        named = [bool(q.gold) and not is_related(q.slug) and _can_only_be_of(q, article, main) for q in asked_other]
        yield Batch(
            asked=tuple(asked),
            asked_other=tuple(asked_other),
            texts=tuple(texts),
            strange=tuple(strange),
            article=article,
            rows=tuple(rows),
            is_headless=rng.random() < sizes.headless,
            names_subject=tuple(named),
        )


def similar_lengths(questions: Sequence[Question], size: int, rng: random.Random, /) -> Iterator[list[Question]]:
    """Endless batches of questions of similar length, in random order; each pass covers every question once."""
    while True:
        order = sorted(questions, key=lambda question: len(question.text) * rng.uniform(0.8, 1.25))
        chunks = [order[start : start + size] for start in range(0, len(order), size)]
        rng.shuffle(chunks)
        yield from chunks


def one_article_each(questions: Sequence[Question], size: int, rng: random.Random, /) -> Iterator[list[Question]]:
    """Endless batches, each of questions of one article; each pass covers every question once."""
    by_article: dict[str, list[Question]] = {}
    for question in questions:
        by_article.setdefault(question.slug, []).append(question)
    while True:
        chunks = []
        for group in by_article.values():
            rng.shuffle(group)
            chunks += [group[start : start + size] for start in range(0, len(group), size)]
        rng.shuffle(chunks)
        yield from chunks


def some_passages(article: Article, asked: Sequence[Question], count: int, rng: random.Random, /) -> list[int]:
    """Rows of all gold passages of the questions and of a sample of the others, in reading order."""
    gold = {row for question in asked for row in question.gold}
    rest = [row for row in range(len(article.passages)) if row not in gold]
    return sorted(gold | set(_some(rest, max(0, count - len(gold)), rng)))


def _can_only_be_of(question: Question, own: Article, target: Article) -> bool:
    return names_subject(question.text, own=own, target=target)


def _some(items: Sequence[Item], count: int, rng: random.Random) -> list[Item]:
    return rng.sample(items, min(len(items), count))
