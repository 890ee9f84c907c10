"""assistant/training/pipeline.py, from labels to files, on three small articles and a few steps."""

import json
from pathlib import Path

import numpy as np
import pytest

import assistant.learned
import index.encoder
from assistant.abstention import OUTCOMES
from assistant.calibration import calibration_error
from assistant.judged import read_held_out
from assistant.learned import learned
from assistant.training.adapter_training import Cycle
from assistant.training.batches import BatchSizes
from assistant.training.folds import HeldOut
from assistant.training.pipeline import Destinations, run
from corpus.storage import sha256_of
from index import load_encoder
from index.encoder import DEFAULT_MODEL
from index.passages import SPLITTER
from settings import PROJECT
from tests.training_labels import small_labels


def test_what_training_writes_is_what_serving_loads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    results = tmp_path / "results"
    to = Destinations(tmp_path, results / "training.json", results / "held-out.json", tmp_path / "adapter.safetensors")
    monkeypatch.setattr(index.encoder, "ADAPTER", to.adapter)
    monkeypatch.setattr(assistant.learned, "files", lambda _: tmp_path)
    labels = small_labels()
    ids = frozenset(question.label.id for question in labels.asked_main) - {"tea1", "tea7", "tea11"}

    held = HeldOut(ids, ("rust",))

    report = run(labels, to, cycles=(Cycle(sizes=BatchSizes(main=6, other=4), epochs=1),), held=held)

    encoder, found = load_encoder(DEFAULT_MODEL), learned.__wrapped__()
    assert (found.encoder, found.splitter) == (encoder.fingerprint, SPLITTER)
    for model in (found.any_article, found.labelled):
        assert np.isfinite(model.weights).all()
        assert model.outcomes.weights.shape == (len(OUTCOMES), len(model.outcomes.mean))
    assert found.any_article.vote == 0.0

    asked = labels.asked_main
    assert found.questions.text_sha256 == sha256_of(labels.articles["tea"].document.text.encode())
    assert [set(np.flatnonzero(row).tolist()) for row in found.questions.gold] == [set(q.gold) for q in asked]
    votes = found.questions.votes(encoder.encode([asked[6].text])[0])
    assert votes.nearest == pytest.approx(1, abs=0.01)

    assert json.loads(to.report.read_text()) == json.loads(json.dumps(report))
    assert report["held out"] == {"main article": 9, "articles left out": 9, "left out: rust": 9}
    assert report["trained on"] == report["questions"] - 18
    kept = read_held_out(to.held_out)
    assert f"trained on {report['trained on']:,} of" in kept.run
    for name, slug in (("main article", "tea"), ("left out: rust", "rust")):
        rows, figures = [row for row in kept.rows if row.article == slug], report["figures"][name]
        assert {row.id for row in rows} == {
            question.label.id for question in labels.questions if question in held and question.slug == slug
        }
        assert sum(row.is_right for row in rows) / len(rows) == pytest.approx(
            figures["right outcome, all"]["value"], abs=1e-4
        )
        error = calibration_error([row.answer for row in rows], [row.is_found for row in rows])
        assert error == pytest.approx(figures["expected calibration error"], abs=1e-3)
    assert [row.got for row in kept.rows if row.id == "tea9"] == ["urgent"]  # by a rule, whatever the model says
    for figures in report["figures"].values():
        assert {"right outcome, all", "expected calibration error", "AUROC of confidence, answerable"} <= set(figures)


def test_training_writes_the_files_that_are_committed() -> None:
    to = Destinations.of_project(PROJECT)
    assert to.adapter.is_file()
    assert {path.name for path in to.learned.iterdir()} >= {"heads.npz", "questions.npz", "parameters.json"}
