"""What one step of training is told. Each loss is minus the log of the total probability of the right choices.

- main: softmax over the main article's passages, "none" (with the main article's own vectors) and the three kinds; and, at
  half weight, without those vectors, so that what holds for any article is learned from the many labels too;
- other: the same softmax over some of another article's passages, "none" by the bias alone;
- strange: questions about something else have no answer in either article;
- pairs: a question that names its article's subject finds its gold among the passages of both articles;
- anchor: passages and questions of the other article stay near their untuned vectors.

Flows in: encodings and labels of one batch. Flows out: one scalar.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from assistant.answer import Kind
from assistant.training.batches import Batch
from assistant.training.labels import Question
from assistant.training.trainable_encoder import KIND_HEADS, Encoded, TrainableEncoder


@dataclass(frozen=True, slots=True)
class LossWeights:
    """What each loss counts, against "main" and "other" at one."""

    general: float = 0.5  # "main" without the main article's own vectors
    strange: float = 0.4  # for each of the two articles
    pairs: float = 0.3
    anchor: float = 1.0


@dataclass(frozen=True, slots=True)
class EncodedBatch:
    """A batch, encoded: questions of the main article, of the other and strange ones after them, passages of both."""

    asked: Encoded
    asked_other: Encoded
    main: Encoded
    other: Encoded


def encode_batch(model: TrainableEncoder, batch: Batch, main: Sequence[str], other: Sequence[str], /) -> EncodedBatch:
    """Encode everything of a batch at once; `main` and `other` are texts of passages: all, and those that take part."""
    everything = model.encode([*batch.texts, *batch.strange, *main, *other])
    sizes = (len(batch.asked), len(batch.asked_other) + len(batch.strange), len(main), len(other))
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
    return loss


def right_loss(logits: Tensor, right: Tensor, /) -> Tensor:
    """Mean of minus the log of the total probability of the right columns; `right` is a mask shaped as `logits`."""
    chosen = torch.logsumexp(logits.masked_fill(~right, -1e4), dim=1)
    return (torch.logsumexp(logits, dim=1) - chosen).mean()


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
