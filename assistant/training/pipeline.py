"""All of training, in order.

1. Train on everything but what is held out: some of the main article's questions, paraphrases together, and whole articles.
2. Fit ranker and abstainer on what was held out, and cross-validate them there.
3. Train on, with everything.
4. Write the adapter and heads of 3, the rankers and abstainers of 2, the questions that vote, and the figures of 2 with the
   rows behind them.

The figures belong to the model of 1, which has seen less than the one that is written.

It trains for the model that MODEL names and replaces what was learned for another: the adapter fits that model only, and the
calibration is refused with any other.
"""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import torch

from assistant.answer import Kind
from assistant.evaluation.held_out import HeldOutRun, Judged, write_held_out
from assistant.retrieval.outcomes import Heads
from assistant.training.encoder import TrainableEncoder
from assistant.training.figures import figures_of, judged, quoting_figures
from assistant.training.fitting import (
    EvidenceRow,
    Fitted,
    as_asked,
    cross_validate,
    evidence_rows,
    fit,
    neighbours_of,
    with_known_topics,
)
from assistant.training.folds import HeldOut, group_folds, hold_out, paraphrase_groups, topics_of
from assistant.training.labels import Labels, pooled, site_name, without
from assistant.training.saving import heads_of, level_head_of, save_adapter, save_json, save_learned, token_weights_of
from assistant.training.training import CYCLES, LAST, Cycle, train
from index.encoding.sentence_transformer import SentenceTransformerEncoder, load_encoder
from index.encoding.weights import ADAPTER, DEFAULT_MODEL, model_folder, weights_sha256

VALIDATION_FOLDS, VALIDATION_SEED = 5, 1


@dataclass(frozen=True, slots=True)
class Destinations:
    """Where everything is written. `adapter` is where `index.encoding.weights` finds it."""

    learned: Path
    report: Path
    held_out: Path
    adapter: Path = ADAPTER

    @classmethod
    def of_project(cls, project: Path, /) -> "Destinations":
        """The committed files."""
        results = project / "tests" / "benchmarks" / "results"
        return cls(project / "assistant" / "retrieval" / "learned", results / "training.json", results / "held-out.json")


def run(
    labels: Labels,
    to: Destinations,
    /,
    *,
    model: str = DEFAULT_MODEL,
    cycles: Sequence[Cycle] = CYCLES,
    last: Cycle = LAST,
    held: HeldOut | None = None,
) -> dict[str, Any]:
    """Train, fit, measure, write, for a model by its name or folder; returns the report. `held` is chosen if left out.

    Raises:
        ModelError: the model is not there, or cannot be loaded.
    """
    folder = model_folder(model)
    untuned = SentenceTransformerEncoder(folder, fingerprint="untuned")
    if held is None:
        held = hold_out(labels, pooled(untuned, [question.text for question in labels.asked_main]))
    seen = without(labels, held.ids, held.slugs)
    torch.manual_seed(cycles[0].seed)
    trained = train(seen, untuned, TrainableEncoder(folder), cycles=cycles)
    fitted, report, rows = fit_on_held_out(trained, labels, held, folder=folder)
    report |= {
        "questions": len(labels.questions),
        "trained on": len(seen.questions),
        "cycles": [asdict(cycle) for cycle in (*cycles, last)],
    }

    train(labels, untuned, trained, cycles=[last])
    save_adapter(trained, to.adapter, weights="" if model == DEFAULT_MODEL else weights_sha256(folder).hexdigest())
    encoder = load_encoder(model)  # with that adapter
    save_learned(trained, fitted, neighbours_of(labels, encoder), to.learned, encoder=encoder.fingerprint)
    save_json(report, to.report)
    write_held_out(HeldOutRun(description(report), rows), to.held_out)
    return report


def description(report: dict[str, Any], /) -> str:
    """The run that the held-out rows come from, in words."""
    return (
        f"`make train` on {date.today().isoformat()}: trained on {report['trained on']:,} of {report['questions']:,} "
        "labelled questions, measured on the others by cross-validation, the rules of triage in front."
    )


def fit_on_held_out(
    model: TrainableEncoder, labels: Labels, held: HeldOut, /, *, folder: Path
) -> tuple[Fitted, dict[str, Any], tuple[Judged, ...]]:
    """Ranker and abstainer on the questions that `model`, out of that folder, has not seen; their figures; its rows."""
    heads = heads_of(model)
    with tempfile.TemporaryDirectory() as name:
        adapter = Path(name) / "adapter.safetensors"
        save_adapter(model, adapter)
        encoder = SentenceTransformerEncoder(folder, fingerprint="held out", adapter=adapter)
        rows = evidence_rows(
            [question for question in labels.questions if question in held],
            labels,
            encoder,
            token_weights_of(model),
            level=level_head_of(model),
            neighbours=neighbours_of(without(labels, held.ids, held.slugs), encoder),
            cache=Path(name) / "encodings.sqlite",
        )
        everything = neighbours_of(labels, encoder)
    rows, counts = with_known_topics(rows, labels, everything), as_asked(rows, labels)
    report, kept = cross_validated(rows, heads, counts, main=labels.main)
    return fit(rows, heads, counts=counts), report, kept


def cross_validated(
    rows: Sequence[EvidenceRow], heads: Heads, counts: Mapping[Kind, float], /, *, main: str
) -> tuple[dict[str, Any], tuple[Judged, ...]]:
    """Figures by slice: on the main article by groups of paraphrases, on the others by leaving each site out."""
    is_main = np.array([row.question.slug == main for row in rows])
    mains = [row for row in rows if row.question.slug == main]
    vectors = np.stack([row.encoding.pooled for row in mains])
    groups = paraphrase_groups([row.question for row in mains], vectors)
    paraphrases = np.full(len(rows), -1, dtype=np.int64)
    paraphrases[is_main] = group_folds(groups, folds=VALIDATION_FOLDS, seed=VALIDATION_SEED)
    slugs = sorted({row.question.slug for row in rows} - {main})
    sites = sorted({site_name(slug) for slug in slugs})
    articles = np.array([-1 if row.question.slug == main else sites.index(site_name(row.question.slug)) for row in rows])

    of_main = cross_validate(rows, paraphrases, heads, counts=counts)
    on_main = [prediction for prediction in of_main if not prediction.row.is_known]
    on_others = cross_validate(rows, articles, heads, counts=counts)
    known = [prediction for prediction in of_main if prediction.row.is_known]
    slices = {"main article": on_main, "main article, topics known": known, "articles left out": on_others}
    slices |= {f"left out: {slug}": [p for p in on_others if p.row.question.slug == slug] for slug in slugs}
    report = {
        "held out": {name: len(predictions) for name, predictions in slices.items()},
        "figures": {name: figures_of(predictions) for name, predictions in slices.items()},
        "quoting, in force and best by F1": quoting_figures([*on_main, *on_others]),
    }
    topics = topics_of([row.question for row in mains], groups)
    kept = [judged(prediction, topic=topics[prediction.row.question.label.id]) for prediction in on_main]
    return report, (*kept, *map(judged, on_others))
