"""What all command lines of the project share: an error is one line on standard error, and exit code 2."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import typer

from corpus.doubts import Doubt
from corpus.errors import CorpusError, HeldBackError, ShownError

AsJson = Annotated[bool, typer.Option("--json", help="print JSON")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="show what would change, and change nothing")]
Yes = Annotated[bool, typer.Option("--yes", help="do not ask")]
AcceptDoubts = Annotated[bool, typer.Option("--accept-doubts", help="take over what is doubtful too; the record names it")]


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
    accepts_doubts: bool = False

    def to(self, question: str, /, *, about: str = "", in_spite_of: Sequence[Doubt] = ()) -> bool:
        """The maintainer's answer, or the one that was given for all questions beforehand.

        Args:
            question: what is asked.
            about: the article, named if it is held back.
            in_spite_of: its doubts.

        Raises:
            HeldBackError: there are doubts, and nobody who could be asked about them accepted them beforehand.
        """
        if self.is_dry:
            return False
        doubts = "1 doubt" if len(in_spite_of) == 1 else f"{len(in_spite_of)} doubts"
        if self.is_asked:
            return typer.confirm(f"{question} In spite of {doubts}?" if in_spite_of else question)
        if in_spite_of and not self.accepts_doubts:
            raise HeldBackError(f"{about} is held back by {doubts}: {'; '.join(map(str, in_spite_of))}", remedy=LOOK)
        return True


LOOK = "Look at it (--dry-run shows all); add it with --accept-doubts if it is right, or correct the source."


def consent(*, dry_run: bool, yes: bool, as_json: bool, accepts_doubts: bool = False) -> Consent:
    """What the options say; nobody is kept waiting for an answer that cannot come.

    Raises:
        CorpusError: the maintainer would have to be asked, and there is nobody.
    """
    is_asked = not dry_run and not yes
    if is_asked and (as_json or not sys.stdin.isatty()):
        raise CorpusError("there is nobody to ask.", remedy="Say --yes to do it, or --dry-run to see what it would do.")
    return Consent(dry_run, is_asked, accepts_doubts)


def print_error(error: ShownError, /) -> None:
    """One line on standard error."""
    print(" ".join(str(error).split()), file=sys.stderr)


def print_json(value: object, /) -> None:
    """For a program to read."""
    print(json.dumps(value, ensure_ascii=False, indent=2))
