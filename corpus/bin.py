"""The bin of a corpus: articles that were removed or replaced, whole, for thirty days.

    <corpus>/.bin/<slug>.<time>/   the folder of the article as it stood, with its questions and its owner's labels

An entry is made and taken out by one rename each, so it is there whole or not at all. `corpus.changing` alone calls what
changes anything here.
"""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from corpus.durable import sync
from corpus.errors import CorpusError
from corpus.library import SLUG, load_article

BIN = ".bin"
DAYS_KEPT = 30
TIME = "%Y%m%dT%H%M%S%fZ"
ENTRY = re.compile(rf"(?P<slug>{SLUG.pattern})\.(?P<time>\d{{8}}T\d{{12}}Z)")  # no slug holds a dot
EXPIRED = "expired"  # what an entry is renamed to before it is deleted, so that half of one is never taken for whole


@dataclass(frozen=True, slots=True)
class Binned:
    """One entry: an article as it stood until `since`."""

    id: str
    since: datetime
    folder: Path

    @property
    def name(self) -> str:
        """What a maintainer calls it by, where there are several of one article."""
        return self.folder.name

    @property
    def until(self) -> datetime:
        """When it may be deleted."""
        return self.since + timedelta(days=DAYS_KEPT)


def entries(corpus_dir: Path, /) -> list[Binned]:
    """Everything in the bin, the newest first."""
    return sorted(_entries(corpus_dir), key=lambda entry: entry.since, reverse=True)


def entry_of(corpus_dir: Path, name: str, /) -> Binned:
    """The newest entry of an article, or the one of that very name, all its hashes verified.

    Raises:
        CorpusError: there is none, or it is damaged.
    """
    for entry in entries(corpus_dir):
        if name in {entry.id, entry.name}:
            load_article(entry.folder)
            return entry
    raise CorpusError(f"there is no {name!r} in the bin.", remedy="`python -m corpus bin` shows what is in it.")


def put_into_bin(folder: Path, corpus_dir: Path, /) -> None:
    """Move an article's folder into the bin."""
    place = corpus_dir / BIN
    place.mkdir(exist_ok=True)
    now = datetime.now(UTC)
    while (entry := place / f"{folder.name}.{now.strftime(TIME)}").exists():
        now += timedelta(microseconds=1)
    folder.rename(entry)
    sync(place)


def drop_expired(corpus_dir: Path, /, *, now: datetime | None = None) -> None:
    """Delete what has been in the bin for longer than it is kept."""
    place = corpus_dir / BIN
    if not place.is_dir():
        return
    for entry in entries(corpus_dir):
        if entry.until < (now or datetime.now(UTC)):
            entry.folder.rename(place / f"{EXPIRED}-{entry.name}")
    for leftover in place.glob(f"{EXPIRED}-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    if not any(place.iterdir()):
        place.rmdir()


def _entries(corpus_dir: Path) -> Iterator[Binned]:
    place = corpus_dir / BIN
    for folder in place.iterdir() if place.is_dir() else ():
        found = ENTRY.fullmatch(folder.name)
        if found and folder.is_dir() and not folder.is_symlink():
            yield Binned(found["slug"], datetime.strptime(found["time"], TIME).replace(tzinfo=UTC), folder)
