"""Articles and labelled questions, read together; gold pieces become rows of passages.

Flows in: the project's article, the question files and articles of `tests/questions`. Flows out: frozen values. An unusable
row is an error, never skipped. Knows nothing of scores or training.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import numpy as np
from tqdm import tqdm

from assistant.answer import Kind
from assistant.evaluation.labelled import LabelledQuestion, read_questions, squash
from assistant.question import read as asked
from assistant.reading.follow_ups import in_context
from assistant.reading.reader import QuestionReader
from assistant.retrieval.outcomes import LEVELS
from corpus import Document, ShownError, Source, load_article
from corpus.readers import read
from index import Encoder
from index.encoding import Vectors
from index.passages import Passage, opening, reading_texts, rows_to_quote, split

MAIN = "causes-of-restless-legs-syndrome"  # the article that most questions are asked of
WORD = re.compile(r"[^\W\d_]{4,}")
SITE, SITE_ARTICLES = "@site", 6  # ends the name of a site; the least number of its articles
AT_ONCE = 256  # texts encoded between two steps of the progress bar


class LabelError(ShownError):
    """A labelled question cannot be used for training."""


@dataclass(frozen=True, eq=False)
class Article:
    """A document, or all those of a site, with the passages (n of them, in reading order) and what is made from them."""

    slug: str
    documents: tuple[Document, ...] = field(repr=False)
    passages: tuple[Passage, ...] = field(repr=False)

    @cached_property
    def _by_id(self) -> dict[str, Document]:
        return {document.id: document for document in self.documents}

    def quoted(self, first: int, last: int, /) -> str:
        """The text from one row of a document to another, both included."""
        text = self._by_id[self.passages[first].document_id].text
        return text[self.passages[first].start : self.passages[last].end]

    @cached_property
    def sentences(self) -> list[str]:
        """The passages' own words (n,)."""
        return [self.quoted(row, row) for row in range(len(self.passages))]

    @cached_property
    def squashed(self) -> list[str]:
        """The same with white space folded, to find gold pieces in (n,)."""
        return [squash(sentence) for sentence in self.sentences]

    @cached_property
    def reading_texts(self) -> list[str]:
        """The text that the encoder reads for each passage (n,)."""
        return reading_texts(self.passages, self._by_id)

    @cached_property
    def headless_texts(self) -> list[str]:
        """The same without title and headings, as an article that says little in them would have it (n,)."""
        titles = [self._by_id[passage.document_id].source.title for passage in self.passages]
        pairs = zip(self.reading_texts, titles, self.passages, strict=True)
        return [text.removeprefix(opening(title, passage.section)) for text, title, passage in pairs]

    @property
    def slugs(self) -> set[str]:
        """The documents' ids."""
        return set(self._by_id)

    def rows_with(self, piece: str, /, *, of: str = "") -> list[int]:
        """The rows that hold a piece of text, in the document `of` that id or in any; the first of two that it spans."""
        piece, texts = squash(piece), self.squashed
        among = [row for row, passage in enumerate(self.passages) if passage.document_id == of or not of]
        inside = [row for row in among if piece in texts[row]]
        return inside or [row for row, after in pairwise(among) if piece in f"{texts[row]} {texts[after]}"]

    def rows_to_quote(self, row: int, /) -> tuple[int, int]:
        """The first and the last row that must be quoted with a row."""
        return rows_to_quote(row, self.passages, self._by_id[self.passages[row].document_id].text)

    @cached_property
    def reader(self) -> QuestionReader:
        """Reads questions as if the article were the whole corpus."""
        return QuestionReader([document.text for document in self.documents])

    @cached_property
    def word_counts(self) -> Counter[str]:
        """How often each lower-case word of four letters or more occurs in titles, under headings and in them."""
        titles = (document.source.title for document in self.documents)
        parts = [*titles, *self.sentences, *(passage.section for passage in self.passages)]
        return Counter(word for part in parts for word in WORD.findall(part.lower()))


@dataclass(frozen=True, slots=True)
class Question:
    """A labelled question of one article, `slug`.

    `gold` are rows of the article's passages, empty unless `expect` is "answer"; `text` is what the encoder reads; `pieces`
    are the last turn alone, as `assistant.retrieval.outcomes` reads it; `levels` those of its gravity that are right.
    """

    label: LabelledQuestion
    slug: str
    expect: Kind
    gold: tuple[int, ...]
    text: str
    pieces: tuple[str, ...] = ()
    levels: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Labels:
    """All labels: articles and sites by slug, and questions. `main` is the slug of the project's article."""

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
    """Read the main article with all its question files, every other article with its own, and the sites that these form.

    Raises:
        ShownError: an article or a question is unusable; the message names it.
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
    questions = [question for path, slug in files for question in read_file(path, articles, default=slug)]
    sites = sites_of([articles[path.stem] for path in sorted((folder / "own-articles").glob("*.md"))])
    return Labels(articles | {site.slug: site for site in sites}, (*questions, *asked_of(sites, questions)))


def with_languages(labels: Labels, project: Path, /) -> Labels:
    """The labels, and the questions that are written in other languages, one file each: on the main article, on others and
    on the sites that these form.

    The English encoder reads none of these languages, so neither its training nor its neighbours need them.

    Raises:
        ShownError: a question is unusable; the message names it.
    """
    paths = sorted((project / "tests" / "questions" / "languages").rglob("*.jsonl"))
    more = [question for path in paths for question in read_file(path, labels.articles, default=labels.main)]
    sites = [article for slug, article in labels.articles.items() if slug.endswith(SITE)]
    return replace(labels, questions=(*labels.questions, *more, *asked_of(sites, more)))


def sites_of(articles: Iterable[Article], /) -> list[Article]:
    """The sites: articles whose slugs share their first word, if there are enough of them, as one corpus."""
    by_name: dict[str, list[Article]] = {}
    for article in articles:
        by_name.setdefault(site_name(article.slug), []).append(article)
    return [
        Article(
            f"{name}{SITE}",
            tuple(document for article in own for document in article.documents),
            tuple(passage for article in own for passage in article.passages),
        )
        for name, own in by_name.items()
        if len(own) >= SITE_ARTICLES
    ]


def site_name(slug: str, /) -> str:
    """The name of the site that an article's slug begins with, or a site's own.

    >>> site_name("eyes-dry-eye"), site_name(f"eyes{SITE}")
    ('eyes', 'eyes')
    """
    return slug.removesuffix(SITE).partition("-")[0]


def asked_of(sites: Iterable[Article], questions: Sequence[Question], /) -> list[Question]:
    """The questions on articles of these sites, asked of the whole site."""
    return [on_site(question, site) for site in sites for question in questions if question.slug in site.slugs]


def on_site(question: Question, site: Article, /) -> Question:
    """A question on one of a site's articles, asked of the site: another article of it may answer a near miss."""
    label = question.label
    gold = {*((question.slug, piece) for piece in label.gold), *((label.also_in, piece) for piece in label.also_gold)}
    expect = Kind.ANSWER.value if label.also_gold else label.expect
    rows = {row for slug, piece in gold for row in site.rows_with(piece, of=slug)}
    return _question(replace(label, id=f"{label.id}{SITE}", expect=expect), site, rows, where=site.slug)


def read_document(path: Path, /) -> Document:
    """The document that adding this file to a corpus would make; its slug is the file's name."""
    draft = read(path)
    source = Source(draft.title, draft.author, "", "", draft.published, date.min, "", "", draft.topics)
    return Document(path.stem, draft.text, draft.sections, source)


def article_of(document: Document, /) -> Article:
    """A document, split."""
    return Article(document.id, (document,), tuple(split(document)))


def read_file(path: Path, articles: dict[str, Article], /, *, default: str) -> list[Question]:
    """The questions of one file; those that name no article are asked of `default`.

    Raises:
        ShownError: a line is not a usable labelled question.
    """
    found = []
    for label in read_questions(path):
        slug = label.article or default
        if slug not in articles:
            raise LabelError(
                f"{path.name}: {label.id} asks an unknown article, {slug!r}.", remedy="Name an article in tests/questions."
            )
        found.append(question_of(label, articles[slug], where=path.name))
    return found


def question_of(label: LabelledQuestion, article: Article, /, *, where: str = "") -> Question:
    """The question with its gold as rows: each passage that holds a gold piece, or the first of two that the piece spans.

    Raises:
        LabelError: a gold piece is not in the article, or gold and kind do not fit together.
    """
    rows: set[int] = set()
    for piece in label.gold:
        found = article.rows_with(piece)
        if not found:
            raise LabelError(
                f"{where}: the gold {piece!r} of {label.id} is not in {article.slug}.",
                remedy="Copy the gold from the article's text.",
            )
        rows.update(found)
    return _question(label, article, rows, where=where)


def _question(label: LabelledQuestion, article: Article, rows: Collection[int], *, where: str) -> Question:
    if label.expect not in set(Kind) or (label.expect == Kind.ANSWER) != bool(rows):
        raise LabelError(
            f"{where}: {label.id} expects {label.expect!r} and has {len(rows)} gold sentences.",
            remedy="Give gold to rows that expect `answer`, and to no others.",
        )
    *earlier, last = label.turns
    before = in_context(asked(last), [asked(turn) for turn in earlier]).before if earlier else None
    readings = article.reader.readings(" ".join(last.split()), before)
    gold = tuple(sorted(rows))
    return Question(label, article.slug, Kind(label.expect), gold, readings.in_context, readings.pieces, _levels(label))


def _levels(label: LabelledQuestion) -> frozenset[str]:
    """How grave the last turn may be by itself: its label; without one, urgent or not urgent by the expected kind.

    An urgent follow-up may be harmless alone, so all levels are allowed.
    """
    if label.level:
        return frozenset({label.level})
    if label.expect == Kind.URGENT:
        return frozenset({"urgent"} if len(label.turns) == 1 else LEVELS)
    return frozenset(LEVELS) - {"urgent"}


def without(labels: Labels, ids: Iterable[str], slugs: Iterable[str], /) -> Labels:
    """The labels without these questions and without all questions of these articles, and of sites that hold one."""
    left_out, gone = set(ids), set(slugs)
    gone |= {slug for slug, article in labels.articles.items() if gone & article.slugs}
    kept = (q for q in labels.questions if q.label.id not in left_out and q.slug not in gone)
    return Labels(labels.articles, tuple(kept), labels.main)


def pooled(encoder: Encoder, texts: Sequence[str], /) -> Vectors:
    """Pooled vectors (n, d), in order, with a progress bar on anything over two seconds."""
    starts = tqdm(range(0, len(texts), AT_ONCE), desc="Encoding", unit="batch", delay=2)
    chunks = (encoder.encode(texts[start : start + AT_ONCE]) for start in starts)
    return np.stack([encoding.pooled for chunk in chunks for encoding in chunk])
