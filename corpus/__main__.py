"""`python -m corpus`: add, remove, refresh, list, show, check and compare articles, and their questions."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer

from corpus import command_line
from corpus.changing import changing, keep_fetched, put_article, remove_article
from corpus.check import check_corpus
from corpus.command_line import AcceptDoubts, AsJson, Consent, DryRun, Yes, consent, print_error, print_json
from corpus.difference import compare, published_documents
from corpus.editing.__main__ import HANDED_ON, desk, edit, review, watch
from corpus.errors import CorpusError
from corpus.incoming.candidate import NEEDED, Candidate, Stated, candidate_of
from corpus.incoming.fetching import PUBLIC
from corpus.incoming.refreshing import ask_again
from corpus.incoming.sources import HandedOver, hand_over
from corpus.library import article_folder, article_folders, fetched_of, load_article, load_corpus, record_of
from corpus.preview import preview, told
from corpus.questions.__main__ import questions
from settings import Settings

app = typer.Typer(
    help="What may be quoted, and where it came from.", no_args_is_help=True, add_completion=False, rich_markup_mode=None
)
RULES = PUBLIC  # what may be fetched
app.command()(questions)
app.command()(edit)
app.command()(review)
app.command(context_settings=HANDED_ON)(desk)
app.command(context_settings=HANDED_ON)(watch)


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the articles."""
    corpus_dir = Settings.from_environment().corpus_dir
    documents = load_corpus(corpus_dir)
    if as_json:
        is_fetched = {d.id: fetched_of(corpus_dir / d.id) is not None for d in documents}
        print_json([record_of(d)["source"] | {"id": d.id, "is_fetched": is_fetched[d.id]} for d in documents])
        return
    for document in documents:
        print(f"{document.id}  {document.source.published or 'undated'}  {document.source.title}")


@app.command()
def show(slug: str, as_json: AsJson = False) -> None:
    """Print an article's provenance, sections and canonical text."""
    document = load_article(_folder(slug))
    if as_json:
        print_json(record_of(document) | {"text": document.text})
        return
    for name, value in record_of(document)["source"].items():
        print(f"{name:<10} {' > '.join(value) if isinstance(value, list) else value or '-'}")
    for section in document.sections:
        print(f"{'section':<10} {section.start:>6}-{section.end:<6} {section.heading}")
    print(f"\n{document.text}")


@app.command()
def check(as_json: AsJson = False) -> None:
    """Check provenance, hashes, ids, texts and what no article may hold; exit code 1 if anything is wrong."""
    corpus_dir = Settings.from_environment().corpus_dir
    if corpus_dir.is_dir() and (corpus_dir / ".outgoing").is_dir():
        with changing(corpus_dir):
            pass  # a change that was cut off is finished, or taken back
    faults = check_corpus(corpus_dir)
    if as_json:
        print_json([fault.to_json() for fault in faults])
    else:
        print("\n".join(map(str, faults)) or "The corpus is in order.")
    if faults:
        raise typer.Exit(1)


@app.command()
def add(
    sources: Annotated[list[str], typer.Argument(help="files, addresses, or the sitemap or feed of a site")],
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
    done: list[dict[str, Any]] = []
    refused: list[CorpusError] = []
    with TemporaryDirectory() as place, changing(corpus_dir):
        for source in sources:
            for handed in hand_over(source, folder=Path(place), most=most, rules=RULES):
                try:
                    if isinstance(handed, CorpusError):
                        raise handed
                    candidate = candidate_of(handed, stated)
                    is_added = _add_one(candidate, stated, agreed, corpus_dir, is_replacing, as_json)
                    done.append(candidate.to_json() | {"added": is_added})
                except CorpusError as fault:
                    refused.append(fault)
    if as_json:
        print_json({"articles": done, "refused": [error.to_json() for error in refused]})
    for error in [] if as_json else refused:
        print_error(error)
    if refused:
        raise typer.Exit(2)


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
        candidate = candidate_of(HandedOver(candidate.original, candidate.fetched), replace(stated, **answers))
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


@app.command()
def remove(slugs: list[str], dry_run: DryRun = False, yes: Yes = False, as_json: AsJson = False) -> None:
    """Remove articles; their addresses will say that they are gone."""
    agreed = consent(dry_run=dry_run, yes=yes, as_json=as_json)
    titles = {slug: load_article(_folder(slug)).source.title for slug in slugs}
    corpus_dir = Settings.from_environment().corpus_dir
    removed = []
    with changing(corpus_dir):
        for slug, title in titles.items():
            if agreed.to(f"Remove {slug} ({title})?"):
                remove_article(slug, corpus_dir=corpus_dir)
                removed.append(slug)
    if as_json:
        print_json([{"id": slug, "title": title, "removed": slug in removed} for slug, title in titles.items()])
        return
    for slug, title in titles.items():
        print(f"{'Removed' if slug in removed else 'Would remove' if dry_run else 'Kept'} {slug} ({title}).")


@app.command()
def refresh(
    slugs: Annotated[list[str] | None, typer.Argument(help="articles that were fetched")] = None,
    is_all: Annotated[bool, typer.Option("--all", help="every article that was fetched")] = False,
    dry_run: DryRun = False,
    yes: Yes = False,
    accept_doubts: AcceptDoubts = False,
    as_json: AsJson = False,
) -> None:
    """Ask the sources again; an unchanged one costs one request. A text with new doubts is held back, the old one stays."""
    if bool(slugs) == is_all:
        raise CorpusError("it is not clear what to refresh.", remedy="Name articles, or use --all.")
    agreed = consent(dry_run=dry_run, yes=yes, accepts_doubts=accept_doubts, as_json=as_json)
    corpus_dir = Settings.from_environment().corpus_dir
    folders = [_folder(slug) for slug in slugs or ()]
    if is_all:
        folders = [folder for folder in article_folders(corpus_dir) if fetched_of(folder) is not None]
    rows, has_failed = [], False
    with changing(corpus_dir):
        for found in ask_again(folders, rules=RULES):
            if not as_json:
                print(f"{found.id}: {found.error or found.state}" if found.difference is None else told(found.difference))
                print("".join(f"  doubt: {doubt}\n" for doubt in found.candidate.doubts) if found.candidate else "", end="")
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
    if as_json:
        print_json(rows)
    if has_failed:
        raise typer.Exit(1)


def _take_over(new: Candidate | None, agreed: Consent, into: Path) -> bool:
    """Write what a source has now in the place of its article, if the maintainer wants it."""
    if new is None or not agreed.to(
        f"Take this over into {new.document.id}?", about=new.document.id, in_spite_of=new.doubts
    ):
        return False
    doubts = (*new.accepted, *new.doubts)
    put_article(new.document, original=new.original, corpus_dir=into, fetched=new.fetched, doubts=doubts)
    return True


@app.command()
def diff(
    slugs: Annotated[list[str] | None, typer.Argument(help="articles; all of them if left out")] = None,
    against: Annotated[Path | None, typer.Option(help="another corpus folder, in place of what is published")] = None,
    as_json: AsJson = False,
) -> None:
    """Compare the corpus with what visitors see: articles and sentences added, changed, removed."""
    settings = Settings.from_environment()
    before = load_corpus(against) if against else published_documents(settings.index_dir)
    after = load_corpus(settings.corpus_dir)
    known = {document.id for document in (*before, *after)}
    if unknown := [slug for slug in slugs or () if slug not in known]:
        raise CorpusError(f"there is no article {unknown[0]!r}.", remedy="`python -m corpus list` shows all articles.")
    found = [difference for difference in compare(before, after) if not slugs or difference.id in slugs]
    if as_json:
        print_json([difference.to_json() for difference in found])
        return
    print("\n".join(map(told, found)) if found else "Nothing differs.")


def _folder(slug: str) -> Path:
    return article_folder(Settings.from_environment().corpus_dir, slug)


if __name__ == "__main__":
    command_line.run(app, name="python -m corpus")
