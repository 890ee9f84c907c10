"""Training the adapter and its heads, in cycles: each further one is a warm restart.

Flows in: labels and the untuned encoder. Flows out: a trained `TrainableEncoder`. Knows nothing of files.

Source: I. Loshchilov and F. Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", arXiv:1608.03983; here
each cycle falls along a line, after a short rise.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor
from tqdm import tqdm

from assistant.training.batches import Batch, BatchSizes, batches
from assistant.training.encodings import pooled
from assistant.training.labels import Labels
from assistant.training.losses import LossWeights, anchor_loss, batch_loss, encode_batch
from assistant.training.trainable_encoder import TrainableEncoder
from index import Encoder

LOWEST = 0.02  # of its rate that a step keeps at a cycle's end
SMOOTHING = 0.97  # of the loss that the progress bar shows


@dataclass(frozen=True, slots=True)
class Cycle:
    """One cycle of training. `epochs` are passes over the main article's questions; the rates are AdamW's."""

    seed: int = 7
    epochs: float = 5.5
    adapter_rate: float = 1e-3
    vector_rate: float = 2e-3  # of the kinds' vectors and the token weights
    scalar_rate: float = 1e-2  # of the biases and the mix
    weight_decay: float = 0.01
    warm_up: int = 40  # steps
    largest_gradient: float = 1.0
    sizes: BatchSizes = field(default_factory=BatchSizes)
    weights: LossWeights = field(default_factory=LossWeights)


# One cycle: a second (4.5 epochs at 6e-4) made the held-out quotes worse, F1 0.770 against 0.783.
CYCLES = (Cycle(),)
THREADS = 2


@dataclass(frozen=True, slots=True)
class Anchors:
    """Untuned pooled vectors, unit length: of the other articles' passages (n, d) by slug, of their questions (d,) by id."""

    passages: dict[str, Tensor]
    questions: dict[str, Tensor]


def anchors_of(labels: Labels, untuned: Encoder, /) -> Anchors:
    """Where passages and questions of the other articles lie before training."""
    asked = labels.asked_others
    slugs = sorted({question.slug for question in asked})
    passages = {slug: torch.from_numpy(pooled(untuned, labels.articles[slug].reading_texts)) for slug in slugs}
    vectors = torch.from_numpy(pooled(untuned, [question.text for question in asked]))
    return Anchors(passages, {question.label.id: vector for question, vector in zip(asked, vectors, strict=True)})


def train(
    labels: Labels, untuned: Encoder, /, *, cycles: Sequence[Cycle] = CYCLES, threads: int = THREADS
) -> TrainableEncoder:
    """A new encoder, trained in all cycles."""
    anchors = anchors_of(labels, untuned)
    torch.set_num_threads(threads)  # the serving encoder had set one
    torch.manual_seed(cycles[0].seed)
    model = TrainableEncoder()
    for number, cycle in enumerate(cycles, 1):
        run_cycle(model, labels, anchors, cycle, name=f"Cycle {number} of {len(cycles)}")
    return model.eval()


def run_cycle(model: TrainableEncoder, labels: Labels, anchors: Anchors, cycle: Cycle, /, *, name: str) -> list[float]:
    """Train in place; returns the loss of each step."""
    count = max(1, int(cycle.epochs * len(labels.asked_main) / cycle.sizes.main))
    optimizer = optimizer_for(model, cycle)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / cycle.warm_up, max(LOWEST, 1 - step / count))
    )
    source = batches(labels, cycle.sizes, random.Random(cycle.seed))  # noqa: S311  not for secrets
    losses: list[float] = []
    running = 0.0
    model.train()
    bar = tqdm(range(count), desc=name, unit="step")
    for step in bar:
        loss = step_loss(model, labels, anchors, next(source), weights=cycle.weights)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]  # torch 2.13 leaves it without types
        torch.nn.utils.clip_grad_norm_(model.parameters(), cycle.largest_gradient)
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
        running = SMOOTHING * running + (1 - SMOOTHING) * losses[-1] if step else losses[0]
        bar.set_postfix(loss=f"{running:.3f}", refresh=False)
    return losses


def step_loss(model: TrainableEncoder, labels: Labels, anchors: Anchors, batch: Batch, /, *, weights: LossWeights) -> Tensor:
    """The loss of one batch."""
    other, rows = batch.article, list(batch.rows)
    texts = batch.passages(other)
    with torch.autocast("cpu", torch.bfloat16):
        encoded = encode_batch(model, batch, batch.passages(labels.articles[labels.main]), [texts[row] for row in rows])
    loss = batch_loss(model, batch, encoded, weights=weights)
    questions = torch.stack([anchors.questions[question.label.id] for question in batch.asked_other])
    untuned = torch.cat([anchors.passages[other.document.id][rows], questions])
    now = torch.cat([encoded.other.pooled, encoded.asked_other.pooled[: len(batch.asked_other)]])
    return loss + weights.anchor * anchor_loss(now, untuned)


def optimizer_for(model: TrainableEncoder, cycle: Cycle, /) -> torch.optim.AdamW:
    """AdamW with a rate for the adapter, one for vectors and one for scalars, which do not decay."""
    named = [(name, parameter) for name, parameter in model.named_parameters() if parameter.requires_grad]
    adapter = [parameter for name, parameter in named if name.startswith("transformer.")]
    scalars = [parameter for name, parameter in named if name in {"bias", "mix"}]
    vectors = [parameter for name, parameter in named if not name.startswith("transformer.") and name not in {"bias", "mix"}]
    groups = [
        {"params": adapter, "lr": cycle.adapter_rate},
        {"params": vectors, "lr": cycle.vector_rate},
        {"params": scalars, "lr": cycle.scalar_rate, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, weight_decay=cycle.weight_decay)
