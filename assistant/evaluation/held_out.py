"""Held-out questions and what was predicted for them: the rows behind the held-out figures of the evaluation.

`make train` writes them, `make evaluate` reads them. One JSON object: what run they are of, the names of the columns, and
one row a line.
"""

import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any

from assistant.evaluation.labelled import LabelledQuestion, Outcome
from corpus import ShownError

DIGITS = 4


@dataclass(frozen=True, slots=True)
class Judged:
    """One question that no part of the model was fitted on, and what a visitor would have got."""

    id: str
    article: str  # slug
    language: str  # a code
    expect: str
    got: str
    is_right: bool  # the outcome, by the rules of `evaluation.labelled`
    in_three: bool  # one of the quotes shown is right
    confidence: float  # in what was shown; 1 where a rule of triage decided
    answer: float  # the probability that the best passage answers, whatever was shown
    is_found: bool  # the best passage does answer
    quote: str  # the first, when it was wrong to show it
    also: tuple[str, ...] = ()  # further kinds that are right
    topic: str = ""  # id of the first of its paraphrases, the same for all of them; empty where its article was left out

    @property
    def outcome(self) -> Outcome:
        """The row as an outcome that figures are counted of; the words of its quotes were not kept."""
        language = "" if self.language == "en" else self.language
        question = LabelledQuestion(self.id, (), self.expect, also=self.also, language=language)
        is_shown = self.got == "answer"
        hits = (self.is_right, self.in_three) if is_shown else ()
        return Outcome(question, self.got, hits=hits, confidence=self.confidence)


COLUMNS = [field.name for field in fields(Judged)]


@dataclass(frozen=True, slots=True)
class HeldOutRun:
    """The rows of one run; `run` says which, for a reader."""

    run: str
    rows: tuple[Judged, ...]


def write_held_out(found: HeldOutRun, path: Path, /) -> None:
    """Write one row a line, so that a change can be read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = ",\n".join(json.dumps([_short(value) for value in astuple(row)], ensure_ascii=False) for row in found.rows)
    head = f'"run": {json.dumps(found.run, ensure_ascii=False)},\n"columns": {json.dumps(COLUMNS)}'
    path.write_text(f'{{\n{head},\n"rows": [\n{rows}\n]\n}}\n', encoding="utf-8")


def read_held_out(path: Path, /) -> HeldOutRun:
    """The rows of a file that `write_held_out` wrote.

    Raises:
        ShownError: there is no such file, or it has other columns.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        run = HeldOutRun(str(found["run"]), tuple(_row(found["columns"], row) for row in found["rows"]))
    except (OSError, ValueError, KeyError, TypeError):
        raise ShownError(f"{path} holds no held-out rows.", remedy="Write it again: `make train`.") from None
    return run


def _row(columns: Sequence[str], values: Sequence[Any]) -> Judged:
    row = dict(zip(columns, values, strict=True))
    return Judged(**row | {"also": tuple(row.get("also", ()))})


def _short(value: Any) -> Any:
    return round(value, DIGITS) if isinstance(value, float) else value
