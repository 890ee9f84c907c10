"""This project, everything included: triage, retrieval, ranking, abstention, quotes. `model` is the folder of the index."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from assistant import Assistant


def load(_passages: Sequence[str], model: str) -> Callable[[str], Any]:
    assistant = Assistant.load(Path(model))
    return lambda question: assistant.ask([question])
