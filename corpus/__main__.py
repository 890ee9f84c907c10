"""`python -m corpus`: add, remove, restore, refresh, list, show, check and compare articles, and their questions."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from corpus import command_line
from corpus.bin import DAYS_KEPT, entries
from corpus.changing import changing, remove_article, restore_article
from corpus.check import check_corpus
from corpus.command_line import AsJson, DryRun, Yes, consent, print_json
from corpus.difference import compare, published_documents
from corpus.editing.__main__ import HANDED_ON, desk, edit, review, watch
from corpus.errors import CorpusError
from corpus.incoming.__main__ import add, refresh
from corpus.library import (
    ArticleLayout,
    article_folder,
    fetched_of,
    load_article,
    load_corpus,
    read_record,
    record_of,
)
from corpus.preview import told
from corpus.questions.__main__ import questions
from settings import Settings

app = typer.Typer(
    help="What may be quoted, and where it came from.", no_args_is_help=True, add_completion=False, rich_markup_mode=None
)
for command in (add, refresh, questions, edit, review):
    app.command()(command)
for handed_on in (desk, watch):
    app.command(context_settings=HANDED_ON)(handed_on)


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
def remove(slugs: list[str], dry_run: DryRun = False, yes: Yes = False, as_json: AsJson = False) -> None:
    """Move articles into the bin, from where `restore` brings them back; their addresses will say that they are gone."""
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


@app.command("bin")
def bin_(as_json: AsJson = False) -> None:
    """List what was removed or replaced in the last thirty days, the newest first."""
    corpus_dir = Settings.from_environment().corpus_dir
    found = [(entry, read_record(ArticleLayout(entry.folder))["source"]["title"]) for entry in entries(corpus_dir)]
    if as_json:
        rows = [(entry, title, entry.since.isoformat(), entry.until.isoformat()) for entry, title in found]
        print_json([{"id": e.id, "name": e.name, "title": t, "since": since, "until": until} for e, t, since, until in rows])
        return
    for entry, title in found:
        left = max(0, (entry.until - datetime.now(UTC)).days)
        print(f"{entry.name}  {title}  since {entry.since:%Y-%m-%d %H:%M} UTC, kept for {left} more days")
    if not found:
        print(f"The bin is empty; articles stay in it for {DAYS_KEPT} days.")


@app.command()
def restore(
    names: Annotated[list[str], typer.Argument(help="ids of articles, or names of entries as `bin` lists them")],
    is_replacing: Annotated[bool, typer.Option("--replace", help="exchange it for the article that stands")] = False,
    as_json: AsJson = False,
) -> None:
    """Bring articles back from the bin, with their questions and their owner's labels."""
    corpus_dir = Settings.from_environment().corpus_dir
    with changing(corpus_dir):
        restored = [restore_article(name, corpus_dir=corpus_dir, is_replacing=is_replacing) for name in names]
    if as_json:
        print_json([{"id": entry.id, "name": entry.name} for entry in restored])
        return
    for entry in restored:
        print(f"Restored {entry.id}, as it stood until {entry.since:%Y-%m-%d %H:%M} UTC.")


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
