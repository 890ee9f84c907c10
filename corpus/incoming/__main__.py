"""`python -m corpus add` and `refresh`: what comes in is read, shown, asked about and written; a table ends it.

An entry point like `app.py`; `corpus.__main__` has its commands.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer

from corpus import command_line
from corpus.changing import changing, keep_fetched, put_article, remember_list
from corpus.command_line import AcceptDoubts, AsJson, Consent, DryRun, Yes, consent, print_error, print_json
from corpus.errors import CorpusError, HeldBackError
from corpus.incoming.candidate import NEEDED, Candidate, Stated, candidate_of
from corpus.incoming.fetching import PUBLIC
from corpus.incoming.refreshing import ListChange, Refreshed, ask_again, lists_again
from corpus.incoming.several import PassedOver
from corpus.incoming.sources import Handed, HandedOver, Listing, hand_over
from corpus.library import article_folder, article_folders, fetched_of, known_lists, titles_in
from corpus.preview import preview, results, told
from settings import Settings

app = typer.Typer(add_completion=False, rich_markup_mode=None)
RULES = PUBLIC  # what may be fetched
SKIPPED = 3  # exit code of a refresh that did its work and left out what it could not read, or should not take over


def add(
    sources: Annotated[
        list[str], typer.Argument(help="files, folders, ZIP archives, addresses, lists of them, or a site's sitemap or feed")
    ],
    id_: Annotated[str, typer.Option("--id", help="slug; made from the title if left out")] = "",
    title: str = "",
    author: str = "",
    publisher: str = "",
    published: Annotated[str, typer.Option(help="YYYY-MM-DD")] = "",
    licence: Annotated[str, typer.Option(help="under which terms the text may be quoted")] = "",
    url: Annotated[str, typer.Option(help="the article's public address")] = "",
    most: Annotated[int, typer.Option(min=1, help="how many articles of a sitemap or feed to take")] = 50,
    is_replacing: Annotated[bool, typer.Option("--replace", help="take the place of the article of that id")] = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    accept_doubts: AcceptDoubts = False,
    as_json: AsJson = False,
) -> None:
    """Add articles: text, Markdown, HTML, PDF, Word, ODT, RTF, EPUB. Options override files; what is missing is asked."""
    agreed = consent(dry_run=dry_run, yes=yes, accepts_doubts=accept_doubts, as_json=as_json)
    stated = Stated(id_, title, author, publisher, published, licence, url)
    corpus_dir = Settings.from_environment().corpus_dir
    outcomes: list[Outcome] = []
    with TemporaryDirectory() as place, changing(corpus_dir):
        for source in sources:
            for handed in _handed_over(source, Path(place), most):
                if isinstance(handed, Listing):
                    if not agreed.is_dry:
                        remember_list(corpus_dir, handed.address, handed.pages)
                    continue
                outcomes.append(_outcome(handed, stated, agreed, corpus_dir, is_replacing=is_replacing, as_json=as_json))
    refused = [outcome for outcome in outcomes if outcome.error is not None]
    if as_json:
        articles = [outcome.article | {"added": outcome.state == "added"} for outcome in outcomes if outcome.article]
        passed = [{"name": outcome.name, "reason": outcome.told} for outcome in outcomes if outcome.state == "passed over"]
        print_json({"articles": articles, "refused": [outcome.to_json() for outcome in refused], "passed_over": passed})
    for outcome in [] if as_json else refused:
        print_error(outcome.error or CorpusError("", remedy=""))
    if len(outcomes) > 1 and not as_json:
        print(f"\n{results([(outcome.state, outcome.name, outcome.told) for outcome in outcomes])}")
    if refused:
        raise typer.Exit(2)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one thing that was handed over: `state` is what the table at the end says first."""

    state: str  # "added", "shown", "not added", "held", "refused" or "passed over"
    name: str
    told: str
    article: dict[str, Any] | None = None
    error: CorpusError | None = None

    def to_json(self) -> dict[str, Any]:
        """Of one that was refused or held, for a program."""
        said = self.error.to_json() if self.error else {}
        return said | {"name": self.name, "is_held": self.state == "held"}


def _handed_over(source: str, place: Path, most: int) -> Iterator[Handed]:
    """What a source stands for; that one of several cannot be read does not stop the others."""
    try:
        yield from hand_over(source, folder=place, most=most, rules=RULES)
    except CorpusError as error:
        yield error


def _outcome(
    handed: HandedOver | PassedOver | CorpusError,
    stated: Stated,
    agreed: Consent,
    into: Path,
    *,
    is_replacing: bool,
    as_json: bool,
) -> Outcome:
    if isinstance(handed, PassedOver):
        return Outcome("passed over", handed.name, handed.reason)
    if isinstance(handed, CorpusError):
        return Outcome("refused", "", str(handed), error=handed)
    try:
        candidate = candidate_of(handed, stated, taken=titles_in(into))
        is_added = _add_one(candidate, stated, agreed, into, is_replacing, as_json)
    except HeldBackError as held:
        return Outcome("held", str(handed), str(held), error=held)
    except CorpusError as error:
        return Outcome("refused", str(handed), str(error), error=error)
    state = "added" if is_added else "shown" if agreed.is_dry else "not added"
    doubts = f", {len(candidate.doubts)} doubts" if candidate.doubts else ""
    return Outcome(state, str(handed), f"{candidate.document.id or 'no title yet'}{doubts}", article=candidate.to_json())


def _add_one(candidate: Candidate, stated: Stated, agreed: Consent, into: Path, is_replacing: bool, as_json: bool) -> bool:
    """Show one article and write it, if the maintainer wants it."""
    id_ = candidate.document.id
    if (into / id_ / "article.json").exists() and not is_replacing:
        raise CorpusError(f"{id_} is in the corpus already.", remedy="Choose another --id, or --replace it.")
    if agreed.is_asked:
        answers = {}
        for name in candidate.missing:
            is_needed = name in NEEDED
            answers[name] = typer.prompt(name if is_needed else f"{name} (empty: none)", default=None if is_needed else "")
        handed = HandedOver(candidate.original, candidate.fetched)
        candidate = candidate_of(handed, replace(stated, **answers), taken=titles_in(into))
        id_ = candidate.document.id
    if not as_json:
        print(preview(candidate))
    if not agreed.is_dry and (lacking := [name for name in candidate.missing if name in NEEDED]):
        name = id_ or candidate.original.name
        raise CorpusError(f"{name} lacks its {' and '.join(lacking)}.", remedy=f"State it: --{lacking[0]} TEXT.")
    if not agreed.to(f"\nAdd {id_}?", about=id_, in_spite_of=candidate.doubts):
        return False
    put_article(
        candidate.document,
        original=candidate.original,
        corpus_dir=into,
        fetched=candidate.fetched,
        doubts=candidate.doubts,
    )
    if not as_json:
        sections, characters = len(candidate.document.sections), len(candidate.document.text)
        print(f"\nAdded {id_}: {sections} sections, {characters} characters.")
    return True


def refresh(
    slugs: Annotated[list[str] | None, typer.Argument(help="articles that were fetched")] = None,
    is_all: Annotated[bool, typer.Option("--all", help="every article that was fetched")] = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    accept_doubts: AcceptDoubts = False,
    as_json: AsJson = False,
) -> None:
    """Ask the sources again; an unchanged one costs one request. A text with new doubts is held back, the old one stays.

    With --all the sitemaps and feeds that articles came from are asked as well, and new and gone pages are told. Exit
    code 3: a source could not be read, or was held back; all others were done.
    """
    if bool(slugs) == is_all:
        raise CorpusError("it is not clear what to refresh.", remedy="Name articles, or use --all.")
    agreed = consent(dry_run=dry_run, yes=yes, accepts_doubts=accept_doubts, as_json=as_json)
    corpus_dir = Settings.from_environment().corpus_dir
    folders = [article_folder(corpus_dir, slug) for slug in slugs or ()]
    if is_all:
        folders = [folder for folder in article_folders(corpus_dir) if fetched_of(folder) is not None]
    rows, has_failed = [], False
    with changing(corpus_dir):
        for found in ask_again(folders, rules=RULES):
            if not as_json:
                print("\n".join(_told(found)))
            if found.newer is not None and not dry_run:
                keep_fetched(corpus_dir / found.id, found.newer)
            row = found.to_json() | {"written": False}
            try:
                row["written"] = _take_over(found.candidate, agreed, corpus_dir)
            except CorpusError as held_back:
                row["error"] = str(held_back)
                if not as_json:
                    print_error(held_back)
            has_failed |= bool(row["error"])
            rows.append(row)
        changes = _ask_lists(corpus_dir, is_dry=dry_run, as_json=as_json) if is_all else []
    has_failed |= any(change.error is not None for change in changes)
    rows += [change.to_json() for change in changes]
    if as_json:
        print_json(rows)
    if has_failed:
        raise typer.Exit(SKIPPED)


def _told(found: Refreshed) -> Iterator[str]:
    """One article and its source, for a person."""
    yield f"{found.id}: {found.error or found.state}" if found.difference is None else told(found.difference)
    yield from (f"  doubt: {doubt}" for doubt in (found.candidate.doubts if found.candidate else ()))


def _ask_lists(corpus_dir: Path, *, is_dry: bool, as_json: bool) -> list[ListChange]:
    """Tell of new and gone pages of sitemaps and feeds; of those that are gone once."""
    changes = []
    for change in lists_again(corpus_dir, rules=RULES):
        changes.append(change)
        if change.gone and not is_dry:
            pages = [page for page in known_lists(corpus_dir)[change.address] if page not in change.gone]
            remember_list(corpus_dir, change.address, pages)
        if not as_json and (change.new or change.gone or change.error):
            print(change)
    return changes


def _take_over(new: Candidate | None, agreed: Consent, into: Path) -> bool:
    """Write what a source has now in the place of its article, if the maintainer wants it."""
    if new is None or not agreed.to(
        f"Take this over into {new.document.id}?", about=new.document.id, in_spite_of=new.doubts
    ):
        return False
    doubts = (*new.accepted, *new.doubts)
    put_article(new.document, original=new.original, corpus_dir=into, fetched=new.fetched, doubts=doubts)
    return True


if __name__ == "__main__":
    command_line.run(app, name="python -m corpus.incoming")
