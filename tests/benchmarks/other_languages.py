"""A site of seven articles that nobody labelled, asked in English and in four other languages:

    python -m tests.benchmarks.other_languages

The questions in other languages are translations of sixteen of the site's own, four of which it does not answer.
"""

import json
import tempfile
from pathlib import Path

from assistant import Assistant
from assistant.evaluation.figures import Rate
from assistant.evaluation.labelled import LabelledQuestion, judge, read_questions
from assistant.training.labels import read_document
from index import build, encoder_for, load_encoder, open_version
from index.encoding.multilingual import multilingual_encoder
from index.encoding.weights import DEFAULT_MODEL
from settings import PROJECT

ARTICLES = PROJECT / "tests" / "questions" / "own-articles"
TRANSLATED = PROJECT / "tests" / "samples" / "translated-site.jsonl"


def main() -> None:
    """Print the share of right outcomes in each language."""
    paths = [*sorted(ARTICLES.glob("allergy-*.md")), ARTICLES / "asthma.md"]
    rows = [json.loads(line) for line in TRANSLATED.read_text(encoding="utf-8").splitlines()]
    labelled = {question.id: question for path in paths for question in read_questions(path.with_suffix(".jsonl"))}
    with tempfile.TemporaryDirectory() as name:
        built = build(
            [read_document(path) for path in paths],
            encoder=load_encoder(DEFAULT_MODEL),
            index_dir=Path(name),
            multilingual=multilingual_encoder(),
        )
        version = open_version(Path(name), built.version)
        assistant = Assistant(version, encoder_for(version, Path(name), model=DEFAULT_MODEL))
        asked = {"en": [(labelled[row["id"]], labelled[row["id"]].turns[0]) for row in rows]}
        asked |= {code: [(labelled[row["id"]], row[code]) for row in rows] for code in ("es", "de", "zh", "ar")}
        print(f"{len(paths)} articles, {len(version.passages)} sentences")
        for code, questions in asked.items():
            right = [_is_right(assistant, question, text) for question, text in questions]
            said = [one for one, (question, _) in zip(right, questions, strict=True) if question.expect == "answer"]
            low, high = Rate(sum(right), len(right)).interval
            print(
                f"{code}: {sum(right)} of {len(right)} right [{low:.2f}, {high:.2f}], {sum(said)} of {len(said)} answerable"
            )


def _is_right(assistant: Assistant, question: LabelledQuestion, text: str) -> bool:
    return judge(question, assistant.ask([text]).as_dict()).is_right


if __name__ == "__main__":
    main()
