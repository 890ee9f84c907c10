"""sentence-transformers behind the seam (the only module that imports it): what builds an index.

The exported model serves (`published/model.py`, `onnx.py`), without this module's libraries. Weights are read from
safetensors only, remote code is off, and the adapter that was trained for the weights is folded in. torch and
sentence-transformers are imported with the first model: a rollback need not wait seconds for them, and a host that only
serves has neither.
"""

import os
import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import chain
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from index.encoding import Encoding
from index.encoding.pieces import Vocabulary
from index.encoding.weights import (
    ADAPTER_SCALE,
    DEFAULT_MODEL,
    DEFAULT_MODEL_SHA256,
    adapter_for,
    model_folder,
    weights_sha256,
)
from index.errors import ModelError

if TYPE_CHECKING:
    import torch

BATCH_SIZE = 8  # small batches of similar length were fastest on a processor
OPSET = 17  # of ONNX; the first with layer normalisation in one piece
EXPORTED_OUTPUTS = ("tokens", "pooled")


class SentenceTransformerEncoder:
    """A sentence-transformers model in this process: every core encodes a batch of its own, with one thread.

    Two threads a batch, on two shared cores, took 3.5 times as long as one.
    """

    def __init__(self, folder: Path, /, *, fingerprint: str, adapter: Path | None = None, name: str = "") -> None:
        import torch  # noqa: PLC0415  see above

        torch.set_num_threads(1)
        self._model = load_model(folder)
        if adapter is not None:
            fold_in(self._model[0].auto_model, adapter)
        self.vocabulary = Vocabulary.copy_of(
            self._model.tokenizer.backend_tokenizer, longest=int(self._model.max_seq_length)
        )
        self.name = name
        self.fingerprint = fingerprint

    def encode(self, texts: Sequence[str], /) -> list[Encoding]:
        """See `Encoder.encode`."""
        order = sorted(
            range(len(texts)), key=lambda row: -len(texts[row])
        )  # the longest first, so that no core waits at the end
        batches = [order[first : first + BATCH_SIZE] for first in range(0, len(order), BATCH_SIZE)]
        encoded = self._batch([texts[row] for row in batches[0]]) if batches else []  # alone: it settles the tokenizer
        if batches[1:]:
            with ThreadPoolExecutor(available_cores()) as threads:
                encoded += chain(*threads.map(lambda batch: self._batch([texts[row] for row in batch]), batches[1:]))
        return [encoding for _, encoding in sorted(zip(order, encoded, strict=True), key=itemgetter(0))]

    def export(self, model: Path, tokenizer: Path, /) -> None:
        """Write the whole model, from word pieces to both kinds of vectors, as ONNX, and its tokenizer as JSON.

        Raises:
            ModelError: it cannot be exported; the message says why.
        """
        import torch  # noqa: PLC0415  see above

        try:
            self.vocabulary.save(tokenizer)
            features = self._model.preprocess(["A text of some length.", "Another."])
            names = [name for name, value in features.items() if isinstance(value, torch.Tensor)]
            axes = {name: {0: "batch", 1: "length"} for name in [*names, "tokens"]} | {"pooled": {0: "batch"}}
            with torch.no_grad(), warnings.catch_warnings(), plain_attention(self._model[0].auto_model):
                warnings.simplefilter("ignore")  # about tracing, and about the newer exporter, which needs one more library
                torch.onnx.export(
                    _whole(self._model, names),
                    tuple(features[name] for name in names),
                    model,
                    input_names=names,
                    output_names=list(EXPORTED_OUTPUTS),
                    dynamic_axes=axes,
                    opset_version=OPSET,
                    dynamo=False,
                )
        except (AttributeError, RuntimeError, ValueError, TypeError, KeyError) as error:
            raise ModelError(
                f"MODEL={self.name} cannot be exported ({type(error).__name__}).",
                remedy="Serve it with sentence-transformers.",
            ) from error

    def _batch(self, texts: list[str]) -> list[Encoding]:
        prepared = [self.vocabulary.prepared(text) for text in texts]
        rows = self._model.encode(prepared, batch_size=BATCH_SIZE, show_progress_bar=False, output_value=None)
        return [self._encoding(text, row) for text, row in zip(texts, rows, strict=True)]

    def _encoding(self, text: str, row: dict[str, Any]) -> Encoding:
        read = row["attention_mask"].bool()  # the rest pads the text to the longest of its batch
        own = row["token_embeddings"][read][self.vocabulary.own(int(read.sum()))].numpy()
        pooled = row["sentence_embedding"].numpy()
        pooled = pooled / max(float(np.linalg.norm(pooled)), 1e-12)  # not every model ends in a normalisation
        return Encoding(pooled, own, *self.vocabulary.words(self.vocabulary.read(text)))


def load_model(folder: Path, /) -> Any:
    """The `SentenceTransformer` in a folder, its own modules in order, on the processor.

    Raises:
        OSError, ValueError, KeyError, RuntimeError, SafetensorError: there is none that can be loaded.
    """
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415  see above
    from transformers.utils.logging import disable_progress_bar  # noqa: PLC0415

    disable_progress_bar()  # type: ignore[no-untyped-call]  # it would show a load of milliseconds, on standard error
    return SentenceTransformer(
        str(folder),
        device="cpu",
        trust_remote_code=False,
        local_files_only=True,
        model_kwargs={"use_safetensors": True},
    )


def write_mean_model(transformer: Path, folder: Path, /, *, longest: int) -> None:
    """Write the transformer of one folder into another as a model whose vectors are the mean of its tokens, at unit length.

    It reads `longest` word pieces of a text.
    """
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415  see above
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer  # noqa: PLC0415

    tokens: Any = Transformer(str(transformer), max_seq_length=longest)
    pooling = Pooling(tokens.get_embedding_dimension(), "mean")
    SentenceTransformer(modules=[tokens, pooling, Normalize()], device="cpu").save(str(folder))


def fold_in(transformer: "torch.nn.Module", adapter: Path, /) -> None:
    """Add an adapter's low-rank products to the weights that they adapt: W + scale · B A.

    Source: E. J. Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", arXiv:2106.09685.
    """
    import torch  # noqa: PLC0415  see above
    from safetensors.torch import load_file  # noqa: PLC0415

    tensors = load_file(adapter)
    with torch.no_grad():
        for name in sorted({key.rpartition(".")[0] for key in tensors}):
            down, up = tensors[f"{name}.a"].float(), tensors[f"{name}.b"].float()
            transformer.get_parameter(f"{name}.weight").add_(ADAPTER_SCALE * (up @ down))


def available_cores() -> int:
    """The processors that this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _whole(model: Any, names: Sequence[str]) -> "torch.nn.Module":
    """All modules of a sentence-transformers model as one that takes tensors and gives EXPORTED_OUTPUTS."""
    import torch  # noqa: PLC0415  see above

    class Whole(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, *tensors: "torch.Tensor") -> tuple["torch.Tensor", "torch.Tensor"]:
            features = dict(zip(names, tensors, strict=True))
            for module in self.model:
                features = module(features)
            return features["token_embeddings"], features["sentence_embedding"]

    return Whole().eval()


@contextmanager
def plain_attention(transformer: Any, /) -> Iterator[None]:
    """Attention in plain operations, which an optimiser recognises, instead of torch's own."""
    before = transformer.config._attn_implementation
    transformer.set_attn_implementation("eager")
    try:
        yield
    finally:
        transformer.set_attn_implementation(before)


def load_encoder(model: str, /) -> SentenceTransformerEncoder:
    """Load a model, with the adapter if that was trained for it.

    Raises:
        ModelError: the model is not there, cannot be loaded, holds no safetensors, or is the default with other weights; or
            sentence-transformers is not installed.
    """
    try:
        return _loaded(model)
    except ModuleNotFoundError as error:
        raise ModelError(
            f"MODEL={model} cannot be loaded here: {error.name} is not installed.",
            remedy="Install requirements.txt, or serve an index that was built where it is installed: it holds the model.",
        ) from None


def _loaded(model: str) -> SentenceTransformerEncoder:
    from safetensors import SafetensorError  # noqa: PLC0415  see above

    folder = model_folder(model)
    weights = weights_sha256(folder)
    if model == DEFAULT_MODEL and weights.hexdigest() != DEFAULT_MODEL_SHA256:
        raise ModelError(
            f"the weights of {DEFAULT_MODEL} have sha256 {weights.hexdigest()}, not the published model's.",
            remedy="Reinstall the package: `make clean setup`.",
        )
    adapter, digest = adapter_for(model, weights.hexdigest()), weights.copy()
    for path in sorted(folder.rglob("*.json")):  # tokenizer, pooling and normalisation are part of what a model is
        digest.update(path.read_bytes())
    if adapter is not None:
        digest.update(adapter.read_bytes() + str(ADAPTER_SCALE).encode())
    try:
        found = SentenceTransformerEncoder(folder, fingerprint=f"sha256:{digest.hexdigest()}", adapter=adapter, name=model)
        (trial,) = found.encode(["a"])
    except (OSError, ValueError, KeyError, RuntimeError, AttributeError, SafetensorError) as error:
        raise ModelError(
            f"MODEL={model}: {folder} holds no model that sentence-transformers can load ({type(error).__name__}).",
            remedy="Set MODEL to another folder, or leave it out for the default.",
        ) from error
    of_text, of_token = trial.pooled.size, trial.tokens.shape[1]
    if of_text != of_token:
        raise ModelError(
            f"MODEL={model}: its vectors have {of_text} dimensions for a text and {of_token} for a token.",
            remedy="Set MODEL to a model that has as many for both, or leave it out for the default.",
        )
    return found
