"""The batch of each training step. All randomness is in one `random.Random`; no tensors here.

Flows in: labels and a recipe's sizes. Flows out: endless batches, each with questions of the main article, questions of one
other article with some of its passages, and questions that neither answers. Some are misspelt, as in
hasty typing. A question that is certainly about something else teaches when not to answer and needs no label.
"""

import random
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import TypeVar

from assistant.retrieval.outcomes import LEVELS
from assistant.training.labels import WORD, Article, Labels, Question
from index.encoding import TURN

SUBJECT = re.compile(
    r"\brestless[- ]legs?(?: syndrome)?\b(?: \(RLS\))?|\bRLS\b|\bwillis[- ]ekbom(?: disease)?\b", re.IGNORECASE
)
NAME = re.compile(r"\bRLS\b")  # as questions are read: the condition's other names are put in its place
UNNAMED = ("it", "it", "it", "this", "this condition", "the condition")
FRAMES = (
    *(
        "my sister suffers from this.",
        "asking for a friend:",
        "i have read about this and wonder,",
        "my neighbour told me about it,",
    ),
    *(
        "been looking everywhere.",
        "for a school project:",
        "my wife was diagnosed with it last week.",
        "not sure if you know,",
    ),
    *("my gran had it too,", "as a nurse i am asked this:", "i had this as a child,", "just out of interest,"),
)
RELATED = "rls-"  # prefix of slugs of articles on the main article's subject, whose questions it may answer
OFTEN = 3  # how often an article uses a word that names its subject
# Other subjects to swap in.
DISEASES = tuple(tomllib.loads(files(__package__).joinpath("diseases.toml").read_text(encoding="utf-8"))["names"])
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class BatchSizes:
    """How many of each sort a batch holds, and how often its texts are changed."""

    main: int = 112
    other: int = 24
    other_passages: int = 28
    foreign: int = 8  # questions that name the subject of another article
    swapped: int = 6  # questions on the main article's subject, asked of another disease
    levelled: int = 10  # messages whose gravity was labelled
    alarming: int = 4  # other urgent ones
    harmless: int = 4  # and others that are not urgent
    misspelt: float = 0.15  # share of questions
    unnamed: float = 0.2  # share of the main article's that name the condition, to be called "it" there
    framed: float = 0.06  # share of them with a few words before that change nothing
    after_another: float = 0.15  # share of them that are read after an unrelated turn
    headless: float = 0.2  # share of batches whose passages are read without their headings


@dataclass(frozen=True, slots=True)
class Batch:
    """One step's questions and passages.

    `asked` (main) and `asked_other` are labelled, `texts` theirs in that order, some misspelt; `strange` are texts that no
    passage answers; `messages` are those whose gravity is learned. `article` is the other one, `rows` those of its passages
    that take part. `names_subject[i]` says whether question i of `asked_other` can only be about `article`.
    """

    asked: tuple[Question, ...]
    asked_other: tuple[Question, ...]
    texts: tuple[str, ...]
    strange: tuple[str, ...]
    messages: tuple[Question, ...]
    article: Article
    rows: tuple[int, ...]
    is_headless: bool
    names_subject: tuple[bool, ...]

    def passages(self, article: Article, /) -> list[str]:
        """All passages of an article as this batch reads them."""
        return article.headless_texts if self.is_headless else article.reading_texts


def batches(labels: Labels, sizes: BatchSizes, rng: random.Random, /) -> Iterator[Batch]:
    """Endless batches; a pass covers every question of `asked_of_main` once."""
    main = labels.articles[labels.main]
    swappable = [question for question in labels.asked_main if is_swappable(question)]
    foreign = [
        q for q in labels.asked_others if not is_related(q.slug) and _can_only_be_of(q, labels.articles[q.slug], main)
    ]
    earlier = [question.text for question in asked_of_main(labels) if len(question.label.turns) == 1]
    messages = some_messages(labels.asked_main, sizes, rng)
    similar = similar_lengths(asked_of_main(labels), sizes.main, rng)
    others = one_article_each(labels.asked_others, sizes.other, rng)
    while True:
        asked, asked_other = next(similar), next(others)
        article = labels.articles[asked_other[0].slug]
        rows = some_passages(article, asked_other, sizes.other_passages, rng)
        strange = [q.text for q in _some(foreign, sizes.foreign, rng) if q.slug not in {article.slug, *article.slugs}]
        strange += [swapped(q, rng.choice(DISEASES), rng) for q in _some(swappable, sizes.swapped, rng)]
        texts = [varied(question.text, earlier, sizes, rng) for question in asked]
        texts += [question.text for question in asked_other]
        texts = [misspell(text, rng) if rng.random() < sizes.misspelt else text for text in texts]
        named = [bool(q.gold) and not is_related(q.slug) and _can_only_be_of(q, article, main) for q in asked_other]
        yield Batch(
            asked=tuple(asked),
            asked_other=tuple(asked_other),
            texts=tuple(texts),
            strange=tuple(strange),
            messages=next(messages),
            article=article,
            rows=tuple(rows),
            is_headless=rng.random() < sizes.headless,
            names_subject=tuple(named),
        )


def asked_of_main(labels: Labels, /) -> list[Question]:
    """The main article's questions for retrieval; messages with a gravity label teach gravity only."""
    return [question for question in labels.asked_main if not question.label.level]


def some_messages(questions: Sequence[Question], sizes: BatchSizes, rng: random.Random, /) -> Iterator[tuple[Question, ...]]:
    """Endless batches of messages of known gravity, with enough labelled ones in each to be learned."""
    levelled = [question for question in questions if question.label.level]
    others = [question for question in questions if not question.label.level and len(question.levels) < len(LEVELS)]
    alarming = [question for question in others if "urgent" in question.levels]
    harmless = [question for question in others if "urgent" not in question.levels]
    while True:
        found = (
            _some(levelled, sizes.levelled, rng),
            _some(alarming, sizes.alarming, rng),
            _some(harmless, sizes.harmless, rng),
        )
        yield tuple(question for some in found for question in some)


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


def is_related(slug: str, /) -> bool:
    """Whether an article is on the main article's own subject."""
    return slug.startswith(RELATED)


def names_subject(text: str, /, *, own: Article, target: Article) -> bool:
    """Whether the question holds a word that its own article uses often and the target article never.

    Then it cannot be about the target article; "Is it inherited?", asked of another article, could be.
    """
    words = WORD.findall(text.lower())
    return any(own.word_counts[word] >= OFTEN and word not in target.word_counts for word in words)


def is_swappable(question: Question, /) -> bool:
    """Whether `swapped` works on it: one short, answered turn that names the subject."""
    turns = question.label.turns
    return bool(question.gold) and len(turns) == 1 and len(turns[0]) < 120 and SUBJECT.search(turns[0]) is not None


def swapped(question: Question, disease: str, rng: random.Random, /) -> str:
    """The question with its subject replaced by another disease, in small letters half of the time, and no stops at its end.

    "What causes RLS?" becomes "What causes scurvy?".
    """
    name = disease if rng.random() < 0.5 else disease.lower()
    return SUBJECT.sub(lambda _: name, question.label.turns[-1]).rstrip(" ?.!")


def varied(text: str, earlier: Sequence[str], sizes: BatchSizes, rng: random.Random, /) -> str:
    """The question as another visitor would put it, the label unchanged: the condition not named, a few words before it, or
    read after an unrelated turn (one of `earlier`).

    Source: M. T. Ribeiro et al., "Beyond Accuracy: Behavioral Testing of NLP Models with CheckList", ACL 2020.
    """
    if TURN in text:
        return text
    if rng.random() < sizes.unnamed:
        text = NAME.sub(rng.choice(UNNAMED), text, count=1)
    if rng.random() < sizes.framed:
        text = f"{rng.choice(FRAMES)} {text}"
    return f"{text} {TURN} {rng.choice(earlier)}" if rng.random() < sizes.after_another else text


def misspell(text: str, rng: random.Random, /) -> str:
    """Change one or two words as hasty typing does: swap, drop or double a letter; or drop all capitals and the stop.

    "Which drugs worsen it?" may become "Which durgs worsen it?".
    """
    words = text.split(" ")
    long = [place for place, word in enumerate(words) if len(word) > 3 and word.isalpha()]
    for place in rng.sample(long, min(len(long), rng.choice((1, 1, 2)))):
        words[place] = _mistyped(words[place], rng)
    out = " ".join(words)
    return out.lower().rstrip("?.!") if rng.random() < 0.3 and TURN not in out else out


def _can_only_be_of(question: Question, own: Article, target: Article) -> bool:
    return names_subject(question.text, own=own, target=target)


def _some(items: Sequence[Item], count: int, rng: random.Random) -> list[Item]:
    return rng.sample(items, min(len(items), count))


def _mistyped(word: str, rng: random.Random) -> str:
    at = rng.randrange(1, len(word) - 1)
    before, letter, after = word[:at], word[at], word[at + 1 :]
    return rng.choice((before + after[0] + letter + after[1:], before + after, before + letter + letter + after))
