"""Articles and labelled questions, read together; gold pieces become rows of passages.

Flows in: the project's article, the question files and articles of `tests/questions`. Flows out: frozen values. A row that
cannot be used is an error, never dropped. Knows nothing of encoders, scores or training.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

from assistant.answer import Kind
from assistant.evaluation import LabelledQuestion, read_questions, squash
from assistant.reading import QuestionReader
from corpus import Document, ShownError, Source, load_article
from corpus.readers import read
from index.passages import Passage, leans, previous_row, reading_texts, split

MAIN = "causes-of-restless-legs-syndrome"  # the article that most questions are asked of
WORD = re.compile(r"[^\W\d_]{4,}")


class LabelError(ShownError):
    """A labelled question cannot be used for training."""


@dataclass(frozen=True, eq=False)
class Article:
    """A document with its passages (n of them, in reading order) and what is read and counted of them."""

    document: Document
    passages: tuple[Passage, ...] = field(repr=False)

    @cached_property
    def sentences(self) -> list[str]:
        """The passages' own words (n,)."""
        return [self.document.text[passage.start : passage.end] for passage in self.passages]

    @cached_property
    def squashed(self) -> list[str]:
        """The same, white space folded: gold pieces are looked for here (n,)."""
        return [squash(sentence) for sentence in self.sentences]

    @cached_property
    def reading_texts(self) -> list[str]:
        """What the encoder reads for each (n,)."""
        return reading_texts(self.passages, {self.document.id: self.document.text})

    @cached_property
    def headless_texts(self) -> list[str]:
        """The same without the headings, as an article without sections would have it (n,)."""
        pairs = zip(self.reading_texts, self.passages, strict=True)
        return [text.removeprefix(f"{passage.section}: ") for text, passage in pairs]

    @cached_property
    def leans_on(self) -> list[int | None]:
        """The row that each passage cannot be read without (n,)."""
        return [previous_row(row, self.passages) if leans(text) else None for row, text in enumerate(self.sentences)]

    @cached_property
    def reader(self) -> QuestionReader:
        """Reads questions as when the article is the whole corpus."""
        return QuestionReader([self.document.text])

    @cached_property
    def word_counts(self) -> Counter[str]:
        """How often each lower-case word of four letters or more occurs in the title, under headings and in them."""
        parts = [self.document.source.title, *self.sentences, *(passage.section for passage in self.passages)]
        return Counter(word for part in parts for word in WORD.findall(part.lower()))


@dataclass(frozen=True, slots=True)
class Question:
    """A labelled question of one article, `slug`.

    `gold` are rows of the article's passages, empty unless `expect` is "answer"; `text` is what the encoder reads.
    """

    label: LabelledQuestion
    slug: str
    expect: Kind
    gold: tuple[int, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Labels:
    """Everything that is labelled: articles by slug, and questions. `main` is the slug of the project's article."""

    articles: dict[str, Article]
    questions: tuple[Question, ...]
    main: str = MAIN

    @property
    def asked_main(self) -> list[Question]:
        """Questions of the main article."""
        return [question for question in self.questions if question.slug == self.main]

    @property
    def asked_others(self) -> list[Question]:
        """Questions of all other articles."""
        return [question for question in self.questions if question.slug != self.main]


def read_labels(project: Path, /) -> Labels:
    """Read the main article with all its question files, and every other article with its own.

    Raises:
        ShownError: an article or a question cannot be used; the message names it.
    """
    folder = project / "tests" / "questions"
    articles = {MAIN: article_of(load_article(project / "corpus" / "articles" / MAIN))}
    others = [*sorted((folder / "other-articles").glob("*.md")), *sorted((folder / "own-articles").glob("*.md"))]
    for path in others:
        if path.stem != "README":
            articles[path.stem] = article_of(read_document(path))
    files = [(path, MAIN) for path in (folder / "dev.jsonl", *sorted((folder / "own").glob("*.jsonl")))]
    files += [(path, path.stem) for path in sorted((folder / "own-articles").glob("*.jsonl"))]
    files.append((folder / "other-articles" / "questions.jsonl", ""))
    questions = (question for path, slug in files for question in read_file(path, articles, default=slug))
    return Labels(articles, tuple(questions))


def read_document(path: Path, /) -> Document:
    """A file as the document that adding it to a corpus would make; its slug is the file's name."""
    draft = read(path)
    source = Source(draft.title, draft.author, "", "", draft.published, date.min, "", "", draft.topics)
    return Document(path.stem, draft.text, draft.sections, source)


def article_of(document: Document, /) -> Article:
    """A document, split."""
    return Article(document, tuple(split(document)))


def read_file(path: Path, articles: dict[str, Article], /, *, default: str) -> list[Question]:
    """The questions of one file; those that name no article are asked of `default`.

    Raises:
        ShownError: a line is not a labelled question, or is one that cannot be used.
    """
    found = []
    for label in read_questions(path):
        slug = label.article or default
        if slug not in articles:
            raise LabelError(f"{path.name}: {label.id} asks an unknown article, {slug!r}.", remedy="Correct its name.")
        found.append(question_of(label, articles[slug], where=path.name))
    return found


def question_of(label: LabelledQuestion, article: Article, /, *, where: str = "") -> Question:
    """The question with its gold as rows: every passage that holds a gold piece, or the first of two that it spans.

    Raises:
        LabelError: a gold piece is not in the article, or gold and kind do not fit together.
    """
    rows: set[int] = set()
    for piece in map(squash, label.gold):
        found = _rows_with(piece, article.squashed)
        if not found:
            raise LabelError(
                f"{where}: the gold {piece!r} of {label.id} is not in {article.document.id}.",
                remedy="Copy it from the text.",
            )
        rows.update(found)
    if label.expect not in set(Kind) or (label.expect == Kind.ANSWER) != bool(rows):
        raise LabelError(
            f"{where}: {label.id} expects {label.expect!r} and has {len(rows)} gold sentences.",
            remedy="Give `answer`, and nothing else, its gold.",
        )
    text = article.reader.read(label.turns)
    return Question(label, article.document.id, Kind(label.expect), tuple(sorted(rows)), text)


def _rows_with(piece: str, sentences: Sequence[str]) -> list[int]:
    inside = [row for row, sentence in enumerate(sentences) if piece in sentence]
    return inside or [row for row in range(len(sentences) - 1) if piece in f"{sentences[row]} {sentences[row + 1]}"]


def without(labels: Labels, ids: Iterable[str], slugs: Iterable[str], /) -> Labels:
    """The labels without these questions and without all questions of these articles."""
    left_out, gone = set(ids), set(slugs)
    kept = (q for q in labels.questions if q.label.id not in left_out and q.slug not in gone)
    return Labels(labels.articles, tuple(kept), labels.main)
