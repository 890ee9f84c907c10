"""`python -m corpus edit` and `review`: what a maintainer says of articles that are there; and `desk`, `watch`."""

import getpass
import os
import sys
from typing import Annotated

import typer

from corpus.changing import changing
from corpus.command_line import AsJson, DryRun, Yes, consent, print_json
from corpus.editing import edit_article, keep_review
from corpus.errors import CorpusError
from corpus.incoming.candidate import ASKED, Stated, restated
from corpus.library import article_folder, load_article
from settings import Settings

HANDED_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": list[str]()}


def edit(
    slug: str,
    *,
    title: str = "",
    author: str = "",
    publisher: str = "",
    published: Annotated[str, typer.Option(help="YYYY-MM-DD")] = "",
    licence: Annotated[str, typer.Option(help="under which terms the text may be quoted")] = "",
    url: Annotated[str, typer.Option(help="the article's public address")] = "",
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Change what is said of an article: title, author, publisher, date, licence, address; "-" takes one away.

    Its file is not read again.
    """
    agreed = consent(dry_run=dry_run, yes=yes, as_json=as_json)
    stated = Stated(slug, title, author, publisher, published, licence, url)
    corpus_dir = Settings.from_environment().corpus_dir
    with changing(corpus_dir):
        folder = article_folder(corpus_dir, slug)
        before, after = load_article(folder), restated(load_article(folder), stated)
        fields = [name for name in ASKED if getattr(before.source, name) != getattr(after.source, name)]
        changes = {
            name: (str(getattr(before.source, name) or ""), str(getattr(after.source, name) or "")) for name in fields
        }
        if not as_json:
            told = [f"{name:<10} {old or '-'} → {new or '-'}" for name, (old, new) in changes.items()]
            print("\n".join(told) or "Nothing changes.")
        is_written = bool(fields) and agreed.to(f"Write this to {slug}?")
        if is_written:
            edit_article(folder, stated)
    if as_json:
        print_json({"id": slug, "changes": changes, "written": is_written})


def review(
    slugs: list[str],
    *,
    by: Annotated[str, typer.Option(help="who reviewed it, if not the user of this machine")] = "",
    as_json: AsJson = False,
) -> None:
    """Remember that articles were read today, as they are, and that what they say holds."""
    corpus_dir = Settings.from_environment().corpus_dir
    with changing(corpus_dir):
        folders = [article_folder(corpus_dir, slug) for slug in slugs]
        kept = [keep_review(folder, by=by or getpass.getuser()) for folder in folders]
    if as_json:
        print_json([{"id": slug, "day": str(own.day), "by": own.by} for slug, own in zip(slugs, kept, strict=True)])
        return
    for slug, own in zip(slugs, kept, strict=True):
        print(f"Reviewed {slug} on {own.day}, by {own.by}.")


def desk(context: typer.Context) -> None:
    """Open the maintainer's desk, a page on this machine (`--help` lists its options)."""
    _become("desk", ["open", *context.args])


def watch(context: typer.Context) -> None:
    """Refresh the sources, build, and propose what changed; publish only if told to (`--help` lists its options)."""
    _become("desk", ["watch", *context.args])


def _become(module: str, arguments: list[str]) -> None:
    """Go on as another program: what stands right of the corpus is not imported by it.

    Raises:
        CorpusError: it cannot be started.
    """
    try:
        os.execv(sys.executable, [sys.executable, "-m", module, *arguments])  # noqa: S606 - our own module
    except OSError as error:
        raise CorpusError(f"{module} cannot be started: {error.strerror}.", remedy="Run `make setup`.") from None
