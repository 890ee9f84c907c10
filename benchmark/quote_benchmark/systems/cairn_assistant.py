"""cairn-assistant: quotes a passage or refuses, by words; as it comes, with its own threshold."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from cairn.config import Config
from cairn.engine import ask
from cairn.index import build_index

from quote_benchmark.system import SILENT, Answer, Ask, Document, Quote, serve


def load(documents: Sequence[Document]) -> Ask:
    """Give it the articles as it wants them, and ask it what its own server asks it."""
    config = Config()
    with tempfile.TemporaryDirectory() as folder:
        for one in documents:
            head = f"---\nid: {one.id}\ntitle: {one.title}\nlang: en\nsynthetic: false\n---\n"
            Path(folder, f"{one.id}.md").write_text(f"{head}{one.text}\n", encoding="utf-8")
        index = build_index(folder)

    def answer(turns: Sequence[str]) -> Answer:
        found = ask(turns[-1], index, config, lang="en").answer
        quotes = tuple(Quote(source.text, source.source_id.split("#")[0]) for source in found.sources)
        return Answer("answer", quotes) if found.kind == "grounded" else SILENT

    return answer


serve(load)
