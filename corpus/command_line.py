"""What all command lines of the project share: an error is one line on standard error, and exit code 2."""

import json
import sys
from dataclasses import dataclass
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
        print_error(error)
        sys.exit(2)


@dataclass(frozen=True, slots=True)
class Consent:
    """Whether a change is made: never in a dry run, else at once or as the maintainer answers."""

    is_dry: bool
    is_asked: bool

    def to(self, question: str, /) -> bool:
        """The maintainer's answer, or the one that was given for all questions beforehand."""
        return not self.is_dry and (not self.is_asked or typer.confirm(question))


def consent(*, dry_run: bool, yes: bool, as_json: bool) -> Consent:
    """What the options say; nobody is kept waiting for an answer that cannot come.

    Raises:
        CorpusError: the maintainer would have to be asked, and there is nobody.
    """
    is_asked = not dry_run and not yes
    if is_asked and (as_json or not sys.stdin.isatty()):
        raise CorpusError("there is nobody to ask.", remedy="Say --yes to do it, or --dry-run to see what it would do.")
    return Consent(dry_run, is_asked)


def print_error(error: ShownError, /) -> None:
    """One line on standard error."""
    print(" ".join(str(error).split()), file=sys.stderr)


def print_json(value: object, /) -> None:
    """For a program to read."""
    print(json.dumps(value, ensure_ascii=False, indent=2))
