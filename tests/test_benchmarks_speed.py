"""tests/benchmarks: ratios are of one run, a contender that failed is told, and what the stages time is there."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks.contenders import PEERS, lowest, peer_names
from tests.benchmarks.processes import memory
from tests.benchmarks.speed import AIMS, page
from tests.benchmarks.stages import STAGES, found


@pytest.fixture
def run() -> dict[str, Any]:
    about = {"date": "2026-01-02", "commit": "abc", "cores": 2, "load_average": 1.0, "load_average_after": 2.0}
    return about | {
        "questions": 150,
        "letters": 55.0,
        "rounds": 3,
        "in_process": {
            "ours": {"processor_ms_p50": 3.0},
            "bare_onnx": {"failed": "no such file"},
            "bare_sentence_transformers": {"processor_ms_p50": 6.0, "first_answer_s": 10.0, "memory_mb": 600.0},
        },
        "stages": {"processor_ms": {"encoding": 2.0}},
        "servers": {"ours": {"first_answer_s": 3.0, "memory_mb": 300.0}},
    }


def test_each_aim_is_a_ratio_of_one_run_or_says_that_it_was_not_measured(run: dict[str, Any]) -> None:
    assert [aim.ratio(run) for aim in AIMS] == [0.5, None, 0.3, 0.5]
    told = page(run)
    assert "| ≤ 0.65 | 0.50 |" in told
    assert "| ≤ 1.5 | not measured |" in told
    assert "no such file" in told


def test_the_best_round_counts_and_a_failure_in_any_is_one() -> None:
    assert lowest([{"ms": 3, "mb": 5}, {"ms": 4, "mb": 2}]) == {"ms": 3, "mb": 2}
    assert lowest([{"ms": 3}, {"failed": "why"}]) == {"failed": "why"}


@pytest.mark.parametrize("place", [place for places in STAGES.values() for place in places])
def test_every_function_that_a_stage_is_made_of_is_there(place: str) -> None:
    owner, name = found(place)
    assert callable(getattr(owner, name))


def test_every_peer_has_a_module_of_its_own() -> None:
    assert peer_names()
    assert [name for name in peer_names() if not (PEERS / f"{name}.py").is_file()] == []


def test_shared_pages_count_in_part_only() -> None:
    own = memory(os.getpid())
    assert 0 < own.proportional <= own.resident


def test_what_was_measured_last_is_kept_with_its_commit() -> None:
    files = sorted(Path(__file__).parent.joinpath("benchmarks", "results").glob("speed-*.json"))
    assert files
    for file in files:
        assert json.loads(file.read_text(encoding="utf-8"))["commit"]
