"""What was learned from the labelled questions, beside the encoder's adapter; made by `make train`, never edited.

It belongs to one model: `make train MODEL=path` replaces these files, and version control keeps the original ones. A
calibration holds for the encoder and the sentence splitter that it was fitted with. With others its probabilities would be
wrong, so it is refused, with the command that renews it.
"""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from importlib.resources.abc import Traversable
from typing import Any

import numpy as np

from assistant.retrieval.evidence import PASSAGE_FEATURES, TokenWeights
from assistant.retrieval.neighbours import NEIGHBOUR_FEATURES, LabelledQuestions
from assistant.retrieval.outcomes import QUESTION_FEATURES, Heads, LevelHead, OutcomeModel
from corpus import ShownError
from index.encoding import Vectors
from index.published.manifest import Manifest


class StaleCalibrationError(ShownError):
    """The learned parameters were fitted with another encoder or splitter than the index was built with."""


@dataclass(frozen=True, slots=True)
class Model:
    """A ranker with the calibration that was fitted on it.

    `weights` (features,) are for a passage's evidence; `vote` is for its labelled neighbours' vote, zero without any.
    """

    weights: Vectors
    vote: float
    outcomes: OutcomeModel


@dataclass(frozen=True, slots=True)
class Learned:
    """The models for `any_article` and for the `labelled` one; `encoder` and `splitter` say what they were fitted with."""

    encoder: str
    splitter: str
    token_weights: TokenWeights
    heads: Heads
    level: LevelHead
    any_article: Model
    labelled: Model
    questions: LabelledQuestions

    def check(self, manifest: Manifest, /) -> None:
        """Refuse an index version that was built with another model or splitter.

        Raises:
            StaleCalibrationError: names what differs, and the command to run.
        """
        for name, fitted, built in (("model", self.encoder, manifest.model), ("splitter", self.splitter, manifest.splitter)):
            if fitted != built:
                raise StaleCalibrationError(
                    f"version {manifest.version} was built with another {name} ({built}) than the calibration ({fitted}).",
                    remedy="Set MODEL to the one that `make train` was last run for (the default, as it comes), or run "
                    "`make train` for this one; then run `python -m index build`.",
                )


@cache
def learned() -> Learned:
    """The parameters committed with the code."""
    folder = files(__package__)
    table = json.loads((folder / "parameters.json").read_text(encoding="utf-8"))
    fitted_to = [tuple(table[f"{name}_features"]) for name in ("passage", "question", "neighbour")]
    if fitted_to != [PASSAGE_FEATURES, QUESTION_FEATURES, NEIGHBOUR_FEATURES]:
        raise StaleCalibrationError("the calibration was fitted to other features.", remedy="Run `make train`.")
    with as_file(folder / "heads.npz") as path, np.load(path, allow_pickle=False) as heads:
        return Learned(
            encoder=table["encoder"],
            splitter=table["splitter"],
            token_weights=TokenWeights(heads["token_weight"].astype(np.float32), float(heads["token_bias"])),
            heads=Heads(*(heads[name].astype(np.float32) for name in ("kinds", "specific", "bias", "mix"))),
            level=LevelHead(heads["level"].astype(np.float32), heads["level_bias"].astype(np.float32)),
            any_article=_model(table["any_article"]),
            labelled=_model(table["labelled"]),
            questions=_questions(folder, tuple(table["labelled_sentences"])),
        )


def _model(table: dict[str, Any]) -> Model:
    return Model(_vector(table["weights"]), float(table["vote"]), outcome_model(table["outcomes"]))


def outcome_model(table: dict[str, Any], /) -> OutcomeModel:
    """The model that was written as this table."""
    return OutcomeModel(*(_vector(table[name]) for name in ("mean", "scale", "weights", "bias")))


def _questions(folder: Traversable, sentences: tuple[str, ...]) -> LabelledQuestions:
    with as_file(folder / "questions.npz") as path, np.load(path, allow_pickle=False) as file:
        gold = np.unpackbits(file["gold"], axis=1, count=int(file["passages"])).astype(np.float32)
        return LabelledQuestions(sentences, file["pooled"], gold, file["kinds"].astype(np.int64))


def _vector(values: list[float] | list[list[float]]) -> Vectors:
    return np.array(values, dtype=np.float32)
