"""assistant/training: the trainable encoder is the serving one, its losses are what they say, and a step lowers them."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from assistant.retrieval.evidence import evidence_of
from assistant.training.batches import BatchSizes
from assistant.training.encoder import TrainableEncoder
from assistant.training.fitting import encoded_passages
from assistant.training.saving import heads_of, save_adapter, token_weights_of
from assistant.training.training import Cycle, anchor_loss, anchors_of, right_choices, right_loss, run_cycle
from index.encoding.sentence_transformer import SentenceTransformerEncoder
from index.encoding.weights import ADAPTER_SCALE, DEFAULT_MODEL, model_folder
from tests.training_labels import small_labels

TEXTS = ["Iron is low.", "Kidney failure is another major contributor.", "Ein é.", "Why do my legs twitch at night?"]


@pytest.fixture(scope="module")
def untuned() -> SentenceTransformerEncoder:
    return SentenceTransformerEncoder(model_folder(DEFAULT_MODEL), fingerprint="untuned")


@pytest.fixture
def changed() -> TrainableEncoder:
    """An encoder whose adapter changes much, at the scale that serving folds it in with."""
    torch.manual_seed(5)
    model = TrainableEncoder(model_folder(DEFAULT_MODEL), scale=ADAPTER_SCALE).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name.endswith(".b"):
                parameter.normal_(std=0.02)
        model.token_weight.weight.normal_(std=0.5)
    return model


def assert_same_encodings(model: TrainableEncoder, encoder: SentenceTransformerEncoder) -> None:
    with torch.no_grad():
        encoded = model.encode(TEXTS)
    for row, encoding in enumerate(encoder.encode(TEXTS)):
        np.testing.assert_allclose(encoded.pooled[row].numpy(), encoding.pooled, atol=1e-3)
        np.testing.assert_allclose(encoded.raw[row][encoded.mask[row]].numpy(), encoding.tokens, atol=1e-3)


def test_without_its_adapters_products_it_is_the_published_model(untuned: SentenceTransformerEncoder) -> None:
    assert_same_encodings(TrainableEncoder(model_folder(DEFAULT_MODEL)).eval(), untuned)


def test_its_saved_adapter_makes_serving_encode_as_it_does(
    changed: TrainableEncoder, untuned: SentenceTransformerEncoder, tmp_path: Path
) -> None:
    save_adapter(changed, tmp_path / "adapter.safetensors")
    serving = SentenceTransformerEncoder(
        model_folder(DEFAULT_MODEL), fingerprint="changed", adapter=tmp_path / "adapter.safetensors"
    )
    assert_same_encodings(changed, serving)
    apart = [a.pooled @ b.pooled for a, b in zip(serving.encode(TEXTS), untuned.encode(TEXTS), strict=True)]
    assert min(apart) < 0.99

    # and its scores are the evidence that serving computes
    article = small_labels().articles["tea"]
    passages = encoded_passages(article, serving, cache=tmp_path / "encodings.sqlite")
    evidence = evidence_of(serving.encode([TEXTS[0]])[0], passages, token_weights_of(changed))
    with torch.no_grad():
        question, sentences = changed.encode(TEXTS[:1]), changed.encode(article.reading_texts)
        logits = changed.passage_logits(question, sentences)[0].numpy()
    heads = heads_of(changed)
    np.testing.assert_allclose(evidence.features[:, (0, 1, 9)] @ heads.mix * 20, logits, atol=0.15)  # late is in bfloat16

    with torch.no_grad():
        kinds = changed.kind_logits(question)[0].numpy()
    np.testing.assert_allclose(heads.logits(serving.encode(TEXTS[:1])[0]), kinds, atol=0.02)


def test_the_loss_is_minus_the_log_of_the_total_probability_of_what_is_right() -> None:
    logits = torch.tensor([[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]])
    right = torch.tensor([[True, False, True], [False, True, False]])
    total = sum(math.exp(x) for x in (1, 2, 3))
    by_hand = (-math.log((math.exp(1) + math.exp(3)) / total) + math.log(3)) / 2
    assert right_loss(logits, right).item() == pytest.approx(by_hand, abs=1e-6)


def test_the_anchor_is_one_minus_the_cosine() -> None:
    now, before = torch.tensor([[1.0, 0.0], [0.6, 0.8]]), torch.tensor([[0.0, 1.0], [0.6, 0.8]])
    assert anchor_loss(now, before).item() == pytest.approx(0.5)


def test_right_choices_are_gold_passages_none_or_a_kind() -> None:
    asked = {question.label.id: question for question in small_labels().asked_main}
    rows = [asked[id_] for id_ in ("tea2", "tea6", "tea8", "tea9", "tea10")]
    assert right_choices(rows, [0, 1, 4]).int().tolist() == [
        [0, 1, 0, 0, 0, 0, 0],
        [0, 0, 0, 1, 0, 0, 0],
        [0, 0, 0, 0, 1, 0, 0],
        [0, 0, 0, 0, 0, 1, 0],
        [0, 0, 0, 0, 0, 0, 1],
    ]


def test_training_lowers_the_loss_and_is_decided_by_its_seed(untuned: SentenceTransformerEncoder) -> None:
    labels = small_labels()
    anchors = anchors_of(labels, untuned)
    sizes = BatchSizes(main=12, other=9, misspelt=0.0, headless=0.0, foreign=2, unnamed=0.0, framed=0.0, after_another=0.0)
    cycle = Cycle(epochs=2, warm_up=1, sizes=sizes)  # two steps, each with all questions of the main article
    found = []
    for _ in range(2):
        torch.manual_seed(cycle.seed)
        found.append(run_cycle(TrainableEncoder(model_folder(DEFAULT_MODEL)), labels, anchors, cycle, name="test"))
    assert len(found[0]) == 2
    assert found[0][1] < 0.9 * found[0][0]
    assert found[0] == found[1]
