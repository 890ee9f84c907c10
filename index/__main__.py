"""`python -m index`: build, verify, publish and list versions."""

import typer

from corpus import command_line, load_corpus
from index.build import build as build_version
from index.encoder import load_encoder
from index.versions import current_version, list_versions, open_version, publishing
from index.versions import publish as publish_version
from settings import Settings

app = typer.Typer(help="Published versions of the index.", no_args_is_help=True, add_completion=False, rich_markup_mode=None)


@app.command()
def build() -> None:
    """Build and publish a version from the corpus; an unchanged corpus builds nothing."""
    settings = Settings.from_environment()
    documents = load_corpus(settings.corpus_dir)
    result = build_version(documents, encoder=load_encoder(settings.model), index_dir=settings.index_dir)
    if result.is_new:
        print(f"Published {result.version}: {result.passages} sentences, {result.encoded} of them encoded now.")
    else:
        print(f"Nothing to do: {result.version} was built from this very corpus and model.")


@app.command()
def verify() -> None:
    """Verify every file of the published version against its manifest."""
    index_dir = Settings.from_environment().index_dir
    version = open_version(index_dir, current_version(index_dir))
    print(f"{version.name} is whole: {len(version.documents)} articles, {len(version.passages)} sentences.")


@app.command()
def publish(version: str) -> None:
    """Serve a version that was built before; this is also how to roll back."""
    with publishing(Settings.from_environment().index_dir) as layout:
        publish_version(layout, version)
    print(f"Published {version}.")


@app.command()
def versions() -> None:
    """List the complete versions, oldest first; the published one is marked."""
    index_dir = Settings.from_environment().index_dir
    current = current_version(index_dir)
    for name in list_versions(index_dir):
        print(f"{'*' if name == current else ' '} {name}")


if __name__ == "__main__":
    command_line.run(app, name="python -m index")
