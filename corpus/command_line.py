"""What all command lines of the project share: an error is one line on standard error, and exit code 2."""

import sys

import typer

from corpus.errors import ShownError


def run(app: typer.Typer, /, *, name: str) -> None:
    """Run a command line; a `ShownError` ends it with one line and exit code 2."""
    try:
        app(prog_name=name)
    except ShownError as error:
        print(" ".join(str(error).split()), file=sys.stderr)
        sys.exit(2)
