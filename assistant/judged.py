"""Held-out questions with what was predicted of them: the rows that the evaluation's curves are drawn from.

`make train` writes them, `make evaluate` reads them. One JSON object: what run they are of, the names of the columns, and
one row a line.
"""

import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any

from assistant.evaluation import LabelledQuestion, Outcome
from corpus import ShownError

DIGITS = 4


@dataclass(frozen=True, slots=True)
class Judged:
    """One question that the encoder, the ranker and the abstainer were not fitted on, and what a visitor would have got."""

    id: str
    article: str  # slug
    language: str  # a code
    expect: str
    got: str
    is_right: bool  # the outcome, by the rules of `assistant.evaluation`
    in_three: bool  # one of the quotes shown is right
    confidence: float  # in what was shown; 1 where a rule of triage decided
    answer: float  # the probability that the best passage answers, whatever was shown
    is_found: bool  # the best passage does answer
    quote: str  # the first, when it was wrong to show it

    @property
    def outcome(self) -> Outcome:
        """The same as a judged answer, for the figures of `assistant.evaluation`; without the words of its quotes."""
        question = LabelledQuestion(self.id, (), self.expect, language="" if self.language == "en" else self.language)
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
        raise ShownError(f"{path} holds no held-out rows.", remedy="Renew it: make train.") from None
    return run


def languages(rows: Sequence[Judged], /) -> dict[str, list[Judged]]:
    """The rows by language, most frequent first."""
    found: dict[str, list[Judged]] = {}
    for row in rows:
        found.setdefault(row.language, []).append(row)
    return dict(sorted(found.items(), key=lambda item: -len(item[1])))


def _row(columns: Sequence[str], values: Sequence[Any]) -> Judged:
    return Judged(**dict(zip(columns, values, strict=True)))


def _short(value: Any) -> Any:
    return round(value, DIGITS) if isinstance(value, float) else value
