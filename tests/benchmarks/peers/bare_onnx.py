"""The floor: the exported model and its tokenizer, and stored vectors. `model` is the folder of the export."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from tokenizers import Tokenizer


def load(passages: Sequence[str], model: str) -> Callable[[str], Any]:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(Path(model) / "model.onnx", options, providers=["CPUExecutionProvider"])
    tokenizer = Tokenizer.from_file(str(Path(model) / "tokenizer.json"))

    def encode(text: str) -> Any:
        found = tokenizer.encode(text)
        columns = {"input_ids": found.ids, "token_type_ids": found.type_ids, "attention_mask": found.attention_mask}
        return session.run(["pooled"], {name: np.array([values]) for name, values in columns.items()})[0][0]

    vectors = np.stack([encode(passage) for passage in passages])
    return lambda question: np.argsort(-(vectors @ encode(question)))[:3]
