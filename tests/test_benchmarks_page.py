"""What a run of `make bench` is told to have found: ratios of its own figures, and nothing where nothing was measured."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks.aims import aims
from tests.benchmarks.contenders import lowest, peer_names
from tests.benchmarks.page import BY_HAND, write_page
from tests.benchmarks.servers import CLIENTS
from tests.benchmarks.stages import STAGES, found


def process(ms: float, *, start: float = 6.0, memory: float = 500.0) -> dict[str, float]:
    names = ("processor_ms_p50", "processor_ms_p95", "wall_ms_p50", "wall_ms_p95")
    starts = {"first_answer_s": start, "first_answer_processor_s": start}
    return dict.fromkeys(names, ms) | starts | {"memory_mb": memory, "memory_shared_mb": memory}


def carried(answers: float) -> dict[str, float]:
    names = ("server_processor_ms_an_answer", "wall_ms_p50", "wall_ms_p95", "refused_a_second", "clients_share_of_a_core")
    return dict.fromkeys(names, 1.0) | {"answers_a_second": answers}


def server(answers: float, *, page_s: float | None) -> dict[str, Any]:
    starts = dict.fromkeys(("first_answer_s", "first_answer_processor_s"), 1.0)
    pages = {} if page_s is None else dict.fromkeys(("first_page_s", "first_page_processor_s"), page_s)
    loads = {f"{kind}_{n}": carried(answers) for kind in ("distinct", "repeated") for n in CLIENTS}
    return starts | pages | loads | {"memory_mb": 200.0, "memory_after_load_mb": 260.0}


def size(passages: int, ms: float) -> dict[str, float]:
    return {
        "passages": passages,
        "question_ms_p50": ms,
        "question_ms_p95": 2 * ms,
        "times_small": ms / 5.0,
        "recall_at_10": 1.0,
    }


@pytest.fixture
def run() -> dict[str, Any]:
    """A run in which one peer failed, and so did a server."""
    return {
        "commit": "1a2b3c4",
        "date": "2026-11-23",
        "cores": 2,
        "processor": "a processor (avx2)",
        "load_average": [0.1],
        "load_average_after": [2.0],
        "questions": 150,
        "rounds": 2,
        "seconds": 5.0,
        "peers": ["chroma", "langchain_memory"],
        "int8": {"said": "int8 is refused, so that fp32 serves: coverage fell."},
        "export_mb": {"fp32": 91.0},
        "in_process": {
            "ours, fp32": process(6.0),
            "floor, fp32": process(4.0),
            "bare_sentence_transformers": process(9.0),
            "chroma": process(12.0, start=5.0, memory=520.0),
            "langchain_memory": {"failed": "ModuleNotFoundError: langchain | core"},
        },
        "stages": {"fp32": {"questions": 150, "processor_ms": {"encoding": 4.0, "the rest": 0.5}, "whole_ms": 4.6}},
        "servers": {
            "ours, fp32": server(300.0, page_s=3.0),
            "ours, fp32, PAGE=off": server(310.0, page_s=None),
            "naive FastAPI": {"failed": "RuntimeError: it does not serve"},
        },
    }


def test_a_ratio_is_of_the_same_run_and_of_what_was_measured(run: dict[str, Any]) -> None:
    ratios = {aim.figure: (aim.ratio, aim.is_held) for aim in aims(run, {})}
    assert ratios["processor time a question, of the fastest peer's retrieval alone"] == (0.5, True)
    assert ratios["of the bare floor in fp32"] == (1.5, True)
    assert ratios["of the bare floor in int8"] == (None, None)
    assert ratios["64 clients, distinct questions, fp32, of the naive server's answers a second"] == (None, None)


def test_a_start_with_the_page_lasts_until_the_page_is_there(run: dict[str, Any]) -> None:
    ratios = {aim.figure: aim.ratio for aim in aims(run, {})}
    assert ratios["ours, fp32: seconds to the first answer and page, of the fastest peer's"] == 3.0 / 5.0
    assert ratios["ours, fp32, PAGE=off: seconds to the first answer and page, of the fastest peer's"] == 1.0 / 5.0


def test_more_answers_than_the_naive_server_is_at_least_and_not_at_most(run: dict[str, Any]) -> None:
    run["servers"]["naive FastAPI"] = server(100.0, page_s=None)
    held = {aim.figure: aim.is_held for aim in aims(run, {})}
    assert held["64 clients, distinct questions, fp32, of the naive server's answers a second"] is True
    assert held["64 clients, repeated questions, fp32, of the naive server's answers a second"] is False


def test_the_page_tells_why_a_contender_failed_and_draws_the_others(run: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "speed-1a2b3c4.json"
    file.write_text(json.dumps(run), encoding="utf-8")
    text = write_page(file).read_text(encoding="utf-8")
    assert "| LangChain | failed: ModuleNotFoundError: langchain / core |  |  |  |" in text
    assert "| naive FastAPI | failed: RuntimeError: it does not serve |  |" in text
    assert "| **ours, fp32** | 6.0 (6.0) |" in text
    assert "| encoding | 4.00 |" in text
    assert "int8 is refused" in text
    assert "number of passages" not in text
    picture = (tmp_path / "2026-11-23-speed-question.svg").read_text(encoding="utf-8")
    assert "Chroma" in picture
    assert "LangChain" not in picture


def test_what_was_written_by_hand_is_kept_and_the_rest_made_anew(run: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "speed-1a2b3c4.json"
    file.write_text(json.dumps(run), encoding="utf-8")
    page = write_page(file)
    page.write_text(page.read_text(encoding="utf-8") + "\nWhy it is so.\n", encoding="utf-8")
    (tmp_path / "sizes-1a2b3c4.json").write_text(
        json.dumps({"commit": "1a2b3c4", "sizes": [size(28, 5.0), size(29_500, 7.0), size(1_000_000, 16.0)]}),
        encoding="utf-8",
    )
    text = write_page(file).read_text(encoding="utf-8")
    assert text.endswith(f"{BY_HAND}\n\nWhy it is so.\n")
    assert text.count(BY_HAND) == 1
    assert "number of passages](2026-11-23-speed-sizes.svg)" in text
    assert "| 1,000,000 | 16 |" in text
    assert "| at 30,000 passages, of that at the article's | ≤ 1.5 | 1.40 | yes |" in text
    assert "| at 1,000,000 passages, of that at the article's | ≤ 3 | 3.20 | **no** |" in text


def test_the_best_round_counts_and_a_failure_in_any_is_one() -> None:
    assert lowest([{"ms": 3.0, "mb": 5.0}, {"ms": 4.0, "mb": 2.0}]) == {"ms": 3.0, "mb": 2.0}
    assert lowest([{"ms": 3.0}, {"failed": "why"}]) == {"failed": "why"}


def test_every_function_that_a_stage_is_made_of_is_there() -> None:
    for places in STAGES.values():
        for place in places:
            owner, name = found(place)
            assert callable(getattr(owner, name)), place


def test_every_peer_has_a_module_of_its_own() -> None:
    assert {"chroma", "haystack_memory", "langchain_memory", "llama_index_memory", "txtai_vectors"} == set(peer_names())
    folder = Path(__file__).parent / "benchmarks" / "peers"
    assert all((folder / f"{name}.py").is_file() for name in peer_names())
