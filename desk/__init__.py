"""The maintainer's desk: an application of its own, where an editor adds, checks, publishes and takes back in a browser.

    articles   what is in the corpus, how it stands to what visitors see, and every change of it
    reading    from dropped files and pasted addresses to articles that wait for a yes; the original beside the text
    versions   what visitors will see, publishing, the history, what is served where
    building   one build at a time in a child, so that it can be stopped
    trying     a question asked of both versions, with what speaks for each sentence; labels
    writing    what to write next: gaps, verdicts, sentences that nothing reaches, reviews that are due
    watching   `python -m corpus watch`: refresh, build, propose; `telling` tells a maintainer
    commands   the command that does the same, for everything that the desk does
    gate       who may come in: this machine, or whoever knows the password, behind TLS
    shown      values → HTML, everything escaped
    page/      the Gradio application, the only part that imports it
    __main__   `python -m desk open` and `watch`, as `python -m corpus desk` and `watch` start them

It stands right of everything, drives the functions that the commands drive, under the same locks, and nothing imports it.
Only `__main__` reads the settings.
"""

from dataclasses import dataclass
from pathlib import Path

from assistant.evaluation.labelled import LabelledQuestion
from assistant.refresh.report import MOST_LABELLED
from assistant.refresh.workshop import Workshop
from corpus.incoming.fetching import PUBLIC, FetchRules


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that the desk works on. `inbox` is a folder of this process for files that are being looked at."""

    workshop: Workshop
    reports: Path
    inbox: Path
    feedback_file: Path
    gaps_file: Path
    servers: tuple[str, ...] = ()
    questions: tuple[LabelledQuestion, ...] = ()
    sample: int = MOST_LABELLED  # how many of the questions both versions are asked
    key: Path | None = None  # signs what is published
    rules: FetchRules = PUBLIC  # what may be fetched

    @property
    def corpus_dir(self) -> Path:
        """Where the articles are."""
        return self.workshop.corpus_dir

    @property
    def index_dir(self) -> Path:
        """Where the versions are."""
        return self.workshop.index.path
