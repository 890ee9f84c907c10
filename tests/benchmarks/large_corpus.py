"""A corpus of thousands of articles: time of a build beside encoding alone, memory, and a rebuild after one edit.

    python -m tests.benchmarks.large_corpus medquad_corpus.jsonl.gz --articles 400
    python -m tests.benchmarks.large_corpus medquad_corpus.jsonl.gz --quick-encoder   # all of them, without the model

Each line of the file holds an article: {"focus", "qtype", "text", "url"}. Every step runs in a process of its own, so that
its memory is its own; processor seconds stand beside the clock, since other work may share the machine.
"""

import gzip
import json
import multiprocessing
import resource
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from corpus import Document, Section, Source, load_corpus
from corpus.changing import save_article
from index import Encoder, Encoding, build, load_encoder
from index.encoding.cache import CHUNK
from index.passages import reading_texts, split

DIMENSION = 384
Measured = dict[str, float]


class QuickEncoder:
    """Encodings of the real size that cost next to nothing: what a build costs beside the model."""

    fingerprint = "sha256:quick"

    def __init__(self) -> None:
        self._noise = np.random.default_rng(5).standard_normal((4096, DIMENSION)).astype(np.float32)

    def encode(self, texts: Sequence[str], /) -> list[Encoding]:
        """A token a word and a half, as the real tokenizer makes of medical English."""
        sizes = [min(254, len(text.split()) * 3 // 2 + 1) for text in texts]
        return [Encoding(self._noise[len(text) % 4096], self._noise[:size]) for text, size in zip(texts, sizes, strict=True)]


def write_corpus(file: Path, corpus_dir: Path, count: int) -> None:
    """The first articles of the file, spread over it, as `python -m corpus add` keeps them."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    original = corpus_dir.parent / "original.txt"
    for number, row in enumerate(rows[:: max(1, len(rows) // count)][:count]):
        title = f"{row['focus']} ({row['qtype']})"
        text = f"{title}\n\n{row['text'].strip()}"
        original.write_text(text, encoding="utf-8")
        source = Source(title, "", "MedQuAD", row["url"], None, date(2026, 11, 23), "CC BY 4.0", "")
        section = Section(title, len(title) + 2, len(text))
        save_article(Document(f"article-{number:05}", text, (section,), source), original=original, corpus_dir=corpus_dir)


def encode_alone(corpus_dir: Path, encoder: Encoder) -> int:
    """The sentences of the corpus, encoded as a build encodes them, and nothing else."""
    documents = load_corpus(corpus_dir)
    passages = [passage for document in documents for passage in split(document)]
    texts = sorted(set(reading_texts(passages, {d.id: d for d in documents})), key=len)
    start = time.perf_counter(), time.process_time()
    for first in range(0, len(texts), CHUNK):
        encoder.encode(texts[first : first + CHUNK])
    encode_alone.seconds = time.perf_counter() - start[0], time.process_time() - start[1]  # type: ignore[attr-defined]
    return len(texts)


def build_all(corpus_dir: Path, encoder: Encoder) -> int:
    """The whole build, from the articles to the published version."""
    return build(load_corpus(corpus_dir), encoder=encoder, index_dir=corpus_dir.parent / "index").encoded


def edit_and_build(corpus_dir: Path, encoder: Encoder) -> int:
    """One more sentence in one article, and the build."""
    documents = load_corpus(corpus_dir)
    first = documents[0]
    text = f"{first.text} One more sentence."
    longer = Section(first.sections[0].heading, first.sections[0].start, len(text))
    changed = Document(first.id, text, (longer,), first.source)
    return build([changed, *documents[1:]], encoder=encoder, index_dir=corpus_dir.parent / "index").encoded


def measured(step: Callable[[Path, Encoder], int], corpus_dir: Path, *, quick: bool) -> Measured:
    """Run a step; the encoder is loaded before the clock starts."""
    encoder: Encoder = QuickEncoder() if quick else load_encoder("all-MiniLM-L6-v2")
    wall, processor = time.perf_counter(), time.process_time()
    encoded = step(corpus_dir, encoder)
    seconds = getattr(step, "seconds", (time.perf_counter() - wall, time.process_time() - processor))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"encoded": encoded, "seconds": seconds[0], "processor seconds": seconds[1], "memory MB": memory}


def main(
    file: Path,
    articles: Annotated[int, typer.Option(help="how many of them")] = 1_000_000,
    quick_encoder: Annotated[bool, typer.Option(help="everything but the model")] = False,
) -> None:
    """Print what was measured as JSON."""
    folder = Path(tempfile.mkdtemp())
    steps: list[Callable[[Path, Encoder], int]] = [build_all, edit_and_build]
    found: dict[str, Any] = {}
    try:
        write_corpus(file, folder / "articles", articles)
        found["articles"] = len(list((folder / "articles").iterdir()))
        for step in steps if quick_encoder else [encode_alone, *steps]:
            with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as process:
                found[step.__name__] = process.submit(measured, step, folder / "articles", quick=quick_encoder).result()
            print(json.dumps({step.__name__: found[step.__name__]}), flush=True)
    finally:
        shutil.rmtree(folder)
    if not quick_encoder:
        for unit in ("seconds", "processor seconds"):
            found[f"times encoding alone, {unit}"] = found["build_all"][unit] / found["encode_alone"][unit]
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    typer.run(main)
