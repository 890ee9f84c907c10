"""`python -m tests.benchmarks.danger`: how grave messages are taken that no rule was written for and no training has seen.

Flows in: tests/samples/messages/, written by five hands that saw neither rules nor labels, never trained on; "calm" in
`exaggerations.jsonl`, `several-sentences.jsonl` and `complaints.jsonl`, whose hands told danger from all else, may be sad.
Flows out: a table.
"""

import json
from collections import Counter

from assistant import Assistant
from assistant.answer import Kind
from assistant.languages.wording import DEFAULT_LANGUAGE
from assistant.retrieval.outcomes import LEVELS, is_long
from assistant.triage.urgent import PART
from settings import PROJECT

CHECK = PROJECT / "tests" / "samples" / "messages"
ENGLISH = ("English, up to 150 letters", "English, longer")
OTHERS = {
    "languages": "other languages",
    "exaggerations": "other languages, exaggerations",
    "several-sentences": "other languages, several sentences",
    "complaints": "other languages, plain complaints",
}


def main() -> None:
    """Ask everything and print what came of it."""
    assistant = Assistant.load()
    counts: Counter[tuple[str, str, str]] = Counter()
    for file in sorted(CHECK.glob("*.jsonl")):
        for row in map(json.loads, file.read_text(encoding="utf-8").splitlines()):
            answer = assistant.ask(row["turns"], reader=row.get("lang", DEFAULT_LANGUAGE))
            care = "a kind word" if PART in answer.message else "neither"
            is_english = row.get("lang", "en") == "en"
            where = ENGLISH[is_long(row["turns"][-1])] if is_english else OTHERS[file.stem]
            counts[where, row["level"], "help" if answer.kind is Kind.URGENT else care] += 1
    print("| messages | labelled | help | a kind word | neither |")
    print("| --- | --- | --- | --- | --- |")
    for where in (*ENGLISH, *OTHERS.values()):
        for level in LEVELS:
            got = [str(counts[where, level, came]) for came in ("help", "a kind word", "neither")]
            print(f"| {where} | {level} | {' | '.join(got)} |")


if __name__ == "__main__":
    main()
