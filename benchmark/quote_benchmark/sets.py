"""The sets of questions: read from a checkout of the project, or from the data of an installed package.

Flows in: `sets.toml`, JSON lines of labelled questions, articles. Flows out: frozen values.
"""

import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from quote_benchmark.system import Document

HERE = Path(__file__).parent
CHECKOUT = HERE.parent.parent
ROOT = CHECKOUT if (CHECKOUT / "tests" / "questions").is_dir() else HERE / "data"
TABLE = re.compile(r"^\|.*\n\|[ :|-]+\n(?:\|.*\n)+", re.MULTILINE)
NOT_URGENT = "not urgent"  # a label for messages of which only that is known


@dataclass(frozen=True, slots=True)
class Labelled:
    """A question with what would be right: a kind, and for `answer` a distinctive piece of every sentence that answers.

    `also` are further kinds that are right; the last of the turns is the question.
    """

    id: str
    turns: tuple[str, ...]
    expect: str
    gold: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    topic: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Questions on documents, which a system gets as one corpus."""

    name: str
    what: str
    seen: str
    documents: tuple[Document, ...]
    questions: tuple[Labelled, ...]


def names(*, measuring: bool = True) -> list[str]:
    """The names of the sets that measure, or of those that all may learn from."""
    return [name for name, about in _declared().items() if about.get("measures", True) is measuring]


def read_set(name: str, /, *, root: Path = ROOT) -> QuestionSet:
    """A set by its name.

    Raises:
        KeyError: no set has this name; the message lists those that there are.
        FileNotFoundError: its article or its questions are not below `root`.
    """
    declared = _declared()
    if name not in declared:
        raise KeyError(f"no set is called {name!r}; there are: {', '.join(declared)}")
    about = declared[name]
    articles = [path for pattern in about["articles"] for path in _found(root, pattern)]
    files = [path for stem in about["questions"] for path in _found(root, f"{about['folder']}/{stem}.jsonl")]
    rows = [(json.loads(line), path.stem) for path in files for line in _lines(path)]
    documents = tuple(_document(path) for path in articles)
    return QuestionSet(
        name, about["what"], about["seen"], documents, tuple(_labelled(row, file, len(documents)) for row, file in rows)
    )


def _declared() -> dict[str, dict[str, Any]]:
    return tomllib.loads((HERE / "sets.toml").read_text(encoding="utf-8"))


def _found(root: Path, pattern: str) -> list[Path]:
    found = sorted(root.glob(pattern))
    if not found:
        raise FileNotFoundError(f"There is no {pattern} below {root}. Name a checkout of the project with --root.")
    return found


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]


def _document(path: Path) -> Document:
    """An article, the same for every system: what a table says stands in sentences, since only sentences can be quoted."""
    text = TABLE.sub(_sentences, path.read_text(encoding="utf-8"))
    slug = path.parent.name if path.name == "text.txt" else path.stem
    return Document(slug, text.split("\n", 1)[0].lstrip("# ").strip(), text)


def _sentences(table: re.Match[str]) -> str:
    """A row as "its first cell: heading — cell; heading — cell."."""
    (_, *heads), _, *rows = ([cell.strip() for cell in line.strip("| ").split("|")] for line in table[0].splitlines())
    pairs = [(row[0], "; ".join(f"{head} — {cell}" for head, cell in zip(heads, row[1:], strict=True))) for row in rows]
    return "\n\n".join(f"{first}: {rest}." for first, rest in pairs) + "\n"


def _labelled(row: dict[str, Any], file: str, documents: int) -> Labelled:
    """A row as it is asked of the whole set: another of its articles may answer what its own does not say."""
    expect, gold = row.get("expect", ""), row.get("gold", ())
    if not expect:
        expect = "urgent" if row["level"] == "urgent" else NOT_URGENT
    if documents > 1 and row.get("also_gold"):
        expect, gold = "answer", (*gold, *row["also_gold"])
    also = tuple(row.get("also", ()))
    return Labelled(row["id"], tuple(row["turns"]), expect, tuple(gold), also, row.get("topic", ""), file)
