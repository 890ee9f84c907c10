"""`python -m tests.benchmarks.owner_labels`: what an owner's labels are worth on an article that nobody else labelled.

Flows in: articles of `tests/questions/own-articles` with their questions, each article as a corpus of its own; the labels of
`tests/questions/owner-labels`, fifty an article, as an editor gives them in five minutes. Flows out: a table of right
outcomes without labels and with them. Nothing is trained.

Besides, half of an article's questions are made its labels and the other half are asked, both ways round. There no label is
on what is asked, so this tells what labels do to questions that they are not about.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from tqdm import tqdm

from assistant import Assistant, Kind
from assistant.evaluation.figures import Rate
from assistant.evaluation.labelled import LabelledQuestion, judge, read_questions
from assistant.training.labels import Article, article_of, question_of, read_document
from corpus import Document
from corpus.document import OwnerLabel
from corpus.questions.labelling import labels_from_lines
from index import Encoder, build, open_version
from settings import PROJECT

QUESTIONS = PROJECT / "tests" / "questions"
ARTICLES, LABELS = QUESTIONS / "own-articles", QUESTIONS / "owner-labels"
SEED = 20261130
LEAST = 48  # questions of an article, so that half of them are many
LABELLED = frozenset({Kind.ANSWER, Kind.UNANSWERED})  # what an owner can say of a question


@dataclass(frozen=True, slots=True)
class Compared:
    """A question asked without labels and with them, and whether each outcome was right."""

    question: LabelledQuestion
    was_right: bool
    is_right: bool


Rights = list[Compared]


def main() -> None:
    """Ask everything and print the tables."""
    encoder = Assistant.load().encoder
    print("| labels | questions asked | of | without | with | gained | lost |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    with TemporaryDirectory() as place:
        for name, found in measured(encoder, Path(place)):
            for kind, rights in by_kind(found):
                print(row(name, kind, rights), flush=True)


def measured(encoder: Encoder, index_dir: Path, /) -> Iterator[tuple[str, Rights]]:
    """The outcomes of both measurements, as soon as they are known."""
    labelled = sorted(LABELS.glob("*.txt"))
    yield (
        "an editor's fifty",
        [right for path in asking(labelled) for right in with_editors_labels(path, encoder, index_dir / path.stem)],
    )
    many = [path for path in sorted(ARTICLES.glob("*.jsonl")) if len(read_questions(path)) >= LEAST]
    yield (
        "half of the questions",
        [right for path in asking(many) for right in with_halves(path, encoder, index_dir / f"half-{path.stem}")],
    )


def with_editors_labels(path: Path, encoder: Encoder, index_dir: Path, /) -> Rights:
    """Every question of an article, without the editor's labels and with them."""
    article = article_of(read_document(ARTICLES / f"{path.stem}.md"))
    document = labels_from_lines(article.document, path.read_text(encoding="utf-8"), sentences=article.sentences)
    asked = read_questions(ARTICLES / f"{path.stem}.jsonl")
    return compared(asked, document, encoder, index_dir)


def with_halves(path: Path, encoder: Encoder, index_dir: Path, /) -> Rights:
    """Every question of an article, with the half of them as labels that it is not in."""
    article, asked = article_of(read_document(path.with_suffix(".md"))), read_questions(path)
    random.Random(SEED).shuffle(asked)
    halves = asked[: len(asked) // 2], asked[len(asked) // 2 :]
    found: Rights = []
    for labels, others in (halves, halves[::-1]):
        document = replace(article.document, labels=owner_labels(labels, article))
        found += compared(others, document, encoder, index_dir)
    return found


def owner_labels(questions: Sequence[LabelledQuestion], article: Article, /) -> tuple[OwnerLabel, ...]:
    """The labels that an owner would give to questions that stand for themselves."""
    return tuple(
        OwnerLabel(question.turns[0], tuple(article.sentences[place] for place in question_of(question, article).gold))
        for question in questions
        if question.expect in LABELLED and len(question.turns) == 1
    )


def compared(asked: Sequence[LabelledQuestion], document: Document, encoder: Encoder, index_dir: Path, /) -> Rights:
    """The outcomes without the document's labels and with them."""
    without, with_labels = (
        [judge(question, assistant.ask(question.turns).as_dict()).is_right for question in asked]
        for assistant in (on(replace(document, labels=()), encoder, index_dir), on(document, encoder, index_dir))
    )
    return [Compared(*each) for each in zip(asked, without, with_labels, strict=True)]


def on(document: Document, encoder: Encoder, index_dir: Path, /) -> Assistant:
    """An assistant whose corpus is this article."""
    return Assistant(open_version(index_dir, build([document], encoder=encoder, index_dir=index_dir).version), encoder)


def by_kind(found: Rights, /) -> Iterator[tuple[str, Rights]]:
    """All of them, then those of each kind."""
    yield "all", found
    for kind in (Kind.ANSWER, Kind.UNANSWERED, Kind.ADVICE):
        yield str(kind), [right for right in found if right.question.expect == kind]


def row(name: str, kind: str, rights: Rights, /) -> str:
    """One row of the table, with Wilson intervals."""
    without, with_labels = (sum(right.was_right for right in rights), sum(right.is_right for right in rights))
    gained = sum(right.is_right and not right.was_right for right in rights)
    lost = sum(right.was_right and not right.is_right for right in rights)
    rates = (Rate(count, len(rights)) for count in (without, with_labels))
    shares = (f"{rate.value:.1%} ({rate.interval[0]:.1%} to {rate.interval[1]:.1%})" for rate in rates)
    return f"| {name} | {kind} | {len(rights)} | {' | '.join(shares)} | {gained} | {lost} |"


def asking(paths: Sequence[Path], /) -> "tqdm[Path]":
    """The articles, with a progress bar."""
    return tqdm(paths, desc="Asking", unit="article", delay=2, leave=False)


if __name__ == "__main__":
    main()
