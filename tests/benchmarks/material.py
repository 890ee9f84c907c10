"""What every contender is given: an index with its exports, the passages as they are read, questions that are looked up.

    python -m tests.benchmarks.material FOLDER

Run in a process of its own, so that the one which measures stays small and holds no library of a contender's.
"""

import json
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from assistant.evaluation import LabelledQuestion, read_questions
from assistant.precision import compare
from assistant.triage import triage
from corpus import load_corpus
from index import Encoder, build, current_version, load_encoder, open_version
from index.encoder import DEFAULT_MODEL, model_folder
from index.exported_model import export_if_missing
from index.layout import IndexLayout
from index.passages import reading_texts
from index.quantised_model import quantise_if_missing
from index.versions import IndexVersion
from settings import PROJECT

QUESTIONS = 150
DEV = PROJECT / "tests" / "questions" / "dev.jsonl"


class Judge:
    """The judge of every build, which keeps what it saw."""

    def __init__(self, version: IndexVersion, questions: Sequence[LabelledQuestion]) -> None:
        self._about = version, questions
        self.found: dict[str, Any] = {}

    def __call__(self, full: Encoder, reduced: Encoder, /) -> list[str]:
        comparison = compare(*self._about, full, reduced)
        assert comparison is not None, "the project's own questions are about the project's own article"
        self.found = {
            "questions": comparison.same.total,
            "same_kind_and_first_quote": comparison.same.value,
            "fallen": comparison.fallen,
            "figures": {row["figure"]: [row["old"], row["new"]] for row in comparison.rows},
        }
        return comparison.fallen


def main(folder: Path) -> None:
    """Leave `index/`, `given.json` (passages, questions), `passages.json` and `about.json` in the folder."""
    index_dir, encoder = folder / "index", load_encoder(DEFAULT_MODEL)
    build(load_corpus(PROJECT / "corpus" / "articles"), encoder=encoder, index_dir=index_dir)
    version = open_version(index_dir, current_version(index_dir))
    export_if_missing(encoder, version, index_dir)
    labelled = read_questions(DEV)
    judge = Judge(version, labelled)
    said = quantise_if_missing(version, index_dir, judge=judge)
    passages = reading_texts(version.passages, {id_: document.text for id_, document in version.documents.items()})
    looked_up = sorted({question.turns[-1] for question in labelled if triage(question.turns[-1]) is None})
    questions = random.Random(7).sample(looked_up, QUESTIONS)
    exports = {
        precision: str(IndexLayout(index_dir).model(encoder.fingerprint, precision)) for precision in ("fp32", "int8")
    }
    about = {
        "model": str(model_folder(DEFAULT_MODEL)),
        "exports": {precision: export for precision, export in exports.items() if Path(export).is_dir()},
        "export_mb": {name: _megabytes(Path(export)) for name, export in exports.items() if Path(export).is_dir()},
        "int8": {"said": said, **judge.found},
    }
    for name, value in {
        "passages": list(passages),
        "given": {"passages": list(passages), "questions": questions},
        "about": about,
    }.items():
        (folder / f"{name}.json").write_text(json.dumps(value), encoding="utf-8")


def _megabytes(folder: Path) -> float:
    return round(sum(path.stat().st_size for path in folder.iterdir()) / 1e6, 1)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
