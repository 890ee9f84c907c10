"""Where the time of one question goes: processor time stage by stage, everything else of the answer as the rest.

    python -m tests.benchmarks.stages INDEX_DIR GIVEN     # GIVEN: a JSON file with `questions`

The functions of each stage are wrapped in clocks; a stage within another one stops the outer one's clock. The clocks cost a
few microseconds a question.
"""

import importlib
import json
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from assistant import Assistant

# Stage → the functions that are it, as `module:name` where they are called. A test proves that they are all there.
STAGES = {
    "triage": ("assistant.assistant:read",),
    "reading": ("assistant.reading.reader:QuestionReader.readings",),
    "encoding": ("index.encoding.onnx:OnnxEncoder.encode",),
    "retrieval": ("index.stores.faiss:FaissStore.search", "assistant.retrieval.retriever:Retriever._passages"),
    "evidence": ("assistant.retrieval.retriever:evidence_of",),
    "neighbours": ("assistant.retrieval.neighbours:LabelledQuestions.votes",),
    "judging": (
        "assistant.retrieval.retriever:Asked",
        "assistant.retrieval.retriever:Retriever._judge",
        "assistant.answering:decide",
    ),
    "language": ("assistant.question:recognised",),
    "quoting": ("assistant.answering:quote",),
    "suggestions": ("assistant.answering:near", "assistant.assistant:fresh"),
}
REST = "the rest"
MILLISECONDS = 1e-6  # of a nanosecond


class Clocks:
    """Nanoseconds of each stage, of the question that is being answered."""

    def __init__(self) -> None:
        self.spent: dict[str, int] = defaultdict(int)
        self._stack = [REST]
        self._since = time.thread_time_ns()

    def enter(self, stage: str) -> None:
        self._switch()
        self._stack.append(stage)

    def leave(self) -> None:
        self._switch()
        self._stack.pop()

    def take(self) -> dict[str, int]:
        """What was spent since the last time."""
        self._switch()
        taken, self.spent = dict(self.spent), defaultdict(int)
        return taken

    def _switch(self) -> None:
        now = time.thread_time_ns()
        self.spent[self._stack[-1]] += now - self._since
        self._since = now


def found(place: str, /) -> tuple[Any, str]:
    """Where a function stands, and its name there.

    Raises:
        AttributeError: it is there no more: name what took its place.
    """
    module, _, path = place.partition(":")
    *owners, name = path.split(".")
    owner: Any = importlib.import_module(module)
    for part in owners:
        owner = getattr(owner, part)
    getattr(owner, name)
    return owner, name


def wrapped(function: Callable[..., Any], stage: str, clocks: Clocks) -> Callable[..., Any]:
    def timed(*arguments: Any, **named: Any) -> Any:
        clocks.enter(stage)
        try:
            return function(*arguments, **named)
        finally:
            clocks.leave()

    return timed


def main(index_dir: Path, given: Path) -> None:
    """Print the median milliseconds of every stage, and of the whole, as JSON."""
    questions = json.loads(given.read_text(encoding="utf-8"))["questions"]
    assistant = Assistant.load(index_dir)
    for question in questions[:10]:
        assistant.ask([f"{question} (before)"])
    clocks = Clocks()
    for stage, places in STAGES.items():
        for owner, name in map(found, places):
            setattr(owner, name, wrapped(getattr(owner, name), stage, clocks))
    rows = []
    for question in questions:
        clocks.take()
        assistant.ask([question])
        rows.append(clocks.take())
    medians = {stage: statistics.median(row.get(stage, 0) for row in rows) * MILLISECONDS for stage in (*STAGES, REST)}
    whole = statistics.median(sum(row.values()) for row in rows) * MILLISECONDS
    told = {stage: round(value, 3) for stage, value in medians.items()}
    print(json.dumps({"questions": len(rows), "processor_ms": told, "whole_ms": round(whole, 3)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
