"""Small random models of sentence-transformers, made on the spot: folders as they are published, of two kinds.

`wordpiece` is like BERT: 2 layers, 32 dimensions, pieces within a word that begin with `##`, the mean of the tokens.
`bytes` is like RoBERTa: 3 layers, 48 dimensions, pieces of bytes that hold the space before a word, other special tokens
with other numbers, positions that are counted from the padding on, the first token as the sentence.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from tokenizers.processors import TemplateProcessing
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast, RobertaConfig, RobertaModel

KINDS = ("wordpiece", "bytes")
LONGEST = 60  # pieces of a text
SPECIAL = {
    "wordpiece": {"pad": "[PAD]", "unk": "[UNK]", "cls": "[CLS]", "sep": "[SEP]", "mask": "[MASK]"},
    "bytes": {"cls": "<s>", "pad": "<pad>", "sep": "</s>", "unk": "<unk>", "mask": "<mask>"},
}
MODULES = [
    {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
    {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
]


def small_model(folder: Path, texts: Iterable[str], /, *, kind: str) -> Path:
    """Write a model whose vocabulary is learned from some texts; the same texts give the same model."""
    special = SPECIAL[kind]
    tokenizer = _wordpiece(special["unk"]) if kind == "wordpiece" else _bytes()
    trained: dict[str, Any] = {"vocab_size": 400, "special_tokens": list(special.values()), "show_progress": False}
    if kind == "wordpiece":
        trainer: Any = trainers.WordPieceTrainer(**trained)
    else:
        trainer = trainers.BpeTrainer(initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), **trained)
    tokenizer.train_from_iterator(sorted(texts), trainer)
    begin, end = special["cls"], special["sep"]
    numbers = [(name, tokenizer.token_to_id(name)) for name in (begin, end)]
    tokenizer.post_processor = TemplateProcessing(single=f"{begin} $A {end}", special_tokens=numbers)
    named: dict[str, Any] = {f"{name}_token": token for name, token in special.items()}
    fast: Any = PreTrainedTokenizerFast(tokenizer_object=tokenizer, model_max_length=LONGEST, **named)  # type: ignore[no-untyped-call]
    fast.save_pretrained(folder)

    torch.manual_seed(3)
    sizes: dict[str, Any] = {
        "vocab_size": len(fast),
        "max_position_embeddings": LONGEST + 2,
        "pad_token_id": fast.pad_token_id,
    }
    if kind == "wordpiece":
        size, pooling = 32, "mean_tokens"
        config = BertConfig(hidden_size=size, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64, **sizes)
        BertModel(config).save_pretrained(folder)
    else:
        size, pooling = 48, "cls_token"
        other = RobertaConfig(hidden_size=size, num_hidden_layers=3, num_attention_heads=2, intermediate_size=96, **sizes)
        RobertaModel(other).save_pretrained(folder)
    (folder / "1_Pooling").mkdir()
    modes = {f"pooling_mode_{name}": name == pooling for name in ("cls_token", "mean_tokens", "max_tokens")}
    for path, record in (
        ("modules.json", MODULES),
        ("sentence_bert_config.json", {"max_seq_length": LONGEST, "do_lower_case": False}),
        ("1_Pooling/config.json", {"word_embedding_dimension": size} | modes),
    ):
        (folder / path).write_text(json.dumps(record), encoding="utf-8")
    return folder


def _wordpiece(unknown: str) -> Tokenizer:
    tokenizer = Tokenizer(models.WordPiece(unk_token=unknown))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    return tokenizer


def _bytes() -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer
