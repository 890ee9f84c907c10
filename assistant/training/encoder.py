"""An encoder with a low-rank adapter, and the heads trained with it. For training only: serving folds the adapter in.

Flows in: texts. Flows out: token vectors and pooled vectors; scores of passages; logits of "none" and of the kinds. Without
the adapter's products (B = 0, as it starts) it is the model that MODEL names, whatever its layers, sizes and pooling.

Sources: E. J. Hu et al., "LoRA", arXiv:2106.09685; O. Khattab and M. Zaharia, "ColBERT", arXiv:2004.12832, here with a
learned weight for each token of the question.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from assistant.answer import RECOGNISED
from assistant.retrieval.evidence import WORST
from assistant.retrieval.outcomes import LEVELS, SCALE
from index.encoding.pieces import Vocabulary
from index.encoding.sentence_transformer import load_model
from index.encoding.weights import ADAPTER_SCALE

KIND_HEADS = RECOGNISED
SERVED_SHARE = 0.75  # of the trained change; see ADAPTER_SCALE
TRAINING_SCALE = ADAPTER_SCALE / SERVED_SHARE
RANK = 16
KIND_VECTORS, SPECIFIC_VECTORS = 8, 24
LENGTH = 112  # word pieces of a text that training reads
UNUSED = "pooler"  # layers after the last hidden states, unused here
BUCKET = 16  # texts of similar length, encoded together


def half_precision() -> torch.autocast:
    """A context in which matrices are multiplied in sixteen bits, if the processor can: others take sixty times as long."""
    return torch.autocast("cpu", torch.bfloat16, enabled=torch.ops.mkldnn._is_mkldnn_bf16_supported())


class LowRankLinear(nn.Module):
    """A frozen linear layer plus `scale · B A`; A is (rank, inputs), B (outputs, rank) and starts at zero."""

    def __init__(self, base: nn.Linear, /, *, rank: int, scale: float) -> None:
        super().__init__()
        self.base, self.scale = base.requires_grad_(requires_grad=False), scale
        self.a = nn.Parameter(torch.randn(rank, base.in_features) / base.in_features**0.5)
        self.b = nn.Parameter(torch.zeros(base.out_features, rank))

    def forward(self, inputs: Tensor) -> Tensor:
        """The layer's output (…, outputs) for inputs (…, inputs)."""
        out: Tensor = self.base(inputs) + functional.linear(functional.linear(inputs, self.a), self.b) * self.scale
        return out


@dataclass(frozen=True, slots=True)
class Encoded:
    """Encodings of n texts, padded to the longest.

    `pooled` (n, d) and `tokens` (n, length, d) have unit length; `raw` (n, length, d) are the tokens before that, from
    which their weights are read; `mask` (n, length) is false on padding and on the special tokens at both ends.
    """

    pooled: Tensor
    tokens: Tensor
    mask: Tensor
    raw: Tensor

    def rows(self, start: int, stop: int) -> "Encoded":
        """Rows from `start` to before `stop`, as wide as their longest."""
        width = int(self.mask[start:stop].any(0).nonzero().max()) + 2
        parts = (part[start:stop, :width] for part in (self.tokens, self.mask, self.raw))
        return Encoded(self.pooled[start:stop], *parts)


class TrainableEncoder(nn.Module):
    """The encoder and its heads: everything that a cycle of training changes.

    `kinds` (k, d) vectors of each kind, `specific` vectors of what the main article in particular does not say (a loss term;
    not served), `bias` of "none", of `specific` and of the kinds, `mix` of dense, late and worst, `token_weight`, and
    `level`, which judges how grave a sentence is.
    """

    def __init__(self, folder: Path, /, *, rank: int = RANK, scale: float = TRAINING_SCALE, lowest: int = 0) -> None:
        """The model in a folder. Layers below `lowest` are left as they are, and cost no way back."""
        super().__init__()
        model = load_model(folder)
        self.vocabulary = Vocabulary.copy_of(model.tokenizer.backend_tokenizer, longest=min(LENGTH, model.max_seq_length))
        self.padding = int(model.tokenizer.pad_token_id)
        self.transformer: Any = model[0].auto_model
        self.transformer.set_attn_implementation("eager")
        self.pooling = nn.Sequential(*list(model)[1:]).requires_grad_(requires_grad=False)  # makes one vector of the tokens
        self.transformer.requires_grad_(requires_grad=False)
        for module in self.modules():
            if isinstance(module, nn.Dropout):
                module.p = 0.0
        for name, module in list(self.transformer.named_modules()):
            if isinstance(module, nn.Linear) and not name.startswith(UNUSED) and _layer(name) >= lowest:
                parent, _, child = name.rpartition(".")
                adapted = LowRankLinear(module, rank=rank, scale=scale)
                setattr(self.transformer.get_submodule(parent), child, adapted)
        size = int(self.transformer.config.hidden_size)
        self.kinds = nn.ParameterDict({kind.value: _random_unit(KIND_VECTORS, size) for kind in KIND_HEADS})
        self.specific = _random_unit(SPECIFIC_VECTORS, size)
        self.bias = nn.Parameter(torch.tensor([9.0, 4.0, *(4.0 for _ in KIND_HEADS)]))
        self.mix = nn.Parameter(torch.tensor([0.6, 0.5, 0.2]))
        self.token_weight = nn.Linear(size, 1)
        nn.init.zeros_(self.token_weight.weight)
        nn.init.constant_(self.token_weight.bias, 0.5)
        self.level = nn.Linear(size, len(LEVELS))
        nn.init.zeros_(self.level.weight)
        nn.init.zeros_(self.level.bias)

    def encode(self, texts: Sequence[str], /) -> Encoded:
        """Encode texts in buckets of similar length, to save padding; rows keep the given order."""
        pieces = [self.vocabulary.read(text).ids for text in texts]
        longest = max(map(len, pieces))
        order = sorted(range(len(pieces)), key=lambda row: len(pieces[row]))
        hidden, vectors, mask = [], [], torch.zeros(len(pieces), longest, dtype=torch.bool)
        for start in range(0, len(order), BUCKET):
            rows = order[start : start + BUCKET]
            width = len(pieces[rows[-1]])
            ids = torch.tensor([pieces[row] + [self.padding] * (width - len(pieces[row])) for row in rows])
            seen = torch.arange(width) < torch.tensor([[len(pieces[row])] for row in rows])
            out = self.transformer(input_ids=ids, attention_mask=seen.long()).last_hidden_state.float()
            vectors.append(self.pooling({"token_embeddings": out, "attention_mask": seen.long()})["sentence_embedding"])
            hidden.append(functional.pad(out, (0, 0, 0, longest - width)))
            mask[rows, :width] = seen
        back = torch.tensor(order).argsort()
        states, pooled = torch.cat(hidden)[back], functional.normalize(torch.cat(vectors)[back].float(), dim=-1)
        inner = torch.zeros_like(mask)
        for row, numbers in enumerate(pieces):
            inner[row, self.vocabulary.own(len(numbers))] = True
        return Encoded(pooled, functional.normalize(states, dim=-1), inner, states)

    def late(self, questions: Encoded, passages: Encoded, /) -> tuple[Tensor, Tensor]:
        """Late interaction, weighted mean and softened minimum (questions, passages); see `assistant.retrieval.evidence`."""
        asked = questions.tokens[questions.mask]  # (all tokens, d)
        count, length, size = passages.tokens.shape
        with half_precision():
            cosine = (asked @ passages.tokens.reshape(-1, size).T).view(-1, count, length)
        best = cosine.masked_fill(~passages.mask, -1.0).amax(dim=2).float()
        weight = functional.softplus(self.token_weight(questions.raw[questions.mask]))
        number = len(questions.mask)
        owner = torch.arange(number).repeat_interleave(questions.mask.sum(1))
        total = torch.zeros(number, 1).index_add(0, owner, weight).clamp_min(1e-6)
        empty = torch.zeros(number, count)
        mean = empty.index_add(0, owner, best * weight) / total
        worst = -torch.log(empty.index_add(0, owner, torch.exp(-WORST * best) * weight) / total + 1e-9) / WORST
        return mean, worst

    def passage_logits(self, questions: Encoded, passages: Encoded, /) -> Tensor:
        """Logits (questions, passages): pooled cosine and the two late interactions, mixed with learned weights."""
        mean, worst = self.late(questions, passages)
        dense = questions.pooled @ passages.pooled.T
        return SCALE * (self.mix[0] * dense + self.mix[1] * mean + self.mix[2] * worst)

    def kind_logits(self, questions: Encoded, /) -> Tensor:
        """Logits (questions, kinds) of the RECOGNISED kinds."""
        rows = [self._near(questions, self.kinds[kind.value], self.bias[2 + i]) for i, kind in enumerate(KIND_HEADS)]
        return torch.stack(rows, dim=1)

    def level_logits(self, pieces: Encoded, /) -> Tensor:
        """Logits (pieces, levels) of the gravity of each."""
        return functional.linear(SCALE * pieces.pooled, self.level.weight, self.level.bias)

    def none_logit(self, questions: Encoded, /, *, specific: bool) -> Tensor:
        """Logit (questions,) of "no passage answers": a bias that holds for any article, or joined with `specific`."""
        none = self.bias[0].expand(len(questions.pooled))
        return torch.logaddexp(none, self._near(questions, self.specific, self.bias[1])) if specific else none

    @staticmethod
    def _near(questions: Encoded, vectors: Tensor, bias: Tensor) -> Tensor:
        cosine = SCALE * (questions.pooled @ functional.normalize(vectors, dim=-1).T)
        return torch.logsumexp(cosine, dim=1) - torch.log(torch.tensor(float(len(vectors)))) + bias


def _layer(name: str) -> int:
    """The number of the layer that a module's name tells, as in "encoder.layer.6.output.dense"; 0 for one outside them."""
    return next((int(part) for part in name.split(".") if part.isdigit()), 0)


def _random_unit(count: int, size: int) -> nn.Parameter:
    return nn.Parameter(functional.normalize(torch.randn(count, size), dim=-1))
