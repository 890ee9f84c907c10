"""The files that serving reads (`adapter.safetensors`, `heads.npz`, `questions.npz`, `parameters.json`), and the report.

Flows in: a trained encoder, what was fitted on top. Flows out: files. The encoder's fingerprint covers the adapter's bytes,
so the adapter is written first; `assistant.retrieval.learned` reads the others.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional

from assistant.retrieval.evidence import PASSAGE_FEATURES, TokenWeights
from assistant.retrieval.learned import Model
from assistant.retrieval.neighbours import NEIGHBOUR_FEATURES, LabelledQuestions
from assistant.retrieval.outcomes import QUESTION_FEATURES, Heads, LevelHead, OutcomeModel
from assistant.training.encoder import KIND_HEADS, TrainableEncoder
from assistant.training.fitting import Fitted
from index.encoding import Vectors
from index.encoding.weights import TRAINED_FOR
from index.passages import SPLITTER

ADAPTER_PREFIX = "transformer."
QUESTIONS = "questions.npz"


def save_adapter(model: TrainableEncoder, path: Path, /, *, weights: str = "") -> None:
    """Write the low-rank products, named as the model names its layers, in half precision.

    `weights` is the hash of the model's own weights; without it, they are the default model's.
    """
    tensors = {
        name.removeprefix(ADAPTER_PREFIX): parameter.detach().half().contiguous()
        for name, parameter in model.named_parameters()
        if name.startswith(ADAPTER_PREFIX) and parameter.requires_grad
    }
    save_file(tensors, path, metadata={TRAINED_FOR: weights} if weights else None)


def heads_of(model: TrainableEncoder, /) -> Heads:
    """The heads as serving has them: vectors at unit length, rounded as they are written."""
    kinds = np.stack([_rounded_unit(model.kinds[kind.value]) for kind in KIND_HEADS])
    return Heads(kinds, _rounded_unit(model.specific), bias=_array(model.bias), mix=_array(model.mix))


def token_weights_of(model: TrainableEncoder, /) -> TokenWeights:
    """How much each token of a question counts."""
    return TokenWeights(_array(model.token_weight.weight)[0], float(_array(model.token_weight.bias)[0]))


def level_head_of(model: TrainableEncoder, /) -> LevelHead:
    """The head that judges the gravity of a sentence."""
    return LevelHead(_array(model.level.weight), _array(model.level.bias))


def save_learned(
    model: TrainableEncoder, fitted: Fitted, questions: LabelledQuestions, folder: Path, /, *, encoder: str
) -> None:
    """Write `heads.npz`, `questions.npz` and `parameters.json`; `encoder` is the fingerprint that they hold for."""
    if fitted.labelled is None:
        raise ValueError("no question of the labelled article was held out")
    heads, weights, level = heads_of(model), token_weights_of(model), level_head_of(model)
    np.savez(
        folder / "heads.npz",
        kinds=heads.kinds.astype(np.float16),
        specific=heads.specific.astype(np.float16),
        bias=heads.bias,
        mix=heads.mix,
        token_weight=weights.weight,
        token_bias=np.float32(weights.bias),
        level=level.weights,
        level_bias=level.bias,
    )
    save_questions(questions, folder / QUESTIONS)
    table = {
        "encoder": encoder,
        "splitter": SPLITTER,
        "labelled_sentences": list(questions.sentences),
        "passage_features": list(PASSAGE_FEATURES),
        "question_features": list(QUESTION_FEATURES),
        "neighbour_features": list(NEIGHBOUR_FEATURES),
        "any_article": _table(fitted.any_article),
        "labelled": _table(fitted.labelled),
    }
    save_json(table, folder / "parameters.json")


def save_questions(questions: LabelledQuestions, path: Path, /) -> None:
    """Write the questions that vote."""
    np.savez(path, **question_arrays(questions))  # uncompressed: whole numbers hardly shrink, and every start reads it


def question_arrays(questions: LabelledQuestions, /) -> dict[str, Any]:
    """The questions that vote, as they are kept: vectors as whole numbers from -127 to 127, gold as bits."""
    largest = np.abs(questions.pooled).max(axis=1, keepdims=True)
    return {
        "pooled": np.round(questions.pooled / largest * 127).astype(np.int8),
        "gold": np.packbits(questions.gold > 0, axis=1),
        "passages": questions.gold.shape[1],
        "kinds": questions.kinds.astype(np.uint8),
    }


def save_json(table: dict[str, Any], path: Path, /) -> None:
    """Write plain values, one a line, so that a diff is readable."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(table, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _table(model: Model) -> dict[str, Any]:
    return {"weights": model.weights.tolist(), "vote": model.vote, "outcomes": outcome_table(model.outcomes)}


def outcome_table(model: OutcomeModel, /) -> dict[str, Any]:
    """The model as it is kept."""
    return {name: getattr(model, name).tolist() for name in ("mean", "scale", "weights", "bias")}


def _rounded_unit(vectors: Tensor) -> Vectors:
    return _array(functional.normalize(vectors, dim=-1)).astype(np.float16).astype(np.float32)


def _array(tensor: Tensor) -> Vectors:
    array: Vectors = tensor.detach().float().numpy()
    return array
