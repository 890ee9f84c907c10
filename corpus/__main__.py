"""`python -m corpus`: list, show, check and add articles."""

import json
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from corpus import command_line
from corpus.check import check_corpus
from corpus.document import Document, Source
from corpus.errors import CorpusError
from corpus.readers import read
from corpus.storage import load_article, load_corpus, record_of, save_article, slug_of
from settings import Settings

app = typer.Typer(
    help="What may be quoted, and where it came from.", no_args_is_help=True, add_completion=False, rich_markup_mode=None
)
AsJson = Annotated[bool, typer.Option("--json", help="print JSON")]


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """List the articles."""
    documents = load_corpus(Settings.from_environment().corpus_dir)
    if as_json:
        rows = [{"id": d.id, "title": d.source.title, "published": str(d.source.published or "")} for d in documents]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for document in documents:
        print(f"{document.id}  {document.source.published or 'undated'}  {document.source.title}")


@app.command()
def show(slug: str, as_json: AsJson = False) -> None:
    """Print an article's provenance, sections and canonical text."""
    folder = Settings.from_environment().corpus_dir / slug
    if not folder.is_dir():
        raise CorpusError(f"there is no article {slug!r}.", remedy="`python -m corpus list` names those there are.")
    document = load_article(folder)
    if as_json:
        print(json.dumps(record_of(document) | {"text": document.text}, ensure_ascii=False, indent=2))
        return
    for name, value in record_of(document)["source"].items():
        print(f"{name:<10} {' > '.join(value) if isinstance(value, list) else value or '-'}")
    for section in document.sections:
        print(f"{'section':<10} {section.start:>6}-{section.end:<6} {section.heading}")
    print(f"\n{document.text}")


@app.command()
def check() -> None:
    """Check provenance, hashes, ids and texts; exit code 1 if anything is wrong."""
    faults = check_corpus(Settings.from_environment().corpus_dir)
    for fault in faults:
        print(fault)
    if faults:
        raise typer.Exit(1)
    print("The corpus is in order.")


@app.command()
def add(
    path: Path,
    licence: Annotated[str, typer.Option(help="under which terms the text may be quoted")],
    id_: Annotated[str, typer.Option("--id", help="slug; made from the title if left out")] = "",
    title: str = "",
    author: str = "",
    publisher: str = "",
    published: Annotated[str, typer.Option(help="YYYY-MM-DD")] = "",
    url: Annotated[str, typer.Option(help="the article's public address")] = "",
) -> None:
    """Add a plain-text or Markdown file; an option overrides what the file says of itself."""
    draft = read(path)
    try:
        day = date.fromisoformat(published) if published else draft.published
    except ValueError:
        raise CorpusError(f"--published {published!r} is not a date.", remedy="Write it as 2025-10-11.") from None
    source = Source(
        title=title or draft.title,
        author=author or draft.author,
        publisher=publisher,
        url=url,
        published=day,
        retrieved=date.today(),
        licence=licence,
        sha256="",  # save_article hashes the very bytes that it stores
        topics=draft.topics,
    )
    document = Document(id_ or slug_of(source.title), draft.text, draft.sections, source)
    folder = save_article(document, original=path, corpus_dir=Settings.from_environment().corpus_dir)
    print(f"Added {folder.name}: {len(document.sections)} sections, {len(document.text)} characters.")


if __name__ == "__main__":
    command_line.run(app, name="python -m corpus")
