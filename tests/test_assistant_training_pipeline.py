"""assistant/training/pipeline.py, from labels to files, on two small articles and a few steps."""

import json
from pathlib import Path

import pytest

import assistant.learned
import index.encoder
from assistant.training.adapter_training import Cycle
from assistant.training.batches import BatchSizes
from assistant.training.folds import HeldOut
from assistant.training.pipeline import Destinations, run
from index.encoder import ADAPTER, DEFAULT_MODEL, load_encoder
from tests.training_labels import small_labels


def test_what_training_writes_is_what_serving_loads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    committed = load_encoder(DEFAULT_MODEL).fingerprint, ADAPTER.read_bytes()
    to = Destinations(tmp_path, tmp_path / "results" / "training.json", tmp_path / "adapter.safetensors")
    monkeypatch.setattr(index.encoder, "ADAPTER", to.adapter)
    labels = small_labels()
    cycle = Cycle(epochs=1, sizes=BatchSizes(main=6, other=4))
    held = HeldOut(frozenset(question.label.id for question in labels.asked_main[1:]), ("rust",))
    with pytest.raises(ValueError, match="nothing is left"):
        run(labels, to, cycles=(cycle,), held=HeldOut(held.ids, ("rust", "tea")))
