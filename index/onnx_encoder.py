"""Text to vectors with ONNX Runtime: what serves. The only module that imports onnxruntime or tokenizers.

Texts are encoded one by one, so that a text has the same bytes alone and among others. One thread a text: several are
encoded at once by the threads that ask.
"""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

# From 1.29 on ONNX Runtime reports to its makers which model is loaded, and keeps a number for the machine, unless told
# not to before it is loaded. `disable_telemetry_events` comes too late: the number is written by then.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import onnxruntime
from tokenizers import Tokenizer

from index.encoder import EXPORTED_OUTPUTS, Encoding

LEAST_BYTES_OUTSIDE = 1024  # of a tensor that is kept in the file of weights, which is mapped and not read
ONLY_ERRORS = 3


class OnnxEncoder:
    """An exported model in this process, on the processor. Safe to call from several threads."""

    def __init__(self, model: Path, tokenizer: Path, /, *, fingerprint: str) -> None:
        self._session = onnxruntime.InferenceSession(model, _options(), providers=["CPUExecutionProvider"])
        self._inputs = [entry.name for entry in self._session.get_inputs()]
        self._tokenizer = Tokenizer.from_file(str(tokenizer))
        self.fingerprint = fingerprint

    def encode(self, texts: Sequence[str], /) -> list[Encoding]:
        """See `Encoder.encode`."""
        return [self._encoding(text) for text in texts]

    def _encoding(self, text: str) -> Encoding:
        pieces = self._tokenizer.encode(text)
        columns = {"input_ids": pieces.ids, "attention_mask": pieces.attention_mask, "token_type_ids": pieces.type_ids}
        given = {name: np.array([columns[name]], dtype=np.int64) for name in self._inputs}
        tokens, pooled = self._session.run(EXPORTED_OUTPUTS, given)
        return Encoding(
            pooled=pooled[0] / max(float(np.linalg.norm(pooled[0])), 1e-12),  # not every model ends in a normalisation
            tokens=tokens[0, 1:-1],
            pieces=tuple(pieces.tokens[1:-1]),
            ids=tuple(pieces.ids[1:-1]),
        )


def optimise(model: Path, to: Path, /, *, weights: str) -> None:
    """Write an ONNX model with its operations fused and its weights in a file beside it, named `weights`."""
    options = _options()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED  # the same on every machine
    options.optimized_model_filepath = str(to)
    options.add_session_config_entry("session.optimized_model_external_initializers_file_name", weights)
    options.add_session_config_entry(
        "session.optimized_model_external_initializers_min_size_in_bytes", str(LEAST_BYTES_OUTSIDE)
    )
    onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _options() -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = ONLY_ERRORS
    return options
