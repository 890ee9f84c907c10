"""Training the adapter and its heads, in cycles: each further one is a warm restart.

Flows in: labels and the untuned encoder. Flows out: a trained `TrainableEncoder`. Knows nothing of files.

A step sums these losses, each minus the log of the total probability of the right choices:

- main: softmax over the main article's passages, "none" (with the main article's own vectors) and the three kinds; and, at
  half weight, without those vectors, so that the many labels also teach what holds for any article;
- other: the same softmax over some of another article's passages, "none" by the bias alone;
- strange: questions about something else have no answer in either article;
- pairs: a question that names its article's subject finds its gold among the passages of both articles;
- level: how grave a message is, by the gravest of its pieces;
- anchor: passages and questions of the other article stay near their untuned vectors;
- together: a question's neighbours are those with the same gold or, of what is not said, the same topic. For the
  multilingual encoder alone, since only there do neighbours decide (P. Khosla et al., "Supervised Contrastive Learning",
  arXiv:2004.11362).

Source: I. Loshchilov and F. Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", arXiv:1608.03983; here
the rate of each cycle falls linearly, after a short warm-up.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor
from tqdm import tqdm

from assistant.answer import Kind
from assistant.retrieval.outcomes import SCALE
from assistant.training.batches import Batch, BatchSizes, asked_of_main, batches
from assistant.training.encoder import KIND_HEADS, Encoded, TrainableEncoder, half_precision
from assistant.training.labels import Labels, Question, pooled
from index import Encoder

LOWEST = 0.02  # least share of the rate, at a cycle's end
SMOOTHING = 0.97  # of the loss that the progress bar shows


@dataclass(frozen=True, slots=True)
class LossWeights:
    """The weight of each loss; "main" and "other" weigh one."""

    general: float = 0.5  # "main" without the main article's own vectors
    strange: float = 0.4  # for each of the two articles
    pairs: float = 0.3
    level: float = 1.0
    anchor: float = 1.0
    together: float = 0.0


@dataclass(frozen=True, slots=True)
class Cycle:
    """One cycle of training. `epochs` are passes over the main article's questions; the rates are AdamW's."""

    seed: int = 7
    epochs: float = 3.5
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
# What was held out is learned in one pass over everything: a training from the start would take four times as long.
LAST = Cycle(seed=8, epochs=1.0, adapter_rate=4e-4, vector_rate=8e-4, scalar_rate=4e-3)
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
    labels: Labels,
    untuned: Encoder,
    model: TrainableEncoder,
    /,
    *,
    cycles: Sequence[Cycle] = CYCLES,
    threads: int = THREADS,
) -> TrainableEncoder:
    """The model, trained in all cycles, in place; `untuned` is its encoder before any training."""
    anchors = anchors_of(labels, untuned)
    torch.set_num_threads(threads)  # the serving encoder sets one
    for number, cycle in enumerate(cycles, 1):
        run_cycle(model, labels, anchors, cycle, name=f"Cycle {number} of {len(cycles)}")
    return model.eval()


def run_cycle(model: TrainableEncoder, labels: Labels, anchors: Anchors, cycle: Cycle, /, *, name: str) -> list[float]:
    """Train in place; returns the loss of each step."""
    count = max(1, int(cycle.epochs * len(asked_of_main(labels)) / cycle.sizes.main))
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
    with half_precision():
        encoded = encode_batch(model, batch, batch.passages(labels.articles[labels.main]), [texts[row] for row in rows])
    loss = batch_loss(model, batch, encoded, weights=weights)
    questions = torch.stack([anchors.questions[question.label.id] for question in batch.asked_other])
    untuned = torch.cat([anchors.passages[other.slug][rows], questions])
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


@dataclass(frozen=True, slots=True)
class EncodedBatch:
    """A batch, encoded: questions of the main article, of the other and strange ones after them, passages of both, and the
    pieces of its messages."""

    asked: Encoded
    asked_other: Encoded
    main: Encoded
    other: Encoded
    pieces: Encoded


def encode_batch(model: TrainableEncoder, batch: Batch, main: Sequence[str], other: Sequence[str], /) -> EncodedBatch:
    """Encode everything of a batch at once; `main` and `other` are texts of passages: all, and those that take part."""
    pieces = [piece for message in batch.messages for piece in message.pieces]
    everything = model.encode([*batch.texts, *batch.strange, *main, *other, *pieces])
    sizes = (len(batch.asked), len(batch.asked_other) + len(batch.strange), len(main), len(other), len(pieces))
    ends = [sum(sizes[: place + 1]) for place in range(len(sizes))]
    return EncodedBatch(*(everything.rows(end - size, end) for end, size in zip(ends, sizes, strict=True)))


def batch_loss(model: TrainableEncoder, batch: Batch, encoded: EncodedBatch, /, *, weights: LossWeights) -> Tensor:
    """All losses but the anchor."""
    count, every = len(batch.asked_other), range(len(encoded.main.pooled))

    def logits(questions: Encoded, passages: Tensor, *, specific: bool) -> Tensor:
        none = model.none_logit(questions, specific=specific)[:, None]
        return torch.cat((passages, none, model.kind_logits(questions)), dim=1)

    right, own = right_choices(batch.asked, every), model.passage_logits(encoded.asked, encoded.main)
    loss = right_loss(logits(encoded.asked, own, specific=True), right)
    loss = loss + weights.general * right_loss(logits(encoded.asked, own, specific=False), right)

    right, theirs = right_choices(batch.asked_other, batch.rows), model.passage_logits(encoded.asked_other, encoded.other)
    known = encoded.asked_other.rows(0, count)
    loss = loss + right_loss(logits(known, theirs[:count], specific=False), right)

    across = model.passage_logits(encoded.asked_other, encoded.main)
    if batch.strange:
        strange = encoded.asked_other.rows(count, count + len(batch.strange))
        for passages in (across[count:], theirs[count:]):
            none = torch.zeros(len(passages), passages.shape[1] + 1 + len(KIND_HEADS), dtype=torch.bool)
            none[:, passages.shape[1]] = True
            loss = loss + weights.strange * right_loss(logits(strange, passages, specific=False), none)

    if any(batch.names_subject):
        named = torch.tensor(batch.names_subject)
        both = torch.cat([theirs[:count], across[:count]], dim=1)[named]
        mine = torch.zeros_like(both, dtype=torch.bool)
        mine[:, : len(batch.rows)] = right[named, : len(batch.rows)]
        loss = loss + weights.pairs * right_loss(both, mine)
    if weights.together:
        loss = loss + weights.together * together_loss(encoded.asked.pooled, batch.asked)
    return loss + weights.level * level_loss(model.level_logits(encoded.pieces), batch.messages)


def right_loss(logits: Tensor, right: Tensor, /) -> Tensor:
    """Mean of minus the log of the total probability of the right columns; `right` is a mask shaped as `logits`."""
    chosen = torch.logsumexp(logits.masked_fill(~right, -1e4), dim=1)
    return (torch.logsumexp(logits, dim=1) - chosen).mean()


def level_loss(logits: Tensor, messages: Sequence[Question], /) -> Tensor:
    """Mean of minus the log of how likely each message is as grave as labelled; `logits` (pieces, levels) of all in turn.

    A message is urgent when one of its pieces is, gentle when none is urgent and one is gentle, calm when all are.
    """
    shares = logits.float().softmax(dim=1).clamp(1e-4, 1 - 1e-4)
    lost, start = logits.new_zeros((), dtype=torch.float32), 0
    for message in messages:
        own = shares[start : start + len(message.pieces)]
        start += len(message.pieces)
        none_urgent, all_calm = torch.log1p(-own[:, 2]).sum().exp(), own[:, 0].log().sum().exp()
        likely = {"calm": all_calm, "gentle": (none_urgent - all_calm).clamp_min(0), "urgent": 1 - none_urgent}
        lost = lost - torch.stack([likely[level] for level in sorted(message.levels)]).sum().clamp_min(1e-6).log()
    return lost / max(1, len(messages))


def together_loss(pooled: Tensor, questions: Sequence[Question], /) -> Tensor:
    """Mean, over those that have others to be with, of minus the log of the share of these among all neighbours.

    Args:
        pooled: vectors (n, d) of unit length.
        questions: theirs (n); those that share some gold and not all are neither together nor apart.
    """
    needs: dict[object, int] = {}
    number = torch.tensor([needs.setdefault(need_of(question), len(needs)) for question in questions])
    same, alone = number[:, None] == number, torch.eye(len(questions), dtype=torch.bool)
    shared = torch.tensor([[bool({*one.gold} & {*other.gold}) for other in questions] for one in questions]) & ~same
    logits = (SCALE * pooled @ pooled.T).masked_fill(alone | shared, -1e4)
    near = torch.logsumexp(logits.masked_fill(~same | alone, -1e4), dim=1)
    lost = torch.logsumexp(logits, dim=1) - near
    return lost[(same & ~alone).any(dim=1)].sum() / max(1, int((same & ~alone).any(dim=1).sum()))


def need_of(question: Question, /) -> object:
    """What it asks for: its gold or, where there is none, its kind and, of what is not said, its topic."""
    return question.gold or (question.expect, question.label.topic if question.expect is Kind.UNANSWERED else "")


def anchor_loss(now: Tensor, untuned: Tensor, /) -> Tensor:
    """Mean of one minus the cosine of unit vectors (n, d) with those that they had before training."""
    return (1 - (now * untuned).sum(1)).mean()


def right_choices(questions: Sequence[Question], rows: Sequence[int], /) -> Tensor:
    """Mask (questions, passages + 1 + kinds) of what is right; `rows` are the passages that take part."""
    out = torch.zeros(len(questions), len(rows) + 1 + len(KIND_HEADS), dtype=torch.bool)
    for place, question in enumerate(questions):
        if question.expect is Kind.ANSWER:
            out[place, [column for column, row in enumerate(rows) if row in question.gold]] = True
        elif question.expect is Kind.UNANSWERED:
            out[place, len(rows)] = True
        else:
            out[place, len(rows) + 1 + KIND_HEADS.index(question.expect)] = True
    return out
