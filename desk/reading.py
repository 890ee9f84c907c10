"""From what an editor hands over to an article that waits for a yes, its original beside the text that was made of it.

Every file is read in the guarded child, as the command reads it. What was read lies in the desk's own folder until the
editor adds it or leaves it out.
"""

import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from pathlib import Path

from corpus.document import Document
from corpus.errors import CorpusError
from corpus.incoming.candidate import ASKED, Candidate, Stated, candidate_of
from corpus.incoming.several import PassedOver
from corpus.incoming.sources import HandedOver, Listing, hand_over
from corpus.library import ArticleLayout, load_article, read_record, sha256_of, titles_in
from corpus.readers.guarded import read_shown
from corpus.readers.losses import Piece
from desk import Desk

MOST = 50  # articles out of one list, sitemap or archive
WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Waiting:
    """An article that was read and waits. `shown` is what its file visibly holds; `name` is what the editor knows it by.

    `standing` is the id of the article that it would replace, empty if it is new, and `stood` the state which that was in
    when this was read. `is_refresh`: it is what the source of that article has now. `listing` is the list that named
    it, if one did.
    """

    name: str
    handed: HandedOver
    candidate: Candidate
    shown: tuple[Piece, ...]
    standing: str = ""
    stood: str = ""
    is_refresh: bool = False
    listing: Listing | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """One row of the original beside the text. `same`: both have the same words in the same order."""

    original: str
    text: str
    same: bool


def read_in(desk: Desk, sources: Sequence[str], /) -> Iterator[Waiting | CorpusError]:
    """Read files and addresses one by one; one that fails does not stop the others."""
    for source in sources:
        with tempfile.TemporaryDirectory(dir=desk.inbox) as folder:
            try:
                listing: Listing | None = None
                for handed in hand_over(source, folder=Path(folder), most=MOST, rules=desk.rules):
                    if isinstance(handed, Listing):
                        listing = handed
                    elif isinstance(handed, PassedOver):
                        yield CorpusError(f"{handed.name} was passed over: {handed.reason}", remedy="")
                    else:
                        yield _read(desk, handed, listing)
            except CorpusError as error:
                yield error


def _read(desk: Desk, handed: HandedOver | CorpusError, listing: Listing | None) -> Waiting | CorpusError:
    if isinstance(handed, CorpusError):
        return handed
    try:
        return _waiting(desk, handed, listing)
    except CorpusError as error:
        return error


def waiting_refresh(desk: Desk, candidate: Candidate, /) -> Waiting:
    """What a source has now, to be taken over or not; its file is kept until then."""
    handed = _kept(desk, HandedOver(candidate.original, candidate.fetched))
    slug = candidate.document.id
    shown = read_shown(handed.path, charset=handed.fetched.charset if handed.fetched else "")
    candidate = replace(candidate, original=handed.path)
    return Waiting(slug, handed, candidate, shown, slug, state_of(desk.corpus_dir / slug), is_refresh=True)


def stated_of(waiting: Waiting, corpus_dir: Path, /) -> Stated:
    """What the fields of the form say at first: the file's own words, and of a standing article what the file lacks."""
    source = waiting.candidate.document.source
    own = {name: str(getattr(source, name) or "") for name in ASKED}
    if waiting.standing:
        old = load_article(corpus_dir / waiting.standing).source
        own = {name: own[name] or str(getattr(old, name) or "") for name in ASKED}
    return Stated(id=waiting.standing or waiting.candidate.document.id, **own)


def state_of(folder: Path, /) -> str:
    """A hash of an article's record and of what stands beside it: another one means that somebody changed it."""
    layout = ArticleLayout(folder)
    files = (layout.record, layout.questions, layout.labels)
    return sha256_of(b"\0".join(path.read_bytes() if path.is_file() else b"" for path in files))


def let_go(waiting: Waiting, /) -> None:
    """Delete the copy of a file that waits no longer."""
    shutil.rmtree(waiting.handed.path.parent, ignore_errors=True)


def side_by_side(shown: Sequence[Piece], document: Document, /) -> list[Side]:
    """What the file shows beside the text, row by row; where they differ, neighbouring pieces share a row."""
    left = [piece.text for piece in shown]
    right = [line for line in document.text.split("\n") if line.strip()]
    if left and right and _words(left[0]) != _words(right[0]):
        left = ["", *left]  # the title was stated, or stands elsewhere in the file
    found: list[Side] = []
    matcher = SequenceMatcher(None, [tuple(_words(text)) for text in left], [tuple(_words(text)) for text in right], False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            found += [Side(one, other, same=True) for one, other in zip(left[a:b], right[c:d], strict=True)]
            continue
        original, text = "\n".join(left[a:b]), "\n".join(right[c:d])
        found.append(Side(original, text, same=_words(original) == _words(text)))
    return found


def original_of(folder: Path, /) -> Path:
    """The file of an article as it was handed over."""
    layout = ArticleLayout(folder)
    return layout.original(read_record(layout)["original_suffix"])


def _words(text: str) -> list[str]:
    return [word.casefold() for word in WORD.findall(text)]


def _waiting(desk: Desk, handed: HandedOver, listing: Listing | None) -> Waiting:
    handed = _kept(desk, handed)
    try:
        candidate = candidate_of(handed, Stated(), taken=titles_in(desk.corpus_dir))
        shown = read_shown(handed.path, charset=handed.fetched.charset if handed.fetched else "")
    except CorpusError:
        shutil.rmtree(handed.path.parent, ignore_errors=True)
        raise
    slug = candidate.document.id
    is_there = bool(slug) and ArticleLayout(desk.corpus_dir / slug).record.exists()
    stood = state_of(desk.corpus_dir / slug) if is_there else ""
    return Waiting(str(handed), handed, candidate, shown, slug if is_there else "", stood, listing=listing)


def _kept(desk: Desk, handed: HandedOver) -> HandedOver:
    """A copy in a folder of its own: the next file of a list takes the place of the one before."""
    folder = Path(tempfile.mkdtemp(dir=desk.inbox))
    try:
        return replace(handed, path=Path(shutil.copy(handed.path, folder / handed.path.name)))
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise CorpusError(f"{handed.path.name} cannot be read: {error.strerror}.", remedy="Hand it over again.") from None
