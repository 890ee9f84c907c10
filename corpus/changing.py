"""Changing a corpus: one maintainer at a time, each article whole before and after, what was removed remembered.

Everything that writes into a corpus stands here, and in `corpus.questions`; what reads it stands in `corpus.library`.

    <corpus>/.lock            held while anything is changed; says by whom
    <corpus>/.incoming/<slug> an article being written
    <corpus>/.outgoing/<slug> the one that it replaces, or one that is being removed
    <corpus>/.bin/            both, for thirty days (`corpus.bin`)

A change is two renames. A process killed between them leaves `.outgoing/<slug>` without `<slug>`; loading then refuses,
so that no article is missing unnoticed, and the next change puts it back.
"""

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path

from corpus.bin import Binned, drop_expired, entry_of, put_into_bin
from corpus.document import Document, Fetched
from corpus.doubts import Doubt
from corpus.durable import HeldError, only_writer, sync, write_json
from corpus.errors import CorpusError
from corpus.library import (
    FORMAT,
    LISTS,
    REMOVED,
    SLUG,
    ArticleLayout,
    known_lists,
    read_record,
    record_of,
    removed_articles,
    sha256_of,
)


@contextmanager
def changing(corpus_dir: Path, /) -> Iterator[None]:
    """Hold the lock of a corpus; first finish or undo what a killed process left.

    Raises:
        CorpusError: somebody else is changing it; the message says who, and since when.
    """
    try:
        corpus_dir.mkdir(parents=True, exist_ok=True)
        with only_writer(corpus_dir / ".lock", corpus_dir / ".lock.holder"):
            _settle(corpus_dir)
            yield
    except HeldError as held:
        raise CorpusError(f"{corpus_dir} is being changed by {held}.", remedy="Try again when that is done.") from None
    except OSError as error:
        raise CorpusError(
            f"{corpus_dir} could not be changed: {error.strerror or error}.",
            remedy="Free disk space, or make the folder writable.",
        ) from error


def put_article(
    document: Document,
    /,
    *,
    original: Path,
    corpus_dir: Path,
    fetched: Fetched | None = None,
    doubts: Sequence[Doubt] = (),
) -> Path:
    """Add an article, or replace the one of the same id; its questions, its owner's labels and its last review stay.

    `doubts` are those that were accepted.

    Raises:
        CorpusError: the id is not a slug.
    """
    incoming = corpus_dir / ".incoming"
    shutil.rmtree(incoming, ignore_errors=True)
    staged = save_article(document, original=original, corpus_dir=incoming, fetched=fetched, doubts=doubts)
    standing = ArticleLayout(corpus_dir / document.id)
    kept = ArticleLayout(staged)
    beside = ((standing.questions, kept.questions), (standing.labels, kept.labels), (standing.review, kept.review))
    for old, new in beside:
        if old.exists():
            shutil.copyfile(old, new)
    _remember(corpus_dir, {id_: day for id_, day in removed_articles(corpus_dir).items() if id_ != document.id})
    for path in (*staged.iterdir(), staged):
        sync(path)  # or after a power cut the new name could stand for empty files
    _put_aside(standing.folder)
    staged.rename(standing.folder)
    sync(corpus_dir)
    _settle(corpus_dir)
    return standing.folder


def save_article(
    document: Document,
    /,
    *,
    original: Path,
    corpus_dir: Path,
    fetched: Fetched | None = None,
    doubts: Sequence[Doubt] = (),
) -> Path:
    """Write an article's folder and return it; the record is written last.

    Raises:
        CorpusError: the id is not a slug or is taken.
    """
    if not SLUG.fullmatch(document.id):
        raise CorpusError(
            f"{document.id!r} is not a slug.", remedy="Use small letters, digits and hyphens: --id my-article."
        )
    layout = ArticleLayout(corpus_dir / document.id)
    if layout.record.exists():
        raise CorpusError(f"{document.id} is in the corpus already.", remedy="Choose another --id, or remove it first.")
    layout.folder.mkdir(parents=True, exist_ok=True)
    handed_over = original.read_bytes()
    layout.original(original.suffix).write_bytes(handed_over)
    layout.text.write_bytes(document.text.encode("utf-8"))
    document = replace(document, source=replace(document.source, sha256=sha256_of(handed_over)))
    record = {
        "format": FORMAT,
        **{field: value for field, value in record_of(document).items() if field not in {"questions", "labels"}},
        "original_suffix": original.suffix,
        "text_sha256": sha256_of(document.text.encode("utf-8")),
        **({"fetched": asdict(fetched)} if fetched else {}),
        **({"accepted_doubts": [asdict(doubt) for doubt in doubts]} if doubts else {}),
    }
    layout.record.write_text(json.dumps(record, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return layout.folder


def keep_fetched(folder: Path, fetched: Fetched, /) -> None:
    """Remember a newer response that brought the same article."""
    layout = ArticleLayout(folder)
    write_json(layout.record, read_record(layout) | {"fetched": asdict(fetched)})


def remember_list(corpus_dir: Path, address: str, pages: Sequence[str], /) -> None:
    """Remember which pages a sitemap or feed names."""
    write_json(corpus_dir / LISTS, known_lists(corpus_dir) | {address: list(pages)})


def remove_article(id_: str, /, *, corpus_dir: Path) -> None:
    """Move an article into the bin, and remember that it was there.

    Raises:
        CorpusError: there is no such article.
    """
    folder = corpus_dir / id_
    if not ArticleLayout(folder).record.is_file() or folder.parent != corpus_dir:
        raise CorpusError(f"there is no article {id_!r}.", remedy="`python -m corpus list` shows all articles.")
    _remember(corpus_dir, removed_articles(corpus_dir) | {id_: date.today()})
    _put_aside(folder)
    _settle(corpus_dir)


def restore_article(name: str, /, *, corpus_dir: Path, is_replacing: bool = False) -> Binned:
    """Bring an article back from the bin, with its questions and its owner's labels.

    Args:
        name: its id, for the newest of its entries, or the name of an entry.
        corpus_dir: the corpus.
        is_replacing: let it take the place of the article that stands, which goes into the bin.

    Raises:
        CorpusError: it is not in the bin, is damaged, or another one stands in its place.
    """
    entry = entry_of(corpus_dir, name)
    place = corpus_dir / entry.id
    if place.exists() and not is_replacing:
        raise CorpusError(
            f"{entry.id} is in the corpus.",
            remedy="Say --replace to exchange the two; the one that stands goes into the bin.",
        )
    _put_aside(place)
    entry.folder.rename(place)
    sync(corpus_dir)
    _remember(corpus_dir, {id_: day for id_, day in removed_articles(corpus_dir).items() if id_ != entry.id})
    _settle(corpus_dir)
    return entry


def _remember(corpus_dir: Path, removed: dict[str, date]) -> None:
    path = corpus_dir / REMOVED
    if removed or path.exists():
        write_json(path, {id_: removed[id_].isoformat() for id_ in sorted(removed)})


def _put_aside(folder: Path) -> None:
    outgoing = folder.parent / ".outgoing"
    outgoing.mkdir(exist_ok=True)
    if folder.exists():
        folder.rename(outgoing / folder.name)


def _settle(corpus_dir: Path) -> None:
    """Put back what was set aside, unless another article took its place or it was removed: then it goes into the bin."""
    outgoing = corpus_dir / ".outgoing"
    removed = removed_articles(corpus_dir)
    for folder in outgoing.iterdir() if outgoing.is_dir() else ():
        if (corpus_dir / folder.name).exists() or folder.name in removed:
            put_into_bin(folder, corpus_dir)
        else:
            folder.rename(corpus_dir / folder.name)
    for leftover in (outgoing, corpus_dir / ".incoming"):
        shutil.rmtree(leftover, ignore_errors=True)
    drop_expired(corpus_dir)
