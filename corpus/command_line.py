"""What all command lines of the project share: an error is one line on standard error, and exit code 2."""

import json
import sys
from typing import Annotated

import typer

from corpus.errors import CorpusError, ShownError

AsJson = Annotated[bool, typer.Option("--json", help="print JSON")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="show what would change, and change nothing")]
Yes = Annotated[bool, typer.Option("--yes", help="do not ask")]


def run(app: typer.Typer, /, *, name: str) -> None:
    """Run a command line; a `ShownError` ends it with one line and exit code 2."""
    try:
        app(prog_name=name)
    except ShownError as error:
        print(" ".join(str(error).split()), file=sys.stderr)
        sys.exit(2)


def may_ask(*, dry_run: bool, yes: bool, as_json: bool) -> bool:
    """Whether questions are to be asked; nobody is kept waiting for an answer that cannot come.

    Raises:
        CorpusError: they are, and there is nobody.
    """
    if dry_run or yes:
        return False
    if as_json or not sys.stdin.isatty():
        raise CorpusError("there is nobody to ask.", remedy="Say --yes to do it, or --dry-run to see what it would do.")
    return True


def print_json(value: object, /) -> None:
    """For a program to read."""
    print(json.dumps(value, ensure_ascii=False, indent=2))
