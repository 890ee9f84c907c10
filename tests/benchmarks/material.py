"""What every contender is given: an index with its exported model, the passages as they are read, visitors' questions.

    python -m tests.benchmarks.material FOLDER

Run in a process of its own, so that the one which measures stays small and holds no library of a contender's.
"""

import json
import random
import sys
from pathlib import Path

from assistant.evaluation.labelled import read_questions
from assistant.triage.rules import triage
from corpus import load_corpus
from index import build, current_version, load_encoder, open_version
from index.encoding.weights import DEFAULT_MODEL, model_folder
from index.passages import reading_texts
from index.published.layout import IndexLayout
from index.published.model import export_if_missing
from settings import PROJECT

QUESTIONS = 150
LETTERS = range(45, 66)  # what visitors ask has 55 letters on average, and an encoder's time grows with them
DEV = PROJECT / "tests" / "questions" / "dev.jsonl"


def main(folder: Path) -> None:
    """Leave `index/`, `given.json` (passages, questions) and `about.json` in the folder."""
    index_dir, encoder = folder / "index", load_encoder(DEFAULT_MODEL)
    build(load_corpus(PROJECT / "corpus" / "articles"), encoder=encoder, index_dir=index_dir)
    version = open_version(index_dir, current_version(index_dir))
    export_if_missing(encoder, version, index_dir)
    passages = reading_texts(version.passages, version.documents)
    asked = {question.turns[-1] for question in read_questions(DEV) if len(question.turns) == 1}
    looked_up = sorted(text for text in asked if len(text) in LETTERS and triage(text) is None)
    questions = random.Random(7).sample(looked_up, QUESTIONS)
    about = {
        "model": str(model_folder(DEFAULT_MODEL)),
        "export": str(IndexLayout(index_dir).model(encoder.fingerprint)),
        "letters": round(sum(map(len, questions)) / QUESTIONS, 1),
    }
    for name, value in {"given": {"passages": list(passages), "questions": questions}, "about": about}.items():
        (folder / f"{name}.json").write_text(json.dumps(value), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
