"""Asking the sources of fetched articles again; an unchanged one costs one request."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from corpus.difference import ArticleDifference, compare_articles, sentences_of
from corpus.document import Document, Fetched
from corpus.doubts import Doubt
from corpus.errors import CorpusError
from corpus.incoming.candidate import Candidate, refreshed, says_the_same
from corpus.incoming.fetching import PUBLIC, FetchRules
from corpus.incoming.sources import fetched_file, listed_at
from corpus.library import accepted_doubts_of, article_folders, fetched_of, known_lists, load_article

MOST_SHRUNK = 0.5  # of its letters: an article that lost more is looked at
FEWEST_KEPT = 0.1  # of its sentences: with fewer it is hardly the same article
SHRANK = "the article shrank to less than half of what it was; is this still all of it?"
REPLACED = "hardly a sentence of the article is left; is this still the same article?"
LOST_TITLE = "the page no longer has a title; is it still this article?"


class State(StrEnum):
    """How a source compares with the stored article."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    FAILED = "failed"
    NOT_FETCHED = "not fetched"


@dataclass(frozen=True, slots=True)
class Refreshed:
    """One article and its source now. `newer` is the response to remember if nothing else changed."""

    id: str
    state: State
    candidate: Candidate | None = None
    difference: ArticleDifference | None = None
    newer: Fetched | None = None
    error: CorpusError | None = None

    def to_json(self) -> dict[str, Any]:
        """For a program."""
        return {
            "id": self.id,
            "state": self.state,
            "difference": self.difference.to_json() if self.difference else None,
            "doubts": [asdict(doubt) for doubt in self.candidate.doubts] if self.candidate else [],
            "error": str(self.error) if self.error else "",
        }


def ask_again(folders: Iterable[Path], /, *, rules: FetchRules = PUBLIC) -> Iterator[Refreshed]:
    """Each article's source, one after the other; one that fails does not stop the others.

    The candidate's file lives until the next one is asked for.
    """
    for folder in folders:
        with TemporaryDirectory() as place:
            try:
                yield _ask_one(folder, Path(place), rules)
            except CorpusError as error:
                yield Refreshed(folder.name, State.FAILED, error=error)


def _ask_one(folder: Path, place: Path, rules: FetchRules) -> Refreshed:
    known = fetched_of(folder)
    if known is None:
        return Refreshed(folder.name, State.NOT_FETCHED)
    handed = fetched_file(known.url, folder=place, known=known, rules=rules)
    if not handed.path.exists():
        return Refreshed(folder.name, State.UNCHANGED)
    standing = load_article(folder)
    candidate = refreshed(folder, handed)
    if says_the_same(standing, candidate.document):
        return Refreshed(folder.name, State.UNCHANGED, newer=handed.fetched)
    difference = compare_articles(standing, candidate.document)
    accepted = accepted_doubts_of(folder)
    doubts = [doubt for doubt in _against(standing, candidate) if doubt not in accepted]
    held = replace(candidate, doubts=(*doubts, *candidate.doubts))
    return Refreshed(folder.name, State.CHANGED, held, difference)


def _against(standing: Document, candidate: Candidate) -> Iterator[Doubt]:
    """What speaks against taking over what a source has now, beside what the reader says of it."""
    before, now = sentences_of(standing), sentences_of(candidate.document)
    if not candidate.has_own_title:
        yield Doubt(LOST_TITLE, standing.source.title)
    if len("".join(now)) < MOST_SHRUNK * len("".join(before)):
        yield Doubt(SHRANK, f"{len(before)} sentences → {len(now)}")
    elif len({*before} & {*now}) < FEWEST_KEPT * len({*before}):
        yield Doubt(REPLACED, next(iter(now), ""))


@dataclass(frozen=True, slots=True)
class ListChange:
    """What a sitemap or feed names now and did not, and the other way round."""

    address: str
    new: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    error: CorpusError | None = None

    def to_json(self) -> dict[str, Any]:
        """For a program."""
        return {"list": self.address, "new": self.new, "gone": self.gone, "error": str(self.error) if self.error else ""}

    def __str__(self) -> str:
        if self.error:
            return f"{self.address}: {self.error}"
        told = [f"  new: {page}" for page in self.new] + [f"  gone: {page}" for page in self.gone]
        return "\n".join([f"{self.address}: {len(self.new)} new, {len(self.gone)} gone", *told])


def lists_again(corpus_dir: Path, /, *, rules: FetchRules = PUBLIC) -> Iterator[ListChange]:
    """The sitemaps and feeds that articles came from, asked again: pages that they name now, and no longer.

    A new page is told until it is added; of those that are gone only pages of articles in the corpus are told.
    """
    articles = {fetched.url for folder in article_folders(corpus_dir) if (fetched := _fetched_or_none(folder)) is not None}
    for address, known in known_lists(corpus_dir).items():
        with TemporaryDirectory() as place:
            try:
                pages = listed_at(address, folder=Path(place), rules=rules)
            except CorpusError as error:
                yield ListChange(address, error=error)
                continue
        new = tuple(page for page in pages if page not in known and page not in articles)
        gone = tuple(page for page in known if page not in pages and page in articles)
        yield ListChange(address, new, gone)


def _fetched_or_none(folder: Path) -> Fetched | None:
    try:
        return fetched_of(folder)
    except CorpusError:
        return None  # told where the article itself is asked for
