"""Asking the sources of fetched articles again; an unchanged one costs one request."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from corpus.difference import ArticleDifference, compare_articles
from corpus.document import Fetched
from corpus.errors import CorpusError
from corpus.incoming.candidate import Candidate, refreshed, says_the_same
from corpus.incoming.fetching import PUBLIC, FetchRules
from corpus.incoming.sources import fetched_file
from corpus.library import fetched_of, load_article


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
    return Refreshed(folder.name, State.CHANGED, candidate, difference)
