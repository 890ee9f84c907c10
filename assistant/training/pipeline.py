"""All of training, in order.

1. Train on everything but what is held out: some of the main article's questions, paraphrases together, and whole articles.
2. Fit ranker and abstainer on what was held out, and cross-validate them there.
3. Train on everything.
4. Write the adapter and heads of 3 with the rankers and abstainers of 2, the questions that vote, and the figures of 2 with
   the rows that they were counted from.

The figures are those of a model that has seen less than the one that is written.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from assistant.abstention import Heads
from assistant.judged import HeldOutRun, Judged, write_held_out
from assistant.training.adapter_training import CYCLES, Cycle, train
from assistant.training.encodings import pooled
from assistant.training.evidence_rows import EvidenceRow, evidence_rows, neighbours_of
from assistant.training.figures import figures_of, judged, quoting_figures
from assistant.training.fitting import Fitted, cross_validate, fit
from assistant.training.folds import HeldOut, group_folds, hold_out, paraphrase_groups
from assistant.training.labels import Labels, without
from assistant.training.saving import heads_of, save_adapter, save_json, save_learned, token_weights_of
from assistant.training.trainable_encoder import TrainableEncoder
from index.encoder import ADAPTER, DEFAULT_MODEL, SentenceTransformerEncoder, load_encoder, model_folder

VALIDATION_FOLDS, VALIDATION_SEED = 5, 1


@dataclass(frozen=True, slots=True)
class Destinations:
    """Where everything is written. `adapter` is where `index.encoder` reads it."""

    learned: Path
    report: Path
    held_out: Path
    adapter: Path = ADAPTER

    @classmethod
    def of_project(cls, project: Path, /) -> "Destinations":
        """The committed files."""
        results = project / "tests" / "benchmarks" / "results"
        return cls(project / "assistant" / "learned", results / "training.json", results / "held-out.json")


def run(
    labels: Labels, to: Destinations, /, *, cycles: Sequence[Cycle] = CYCLES, held: HeldOut | None = None
) -> dict[str, Any]:
    """Train, fit, measure, write; returns the report. `held` is chosen where it is not given."""
    untuned = SentenceTransformerEncoder(model_folder(DEFAULT_MODEL), fingerprint="untuned")
    if held is None:
        held = hold_out(labels, pooled(untuned, [question.text for question in labels.asked_main]))
    seen = without(labels, held.ids, held.slugs)
    fitted, report, rows = fit_on_held_out(train(seen, untuned, cycles=cycles), labels, held)
    report |= {"questions": len(labels.questions), "trained on": len(seen.questions), "cycles": [asdict(c) for c in cycles]}

    model = train(labels, untuned, cycles=cycles)
    save_adapter(model, to.adapter)
    encoder = load_encoder(DEFAULT_MODEL)  # with that adapter
    save_learned(model, fitted, neighbours_of(labels, encoder), to.learned, encoder=encoder.fingerprint)
    save_json(report, to.report)
    write_held_out(HeldOutRun(description(report), rows), to.held_out)
    return report


def description(report: dict[str, Any], /) -> str:
    """Which run the held-out rows are of, for a reader."""
    return (
        f"`make train` on {date.today().isoformat()}: trained on {report['trained on']:,} of {report['questions']:,} "
        "labelled questions, measured on the others by cross-validation, the rules of triage in front."
    )


def fit_on_held_out(
    model: TrainableEncoder, labels: Labels, held: HeldOut, /
) -> tuple[Fitted, dict[str, Any], tuple[Judged, ...]]:
    """Ranker and abstainer on the questions that `model` has not seen; their cross-validated figures; its rows."""
    heads = heads_of(model)
    with tempfile.TemporaryDirectory() as folder:
        adapter = Path(folder) / "adapter.safetensors"
        save_adapter(model, adapter)
        encoder = SentenceTransformerEncoder(model_folder(DEFAULT_MODEL), fingerprint="held out", adapter=adapter)
        rows = evidence_rows(
            [question for question in labels.questions if question in held],
            labels,
            encoder,
            token_weights_of(model),
            neighbours=neighbours_of(without(labels, held.ids, held.slugs), encoder),
            cache=Path(folder) / "encodings.sqlite",
        )
    report, kept = cross_validated(rows, heads, main=labels.main)
    return fit(rows, heads), report, kept


def cross_validated(rows: Sequence[EvidenceRow], heads: Heads, /, *, main: str) -> tuple[dict[str, Any], tuple[Judged, ...]]:
    """Figures by slice: on the main article by groups of paraphrases, on the others by leaving each out."""
    is_main = np.array([row.question.slug == main for row in rows])
    mains = [row for row in rows if row.question.slug == main]
    vectors = np.stack([row.encoding.pooled for row in mains])
    groups = paraphrase_groups([row.question for row in mains], vectors)
    paraphrases = np.full(len(rows), -1, dtype=np.int64)
    paraphrases[is_main] = group_folds(groups, folds=VALIDATION_FOLDS, seed=VALIDATION_SEED)
    slugs = sorted({row.question.slug for row in rows} - {main})
    articles = np.array([-1 if row.question.slug == main else slugs.index(row.question.slug) for row in rows])

    on_main = cross_validate(rows, paraphrases, heads)
    on_others = cross_validate(rows, articles, heads)
    slices = {"main article": on_main, "articles left out": on_others}
    slices |= {f"left out: {slug}": [p for p in on_others if p.row.question.slug == slug] for slug in slugs}
    report = {
        "held out": {name: len(predictions) for name, predictions in slices.items()},
        "figures": {name: figures_of(predictions) for name, predictions in slices.items()},
        "quoting, in force and best by F1": quoting_figures([*on_main, *on_others]),
    }
    return report, tuple(judged(prediction) for prediction in [*on_main, *on_others])
