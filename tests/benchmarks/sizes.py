"""How the index grows: what a question costs, loading, memory and disk, by number of passages.

    INDEX_DIR=an/index/of/many/articles python -m tests.benchmarks.sizes --questions medquad_queries.jsonl.gz

INDEX_DIR holds a published version of real articles, the more the better; versions of other sizes are drawn around it
(`synthetic.py`). Each size runs in a process of its own, beside the project's article in the same process, question by
question, so that their ratio holds on a busy machine. Leaves `results/sizes-COMMIT.json`, a record a size:

passages, articles · question_ms_p50, question_ms_p95 (processor time) · times_small: p50 beside the small index's ·
small_ms_p50 · stages_ms: means of encode, search, candidates (gathering what is known of them), judge, other ·
load_seconds, load_processor_seconds · memory_mb: resident after the questions; memory_own_mb: of it not mapped from files ·
size_mb, write_processor_seconds: a build without encoding · store: the manifest's, with the recall measured at building ·
recall_at_10: on the questions, against comparing every vector.
"""

import gzip
import json
import multiprocessing
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

from assistant import Assistant
from assistant.answering import Answering
from assistant.question import read
from assistant.retrieval import retriever
from index import current_version, encoder_for, open_version
from index.published.layout import IndexLayout
from settings import PROJECT, Settings
from tests.benchmarks.synthetic import draw

SIZES = (1_000, 30_000, 100_000, 1_000_000)
ASKED, WARMING = 300, 20
RESULTS = PROJECT / "tests" / "benchmarks" / "results"
Figures = dict[str, Any]


def main(
    questions: Annotated[Path, typer.Option(help='lines of {"text"}, plain or gzipped')],
    small: Annotated[Path, typer.Option(help="the index that stands beside every other")] = PROJECT / "index" / "versions",
    size: Annotated[list[int] | None, typer.Option(help="these numbers of passages only")] = None,
) -> None:
    """Measure every size and keep what was found."""
    base = Settings.from_environment().index_dir
    opened = gzip.open if questions.suffix == ".gz" else open
    with opened(questions, "rt", encoding="utf-8") as lines:
        asked = [json.loads(line)["text"] for line in lines]
    asked = asked[:: max(1, len(asked) // (ASKED + WARMING))][: ASKED + WARMING]
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True
    ).stdout.strip()
    found: Figures = {"commit": commit, "questions": ASKED, "sizes": [_alone(measured, small, small, asked)]}
    for count in size or SIZES:
        folder = Path(tempfile.mkdtemp(prefix="sizes-"))
        try:
            shutil.copytree(IndexLayout(base).models, IndexLayout(folder).models)
            drawn = _alone(draw_from, base, folder, count)
            found["sizes"].append(_alone(measured, folder, small, asked) | drawn)
            print(json.dumps(found["sizes"][-1]), flush=True)
        finally:
            shutil.rmtree(folder)
    (RESULTS / f"sizes-{commit}.json").write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def draw_from(base: Path, folder: Path, count: int) -> Figures:
    """A version of so many passages in `folder`."""
    return draw(open_version(base, current_version(base)), folder, count)


def measured(index_dir: Path, small_dir: Path, questions: Sequence[str]) -> Figures:
    """The figures of one index that the module's head names."""
    wall, processor = time.perf_counter(), time.process_time()
    large = _loaded(index_dir)
    loading = {"load_seconds": time.perf_counter() - wall, "load_processor_seconds": time.process_time() - processor}
    for question in questions:
        large.ask([question])
    memory = {"memory_mb": in_megabytes("VmRSS"), "memory_own_mb": in_megabytes("RssAnon")}
    pair = (large, _loaded(small_dir))
    both = np.array([[_milliseconds(each, question) for each in pair] for question in questions])[WARMING:]
    p50, p95 = np.percentile(both[:, 0], [50, 95])
    small_p50 = float(np.median(both[:, 1]))
    version = large.version
    return {
        "passages": len(version.passages),
        "articles": len(version.documents),
        "question_ms_p50": round(float(p50), 2),
        "question_ms_p95": round(float(p95), 2),
        "small_ms_p50": round(small_p50, 2),
        "times_small": round(float(p50) / small_p50, 2),
        "stages_ms": _stages(large, questions[WARMING:]),
        **{name: round(value, 2) for name, value in (loading | memory).items()},
        "store": version.manifest.store,
        "recall_at_10": _recall(large, questions[:100]),
    }


def _loaded(index_dir: Path) -> Assistant:
    version = open_version(index_dir, current_version(index_dir))
    return Assistant(version, encoder_for(version, index_dir, model=Settings.from_environment().model))


def _milliseconds(assistant: Assistant, question: str) -> float:
    began = time.thread_time()
    assistant._answering.answer(read(question))  # as `ask` does for a question that it has not kept
    return (time.thread_time() - began) * 1000


def _stages(assistant: Assistant, questions: Sequence[str]) -> dict[str, float]:
    """Mean milliseconds by stage."""
    owners: list[tuple[str, Any, str]] = [
        ("ask", Answering, "answer"),
        ("find", retriever.Retriever, "find"),
        ("encode", type(assistant.encoder), "encode"),
        ("candidates", retriever.Retriever, "_competing"),
        ("search", type(assistant.version.store), "search"),
    ]
    spent: dict[str, float] = dict.fromkeys((name for name, *_ in owners), 0.0)
    with _watching(owners, spent):
        for question in questions:
            assistant._answering.answer(read(question))
    spent["other"] = spent["ask"] - spent["find"]
    spent["judge"] = spent["find"] - spent["encode"] - spent["candidates"]
    spent["candidates"] -= min(spent["candidates"], spent["search"])
    shown = ("encode", "search", "candidates", "judge", "other")
    return {name: round(spent[name] / len(questions), 3) for name in shown}


@contextmanager
def _watching(owners: list[tuple[str, Any, str]], spent: dict[str, float]) -> Iterator[None]:
    originals = [(owner, attribute, getattr(owner, attribute)) for _, owner, attribute in owners]
    for (name, owner, attribute), (_, _, original) in zip(owners, originals, strict=True):
        setattr(owner, attribute, _watched(original, name, spent))
    try:
        yield
    finally:
        for owner, attribute, original in originals:
            setattr(owner, attribute, original)


def _watched(original: Callable[..., Any], name: str, spent: dict[str, float]) -> Callable[..., Any]:
    def run(*given: Any, **named: Any) -> Any:
        began = time.thread_time()
        try:
            return original(*given, **named)
        finally:
            spent[name] += (time.thread_time() - began) * 1000

    return run


def _recall(assistant: Assistant, questions: Sequence[str]) -> float:
    """The share of the ten nearest, by cosine, that the store finds for questions."""
    version = assistant.version
    queries = np.stack([encoding.pooled for encoding in assistant.encoder.encode(questions)])
    best = np.zeros((len(queries), 0), np.float32)
    for first in range(0, len(version.passages), 65_536):
        cosines = queries @ version.vectors.pooled_of(range(first, min(first + 65_536, len(version.passages)))).T
        best = np.sort(np.hstack([best, cosines]), axis=1)[:, -10:]
    found = [version.store.search(query, count=10)[0] >= row[0] - 1e-5 for query, row in zip(queries, best, strict=True)]
    return round(float(np.mean(found)), 4)


def in_megabytes(field: str) -> float:
    """Megabytes of this process, by their name in /proc."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(float(line.split()[1]) / 1024 for line in lines if line.startswith(f"{field}:"))


def _alone(step: Callable[..., Figures], *given: Any) -> Figures:
    """In a process of its own, so that its memory is its own."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as process:
        return process.submit(step, *given).result()


if __name__ == "__main__":
    typer.run(main)
