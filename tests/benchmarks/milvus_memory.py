"""What a server holds when its passages are in Milvus: memory and disk at 28 passages and at many.

    python -m tests.benchmarks.milvus_memory --passages 33618

The many are drawn around the project's article (`synthetic.py`), each with eight word pieces. Milvus Lite runs as a
process of its own. Each version is opened, and asked questions, in a process of its own, without the page. Leaves
`results/milvus-memory-COMMIT.json`: a record for each number of passages, in files and in Milvus:

memory_mb: resident after the questions; memory_own_mb: of it not mapped from files · folder_mb: the version's folder ·
answered: questions, none of which failed · seconds_a_question: of the clock, with Milvus Lite on the same machine.
"""

import json
import multiprocessing
import shutil
import subprocess
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from assistant import Assistant
from corpus import ShownError
from index import current_version, encoder_for, open_version
from index.published.locking import publishing
from index.published.pointer import publish
from index.published.version import write_version
from index.stores import DEFAULT_ENGINES, Engines
from index.stores.milvus_connection import MilvusServer
from settings import PROJECT, Settings
from tests.benchmarks.sizes import in_megabytes
from tests.benchmarks.synthetic import MovedVectors, draw
from tests.milvus import ALIAS, engines_of, lite_server

RESULTS = PROJECT / "tests" / "benchmarks" / "results"
QUESTIONS = PROJECT / "tests" / "questions" / "dev.jsonl"
Figures = dict[str, Any]


def main(passages: int = 33_618, questions: Annotated[int, typer.Option(help="asked of each version")] = 60) -> None:
    """Measure and keep what was found."""
    lines = QUESTIONS.read_text(encoding="utf-8").splitlines()
    turns = [json.loads(line)["turns"] for line in lines[:: max(1, len(lines) // questions)]][:questions]
    base, found = Settings.from_environment().index_dir, []
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True, cwd=PROJECT
    ).stdout.strip()
    with tempfile.TemporaryDirectory() as folder, lite_server(Path(folder) / "milvus") as server:
        for count in (0, passages):
            for uri in ("", server.milvus.uri):
                index_dir = Path(folder) / f"{count}-{bool(uri)}"
                shutil.copytree(base / "models", index_dir / "models")
                _alone(_draw, base, index_dir, count, uri)
                found.append(_alone(_measured, index_dir, uri, turns))
                print(json.dumps(found[-1]), flush=True)
    file = RESULTS / f"milvus-memory-{commit}.json"
    file.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    print(file)


def _alone(call: Any, *arguments: Any) -> Any:
    """What a call gives in a process of its own."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_told, call, *arguments).result()


def _told(call: Any, *arguments: Any) -> Any:
    """As it is called; an error of ours as one that gets from process to process."""
    try:
        return call(*arguments)
    except ShownError as error:
        raise RuntimeError(str(error)) from None


def _engines(uri: str) -> Engines:
    return engines_of(MilvusServer(uri, alias=ALIAS)) if uri else DEFAULT_ENGINES


def _draw(base: Path, index_dir: Path, count: int, uri: str) -> None:
    version = open_version(base, current_version(base))
    if count:
        draw(version, index_dir, count, engines=_engines(uri))
        return
    vectors = MovedVectors(version, len(version.passages))
    with publishing(index_dir) as layout:
        write_version(
            layout,
            replace(version.manifest, multilingual=""),
            documents=list(version.documents.values()),
            passages=list(version.passages),
            vectors=vectors,
            engines=_engines(uri),
        )
        publish(layout, version.name, engines=_engines(uri))


def _measured(index_dir: Path, uri: str, turns: list[list[str]]) -> Figures:
    name = current_version(index_dir)
    version = open_version(index_dir, name, engines=_engines(uri))
    assistant = Assistant(version, encoder_for(version, index_dir, model="all-MiniLM-L6-v2"))
    began = time.perf_counter()
    for one in turns:
        assistant.ask(one)
    seconds = (time.perf_counter() - began) / len(turns)
    return {
        "passages": len(version.passages),
        "store": "milvus" if uri else "files",
        "memory_mb": round(in_megabytes("VmRSS"), 1),
        "memory_own_mb": round(in_megabytes("RssAnon"), 1),
        "folder_mb": round(sum(path.stat().st_size for path in (index_dir / name).iterdir()) / 1e6, 1),
        "answered": len(turns),
        "seconds_a_question": round(seconds, 4),
    }


if __name__ == "__main__":
    typer.run(main)
