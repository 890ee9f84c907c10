"""`python -m index verify --store milvus`: whether a Milvus is fit, and that it is left as it was."""

import json

import pytest

from index.__main__ import app
from index.fitness import examine
from index.milvus_connection import connection_to
from index.milvus_store import MilvusStore
from tests.command_lines import Run, assert_one_line_error, runner
from tests.milvus import NOBODY, collections, milvus


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(monkeypatch, capsys, app, "index")


def test_a_milvus_that_is_fit_is_said_to_be_and_left_as_it_was(run: Run) -> None:
    before = collections()
    ended = run("verify", "--store", "milvus", "--uri", milvus().uri, "--vectors", "1000")
    assert ended.exit_code == 0, ended.out
    assert "It is fit to hold the index." in ended.out
    assert collections() == before
    assert connection_to(milvus()).call("list_aliases")["aliases"] in ([], [milvus().alias])


def test_a_milvus_that_is_not_there_is_not_fit(run: Run) -> None:
    ended = run("verify", "--store", "milvus", "--uri", NOBODY.uri, "--json")
    assert ended.exit_code == 1
    found = json.loads(ended.out)
    assert not found["fit"]
    assert [check["name"] for check in found["checks"]] == ["answers"]


def test_a_milvus_that_finds_too_little_is_not_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    right = MilvusStore.search
    monkeypatch.setattr(MilvusStore, "search", lambda self, query, *, count: right(self, -query, count=count))
    found = {check.name: check.holds for check in examine(milvus(), rows=1_000)}
    assert not found["contract"]
    assert not found["recall"]


@pytest.mark.parametrize("arguments", [["--store", "faiss"], ["--store", "milvus"]])
def test_what_cannot_be_examined_is_told(run: Run, arguments: list[str]) -> None:
    assert_one_line_error(run("verify", *arguments), "Say `--")
