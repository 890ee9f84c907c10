"""The articles: what is there, how each stands to what visitors see and to its source, and every change of one.

Each change is one that a command makes, under the corpus's lock. What somebody else changed since the editor looked is not
written over.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from corpus.bin import entries
from corpus.changing import changing, keep_fetched, put_article, remember_list, remove_article, restore_article
from corpus.command_line import LOOK
from corpus.difference import compare, published_documents
from corpus.document import Document
from corpus.editing import edit_article, keep_review, review_of, why_due
from corpus.errors import CorpusError, HeldBackError
from corpus.incoming.candidate import NEEDED, Candidate, Stated, candidate_of
from corpus.incoming.refreshing import State, ask_again
from corpus.library import ArticleLayout, article_folder, article_folders, fetched_of, load_article, titles_in
from corpus.questions.change import Change
from desk import Desk
from desk.reading import Waiting, let_go, state_of, waiting_refresh
from desk.versions import documents_of, taken_back
from index.published.version import list_versions

GONE = ("status 404", "status 410")
AS_PUBLISHED, NEW, CHANGED, REMOVED = "as published", "new", "changed", "removed, still shown to visitors"
OF_DIFFERENCE = {"added": NEW, "changed": CHANGED, "removed": REMOVED}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list. `source` is an address, or the ending of the file; `asked` is what its source last said."""

    id: str
    title: str
    published: str
    reviewed: str
    due: str
    source: str
    state: str
    asked: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the source of an article said: `state` for the list, and what can be taken over, if it changed."""

    state: str
    waiting: Waiting | None = None


def settle(desk: Desk, /) -> None:
    """Finish or undo what a killed process left.

    Raises:
        CorpusError: somebody else is changing the corpus at this moment.
    """
    with changing(desk.corpus_dir):
        pass


def rows(desk: Desk, asked: Mapping[str, Asked], /) -> list[Row]:
    """Every article of the corpus, and those that were removed and that visitors still see."""
    found, documents, broken = [], [], []
    for folder in article_folders(desk.corpus_dir) if desk.corpus_dir.is_dir() else []:
        try:
            documents.append(load_article(folder))
        except CorpusError as error:
            broken.append(Row(folder.name, folder.name, "", "", "", "", f"damaged: {error.message}"))
    published = published_documents(desk.index_dir)
    states = {difference.id: OF_DIFFERENCE[difference.state] for difference in compare(published, documents)}
    states = _with_taken_back(desk, states, documents)
    for document in documents:
        folder = desk.corpus_dir / document.id
        review, fetched = review_of(folder), fetched_of(folder)
        found.append(
            Row(
                document.id,
                document.source.title,
                str(document.source.published or "undated"),
                str(review.day) if review else "not yet",
                why_due(folder, today=date.today()),
                fetched.url if fetched else f"file {_suffix(folder)}",
                states.get(document.id, AS_PUBLISHED),
                asked[document.id].state if document.id in asked else "",
            )
        )
    kept = {row.id for row in (*found, *broken)}
    gone = [
        Row(d.id, d.source.title, str(d.source.published or "undated"), "", "", "", states.get(d.id, REMOVED))
        for d in published
    ]
    return [*found, *broken, *(row for row in gone if row.id not in kept)]


def add(
    desk: Desk, waiting: Waiting, stated: Stated, /, *, accepted: Collection[str], is_replacing: bool, reviewed_by: str = ""
) -> Document:
    """Add what waits, with what the editor states of it, or put it in the place of the article of that id.

    `reviewed_by` is who says to have read it whole: adding is no review.

    Raises:
        CorpusError: it lacks something, a doubt was not accepted, the id is taken, or somebody changed that article.
    """
    candidate = (
        waiting.candidate if waiting.is_refresh else candidate_of(waiting.handed, stated, taken=titles_in(desk.corpus_dir))
    )
    if lacking := [name for name in candidate.missing if name in NEEDED]:
        them = "it" if len(lacking) == 1 else "them"
        raise CorpusError(f"The {' and the '.join(lacking)} of the article must be stated.", remedy=f"Fill {them} in above.")
    id_ = candidate.document.id
    if open_ := [doubt for doubt in candidate.doubts if str(doubt) not in accepted]:
        many = "1 doubt is" if len(open_) == 1 else f"{len(open_)} doubts are"
        raise CorpusError(f"{many} not ticked: {open_[0]}", remedy="Tick each that is right, or correct the file.")
    with changing(desk.corpus_dir):
        folder = desk.corpus_dir / id_
        if ArticleLayout(folder).record.exists():
            if not is_replacing:
                raise CorpusError(
                    f"There is an article {id_!r} already.",
                    remedy="Tick that it is replaced, or give this another short name.",
                )
            if id_ == waiting.standing:
                _check_untouched(folder, waiting.stood)
        put_article(
            candidate.document,
            original=candidate.original,
            corpus_dir=desk.corpus_dir,
            fetched=candidate.fetched,
            doubts=(*candidate.accepted, *candidate.doubts),
        )
        if reviewed_by:
            keep_review(folder, by=reviewed_by)
        if waiting.listing is not None:
            remember_list(desk.corpus_dir, waiting.listing.address, waiting.listing.pages)
    let_go(waiting)
    return candidate.document


def edit(desk: Desk, slug: str, stated: Stated, /, *, seen: str) -> Document:
    """Give an article other provenance. `seen` is the state which it was in when the editor opened it.

    Raises:
        CorpusError: what is stated cannot be used, or somebody changed the article.
    """
    with changing(desk.corpus_dir):
        folder = article_folder(desk.corpus_dir, slug)
        _check_untouched(folder, seen)
        return edit_article(folder, stated)


def review(desk: Desk, slug: str, /, *, by: str) -> date:
    """Remember that an article was reviewed."""
    with changing(desk.corpus_dir):
        return keep_review(article_folder(desk.corpus_dir, slug), by=by).day


def change_questions(desk: Desk, slug: str, change: Callable[[Document], Document], /) -> Document:
    """Change an article's questions on offer or its labels, as they stand now.

    Raises:
        CorpusError: what `change` raises.
    """
    with changing(desk.corpus_dir):
        folder = article_folder(desk.corpus_dir, slug)
        before = load_article(folder)
        after = change(before)
        Change.between(before, after).write(after, folder)
    return after


def remove(desk: Desk, slug: str, /) -> None:
    """Remove an article.

    Raises:
        CorpusError: there is none.
    """
    with changing(desk.corpus_dir):
        remove_article(slug, corpus_dir=desk.corpus_dir)


def binned(desk: Desk, /) -> list[tuple[str, str]]:
    """What is in the bin, the newest first: what it is called, and its name there."""
    found = []
    for entry in entries(desk.corpus_dir):
        try:
            title = load_article(entry.folder).source.title
        except CorpusError:
            continue  # a damaged one cannot come back
        found.append((f"{title}, as it was until {entry.since:%Y-%m-%d %H:%M} UTC", entry.name))
    return found


def title_of(desk: Desk, slug: str, /) -> str:
    """What an article is called; its id where it is not there, or damaged."""
    try:
        return load_article(article_folder(desk.corpus_dir, slug)).source.title
    except CorpusError:
        return slug


def restore(desk: Desk, name: str, /, *, is_replacing: bool = False) -> str:
    """Bring an article back from the bin; its id.

    Raises:
        CorpusError: it is not there, or another stands in its place.
    """
    with changing(desk.corpus_dir):
        return restore_article(name, corpus_dir=desk.corpus_dir, is_replacing=is_replacing).id


def ask_sources(desk: Desk, slugs: Sequence[str] = (), /) -> dict[str, Asked]:
    """Ask the sources of articles that were fetched, all of them if none is named; nothing of their text is changed."""
    found: dict[str, Asked] = {}
    with changing(desk.corpus_dir):
        folders = [desk.corpus_dir / slug for slug in slugs] or [
            folder for folder in article_folders(desk.corpus_dir) if fetched_of(folder) is not None
        ]
        for answer in ask_again(folders, rules=desk.rules):
            if answer.newer is not None:
                keep_fetched(desk.corpus_dir / answer.id, answer.newer)
            found[answer.id] = _asked(desk, answer.state, answer.error, answer.candidate)
    return found


def take_over(desk: Desk, candidate: Candidate, /) -> None:
    """Put what a source has now in the place of its article; the lock must be held, and there must be no doubts.

    Raises:
        HeldBackError: there are doubts.
    """
    if candidate.doubts:
        many = "1 doubt" if len(candidate.doubts) == 1 else f"{len(candidate.doubts)} doubts"
        raise HeldBackError(f"{candidate.document.id} is held back by {many}: {candidate.doubts[0]}", remedy=LOOK)
    put_article(
        candidate.document,
        original=candidate.original,
        corpus_dir=desk.corpus_dir,
        fetched=candidate.fetched,
        doubts=candidate.accepted,
    )


def _with_taken_back(desk: Desk, states: dict[str, str], documents: Sequence[Document]) -> dict[str, str]:
    """The states, with who took back what visitors had already seen as it is now."""
    newest = max(list_versions(desk.index_dir), default="")
    if (taken := taken_back(desk, newest)) is None:
        return states
    later = {difference.id for difference in compare(documents_of(desk, newest), documents)}
    return {id_: state if id_ in later else f"{state}; taken back by {taken.who}" for id_, state in states.items()}


def _asked(desk: Desk, state: State, error: CorpusError | None, candidate: Candidate | None) -> Asked:
    if error is not None:
        is_gone = any(status in error.message for status in GONE)
        return Asked("source gone" if is_gone else f"source cannot be read: {error.message}")
    if candidate is not None:
        return Asked("source changed", waiting_refresh(desk, candidate))
    return Asked("source unchanged" if state is State.UNCHANGED else "")


def _check_untouched(folder: Path, seen: str) -> None:
    if state_of(folder) != seen:
        raise CorpusError(
            f"Somebody changed “{load_article(folder).source.title}” since you opened it.",
            remedy="Open it again, and make your change once more.",
        )


def _suffix(folder: Path) -> str:
    return next((path.suffix for path in folder.glob("original.*")), "")
