"""Changing a corpus: one maintainer at a time, each article whole before and after, what was removed remembered.

    <corpus>/.lock            held while anything is changed; says by whom
    <corpus>/.incoming/<slug> an article being written
    <corpus>/.outgoing/<slug> the one that it replaces, or one that is being removed
    <corpus>/removed.json     articles that were removed, by id, with the day: their addresses are gone, not unknown

A change is two renames. A process killed between them leaves `.outgoing/<slug>` without `<slug>`; loading then refuses
rather than to miss an article, and the next change puts it back.
"""

import getpass
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from corpus.document import Document, Fetched
from corpus.errors import CorpusError
from corpus.storage import ArticleLayout, save_article

REMOVED = "removed.json"


@contextmanager
def changing(corpus_dir: Path, /) -> Iterator[None]:
    """Hold the right to change a corpus, and first finish or undo what a killed process left.

    Raises:
        CorpusError: somebody else is changing it; the message says who, and since when.
    """
    holder = corpus_dir / ".lock.holder"
    try:
        corpus_dir.mkdir(parents=True, exist_ok=True)
        with FileLock(corpus_dir / ".lock", timeout=0):
            holder.write_text(f"{_user()} (process {os.getpid()}) since {datetime.now(UTC):%H:%M:%S} UTC", encoding="utf-8")
            try:
                _settle(corpus_dir)
                yield
            finally:
                holder.unlink(missing_ok=True)
    except Timeout:
        who = holder.read_text(encoding="utf-8") if holder.exists() else "another process"
        raise CorpusError(f"{corpus_dir} is being changed by {who}.", remedy="Try again when that is done.") from None
    except OSError as error:
        raise CorpusError(
            f"{corpus_dir} could not be changed: {error.strerror or error}.", remedy="Free space or mend the permissions."
        ) from error


def put_article(document: Document, /, *, original: Path, corpus_dir: Path, fetched: Fetched | None = None) -> Path:
    """Add an article, or replace the one of the same id; its questions stay.

    Raises:
        CorpusError: the id is not a slug.
    """
    incoming = corpus_dir / ".incoming"
    shutil.rmtree(incoming, ignore_errors=True)
    staged = save_article(document, original=original, corpus_dir=incoming, fetched=fetched)
    standing = ArticleLayout(corpus_dir / document.id)
    if standing.questions.exists():
        shutil.copyfile(standing.questions, ArticleLayout(staged).questions)
    _remember(corpus_dir, {id_: day for id_, day in removed_articles(corpus_dir).items() if id_ != document.id})
    _put_aside(standing.folder)
    staged.rename(standing.folder)
    _settle(corpus_dir)
    return standing.folder


def remove_article(id_: str, /, *, corpus_dir: Path) -> None:
    """Remove an article and remember that it was there.

    Raises:
        CorpusError: there is no such article.
    """
    folder = corpus_dir / id_
    if not ArticleLayout(folder).record.is_file() or folder.parent != corpus_dir:
        raise CorpusError(f"there is no article {id_!r}.", remedy="`python -m corpus list` names those there are.")
    _remember(corpus_dir, removed_articles(corpus_dir) | {id_: date.today()})
    _put_aside(folder)
    _settle(corpus_dir)


def removed_articles(corpus_dir: Path, /) -> dict[str, date]:
    """The ids of articles that were removed and did not come back, each with its day.

    Raises:
        CorpusError: the list is damaged.
    """
    try:
        stated = json.loads((corpus_dir / REMOVED).read_bytes())
        days = {str(id_): date.fromisoformat(day) for id_, day in stated.items()}
    except FileNotFoundError:
        return {}
    except (ValueError, TypeError, AttributeError):
        raise CorpusError(f"{REMOVED} is not a list of removed articles.", remedy="Restore it, or delete it.") from None
    return {id_: day for id_, day in days.items() if not (corpus_dir / id_).exists()}


def _remember(corpus_dir: Path, removed: dict[str, date]) -> None:
    path = corpus_dir / REMOVED
    if removed or path.exists():
        content = {id_: removed[id_].isoformat() for id_ in sorted(removed)}
        partial = corpus_dir / f".{REMOVED}.partial"
        partial.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
        partial.replace(path)


def _put_aside(folder: Path) -> None:
    outgoing = folder.parent / ".outgoing"
    outgoing.mkdir(exist_ok=True)
    if folder.exists():
        folder.rename(outgoing / folder.name)


def _settle(corpus_dir: Path) -> None:
    """Whatever was put aside goes back if nothing took its place and nobody removed it; else it goes for good."""
    outgoing = corpus_dir / ".outgoing"
    removed = removed_articles(corpus_dir)
    for folder in outgoing.iterdir() if outgoing.is_dir() else ():
        if (corpus_dir / folder.name).exists() or folder.name in removed:
            shutil.rmtree(folder)
        else:
            folder.rename(corpus_dir / folder.name)
    for leftover in (outgoing, corpus_dir / ".incoming"):
        shutil.rmtree(leftover, ignore_errors=True)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "somebody"
