"""`make bench`: ours, the bare floor, a naive server and what a user would pick instead, side by side in one run.

    python -m tests.benchmarks.speed                  # peers are installed on demand into .venv-bench/
    python -m tests.benchmarks.speed --peer chroma    # these only

Every contender runs in a process of its own with one thread. The machine may be busy: processor times and ratios are what
to read; how busy it was stands beside them. Results: `tests/benchmarks/results/speed-COMMIT.json`.
"""

import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from assistant.evaluation import read_questions
from assistant.triage import triage
from corpus import load_corpus
from index import build, current_version, load_encoder, open_version
from index.encoder import DEFAULT_MODEL, model_folder
from index.exported_model import export_if_missing
from index.layout import IndexLayout
from index.passages import reading_texts
from settings import PROJECT
from tests.browsers import free_port

PEERS = PROJECT / "tests" / "benchmarks" / "peers"
ENVIRONMENTS = PROJECT / ".venv-bench"
RESULTS = PROJECT / "tests" / "benchmarks" / "results"
QUESTIONS = 150
CLIENTS = (1, 16, 64)
SECONDS = 6.0  # of load at each number of clients
ENVIRONMENT = {
    **os.environ,
    **dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"), "1"),
    "HF_HUB_OFFLINE": "1",
    "TOKENIZERS_PARALLELISM": "false",
}
Figures = dict[str, Any]

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def main(peer: Annotated[list[str] | None, typer.Option(help="only these peers")] = None) -> None:
    """Measure, print a table, keep the results."""
    peers = peer if peer is not None else sorted(path.stem for path in PEERS.glob("*.txt"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        index_dir, export = _index(folder)
        model, given = str(model_folder(DEFAULT_MODEL)), folder / "given.json"
        questions = json.loads(given.read_text(encoding="utf-8"))["questions"]
        found: Figures = {
            "ours": _measured(sys.executable, "ours", str(index_dir), given),
            "bare_onnx": _measured(sys.executable, "bare_onnx", str(export), given),
            "bare_sentence_transformers": _measured(sys.executable, "bare_sentence_transformers", model, given),
        }
        found |= {one: _measured(_python_of(one), one, model, given) for one in peers}
        servers = {}
        for page in ("on", "off"):
            own = {"INDEX_DIR": str(index_dir), "PAGE": page, "RATE_LIMIT": "0", "FEEDBACK_FILE": str(folder / "feedback")}
            with _serving(["app.py"], own) as server:
                servers[f"ours, PAGE={page}"] = server | _loads(server, questions, repeated=page == "off")
        passages = folder / "passages.json"
        port = str(free_port())
        with _serving(["-m", "tests.benchmarks.peers.naive_server", str(passages), model, port], {"PORT": port}) as server:
            servers["naive server"] = server | _loads(server, questions, repeated=False)
    _keep({"in_process": found, "servers": servers})


def _index(folder: Path) -> tuple[Path, Path]:
    """An index with its export, and the input of every contender: passages as read, questions that are looked up."""
    index_dir, encoder = folder / "index", load_encoder(DEFAULT_MODEL)
    build(load_corpus(PROJECT / "corpus" / "articles"), encoder=encoder, index_dir=index_dir)
    version = open_version(index_dir, current_version(index_dir))
    export_if_missing(encoder, version, index_dir)
    passages = reading_texts(version.passages, {id_: document.text for id_, document in version.documents.items()})
    asked = [question.turns[-1] for question in read_questions(PROJECT / "tests" / "questions" / "dev.jsonl")]
    looked_up = sorted({question for question in asked if triage(question) is None})
    questions = random.Random(7).sample(looked_up, QUESTIONS)
    (folder / "passages.json").write_text(json.dumps(passages), encoding="utf-8")
    (folder / "given.json").write_text(json.dumps({"passages": passages, "questions": questions}), encoding="utf-8")
    return index_dir, IndexLayout(index_dir).model(encoder.fingerprint)


def _python_of(peer: str) -> str:
    """The interpreter of a peer's own environment, which is made on demand; torch and the models are shared with ours."""
    folder = ENVIRONMENTS / peer
    python = folder / "bin" / "python"
    if not (folder / "installed").exists():
        venv.create(folder, with_pip=True, clear=True)
        (site,) = folder.glob("lib/python*/site-packages")
        (ours,) = (PROJECT / ".venv").resolve().glob("lib/python*/site-packages")
        (site / "ours.pth").write_text(f"{ours}\n", encoding="utf-8")
        command: list[str | Path] = [
            python,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--only-binary",
            ":all:",
        ]
        torch = [line for line in (PROJECT / "requirements.txt").read_text().splitlines() if line.startswith("torch==")]
        subprocess.run([*command, *torch, "-r", PEERS / f"{peer}.txt"], check=True)
        (folder / "installed").touch()
    return str(python)


def _measured(python: str, module: str, model: str, given: Path) -> Figures:
    environment = ENVIRONMENT | {"PYTHONPATH": str(PROJECT) if module == "ours" else ""}
    command = [python, str(PEERS / "measure.py"), module, model, str(given), str(time.time())]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True)
    if ended.returncode:
        return {"failed": ended.stderr.strip().splitlines()[-1][:200]}
    figures: Figures = json.loads(ended.stdout.splitlines()[-1])
    print(module, figures, flush=True)
    return figures


@contextmanager
def _serving(command: Sequence[str], own: dict[str, str]) -> Iterator[Figures]:
    """A server, and the seconds to its first answer."""
    port = own.get("PORT") or str(free_port())
    begun = time.perf_counter()
    process = subprocess.Popen([sys.executable, *command], env=ENVIRONMENT | own | {"PORT": port}, cwd=PROJECT)
    try:
        while not asyncio.run(_is_answered(int(port))):
            if process.poll() is not None or time.perf_counter() - begun > 120:
                raise RuntimeError(f"{command[0]} does not serve")
            time.sleep(0.05)
        took = time.perf_counter() - begun
        used = Path(f"/proc/{process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[11:13]
        yield {
            "port": int(port),
            "pid": process.pid,
            "first_answer_s": round(took, 2),
            "first_answer_processor_s": sum(map(int, used)) / os.sysconf("SC_CLK_TCK"),
        }
    finally:
        process.kill()
        process.wait()


def _loads(server: Figures, questions: Sequence[str], *, repeated: bool) -> Figures:
    """Questions answered a second at each number of clients, all of them distinct, then a few over and over again."""
    found: Figures = {}
    port = int(server["port"])
    for clients in CLIENTS:
        # A number makes each one new, and costs every contender the same.
        distinct = (f"{question} ({number})" for number in range(10**6) for question in questions)
        found[f"distinct_{clients}"] = asyncio.run(_load(port, clients, distinct))
        if repeated:
            again = (question for _ in range(10**6) for question in questions[:20])
            found[f"repeated_{clients}"] = asyncio.run(_load(port, clients, again))
    status = Path(f"/proc/{server.pop('pid')}/status").read_text(encoding="utf-8")
    (memory,) = [line for line in status.splitlines() if line.startswith("VmRSS")]
    found["memory_mb"] = int(memory.split()[1]) // 1024
    print(server | found, flush=True)
    return found


async def _load(port: int, clients: int, questions: Iterator[str]) -> Figures:
    until, answered, refused = time.perf_counter() + SECONDS, 0, 0

    async def client() -> None:
        nonlocal answered, refused
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() < until:
            if await _asked(reader, writer, next(questions)) == 200:
                answered += 1
            else:
                refused += 1
        writer.close()

    begun = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(clients)))
    return {"answers_a_second": round(answered / (time.perf_counter() - begun), 1), "refused": refused}


async def _asked(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, question: str) -> int:
    body = json.dumps({"turns": [question]}).encode()
    head = (
        f"POST /api/ask HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    answer = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    await reader.readexactly(int(answer.partition("content-length: ")[2].split("\r\n")[0]))
    return int(answer.split()[1])


async def _is_answered(port: int) -> bool:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        status = await _asked(reader, writer, "How is iron linked to dopamine?")
        writer.close()
    except (OSError, EOFError, ValueError):
        return False
    return status == 200


def _keep(found: Figures) -> None:
    describe = ["git", "describe", "--always", "--dirty"]
    commit = subprocess.run(describe, capture_output=True, text=True, cwd=PROJECT).stdout.strip()
    about = {"commit": commit, "cores": os.cpu_count(), "load_average": [round(load, 1) for load in os.getloadavg()]}
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / f"speed-{commit}.json"
    file.write_text(json.dumps(about | found, indent=2) + "\n", encoding="utf-8")
    print(f"Kept as {file.relative_to(PROJECT)}")


if __name__ == "__main__":
    app()
