"""What was learned from the labelled questions, beside the encoder's adapter; made by `make train`, never edited.

A calibration holds for the encoder and the sentence splitter that it was fitted with. With others its probabilities
would mean nothing, so it is refused, with the command that renews it.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files

import numpy as np

from assistant.abstention import QUESTION_FEATURES, Heads, OutcomeModel
from assistant.evidence import PASSAGE_FEATURES, TokenWeights
from corpus import ShownError
from index.encoder import Vectors
from index.versions import Manifest


class StaleCalibrationError(ShownError):
    """The learned parameters were fitted with another encoder or splitter than the index was built with."""


@dataclass(frozen=True, slots=True)
class Learned:
    """`ranker` (features,) weighs a passage's evidence; `encoder` and `splitter` say what all of it was fitted with."""

    encoder: str
    splitter: str
    ranker: Vectors
    token_weights: TokenWeights
    heads: Heads
    outcomes: OutcomeModel

    def check(self, manifest: Manifest, /) -> None:
        """Refuse an index version that the calibration does not hold for.

        Raises:
            StaleCalibrationError: which of the two differs, and what to run.
        """
        for name, fitted, built in (("model", self.encoder, manifest.model), ("splitter", self.splitter, manifest.splitter)):
            if fitted != built:
                raise StaleCalibrationError(
                    f"version {manifest.version} was built with another {name} ({built}) than the calibration ({fitted}).",
                    remedy="Run `make train` for that model, or leave MODEL out and run `python -m index build`.",
                )


@cache
def learned() -> Learned:
    """The parameters that are committed with the code."""
    folder = files(__package__)
    table = json.loads((folder / "parameters.json").read_text(encoding="utf-8"))
    if table["passage_features"] != list(PASSAGE_FEATURES) or table["question_features"] != list(QUESTION_FEATURES):
        raise StaleCalibrationError("the calibration was fitted to other features.", remedy="Run `make train`.")
    with as_file(folder / "heads.npz") as path, np.load(path, allow_pickle=False) as heads:
        return Learned(
            encoder=table["encoder"],
            splitter=table["splitter"],
            ranker=_vector(table["ranker"]),
            token_weights=TokenWeights(heads["token_weight"].astype(np.float32), float(heads["token_bias"])),
            heads=Heads(*(heads[name].astype(np.float32) for name in ("kinds", "bias", "mix"))),
            outcomes=OutcomeModel(*(_vector(table["outcomes"][name]) for name in ("mean", "scale", "weights", "bias"))),
        )


def _vector(values: list[float] | list[list[float]]) -> Vectors:
    return np.array(values, dtype=np.float32)
