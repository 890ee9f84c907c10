"""`python -m corpus watch`: refresh the sources, build, and propose; publish only if told to, and if the gate holds.

Flows in: the desk. Flows out: a notice, and the exit code that says the same. An article whose source brings doubts stays
as it is and is named; so is one whose source is gone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from corpus.changing import changing, keep_fetched, remember_list
from corpus.check import check_corpus
from corpus.errors import CorpusError
from corpus.incoming.refreshing import Refreshed, ask_again, lists_again
from corpus.library import article_folders, fetched_of, known_lists
from desk import Desk
from desk.articles import take_over
from desk.telling import Notice
from desk.versions import propose, publish, verdict
from index.published.pointer import Said, is_withdrawn

UNCHANGED, HELD, PROPOSED = 0, 1, 3  # exit codes; 2 is an error, as of every command
MOST_LINES = 20
CODES = {"unchanged": UNCHANGED, "published": UNCHANGED, "proposed": PROPOSED, "held": HELD}


@dataclass(frozen=True, slots=True)
class Sources:
    """What the sources said: what was taken over, what a person must look at, and pages that came and went."""

    taken: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()


def watch(desk: Desk, /, *, publishes: bool, by: str = "corpus watch") -> Notice:
    """One round.

    Raises:
        ShownError: somebody else is at work, or the corpus or the index cannot be read.
    """
    if faults := check_corpus(desk.corpus_dir):
        return Notice("held", "The articles are not in order.", tuple(map(str, faults[:MOST_LINES])))
    sources, found = refresh(desk), propose(desk)
    return _notice(desk, found, sources, publishes=publishes, by=by)


def refresh(desk: Desk, /) -> Sources:
    """Take over what the sources have now, where that brings no doubt."""
    taken, held = [], []
    with changing(desk.corpus_dir):
        folders = [folder for folder in article_folders(desk.corpus_dir) if fetched_of(folder) is not None]
        for answer in ask_again(folders, rules=desk.rules):
            if answer.newer is not None:
                keep_fetched(desk.corpus_dir / answer.id, answer.newer)
            try:
                taken += [answer.id] if _took(desk, answer) else []
            except CorpusError as error:
                held.append(str(error))
        listed = tuple(_listed(desk))
    return Sources(tuple(taken), tuple(held), listed)


def _listed(desk: Desk) -> Iterator[str]:
    """New and gone pages of the sitemaps and feeds that articles came from; those that are gone are told once."""
    for change in lists_again(desk.corpus_dir, rules=desk.rules):
        if change.gone:
            pages = [page for page in known_lists(desk.corpus_dir)[change.address] if page not in change.gone]
            remember_list(desk.corpus_dir, change.address, pages)
        yield from (f"New page: {page}" for page in change.new)
        yield from (f"Gone from its list: {page}" for page in change.gone)
        yield from [str(change)] if change.error else []


def _took(desk: Desk, answer: Refreshed) -> bool:
    if answer.error is not None:
        raise CorpusError(f"{answer.id}: {answer.error.message}", remedy=answer.error.remedy)
    if answer.candidate is None:
        return False
    take_over(desk, answer.candidate)
    return True


def _notice(desk: Desk, found: dict[str, Any], sources: Sources, *, publishes: bool, by: str) -> Notice:
    version, lines = found["version"], [f"Changed at its source: {slug}." for slug in sources.taken]
    lines += [f"Look at it: {line}" for line in sources.held]
    lines += sources.listed[:MOST_LINES]
    is_news = version != found["published"] and not is_withdrawn(desk.index_dir, version)  # rolled back stays so
    lines += [verdict(found)] if is_news else []
    lines += [f"Lost: {row['turns'][-1]}" for row in found["answers"] if row["what"] == "lost"][:MOST_LINES]
    values = {"lines": tuple(lines), "version": version, "page": str(found["page"])}
    if is_news and not found["passes"]:
        return Notice("held", "A new version should not be published as it is.", **values)
    if is_news and publishes and not sources.held:
        publish(desk, version, Said(by=by, why="The sources changed."), beside=found["published"])
        return Notice("published", f"Version {version} was published.", **values)
    if is_news:
        return Notice("proposed", f"Version {version} waits to be published.", **values)
    if sources.held or sources.listed:
        return Notice("held", "Something must be looked at.", **values)
    return Notice("unchanged", "Nothing changed.", **values)
