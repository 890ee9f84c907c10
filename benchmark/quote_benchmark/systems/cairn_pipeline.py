"""cairn-pipeline: its reference configuration, which needs no model; the threshold is one on its own confidence."""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from cairn.core.config import Config
from cairn.pipeline import Pipeline

from quote_benchmark.system import SILENT, Answer, Ask, Document, Quote, serve

THRESHOLD = float(os.environ.get("QUOTE_BENCHMARK_THRESHOLD", "0.385"))


def load(documents: Sequence[Document]) -> Ask:
    """Ingest the articles from files, as its users do."""
    folder = Path(tempfile.mkdtemp())
    corpus = folder / "corpus"
    corpus.mkdir()
    for one in documents:
        (corpus / f"{one.id}.md").write_text(one.text, encoding="utf-8")
    pipeline = Pipeline.from_config(Config(name="default", corpus="corpus", golden="none", base_dir=folder))
    pipeline.ingest()
    chunks = {chunk.id: Path(chunk.source).stem for chunk in pipeline.chunk_store.all()}

    def ask(turns: Sequence[str]) -> Answer:
        found = pipeline.answer(turns[-1], THRESHOLD, use_calibration=False)
        cited = [citation for claim in found.claims for citation in claim.citations]
        quotes = tuple(Quote(one.quote, chunks[one.chunk_id]) for one in cited)
        return Answer("answer", quotes[:3], found.confidence) if quotes and found.status == "answered" else SILENT

    return ask


serve(load)
