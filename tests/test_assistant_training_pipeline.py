"""assistant/training/pipeline.py, from labels to files, on three small articles and a few steps."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import assistant.retrieval.learned
import index.encoding.weights
from assistant import Assistant
from assistant.evaluation.calibration import calibration
from assistant.evaluation.held_out import read_held_out
from assistant.retrieval.learned import StaleCalibrationError, learned
from assistant.retrieval.outcomes import OUTCOMES
from assistant.training.batches import BatchSizes
from assistant.training.folds import HeldOut
from assistant.training.pipeline import Destinations, run
from assistant.training.training import Cycle
from index import build, current_version, encoder_for, load_encoder, open_version
from index.encoding.onnx import OnnxEncoder
from index.encoding.weights import ADAPTER, DEFAULT_MODEL
from index.passages import SPLITTER
from index.published.model import export_if_missing
from settings import PROJECT
from tests.small_models import KINDS, small_model
from tests.training_labels import small_labels


def test_what_training_writes_is_what_serving_loads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    results = tmp_path / "results"
    to = Destinations(tmp_path, results / "training.json", results / "held-out.json", tmp_path / "adapter.safetensors")
    monkeypatch.setattr(index.encoding.weights, "ADAPTER", to.adapter)
    monkeypatch.setattr(assistant.retrieval.learned, "files", lambda _: tmp_path)
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
    assert found.questions.sentences == tuple(labels.articles["tea"].sentences)
    assert [set(np.flatnonzero(row).tolist()) for row in found.questions.gold] == [set(q.gold) for q in asked]
    votes = found.questions.votes(encoder.encode([asked[6].text])[0])
    assert votes.nearest == pytest.approx(1, abs=0.01)

    assert json.loads(to.report.read_text()) == json.loads(json.dumps(report))
    assert report["held out"] == {
        "main article": 9,
        "main article, topics known": 9,
        "articles left out": 9,
        "left out: rust": 9,
    }
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
        error = calibration([row.answer for row in rows], [row.is_found for row in rows])["error"]
        assert error == pytest.approx(figures["expected calibration error"], abs=1e-3)
    topics = {row.id: row.topic for row in kept.rows if row.article == "tea"}
    assert (topics["tea0"], topics["tea2"]) == ("tea0", "tea2")
    assert set(topics.values()) <= set(topics)
    assert {row.topic for row in kept.rows if row.article == "rust"} == {""}
    assert [row.got for row in kept.rows if row.id == "tea9"] == ["urgent"]  # by a rule, whatever the model says
    for figures in report["figures"].values():
        assert {"right outcome, all", "expected calibration error", "AUROC of confidence, answerable"} <= set(figures)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.slow
def test_another_model_is_trained_built_with_and_serves(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of other sizes, layers and pooling than the default model, and with another tokenizer."""
    labels = small_labels()
    texts = [text for article in labels.articles.values() for text in article.reading_texts]
    folder = small_model(tmp_path / "model", [*texts, *(question.text for question in labels.questions)], kind=kind)
    to = Destinations(tmp_path, tmp_path / "training.json", tmp_path / "held-out.json", tmp_path / "adapter.safetensors")
    monkeypatch.setattr(index.encoding.weights, "ADAPTER", to.adapter)
    monkeypatch.setattr(assistant.retrieval.learned, "files", lambda _: tmp_path)
    to.adapter.write_bytes(ADAPTER.read_bytes())
    before = load_encoder(str(folder))  # as it is: the adapter is the default model's

    held = HeldOut(frozenset(q.label.id for q in labels.asked_main) - {"tea1", "tea7", "tea11"}, ("rust",))
    run(labels, to, model=str(folder), cycles=(Cycle(sizes=BatchSizes(main=6, other=4), epochs=1),), held=held)

    encoder = load_encoder(str(folder))
    assert encoder.fingerprint != before.fingerprint
    index_dir = tmp_path / "index"
    build(list(labels.articles["tea"].documents), encoder=encoder, index_dir=index_dir)
    version = open_version(index_dir, current_version(index_dir))
    assert export_if_missing(encoder, version, index_dir).startswith("Exported")
    serving = encoder_for(version, index_dir, model=str(folder))
    assert isinstance(serving, OnnxEncoder)
    learned.cache_clear()
    try:
        found = Assistant(version, serving)
        assert found.uses_labels
        asked = [question.label.turns for question in labels.asked_main]
        assert {found.ask(turns).kind for turns in [*asked, ("What is tea made from?", "And where was it drunk first?")]}
        with pytest.raises(StaleCalibrationError, match=r"`make train` was last run for .*`python -m index build`"):
            learned().check(replace(version.manifest, model=before.fingerprint))
    finally:
        learned.cache_clear()


def test_training_writes_the_files_that_are_committed() -> None:
    to = Destinations.of_project(PROJECT)
    assert to.adapter.is_file()
    assert {path.name for path in to.learned.iterdir()} >= {"heads.npz", "questions.npz", "parameters.json"}
